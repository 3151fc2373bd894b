"""Prose: a chapter's text, bound to the ledger.

A chapter is Markdown of a plain kind: a title, paragraphs, lists, quotations, emphasis. `{claim:ID}` stands for the
claim's figure in the chapter's language, `[words](claim:ID)` links words to a claim. A number that stands in the text
and is neither a year nor part of a name is an error: nobody would notice when it goes stale.

`read_prose` returns the chapters as small frozen trees, so that a site, slides or a printed page can each render them
in its own way. It reports every fault of all chapters at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from almanac.claim import CHAPTERS, Claim, ClaimId, ValueType
from almanac.errors import EditionError, Fault, did_you_mean
from almanac.ledger import Ledger

MAX_BYTES = 200_000
"""Bytes in a chapter: far above any that a person would read."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of a claim, to be rendered in the prose's language."""

    claim: ClaimId


@dataclass(frozen=True, slots=True)
class Emphasis:
    children: tuple[Inline, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class ClaimLink:
    """Words that state a claim."""

    claim: ClaimId
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    children: tuple[Inline, ...]


Inline = Text | Figure | Emphasis | ClaimLink | Link


@dataclass(frozen=True, slots=True)
class Paragraph:
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item is a sequence of blocks."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[Block, ...]


Block = Paragraph | Heading | Items | Quote


@dataclass(frozen=True)
class Prose:
    """A chapter's text in one language: its title, which states what the chapter finds, and its blocks."""

    chapter: str
    language: str
    title: str
    blocks: tuple[Block, ...]

    @cached_property
    def claims(self) -> tuple[ClaimId, ...]:
        """Every claim that the text rests on, in order, each once."""
        return tuple(dict.fromkeys(claim for block in self.blocks for claim in claims_in(block)))


def claims_in(part: Block | Inline) -> Iterator[ClaimId]:
    """The claims that a part of a text names, in order."""
    match part:
        case Figure(claim):
            yield claim
        case ClaimLink(claim, children):
            yield claim
            for child in children:
                yield from claims_in(child)
        case Paragraph(children) | Heading(children) | Emphasis(children) | Link(_, children):
            for child in children:
                yield from claims_in(child)
        case Quote(blocks):
            for block in blocks:
                yield from claims_in(block)
        case Items(items):
            for item in items:
                for block in item:
                    yield from claims_in(block)


def read_prose(folder: Path, ledger: Ledger) -> Mapping[str, Mapping[str, Prose]]:
    """Chapter → language → prose, for every chapter that has claims. Raises EditionError with every fault."""
    faults: list[Fault] = []
    found: dict[str, dict[str, Prose]] = {}
    for chapter in ledger.chapters:
        found[chapter] = {}
        for language in ledger.edition.languages:
            path = folder / language / f"{chapter}.md"
            prose = _chapter(path, chapter, language, ledger, faults)
            if prose is not None:
                found[chapter][language] = prose
        faults.extend(_differing(folder, found[chapter]))
    faults.extend(_strays(folder, ledger))
    if faults:
        raise EditionError(faults)
    return found


def _chapter(path: Path, chapter: str, language: str, ledger: Ledger, faults: list[Fault]) -> Prose | None:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError:
        mend = "Every chapter that has claims is written in every language of the edition."
        faults.append(Fault(path, None, "chapter", "no file", f"the prose of {chapter}", mend))
        return None
    except UnicodeDecodeError as error:
        faults.append(Fault(path, None, "chapter", str(error), "text in UTF-8"))
        return None
    if len(data) > MAX_BYTES:
        faults.append(Fault(path, None, "chapter", f"{len(data):,} bytes", f"at most {MAX_BYTES:,}"))
        return None
    reader = _Reader(path, language, ledger)
    prose = reader.read(text, chapter)
    faults.extend(reader.faults)
    return prose


def _differing(folder: Path, languages: Mapping[str, Prose]) -> Iterator[Fault]:
    """Claims that one language of a chapter names and another does not: a translation has drifted."""
    named = {claim for prose in languages.values() for claim in prose.claims}
    for language, prose in languages.items():
        for claim in sorted(named.difference(prose.claims)):
            path = folder / language / f"{prose.chapter}.md"
            others = ", ".join(other for other, text in languages.items() if claim in text.claims)
            yield Fault(path, None, claim, "not named here", f"the claims that {others} names")


def _strays(folder: Path, ledger: Ledger) -> Iterator[Fault]:
    """Files that no chapter of the edition reads."""
    wanted = {folder / lang / f"{name}.md" for lang in ledger.edition.languages for name in ledger.chapters}
    for path in sorted(folder.rglob("*.md")):
        if path not in wanted:
            yield Fault(path, None, "chapter", "a file of no chapter with claims", f"one of {', '.join(CHAPTERS)}")


_BINDING = re.compile(r"\{claim:(?P<id>[^{}]*)\}")
_BROKEN_BINDING = re.compile(r"\{[^{}]*\}?|\}")


class _Reader:
    """Turns one chapter's Markdown into `Prose`, collecting faults on the way."""

    def __init__(self, path: Path, language: str, ledger: Ledger) -> None:
        self.path, self.language, self.ledger = path, language, ledger
        self.faults: list[Fault] = []
        self.line = 1
        self._names = _names(ledger, language)

    def read(self, text: str, chapter: str) -> Prose | None:
        tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
        titles = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1"]
        if titles != [0]:
            place = (tokens[titles[-1]].map or [0])[0] + 1 if titles else 1
            self.fault(place, "title", f"{len(titles)} titles" if titles else "no title", "one `# Title` at the top")
            if not titles:
                return None
        title = self._inlines(tokens[titles[0] + 1])
        for part in title:
            if not isinstance(part, Text):
                self.fault(self.line, "title", "markup or a binding", "plain words")
        words = "".join(part.text for part in title if isinstance(part, Text))
        return Prose(chapter, self.language, words, tuple(self._blocks(tokens[titles[0] + 3 :])))

    def fault(self, line: int, where: str, found: str, expected: str, mend: str = "") -> None:
        self.faults.append(Fault(self.path, line, where, found, expected, mend))

    def _blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        for opened, inner in _elements(tokens):
            self.line = (opened.map or [self.line - 1])[0] + 1
            match opened.type:
                case "paragraph_open":
                    yield Paragraph(self._inlines(inner[0]))
                case "heading_open":
                    yield Heading(self._inlines(inner[0]))
                case "bullet_list_open" | "ordered_list_open":
                    items = tuple(tuple(self._blocks(item)) for _, item in _elements(inner))
                    yield Items(items, opened.type == "ordered_list_open")
                case "blockquote_open":
                    yield Quote(tuple(self._blocks(inner)))
                case other:
                    self.fault(self.line, "markup", other, "paragraphs, headings, lists and quotations")

    def _inlines(self, token: Token) -> tuple[Inline, ...]:
        self.line = (token.map or [self.line - 1])[0] + 1
        children = tuple(self._inline(token.children or []))
        self._check_numbers("".join(_plain(children)), token)
        return children

    def _inline(self, tokens: Sequence[Token]) -> Iterator[Inline]:
        for opened, inner in _elements(tokens):
            match opened.type:
                case "text":
                    yield from self._text(opened.content)
                case "softbreak" | "hardbreak":
                    self.line += 1
                    yield Text("" if self.language == "zh" else " ")
                case "em_open" | "strong_open":
                    yield Emphasis(tuple(self._inline(inner)), opened.type == "strong_open")
                case "link_open":
                    yield from self._link(str(opened.attrGet("href") or ""), tuple(self._inline(inner)))
                case other:
                    self.fault(self.line, "markup", other, "words, emphasis, figures and links")

    def _text(self, text: str) -> Iterator[Inline]:
        place = 0
        for binding in _BINDING.finditer(text):
            yield from self._words(text[place : binding.start()])
            claim = self._claim(binding["id"])
            if claim is not None and claim.type not in (ValueType.QUANTITY, ValueType.DATE):
                mend = f"Link words to it: [words](claim:{claim.id})."
                self.fault(self.line, binding[0], f"a claim of type {claim.type}", "a claim with a figure", mend)
            if claim is not None:
                yield Figure(claim.id)
            place = binding.end()
        yield from self._words(text[place:])

    def _words(self, text: str) -> Iterator[Text]:
        for broken in _BROKEN_BINDING.finditer(text):
            self.fault(self.line, "binding", repr(broken[0]), "{claim:chapter.slug}")
        if text:
            yield Text(text)

    def _link(self, href: str, children: tuple[Inline, ...]) -> Iterator[Inline]:
        scheme, _, rest = href.partition(":")
        if any(True for child in children for _ in claims_in(child)):
            self.fault(
                self.line, "link", "a figure or a claim within a link", "words; the figure stands beside the link"
            )
        elif scheme == "claim":
            claim = self._claim(rest)
            if claim is not None:
                yield ClaimLink(claim.id, children)
        elif scheme == "https":
            yield Link(href, children)
        else:
            self.fault(self.line, "link", repr(href), "claim:chapter.slug or an https address")

    def _claim(self, claim_id: str) -> Claim | None:
        found = self.ledger.claims.get(ClaimId(claim_id))
        if found is None:
            mend = did_you_mean(claim_id, self.ledger.claims)
            self.fault(self.line, "binding", f"claim {claim_id!r}", "the id of a claim", mend)
        return found

    def _check_numbers(self, plain: str, token: Token) -> None:
        """Faults for the numbers that the text types out instead of binding them."""
        for number in literal_numbers(plain, self._names):
            lines = token.content.split("\n")
            offset = next((i for i, line in enumerate(lines) if number in line), 0)
            place = (token.map or [0])[0] + 1 + offset
            mend = "Bind it to a claim: {claim:chapter.slug}. Years, and names that the ledger's claims use, may stand."
            self.fault(place, "number", repr(number), "no number that no claim backs", mend)


def _elements(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """The tokens' elements: each opening (or lone) token with the tokens inside it."""
    i = 0
    while i < len(tokens):
        depth, j = int(tokens[i].nesting), i
        while depth > 0:
            j += 1
            depth += tokens[j].nesting
        yield tokens[i], tokens[i + 1 : j]
        i = j + 1


_OBJECT = "\ufffc"  # stands for a bound figure where numbers are looked for


def _plain(parts: Sequence[Inline]) -> Iterator[str]:
    for part in parts:
        match part:
            case Text(text):
                yield text
            case Figure():
                yield _OBJECT
            case Emphasis(children) | ClaimLink(_, children) | Link(_, children):
                yield from _plain(children)


_YEAR = re.compile(r"(?:19|20)\d\d")
_TOKEN = re.compile(r"[A-Za-z0-9０-９]+(?:[.,'’-][A-Za-z0-9０-９]+)*")
_SIZED = re.compile(r"\s?(?:%|％|‰|[万亿千百倍]|percent|per cent)")
_SPELLED = re.compile(
    r"[〇零一二两三四五六七八九十百千几数半]+(?:[万亿]+|倍|成(?![不为了就功本长立员]))"
    r"|[百千万]分之[〇零一二两三四五六七八九十百千几]+"
    r"|\b(?:hundred|thousand|million|billion|trillion|dozen)s?\b|\bper ?cent\b|%|％",
    re.IGNORECASE,
)


def literal_numbers(text: str, names: frozenset[str] = frozenset()) -> Iterator[str]:
    """The numbers that stand in `text`, apart from years and from names: what starts with a letter (V3, GPT-5, o1,
    ASL-3), and what follows a word as in one of `names` ("Gemini 2.5").

    >>> list(literal_numbers("In 2025 GPT-5 made $4 billion, 90% of it at home"))
    ['4', 'billion', '90', '%']
    >>> list(literal_numbers("2025年超过四十亿美元"))
    ['四十亿']
    """
    found: list[tuple[int, str]] = []
    previous = ""
    for token in _TOKEN.finditer(text):
        word = token[0]
        if any(character.isdigit() for character in word):
            year = _YEAR.fullmatch(word) and not _SIZED.match(text, token.end())
            name = word[0].isascii() and word[0].isalpha()
            known = f"{previous} {word}" in names or (not word.isdigit() and not name and word in names)
            if not (year or name or known):
                found.append((token.start(), word))
        previous = word
    found.extend((match.start(), match[0]) for match in _SPELLED.finditer(text))
    yield from (word for _, word in sorted(found))


def _names(ledger: Ledger, language: str) -> frozenset[str]:
    """Names with a number in them that the ledger's own words use: "Gemini 2.5", "910B"."""
    found: set[str] = set()
    for claim in ledger:
        for words in (claim.subject, claim.metric, claim.text[language]):
            previous = ""
            for token in _TOKEN.finditer(words):
                if token[0][0].isdigit() and not _SIZED.match(words, token.end()):
                    if previous[:1].isupper():
                        found.add(f"{previous} {token[0]}")
                    if not token[0].replace(".", "").replace(",", "").isdigit():
                        found.add(token[0])
                previous = token[0]
    return frozenset(found)


def first_paragraph(prose: Prose) -> Paragraph | None:
    """The paragraph that a summary of the chapter shows."""
    return next((block for block in prose.blocks if isinstance(block, Paragraph)), None)


__all__ = [
    "Block", "ClaimLink", "Emphasis", "Figure", "Heading", "Inline", "Items", "Link", "Paragraph", "Prose", "Quote",
    "Text", "claims_in", "first_paragraph", "literal_numbers", "read_prose",
]  # fmt: skip
