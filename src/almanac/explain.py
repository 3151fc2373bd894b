"""Explaining: the whole lineage of a claim, from its sentence back to the words and tables that it rests on.

    claim → verdict and reasons
          → sources and locators → the printed figure → its reading → the rules applied · whom the source retells
          → identities and bounds, with the numbers put in
          → estimate → instrument and version → table → origin

A lineage is a tree of `Node`, in English or Chinese, that anything can print; it says what the checks and
instruments found and computes no verdict of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from almanac.checks.arithmetic import Arithmetic
from almanac.checks.wording import shown_failure, shown_quantity
from almanac.cite import claim_url
from almanac.claim import Claim, ClaimId, Statement
from almanac.datasets.catalog import Origin
from almanac.edition.wording import WORDS, filled
from almanac.estimate import Estimate, Input, Undefined
from almanac.figure import Language, Reading
from almanac.figure.rules import RULES
from almanac.formula import Side
from almanac.identity import Bound, BoundId, Identity
from almanac.quantity import Quantity
from almanac.source import Source, SourceId
from almanac.telling import figure, meaning, sentence, span, value_text
from almanac.verdict import Check, Reason, Verdict

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle

_EFFECTS = {rule.id: rule.effect for rule in RULES}

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "why": "why this verdict", "sources": "sources", "reads": "reads as", "rule": "rule", "or": "or",
        "retells": "retells", "measured by": "measured by", "identities": "identities", "bounds": "bounds",
        "estimate": "estimate", "holds": "holds", "fails": "FAILS", "suspect": "suspect", "slip": "slip",
        "because": "because", "with": "with", "source": "source", "method": "method", "assumes": "assumes",
        "table": "table", "rows": "rows", "origin": "origin", "licence": "licence", "in": "within",
        "not in": "not within", "published": "published", "accessed": "accessed", "note": "note",
        "not run": "was not run", "not found": "gives no such estimate", "undefined": "no number exists",
        "locked": "from the lock file, as of {date}", "recomputed": "recomputed from data",
    },
    "zh": {
        "why": "判定理由", "sources": "来源", "reads": "读作", "rule": "规则", "or": "或",
        "retells": "转述", "measured by": "测量者", "identities": "恒等式", "bounds": "界限",
        "estimate": "重新测算", "holds": "成立", "fails": "不成立", "suspect": "嫌疑", "slip": "可能的错误",
        "because": "依据", "with": "代入", "source": "出处", "method": "方法", "assumes": "假定",
        "table": "数据表", "rows": "行", "origin": "数据来源", "licence": "许可", "in": "属于",
        "not in": "不属于", "published": "发布于", "accessed": "查阅于", "note": "说明",
        "not run": "未运行", "not found": "没有给出这一估计", "undefined": "无法得出数字",
        "locked": "取自锁定文件，截至{date}", "recomputed": "由数据重新测算",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a lineage: what `kind` of thing it is, one line for a reader, the same as data, what it rests on.

    `warns` marks what speaks against the claim.
    """

    kind: str
    label: str
    data: Mapping[str, Any]
    children: tuple[Node, ...] = ()
    warns: bool = False

    def __iter__(self) -> Iterator[Node]:
        """This node and everything below it, in reading order."""
        yield self
        for child in self.children:
            yield from child

    def as_json(self) -> dict[str, Any]:
        """The answer of `almanac explain CLAIM --json`."""
        return {
            "kind": self.kind,
            "label": self.label,
            **self.data,
            "children": [child.as_json() for child in self.children],
        }


def lineage(bundle: Bundle, claim_id: str, language: Language = "en") -> Node:
    """What the claim says, what the checks say of it, and everything that it rests on.

    Raises LedgerError, naming the nearest ids, for a claim that does not exist.
    """
    return _Explainer(bundle, language).claim(bundle.ledger.claim(claim_id))


