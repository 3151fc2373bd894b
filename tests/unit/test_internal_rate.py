"""The rate of return that makes money in and money out even: by hand, by brute force, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from almanac.statistics import NoNumber, internal_rate


def why(found: object) -> str:
    assert isinstance(found, NoNumber), found
    return found.reason


def test_rates_by_hand() -> None:
    assert internal_rate([0, 2], [-100, 121]) == pytest.approx(0.1)
    assert internal_rate([5, 7], [-100, 121]) == pytest.approx(0.1)
    assert internal_rate([0, 1], [-100, 50]) == pytest.approx(-0.5)
    assert internal_rate([0, 1, 2], [-100, 60, 60]) == pytest.approx(0.1306624, abs=1e-6)  # 100 = 60 v + 60 v^2


def test_the_flows_are_worth_nothing_at_the_rate() -> None:
    random = np.random.default_rng(1)
    for _ in range(50):
        years, paid = random.uniform(0, 8, 10), random.uniform(1, 10, 10)
        rate = internal_rate([*years, 9.0], [*(-paid), float(paid.sum()) * random.uniform(0.3, 5)])
        assert isinstance(rate, float)
        grown = (paid * (1 + rate) ** (9 - years)).sum()
        again = internal_rate([*years, 9.0], [*(-paid), float(grown)])
        assert again == pytest.approx(rate, abs=1e-9)


def test_where_there_is_no_rate() -> None:
    assert "nothing came back" in why(internal_rate([0, 1], [-1, 0]))
    assert "nothing went in" in why(internal_rate([0], [1]))
    assert "several rates" in why(internal_rate([0, 1, 2], [-100, 230, -132]))  # 10% and 20%
    assert "no rate" in why(internal_rate([0, 0], [-1, 2]))
    with pytest.raises(ValueError, match="finite"):
        internal_rate([0, 1], [1])
