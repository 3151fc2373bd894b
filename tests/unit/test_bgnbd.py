"""The BG/NBD model against integrals over its mixing distributions, against simulation, and at the ends of its range."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.stats import beta, gamma

from almanac.statistics import NoNumber
from almanac.statistics.bgnbd import BgNbd, Purchases, _value_and_gradient, bg_nbd, log_likelihood

TRUTHS = [(0.8, 5.0, 1.2, 2.5), (2.4, 3.0, 0.6, 0.9), (0.24, 4.4, 3.5, 7.0)]
CUSTOMERS = [(0, 0, 10), (1, 10, 10), (3, 7.5, 10), (12, 9.5, 30)]


def integral(of) -> float:
    value, _ = quad(of, 0, np.inf, limit=400, epsabs=0, epsrel=1e-10)
    return value


def halves(truth, x, last, age) -> tuple[float, float]:
    """The likelihood of who is still there and of who has left, by integration over the rate and the chance to leave."""
    r, alpha, a, b = truth
    rate, leaves = gamma(r, scale=1 / alpha), beta(a, b)
    there = integral(lambda u: u**x * np.exp(-u * age) * rate.pdf(u))
    there *= leaves.expect(lambda p: (1 - p) ** x)
    if not x:
        return there, 0.0
    gone = integral(lambda u: u**x * np.exp(-u * last) * rate.pdf(u))
    return there, gone * leaves.expect(lambda p: p * (1 - p) ** (x - 1))


def one(x, last, age) -> Purchases:
    return Purchases.of([x], [last], [age])


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("customer", CUSTOMERS)
def test_likelihood_and_the_chance_of_being_there_are_integrals(truth, customer):
    there, gone = halves(truth, *customer)
    assert log_likelihood(truth, one(*customer)) == pytest.approx(np.log(there + gone), rel=1e-6)
    model = BgNbd(*truth, 0.0, np.eye(4))
    assert model.alive(one(*customer))[0] == pytest.approx(there / (there + gone), rel=1e-6)


@pytest.mark.parametrize(("truth", "customer", "ahead"), [
    (TRUTHS[0], (3, 7.5, 10), 8.0), (TRUTHS[1], (12, 9.5, 30), 20.0), (TRUTHS[2], (0, 0, 10), 15.0),
])  # fmt: skip
def test_what_a_customer_will_buy_is_an_integral(truth, customer, ahead):
    """Who is there with rate λ and chance p buys (1 - exp(-λ p t)) / p times in t. λ is gamma distributed, so that its
    integral is a power; that over p is done in numbers.
    """
    r, alpha, a, b = truth
    x, _, age = customer
    leaves = beta(a, b + x)
    mean, _ = quad(
        lambda p: (1 - ((alpha + age) / (alpha + age + p * ahead)) ** (r + x)) / p * leaves.pdf(p),
        0,
        1,
        epsabs=0,
        limit=200,
    )
    model = BgNbd(*truth, 0.0, np.eye(4))
    assert model.expected(one(*customer), ahead)[0] == pytest.approx(mean * model.alive(one(*customer))[0], rel=1e-6)


def test_published_expectation():
    """Hardie's note on the model in a spreadsheet: x = 2, t = 30.43 of 38.86 weeks; 1.226 purchases in the next 39."""
    model = BgNbd(0.243, 4.414, 0.793, 2.426, 0.0, np.eye(4))
    assert model.expected(one(2, 30.43, 38.86), 39)[0] == pytest.approx(1.226, abs=5e-4)


def simulated(truth, many: int, seed: int, age=None) -> Purchases:
    r, alpha, a, b = truth
    random = np.random.default_rng(seed)
    rate, leaves = random.gamma(r, 1 / alpha, many), random.beta(a, b, many)
    age = random.uniform(20, 40, many) if age is None else np.full(many, float(age))
    last, count, there = np.zeros(many), np.zeros(many), np.ones(many, dtype=bool)
    while there.any():
        following = last + random.exponential(1, many) / rate
        there &= following < age
        last, count = np.where(there, following, last), count + there
        there &= random.random(many) >= leaves
    return Purchases.of(count, last, age)


