"""What a statistic returns: a number with its interval, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confidence:
    """`value`, and the interval from `low` to `high` at `level`; always `low <= value <= high`."""

    value: float
    low: float
    high: float
    level: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} does not lie in [{self.low}, {self.high}]")

    def scaled(self, factor: float) -> Confidence:
        """The interval of the number times `factor`, which must be positive."""
        return Confidence(self.value * factor, self.low * factor, self.high * factor, self.level)

    def shifted(self, by: float) -> Confidence:
        """The interval of the number plus `by`."""
        return Confidence(self.value + by, self.low + by, self.high + by, self.level)


@dataclass(frozen=True, slots=True)
class NoNumber:
    """Why no number exists. Never zero, never a guess."""

    reason: str


def checked_level(level: float) -> float:
    """`level`, if it is a confidence level. Raises ValueError when it is not strictly between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    return level
