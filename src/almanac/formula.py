"""Formulas: the arithmetic of identities, in the notation people write.

    industry.lean-total-revenue == industry.lean-count * industry.lean-mean-staff * industry.lean-revenue-per-employee
    sum(survey.use-at-work, survey.never-at-work) <= 100[percent]
    safety.lab-spend-per-day * 365[day] <= safety.labs-spend
    politics.act-in-force < politics.high-risk-obligations
    politics.gpu-order-value / politics.gpu-order-count in accelerator-price

Claim ids stand as they are, so a minus needs spaces around it. A number may carry its unit in brackets, a date is
`2025-10-09[date]`. There are + - * / **, comparisons (== < <= > >=, chained if wished), `in` a bound, and the functions

    sum(a, b, …)  min(a, b, …)  max(a, b, …)
    near(x, 20)   x give or take 20 percent: for relations that hold only nearly; say why in the identity's reason
    count(list)   how many things a list or an ordering names

Everything is interval arithmetic with units: a comparison fails only when no values inside the operands' intervals
satisfy it. That makes a failure a proof.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce

from almanac.errors import FormulaError, PeriodError, UnitError
from almanac.period import Period
from almanac.quantity import Interval, Quantity, exact
from almanac.units import RATIO, unit

_CLAIM = re.compile(r"(?<![\w\]])[a-z][a-z0-9]*\.[a-z0-9]+(?:-[a-z0-9]+)*")
_LITERAL = re.compile(
    r"(?P<number>\d{4}(?:-\d\d){0,2}(?=\[date\])|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)\[(?P<unit>[^\]]+)\]"
)
_IN_BOUND = re.compile(r"\s+in\s+(?P<bound>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\s*$")

MAX_LENGTH = 2000
"""Characters in a formula: far above any that a person would read."""

_COMPARISONS: dict[type[ast.cmpop], str] = {ast.Eq: "==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_OPERATORS: dict[type[ast.operator], Callable[[Quantity, Quantity], Quantity]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


@dataclass(frozen=True, slots=True)
class Side:
    """One comparison as it came out: what was compared, with which values, and whether it can hold."""

    left_text: str
    comparison: str
    right_text: str
    left: Quantity
    right: Quantity

    @property
    def possible(self) -> bool:
        """Whether some values inside the two intervals satisfy the comparison."""
        right = self.right.to(self.left.unit).interval
        return _possible(self.left.interval, self.comparison, right)


def _possible(left: Interval, comparison: str, right: Interval) -> bool:
    if comparison == "==":
        return left.meets(right)
    if comparison in (">", ">="):
        return _possible(right, comparison.replace(">", "<"), left)
    if comparison == "<=":
        return not right.below(left)
    return left.low < right.high


Values = Mapping[str, Quantity]


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula. `claims` are the claim ids it names, in order; `bound` the bound it lies in, if any."""

    text: str
    claims: tuple[str, ...]
    counted: tuple[str, ...]
    bound: str | None
    _tree: ast.expr
    _names: Mapping[str, str]
    _constants: Mapping[str, Quantity]

    @classmethod
    def parse(cls, text: str) -> Formula:
        """Reads a formula. Raises FormulaError with what is wrong."""
        if len(text) > MAX_LENGTH:
            raise FormulaError(f"a formula of {len(text)} characters; the most is {MAX_LENGTH}")
        in_bound = _IN_BOUND.search(text)
        body = text[: in_bound.start()] if in_bound else text
        names: dict[str, str] = {}
        constants: dict[str, Quantity] = {}

        def constant(match: re.Match[str]) -> str:
            name = f"_q{len(constants)}"
            constants[name] = _constant(match["number"], match["unit"])
            return name

        def claim(match: re.Match[str]) -> str:
            return names.setdefault(match[0], f"_c{len(names)}")

        plain = _CLAIM.sub(claim, _LITERAL.sub(constant, body)).strip()
        try:
            tree = ast.parse(" ".join(plain.split()), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise FormulaError(f"{text!r} is not a formula: {error}") from error
        if in_bound is None and not isinstance(tree, ast.Compare):
            raise FormulaError(f"{text!r} compares nothing: write ==, <, <=, >, >= or `in` a bound")
        if in_bound is not None and isinstance(tree, ast.Compare):
            raise FormulaError(f"{text!r} has both a comparison and a bound: write two identities")
        by_name = {name: claim_id for claim_id, name in names.items()}
        counted = _check(tree, by_name, constants)
        return cls(text.strip(), tuple(names), counted, in_bound and in_bound["bound"], tree, by_name, constants)

    def sides(self, values: Values, bound: Quantity | None = None) -> tuple[Side, ...]:
        """The formula's comparisons with `values` (claim id → quantity) put in.

        Raises UnitError where the units clash, FormulaError where a value is missing or a power has no meaning.
        """
        if self.bound is not None:
            if bound is None:
                raise FormulaError(f"bound {self.bound!r} is not known")
            return (
                Side(self.text.rsplit(" in ", 1)[0].strip(), "==", self.bound, self._value(self._tree, values), bound),
            )
        assert isinstance(self._tree, ast.Compare)
        terms = [self._tree.left, *self._tree.comparators]
        found = [self._value(term, values) for term in terms]
        signs = [_COMPARISONS[type(op)] for op in self._tree.ops]
        words = [self._words(term) for term in terms]
        sides = tuple(Side(words[i], sign, words[i + 1], found[i], found[i + 1]) for i, sign in enumerate(signs))
        for side in sides:
            side.right.unit.per(side.left.unit)
        return sides

    def _words(self, node: ast.expr) -> str:
        """A part of the formula as it was written, spacing aside."""
        words = ast.unparse(node)
        for name, claim_id in self._names.items():
            words = re.sub(rf"\b{name}\b", claim_id, words)
        for name in self._constants:
            words = re.sub(rf"\b{name}\b", self._constant_text(name), words)
        return words

    def _constant_text(self, name: str) -> str:
        return list(_LITERAL.finditer(self.text))[int(name[2:])][0]

    def _value(self, node: ast.expr, values: Values) -> Quantity:
        match node:
            case ast.Constant(value=int() | float() as number):
                return Quantity(Interval.point(exact(number)), RATIO)
            case ast.Name(id=name) if name in self._constants:
                return self._constants[name]
            case ast.Name(id=name):
                if self._names[name] not in values:
                    raise FormulaError(f"{self._names[name]} has no size: it is not a quantity or a date")
                return values[self._names[name]]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand, values)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() | float() as power)):
                return _power(self._value(left, values), power)
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self._value(left, values), self._value(right, values))
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return _FUNCTIONS[function]([self._value(argument, values) for argument in arguments])
        raise AssertionError(ast.dump(node))  # pragma: no cover - _check lets nothing else through


