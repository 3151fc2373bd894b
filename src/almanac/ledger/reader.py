"""From an edition's files to nouns: one reader a folder, which collects faults and goes on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from almanac import yamlfile
from almanac.claim import Claim, ClaimId
from almanac.errors import Fault, FormulaError, PeriodError, UnitError, did_you_mean
from almanac.forecast import Forecast, ForecastId
from almanac.formula import Formula
from almanac.identity import Bound, BoundId, Identity, IdentityId
from almanac.ledger import schema
from almanac.ledger.claims import ClaimReader
from almanac.ledger.values import formula_values
from almanac.period import Period
from almanac.quantity import INFINITY, Interval, Quantity, exact
from almanac.source import Source, SourceId
from almanac.units import unit
from almanac.yamlfile import Record, Sequence, line_of

Written = TypeVar("Written", bound=BaseModel)
OPTIONAL = ("identities.yaml", "bounds.yaml", "forecasts.yaml")


class Reader:
    """Reads the files of one edition's folder into nouns; `faults` holds everything wrong so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self._trees: dict[str, object] = {}
        self._written: set[str] = set()
        self._refused: set[str] = set()

    # ---- faults ----------------------------------------------------------------------------------------------

    def fault(
        self, name: str, where: str, found: str, expected: str, mend: str = "", at: tuple[int | str, ...] = ()
    ) -> None:
        """Notes a fault in file `name` of the edition, at the element that `at` leads to."""
        tree = self._trees.get(name)
        line = line_of(tree, at) if tree is not None else None
        self.faults.append(Fault(self.shown(name), line, where, found, expected, mend))

    def line(self, name: str, at: tuple[int | str, ...]) -> int:
        """The line of the element at `at` in file `name`."""
        return line_of(self._trees[name], at)

    def shown(self, name: str) -> str:
        """How messages name file `name` of the edition."""
        return (self.folder / name).as_posix()

    # ---- files -----------------------------------------------------------------------------------------------

    def _tree(self, name: str) -> object:
        if name not in self._trees:
            try:
                self._trees[name] = yamlfile.read(self.folder / name, self.shown(name))
            except yamlfile.Refused as refused:
                self.faults.append(refused.fault)
                self._refused.add(name)
                self._trees[name] = None
        return self._trees[name]

    def _records(self, name: str, model: type[Written]) -> Iterator[tuple[int, Written]]:
        """The valid records of a list file, with their places; faults are noted for the others.

        An edition may do without identities, bounds and forecasts, so those files need not exist.
        """
        if name in OPTIONAL and not (self.folder / name).exists():
            return
        tree = self._tree(name)
        if tree is None:
            return
        if not isinstance(tree, Sequence):
            self.fault(name, "file", _kind(tree), "a list of records (- id: …)")
            return
        for index, node in enumerate(tree):
            self._note_ids(node)
            record = self._validated(name, model, node, (index,))
            if record is not None:
                yield index, record

    def _validated(self, name: str, model: type[Written], node: object, at: tuple[int | str, ...]) -> Written | None:
        try:
            return model.model_validate(node)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False):
                path = (*at, *(step for step in problem["loc"] if not _is_branch(step)))
                self.fault(name, _where(node, problem["loc"]), *_explained(problem, model), at=path)
            return None

    def _note_ids(self, node: object) -> None:
        """Remembers which ids are written, right or wrong: a reference to a faulty record is no second fault."""
        if isinstance(node, Record) and isinstance(node.get("id"), str):
            self._written.add(str(node["id"]))

    def _unique(self, name: str, kind: str, seen: dict[str, str], found: str, at: tuple[int | str, ...]) -> bool:
        if found in seen:
            self.fault(name, found, f"{kind} id {found!r} again", f"an id used once (first in {seen[found]})", at=at)
            return False
        seen[found] = f"{self.shown(name)}:{self.line(name, at)}"
        return True

    # ---- nouns -----------------------------------------------------------------------------------------------

    def edition(self) -> schema.EditionRecord | None:
        before = len(self.faults)
        tree = self._tree("edition.yaml")
        if tree is None:
            if len(self.faults) == before:
                self.fault("edition.yaml", "file", "nothing", "the edition's id, title, as-of date …")
            return None
        return self._validated("edition.yaml", schema.EditionRecord, tree, ())

    def credit(self, record: schema.EditionRecord | None, sources: Mapping[SourceId, Source]) -> None:
        """Notes a fault if the report that the edition credits is not among its sources."""
        if record is not None and record.credit.report not in sources:
            self.unknown("edition.yaml", "credit.report", record.credit.report, sources, ("credit", "report"))

    def day(self, name: str, record: schema.EditionRecord | None, field: str) -> date | None:
        if record is None:
            return None
        period = self.period(name, field, getattr(record, field), (field,))
        return period.end if period else None

    def period(self, name: str, where: str, text: str, at: tuple[int | str, ...]) -> Period | None:
        try:
            return Period.parse(text)
        except PeriodError as error:
            self.fault(name, where, repr(text), "a period", str(error), at)
            return None

    def sources(self) -> dict[SourceId, Source]:
        name, seen = "sources.yaml", dict[str, str]()
        sources: dict[SourceId, Source] = {}
        places: dict[SourceId, int] = {}
        for index, record in self._records(name, schema.SourceRecord):
            published = self.period(name, f"{record.id}.date", record.date, (index, "date"))
            if not self._unique(name, "source", seen, record.id, (index,)) or published is None:
                continue
            places[SourceId(record.id)] = index
            sources[SourceId(record.id)] = Source(
                id=SourceId(record.id),
                title=record.title,
                publisher=record.publisher,
                authors=tuple(record.authors),
                date=published,
                url=record.url,
                language=record.language,
                licence=record.licence,
                tier=record.tier,
                retells=tuple(map(SourceId, record.retells)),
            )
        for source in sources.values():
            for upstream in source.retells:
                if upstream not in sources:
                    self.unknown(name, f"{source.id}.retells", upstream, sources, (places[source.id], "retells"))
        for circle in _circles({s.id: s.retells for s in sources.values()}):
            path = " → ".join(circle)
            self.fault(
                name,
                f"{circle[0]}.retells",
                f"a circle: {path}",
                "retellings that lead back to a source that retells nothing",
                at=(places[SourceId(circle[0])], "retells"),
            )
            sources[SourceId(circle[0])] = replace(sources[SourceId(circle[0])], retells=())
        return sources

    def claims(self, sources: Mapping[SourceId, Source]) -> dict[ClaimId, Claim]:
        claims: dict[ClaimId, Claim] = {}
        seen: dict[str, str] = {}
        keys: dict[str, str] = {}
        names = sorted(f"claims/{path.name}" for path in (self.folder / "claims").glob("*.yaml"))
        if not names:
            self.faults.append(
                Fault(self.shown("claims"), None, "folder", "no file *.yaml", "at least one file of claims")
            )
        for name in names:
            for index, record in self._records(name, schema.ClaimRecord):
                if not self._unique(name, "claim", seen, record.id, (index,)):
                    continue
                self._keys(name, record, index, keys)
                claim = ClaimReader(self, name, index, record, sources).claim()
                if claim is not None:
                    claims[claim.id] = claim
            if not self.faults:
                self._trees[name] = None  # a large ledger's trees need not stay in memory
        return claims

    def _keys(self, name: str, record: schema.ClaimRecord, index: int, seen: dict[str, str]) -> None:
        for place, statement in enumerate(record.sources):
            for key in statement.keys:
                if key in seen:
                    self.fault(
                        name, record.id, f"key {key!r}", f"a key used once (first in {seen[key]})",
                        at=(index, "sources", place, "keys"),
                    )  # fmt: skip
                seen.setdefault(key, record.id)

    def bounds(self) -> dict[BoundId, Bound]:
        name, seen = "bounds.yaml", dict[str, str]()
        bounds: dict[BoundId, Bound] = {}
        for index, record in self._records(name, schema.BoundRecord):
            if not self._unique(name, "bound", seen, record.id, (index,)):
                continue
            found = self._range(name, record, index)
            if found is None:
                continue
            bounds[BoundId(record.id)] = Bound(
                id=BoundId(record.id),
                measures=tuple(record.of),
                range=found,
                because=record.because.as_dict(),
                source=record.source,
                path=self.shown(name),
                line=self.line(name, (index,)),
            )
        return bounds

    def _range(self, name: str, record: schema.BoundRecord, index: int) -> Quantity | None:
        if record.low is None and record.high is None:
            self.fault(name, record.id, "neither low nor high", "a range: low, high or both", at=(index,))
            return None
        try:
            low = exact(record.low) if record.low is not None else -INFINITY
            high = exact(record.high) if record.high is not None else INFINITY
            return Quantity(Interval(low, high), unit(record.unit))
        except (ValueError, ZeroDivisionError) as error:
            found = f"{record.low} to {record.high} {record.unit}"
            self.fault(name, record.id, found, "a range of numbers in a unit", str(error), (index,))
            return None

    def identities(self, claims: Mapping[ClaimId, Claim], bounds: Mapping[BoundId, Bound]) -> tuple[Identity, ...]:
        name, seen = "identities.yaml", dict[str, str]()
        identities: list[Identity] = []
        for index, record in self._records(name, schema.IdentityRecord):
            if not self._unique(name, "identity", seen, record.id, (index,)):
                continue
            formula = self._formula(name, record, index, claims, bounds)
            if formula is not None:
                line = self.line(name, (index,))
                identities.append(
                    Identity(IdentityId(record.id), formula, record.because.as_dict(), self.shown(name), line)
                )
        return tuple(identities)

    def _formula(
        self,
        name: str,
        record: schema.IdentityRecord,
        index: int,
        claims: Mapping[ClaimId, Claim],
        bounds: Mapping[BoundId, Bound],
    ) -> Formula | None:
        at = (index, "holds")
        try:
            formula = Formula.parse(record.holds)
        except FormulaError as error:
            self.fault(name, record.id, repr(record.holds), "a formula", str(error), at)
            return None
        unknown = [claim_id for claim_id in formula.claims if claim_id not in claims]
        for claim_id in unknown:
            self.unknown(name, record.id, claim_id, claims, at)
        if formula.bound is not None and formula.bound not in bounds:
            self.unknown(name, record.id, formula.bound, bounds, at)
            return None
        if not formula.claims:
            self.fault(name, record.id, "a formula without a claim", "at least one claim id", at=at)
        if unknown or not formula.claims:
            return None
        bound = bounds[BoundId(formula.bound)].range if formula.bound else None
        try:
            formula.sides(formula_values(formula, claims), bound)
        except (UnitError, FormulaError) as error:
            self.fault(name, record.id, repr(record.holds), "units that fit and claims with a size", str(error), at)
            return None
        return formula

    def forecasts(self, claims: Mapping[ClaimId, Claim]) -> tuple[Forecast, ...]:
        name, seen = "forecasts.yaml", dict[str, str]()
        forecasts: list[Forecast] = []
        for index, record in self._records(name, schema.ForecastRecord):
            if not self._unique(name, "forecast", seen, record.id, (index,)):
                continue
            registered = self.period(name, f"{record.id}.registered", record.registered, (index, "registered"))
            deadline = self.period(name, f"{record.id}.deadline", record.deadline, (index, "deadline"))
            for claim_id in record.claim:
                if claim_id not in claims:
                    self.unknown(name, record.id, claim_id, claims, (index, "claim"))
            if registered is None or deadline is None:
                continue
            if deadline.end <= registered.end:
                self.fault(
                    name, record.id, f"a deadline of {deadline}", f"a day after {registered}", at=(index, "deadline")
                )
                continue
            truth = record.source_of_truth
            forecasts.append(
                Forecast(
                    id=ForecastId(record.id),
                    claims=tuple(map(ClaimId, record.claim)),
                    registered=registered.end,
                    deadline=deadline.end,
                    probability=record.probability,
                    criteria=record.criteria.as_dict(),
                    source_of_truth={"en": truth} if isinstance(truth, str) else truth.as_dict(),
                )
            )
        return tuple(forecasts)

    def unknown(self, name: str, where: str, found: str, known: Iterable[str], at: tuple[int | str, ...]) -> None:
        """Notes that `found` is no id, unless its record stands somewhere and is faulty, or may stand in a file that
        could not be read: that is a fault already."""
        home = "claims/" if "." in found else ("sources.yaml", "bounds.yaml")
        if found in self._written or any(name.startswith(home) for name in self._refused):
            return
        self.fault(name, where, repr(found), "an id that exists", did_you_mean(found, known), at)


