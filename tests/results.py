"""What a result says, for tests: the number that it gives, or the reason why it gives none."""

from __future__ import annotations

from almanac.estimate import Estimate, Result, Undefined


def value(result: Result, name: str, subject: str = "all") -> Estimate:
    """The estimate called `name` of `subject`, which must be a number."""
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    return found


def why(result: Result, name: str, subject: str = "all") -> str:
    """The reason why there is no estimate called `name` of `subject`, which must not be a number."""
    found = result.find(name, subject)
    assert isinstance(found, Undefined), found
    return found.reason