@lru_cache(maxsize=1024)
def _constant(number: str, unit_name: str) -> Quantity:
    try:
        if unit_name == "date":
            return Period.parse(number).quantity()
        return Quantity(Interval.point(Fraction(number.replace("_", ""))), unit(unit_name))
    except (UnitError, PeriodError) as error:
        raise FormulaError(f"{number}[{unit_name}]: {error}") from error


def _power(base: Quantity, power: float) -> Quantity:
    try:
        return base ** Fraction(exact(power))
    except ValueError as error:
        raise FormulaError(str(error)) from error


def _check(tree: ast.expr, names: Mapping[str, str], constants: Mapping[str, Quantity]) -> tuple[str, ...]:
    """Lets only the notation above through; returns the claims that `count` counts."""
    counted: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Compare(ops=ops) if node is tree and all(type(op) in _COMPARISONS for op in ops):
                pass
            case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int() | float() as power)) if abs(power) <= 100:
                pass
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                pass
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if function in _FUNCTIONS:
                if function == "count":
                    if len(arguments) != 1 or not isinstance(arguments[0], ast.Name) or arguments[0].id not in names:
                        raise FormulaError("count(…) takes one claim, a list or an ordering")
                    counted.append(names[arguments[0].id])
                if function == "near" and len(arguments) != 2:
                    raise FormulaError("near(…) takes a value and a number of percent")
                if not arguments:
                    raise FormulaError(f"{function}() takes at least one value")
            case ast.Name(id=name) if name in names or name in constants or name in _FUNCTIONS:
                pass
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                pass
            case ast.UnaryOp(op=ast.USub()) | ast.operator() | ast.cmpop() | ast.USub() | ast.expr_context():
                pass
            case ast.Name(id=name):
                raise FormulaError(f"{name!r} is neither a claim id (chapter.slug) nor a function")
            case _:
                raise FormulaError(f"`{ast.unparse(node)}` is not part of the notation")
    return tuple(counted)


def _near(values: list[Quantity]) -> Quantity:
    value, percent = values
    share = percent.interval.high / 100
    return value * Quantity(Interval(1 - share, 1 + share), RATIO)


def _extreme(pick: Callable[..., object]) -> Callable[[list[Quantity]], Quantity]:
    """min or max of quantities: the interval between the extremes of their ends, wide enough to be safe."""

    def extreme(values: list[Quantity]) -> Quantity:
        intervals = [value.to(values[0].unit).interval for value in values]
        low, high = pick(i.low for i in intervals), pick(i.high for i in intervals)
        return Quantity(
            Interval(
                low,  # type: ignore[arg-type]
                high,  # type: ignore[arg-type]
                any(i.closed_low for i in intervals if i.low == low) or low == high,
                any(i.closed_high for i in intervals if i.high == high) or low == high,
            ),
            values[0].unit,
        )

    return extreme


_FUNCTIONS: dict[str, Callable[[list[Quantity]], Quantity]] = {
    "sum": lambda values: reduce(lambda a, b: a + b, values),
    "min": _extreme(min),
    "max": _extreme(max),
    "near": _near,
    "count": lambda values: values[0],
}