class _Explainer:
    """Explains the claims of one edition in one language."""

    def __init__(self, bundle: Bundle, language: Language) -> None:
        self._ledger, self._report = bundle.ledger, bundle.report
        self._results, self._package, self._locked = bundle.results, bundle.package, bundle.locked
        self._arithmetic = Arithmetic(bundle.ledger)
        self._language = language
        self._words = {**WORDS[language], **_WORDS[language]}

    def claim(self, claim: Claim) -> Node:
        finding = self._report.findings[claim.id]
        branches = (
            self._branch("why", map(self._reason, finding.reasons)),
            self._branch("sources", [*map(self._statement, claim.statements), *self._origin_of(claim)]),
            self._branch("identities", self._identities(claim)),
            self._branch("bounds", self._bounds(claim)),
            self._branch("estimate", self._estimate(claim)),
        )
        words = sentence(claim, self._language)
        data = {
            "id": claim.id,
            "sentence": words,
            "verdict": finding.verdict.value,
            "quantity": str(claim.quantity) if claim.quantity is not None else None,
            "url": claim_url(self._ledger, claim.id, self._language),
            "written": f"{claim.path}:{claim.line}",
        }
        label = f"{claim.id}: {self._verdict(finding.verdict)}. {words}"
        return _node("claim", label, data, *filter(None, branches), warns=finding.verdict.doubtful)

    def _branch(self, kind: str, nodes: Iterable[Node]) -> Node | None:
        found = tuple(nodes)
        return _node(kind, self._words[kind], {}, *found) if found else None

    def _verdict(self, verdict: Verdict) -> str:
        return self._words[f"verdict_{verdict.value}"]

    def _reason(self, reason: Reason) -> Node:
        data = {
            "check": reason.check.value,
            "name": reason.name,
            "verdict": reason.verdict.value if reason.verdict else None,
            "with": list(reason.others),
            "suspect": reason.suspect,
            "slip": reason.slip,
        }
        head = self._verdict(reason.verdict) if reason.verdict else self._words["note"]
        warns = reason.verdict is not None and reason.verdict.doubtful
        if reason.check in (Check.IDENTITY, Check.BOUND):  # why these must hold is said where they are spelled out
            words = f"{reason.name}: {reason.line(self._language)}"
        else:
            words = reason.detail[self._language]
        return _node("reason", f"{head}: {words}", data, warns=warns)

    # ---- sources ---------------------------------------------------------------------------------------------

    def _statement(self, said: Statement) -> Node:
        source = self._ledger.sources[said.source]
        words = f"“{said.printed}”" if said.printed is not None else value_text(said.value, self._language)
        where = filled(self._words[f"locator_{said.locator.kind}"], place=said.locator.place)
        label = f"{source.publisher}, {where}: {words}"
        data = {
            "source": said.source,
            "locator": str(said.locator),
            "printed": said.printed,
            "keys": list(said.keys),
        }
        reading = [self._reading(said.reading)] if said.reading else []
        return _node("statement", label, data, *reading, self._source(source))

    def _reading(self, reading: Reading) -> Node:
        label = f"{self._words['reads']} {meaning(reading.quantity, self._language)}"
        data = {
            "interval": str(reading.quantity.interval),
            "unit": reading.quantity.unit.name,
            "figure": value_text(reading.quantity, self._language),
        }
        others = reading.alternatives if len(reading.alternatives) > 1 else ()
        meanings = [
            _node(
                "alternative",
                f"{self._words['or']} {other.meaning}: {meaning(other.quantity, self._language)}",
                {"meaning": other.meaning},
            )
            for other in others
        ]
        return _node("reading", label, data, *map(self._rule, reading.rules), *meanings)

    def _rule(self, rule: str) -> Node:
        effect = _EFFECTS.get(rule, "")
        return _node("rule", f"{self._words['rule']} {rule}" + (f": {effect}" if effect else ""), {"id": rule})

    def _source(self, source: Source) -> Node:
        tier = self._words[f"tier_{source.tier.value}"]
        label = f"“{source.title}”, {source.date}, {tier}, {self._words['licence']}: {source.licence}. {source.url}"
        data = {"id": source.id, "title": source.title, "url": source.url, "licence": source.licence}
        return _node("source", label, data, *map(self._retold, source.retells))

    def _retold(self, source_id: SourceId) -> Node:
        source = self._ledger.sources[source_id]
        label = f"{self._words['retells']} “{source.title}” ({source.publisher}, {source.date}). {source.url}"
        return _node("witness", label, {"id": source.id, "url": source.url}, *map(self._retold, source.retells))

    def _origin_of(self, claim: Claim) -> Iterator[Node]:
        if claim.origin is not None:
            source = self._ledger.sources[claim.origin]
            label = f"{self._words['measured by']} {source.publisher}, “{source.title}”, {source.date}. {source.url}"
            yield _node("witness", label, {"id": source.id, "url": source.url})

    # ---- identities and bounds -------------------------------------------------------------------------------

    def _identities(self, claim: Claim) -> Iterator[Node]:
        """Those that fail first."""
        found = (self._identity(claim, identity) for identity in self._ledger.identities_of.get(claim.id, ()))
        yield from sorted(found, key=lambda node: not node.warns)

    def _identity(self, claim: Claim, identity: Identity) -> Node:
        sides = self._arithmetic.sides(identity)
        holds = all(side.possible for side in sides)
        blame = next(self._blame(claim, identity), None)
        data = {
            "id": identity.id,
            "formula": identity.formula.text,
            "holds": holds,
            "suspect": blame.suspect if blame else None,
            "slip": blame.slip if blame else None,
        }
        children = [
            self._because(identity),
            *(self._side(side, identity.formula.bound) for side in sides),
            *(self._member(name) for name in identity.formula.claims),
            *self._named_bound(identity),
        ]
        if blame and blame.suspect:
            slip = f" ({self._words['slip']}: {blame.slip})" if blame.slip else ""
            label = f"{self._words['suspect']}: {blame.suspect}{slip}"
            children.append(_node("suspect", label, {"id": blame.suspect}, warns=True))
        head = self._words["holds" if holds else "fails"]
        label = f"{head}: {identity.id}: {identity.formula.text}"
        return _node("identity", label, data, *children, warns=not holds)

    def _blame(self, claim: Claim, rule: Identity | Bound) -> Iterator[Reason]:
        """What the report says of the claim because of a failed identity or bound."""
        for reason in self._report.findings[claim.id].reasons:
            if reason.name == rule.id and (reason.others or reason.verdict):
                yield reason

    def _because(self, rule: Identity | Bound) -> Node:
        return _node("because", f"{self._words['because']}: {rule.because[self._language]}", {})

    def _side(self, side: Side, bound: str | None) -> Node:
        data = {
            "left": str(side.left),
            "comparison": "in" if bound else side.comparison,
            "right": str(side.right),
            "holds": side.possible,
        }
        words = f"{self._words['with']}: {self._compared(side, bound)}"
        return _node("arithmetic", words, data, warns=not side.possible)

    def _compared(self, side: Side, bound: str | None) -> str:
        if bound:
            sign = self._words["in" if side.possible else "not in"]
            left = shown_quantity(side.left, self._language)
            return f"{left} {sign} {span(side.right, self._language)}"
        if side.possible:
            left, right = (shown_quantity(quantity, self._language) for quantity in (side.left, side.right))
            return f"{left} {side.comparison} {right}"
        return shown_failure(side, self._language, within=False)

    def _named_bound(self, identity: Identity) -> Iterator[Node]:
        """The bound that a formula names: what it allows, why, and where that comes from."""
        if identity.formula.bound is not None:
            bound = self._ledger.bounds[BoundId(identity.formula.bound)]
            allowed = span(bound.range, self._language)
            data = {"id": bound.id, "range": str(bound.range)}
            yield _node("bound", f"{bound.id} = {allowed}", data, self._because(bound), self._bound_source(bound))

    def _member(self, name: str) -> Node:
        claim = self._ledger.claims[ClaimId(name)]
        value = figure(claim, self._language) or "; ".join(self._values(claim))
        return _node("member", f"{name} = {value}", {"id": name, "figure": value})

    def _values(self, claim: Claim) -> Iterator[str]:
        return (value_text(value, self._language) for value in dict.fromkeys(claim.values))

    def _bounds(self, claim: Claim) -> Iterator[Node]:
        quantity = claim.quantity
        for bound in self._ledger.bounds_of.get(claim.measure or "", ()):
            if quantity is not None and bound.range.unit.fits(quantity.unit):
                yield self._bound(quantity, bound)

    def _bound(self, quantity: Quantity, bound: Bound) -> Node:
        holds = quantity.meets(bound.range)
        head, sign = ("holds", "in") if holds else ("fails", "not in")
        size, allowed = value_text(quantity, self._language), span(bound.range, self._language)
        label = f"{self._words[head]}: {bound.id}: {size} {self._words[sign]} {allowed}"
        data = {"id": bound.id, "range": str(bound.range), "holds": holds}
        return _node("bound", label, data, self._because(bound), self._bound_source(bound), warns=not holds)

    def _bound_source(self, bound: Bound) -> Node:
        return _node("bound-source", f"{self._words['source']}: {bound.source}", {})

    # ---- estimates -------------------------------------------------------------------------------------------

    def _estimate(self, claim: Claim) -> Iterator[Node]:
        binding = claim.binding
        if binding is None:
            return
        result = self._results.get(binding.result)
        found = result.find(binding.name, binding.subject) if result else None
        asked = f"{binding.name} of {binding.subject}"
        if result is None or found is None:
            why = self._words["not run" if result is None else "not found"]
            label = f"{binding.result} {why}: {asked}"
            yield _node("estimate", label, {"instrument": binding.instrument, "found": False}, warns=True)
            return
        value = self._value(found)
        version = f"{result.id} {result.version}"
        locked = result.id in self._locked
        data = {
            "instrument": result.instrument,
            "version": result.version,
            "found": True,
            "locked": locked,
            **found.as_json(),
        }
        came = filled(self._words["locked" if locked else "recomputed"], date=result.as_of.isoformat())
        yield _node(
            "estimate",
            f"{version}: {asked} = {value}",
            data,
            _node("provenance", came, {}),
            *self._method(found),
            *map(self._table, result.inputs),
        )

    def _value(self, found: Estimate | Undefined) -> str:
        if isinstance(found, Undefined):
            return f"{self._words['undefined']}: {found.reason}"
        unit = "" if found.unit == "yes-no" else f" {found.unit}"
        interval = f"[{found.low:.6g}, {found.high:.6g}]"
        return f"{found.value:.6g}{unit} {interval} ({found.level:.0%}, n = {found.n:,})"

    def _method(self, found: Estimate | Undefined) -> Iterator[Node]:
        if isinstance(found, Estimate):
            yield _node("method", f"{self._words['method']}: {found.method}", {})
            for assumption in found.assumptions:
                yield _node("assumption", f"{self._words['assumes']}: {assumption}", {})

    def _table(self, table: Input) -> Node:
        label = f"{self._words['table']} {table.name}, {table.rows:,} {self._words['rows']}, sha256 {table.sha256}"
        data = {"name": table.name, "sha256": table.sha256, "rows": table.rows}
        origin = self._package.origins.get(table.name)
        return _node("table", label, data, *([self._origin(origin)] if origin else []))

    def _origin(self, origin: Origin) -> Node:
        words = self._words
        label = (
            f"{words['origin']}: {origin.producer}, “{origin.title}”. {words['published']} {origin.published}, "
            f"{words['accessed']} {origin.accessed}, {words['licence']}: {origin.licence}. {origin.url}"
        )
        data = {"citation": origin.citation, "url": origin.url, "licence": origin.licence}
        return _node("origin", label, data, _node("citation", origin.citation, {}))


def _node(kind: str, label: str, data: Mapping[str, Any], *children: Node, warns: bool = False) -> Node:
    return Node(kind, _printable(label), data, children, warns)


def _printable(label: str) -> str:
    """The label on one line without the control characters by which text from strangers could drive a terminal."""
    kept = (" " if unicodedata.category(sign) in ("Zl", "Zp") or sign in "\t\n\r" else sign for sign in label)
    return "".join(sign for sign in kept if unicodedata.category(sign) not in ("Cc", "Cs"))