def _circles(graph: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle that following `graph` can run into, once."""
    state: dict[str, int] = {}
    path: list[str] = []

    def visit(node: str) -> Iterator[tuple[str, ...]]:
        state[node] = 1
        path.append(node)
        for following in graph.get(node, ()):
            if state.get(following) == 1:
                yield (*path[path.index(following) :], following)
            elif following not in state:
                yield from visit(following)
        path.pop()
        state[node] = 2

    for node in graph:
        if node not in state:
            yield from visit(node)


def _is_branch(step: int | str) -> bool:
    """Whether a step of pydantic's location names a branch of a union and not a place in the file."""
    return isinstance(step, str) and (step in ("str", "Bilingual") or "[" in step)


def _where(node: object, loc: tuple[int | str, ...]) -> str:
    named = isinstance(node, Record) and isinstance(node.get("id"), str)
    head = str(node["id"]) if named and isinstance(node, Record) else "record"
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc if not _is_branch(step)]
    return head + "".join(steps)


def _kind(node: object) -> str:
    return {Record: "a mapping", Sequence: "a list", str: "text", type(None): "nothing"}.get(
        type(node), "something else"
    )


def _explained(problem: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str, str]:
    """What was found, what was expected, how to mend it: pydantic's finding in our words."""
    found = problem["input"]
    shown = repr(found) if isinstance(found, str | int | float | bool) else _kind(found)
    shown = shown if len(shown) <= 80 else shown[:77] + "…'"
    match problem["type"]:
        case "missing":
            return "nothing", f"a value for {problem['loc'][-1]!r}", "Add the field; docs/ledger.md explains it."
        case "extra_forbidden":
            nearest = difflib.get_close_matches(str(problem["loc"][-1]), list(model.model_fields), 1)
            mend = f"Did you mean {nearest[0]!r}?" if nearest else "Remove it; docs/ledger.md lists the fields."
            return f"a field {problem['loc'][-1]!r}", "a field that the format has", mend
    return shown, problem["msg"][0].lower() + problem["msg"][1:], ""