def test_frequencies_and_their_mean_are_those_of_simulated_customers():
    truth, many = (0.8, 5.0, 1.2, 2.5), 50_000
    drawn = simulated(truth, many, seed=4, age=25)
    model = BgNbd(*truth, 0.0, np.eye(4))
    expected = model.frequencies(drawn, 8)
    assert expected.sum() == pytest.approx(many)
    seen = np.bincount(np.minimum(drawn.frequency, 8).astype(int), drawn.customers)
    assert (np.abs(seen - expected) < 4.5 * np.sqrt(expected)).all()
    mean = float(drawn.customers @ drawn.frequency) / many
    assert model.expected_of_new(25) == pytest.approx(mean, rel=0.03)


def test_the_gradient_is_that_of_the_likelihood():
    given = simulated(TRUTHS[0], 200, seed=1)
    for point in TRUTHS:
        _, slopes = _value_and_gradient(np.array(point), given)
        numeric = approx_fprime(np.array(point), lambda at: log_likelihood(at, given), 1e-7)
        assert slopes == pytest.approx(numeric, rel=1e-4, abs=1e-3)


def test_true_parameters_lie_in_the_intervals_and_the_maximum_is_one():
    truth = (0.8, 6.0, 1.5, 4.0)
    given = simulated(truth, 4000, seed=9)
    model = bg_nbd(given)
    assert isinstance(model, BgNbd)
    for place, name in enumerate(("r", "alpha", "a", "b")):
        interval = model.interval(lambda m, name=name: getattr(m, name), 0.99)
        assert interval.low <= truth[place] <= interval.high
    best = log_likelihood(model.parameters, given)
    assert best == pytest.approx(model.log_likelihood)
    for place in range(4):
        for factor in (0.98, 1.02):
            moved = model.parameters
            moved[place] *= factor
            assert log_likelihood(moved, given) < best
    # the curvature, from second differences of the likelihood itself
    step = 0.01

    def at(*moves):
        return log_likelihood(model.parameters * np.exp(sum(step * s * np.eye(4)[i] for i, s in moves)), given)

    hessian = np.array([[(at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1)))
                         / (4 * step**2) for j in range(4)] for i in range(4)])  # fmt: skip
    assert np.linalg.inv(-hessian) == pytest.approx(model.covariance, rel=0.05, abs=1e-4)


def test_customers_that_are_alike_count_as_often_as_there_are():
    doubled = simulated(TRUTHS[0], 300, seed=2)
    twice = Purchases(doubled.frequency, doubled.recency, doubled.age, 2 * doubled.customers)
    assert log_likelihood(TRUTHS[0], twice) == pytest.approx(2 * log_likelihood(TRUTHS[0], doubled))


def test_thousands_of_purchases_do_not_overflow():
    many = one(20_000, 9_999.0, 10_000)
    model = BgNbd(*TRUTHS[0], 0.0, np.eye(4))
    assert np.isfinite(log_likelihood(TRUTHS[0], many))
    assert 0 < model.alive(many)[0] <= 1
    assert model.alive(one(20_000, 9.0, 10_000))[0] == 0
    assert np.isfinite(model.expected(one(500, 99.0, 100), 10)).all()


@pytest.mark.parametrize("a", [1.0, 1 + 1e-9, 1 - 1e-9])
def test_expectations_have_no_pole_at_one(a):
    model = BgNbd(0.8, 5.0, a, 2.5, 0.0, np.eye(4))
    near = BgNbd(0.8, 5.0, 1.001, 2.5, 0.0, np.eye(4))
    assert model.expected(one(3, 7.5, 10), 8)[0] == pytest.approx(near.expected(one(3, 7.5, 10), 8)[0], rel=2e-3)
    assert model.expected_of_new(20) == pytest.approx(near.expected_of_new(20), rel=2e-3)


def test_where_there_is_no_model_the_reason_is_given():
    few = bg_nbd(Purchases.of([0] * 50 + [1] * 9, [0] * 50 + [3] * 9, [10] * 59))
    assert few == NoNumber("9 customers bought again, and four parameters need 10")
    faithful = bg_nbd(Purchases.of([10] * 40, [39.9] * 40, [40] * 40))
    assert isinstance(faithful, NoNumber)
    assert "likelihood" in faithful.reason


@pytest.mark.parametrize(
    "wrong", [([1], [11], [10]), ([0], [3], [10]), ([1], [0], [10]), ([-1], [0], [1]), ([1, 2], [1], [2])]
)
def test_times_that_cannot_be(wrong):
    with pytest.raises(ValueError, match=r"every customer|a last purchase"):
        Purchases.of(*wrong)
