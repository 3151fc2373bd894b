"""LaTeX: one file, or the files of an arXiv source archive, stripped to what a reader of the page would read.

Regular expressions over the whole text, not a parser: real documents hold every package that exists, and a parser
fails on a third of them. What is not known prints its arguments and nothing else.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator, Mapping

from almanac.papers.formats.frontmatter import Front
from almanac.papers.formats.latex_math import SYMBOLS, symbol
from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.marks import ANY_MARK, BREAK, CELL, CLOSE, OPEN, PLACE, SECTION, TITLED, unmarked
from almanac.papers.formats.mending import decode, mended
from almanac.papers.formats.structured import paper
from almanac.papers.paper import Paper

_GROUP = r"\{((?:[^{}]++|\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\})*+)\}"
"""A group in braces, with groups up to three deep within it; possessive, so that it fails in one pass."""
_OPTION = r"(?:\[[^\[\]]*+\])?"

MAIN = re.compile(r"\\document(?:class|style)\b|\\begin\s*\{document\}")
_COMMENT_LINE = re.compile(r"\n[ \t]*%[^\n]*")
_COMMENT = re.compile(r"%(?:(?<!\\%)|(?<=\\\\%))[^\n]*")
_ADDRESS = re.compile(r"\\(?:url|path|nolinkurl|href)\s*\{[^{}\n]*%[^{}\n]*\}")
_VERBATIM = re.compile(r"\\begin\{(verbatim|Verbatim|lstlisting|minted|listing|comment|filecontents\*?|tikzpicture)\}")
_CODE = frozenset({"verbatim", "Verbatim", "lstlisting", "minted", "listing"})
_IFFALSE = re.compile(r"\\iffalse\b.*?\\fi\b", re.S)
_INPUT = re.compile(r"\\(?:input|include|subfile|import\s*\{([^{}]*)\})\s*(?:\{([^{}]*)\}|([^\s{}\\%]+))")
_BIBLIOGRAPHY = re.compile(r"\\(?:bibliography|printbibliography)\b(?:\[[^\]]*\])?(?:\{[^{}]*\})?")
_DEFINITION = re.compile(
    r"\\(?:re|provide)?(?:new)?command\*?\s*\{?\s*\\([A-Za-z@]+)\s*\}?\s*((?:\[[^\[\]]*\])*)\s*" + _GROUP
    + r"|\\[gex]?def\s*\\([A-Za-z@]+)\s*((?:#\d)*)\s*" + _GROUP
)  # fmt: skip
_CONTROL = re.compile(r"\\([A-Za-z@]+)\*?")

_TITLE = re.compile(r"\\(?:icml|)title\*?\s*" + _OPTION + r"\s*" + _GROUP)
_SECTION = re.compile(
    r"\\(part|chapter|section|subsection|subsubsection|paragraph|subparagraph)\*?\s*" + _OPTION + r"\s*" + _GROUP
)
_ACKS = re.compile(r"\\acknowledge?ments?\b|\\begin\{ack\w*\}|\\acks\b|\\ack\b")
_AUTHOR = re.compile(r"\\author\s*" + _OPTION + r"\s*" + _GROUP)
_FOOTNOTE = re.compile(r"\\(?:footnote|footnotetext|thanks)\s*" + _OPTION + r"\s*" + _GROUP)
_CAPTION = re.compile(r"\\(?:caption|captionof\s*\{[^{}]*\}|subcaption)\*?\s*" + _OPTION + r"\s*" + _GROUP)
_TABULAR = re.compile(r"\\begin\{(tabular[xy]?\*?|longtable|tabu|NiceTabular|tblr)\}")
_COLUMNS = re.compile(r"\s*" + _OPTION + r"\s*(?:" + _GROUP + r"\s*){1,2}")
_DROPPED = re.compile(
    r"\\(?:label|c?ref|Cref|eqref|autoref|pageref|nameref|cite[a-zA-Z]*|Cite[a-z]*|includegraphics|vspace|hspace|vskip|hskip|"
    r"bibliographystyle|usepackage|input|include|pagestyle|thispagestyle|setcounter|addtocounter|setlength|addtolength|"
    r"cmidrule|cline|hline|color|rowcolor|cellcolor|columncolor|arrayrulecolor|definecolor|fontsize|selectfont|rule|phantom|vphantom|"
    r"hphantom|graphicspath|hypersetup|captionsetup|DeclareMathOperator|newcolumntype|newtheorem|PassOptionsToPackage|"
    r"icmlsetsymbol|icmlcorrespondingauthor|markboth|nocite|marginpar|todo|index|hyphenation|institute|vfill|hfill|"
    r"addbibresource|lstset|crefname|Crefname|stepcounter|refstepcounter|theoremstyle|tikzset|pgfplotsset|linespread)\b\*?"
    r"(?:\s*\([^()]*+\))?(?:\s?\[[^\[\]]*+\])*(?:\s?" + _GROUP + r")*"
)
_BEGIN = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\s*\[[^\[\]]*\])?(?:(?<=\})\{[^{}]*\})?")
_UNITS = {"giga": "G", "mega": "M", "tera": "T", "kilo": "k", "peta": "P", "micro": "μ", "milli": "m", "byte": "B",
          "gibi": "Gi", "mebi": "Mi", "tebi": "Ti", "bit": "b", "hour": " h", "second": " s", "watt": "W",
          "hertz": "Hz",
          "percent": "%", "per": "/", "day": " d", "minute": " min", "meter": "m", "flops": "FLOPS"}  # fmt: skip
_SI = re.compile(r"\\(?:SI|qty)\s*" + _OPTION + r"\s*\{([^{}]*)\}\s*(?:\[[^\[\]]*\])?\s*\{([^{}]*)\}")
_NUM = re.compile(r"\\(?:num|si|unit|numprint)\s*" + _OPTION + r"\s*\{([^{}]*)\}")
_SECOND = re.compile(
    r"\\(?:textcolor|colorbox|href|raisebox|rotatebox|scalebox|parbox|makebox|framebox|fcolorbox\s*\{[^{}]*\}|"
    r"multicolumn\s*\{[^{}]*\}|multirow\s*(?:\[[^\[\]]*\])?\{[^{}]*\}(?:\[[^\[\]]*\])?|resizebox\*?\s*\{[^{}]*\}|adjustbox)\*?\s*"
    + _OPTION + r"\s*(?:" + _GROUP + r"|\*)" + _OPTION + r"(?=\s*\{)"
)  # fmt: skip
_VERB = re.compile(r"\\(?:verb|lstinline)\*?(?:\[[^\[\]]*\])?([^\w\s*{])(.*?)\1")
_ACCENT = re.compile(r"\\([`'^\"~=.]|[cvHukbdr](?=[\s{]))\s*\{?\s*(?:\\?([A-Za-z]))\s*\}?")
_COMBINING = {"`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
              "c": "\u0327", "v": "\u030c", "H": "\u030b", "u": "\u0306", "k": "\u0328", "b": "\u0331", "d": "\u0323",
              "r": "\u030a"}  # fmt: skip
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_POWER, _INDEX = re.compile(r"\^\{([^{}]*)\}"), re.compile(r"_\{([^{}]*)\}")
_ROW_OPTION = re.compile(r"\\\\\*?(?:[ \t]*\[[-\d.a-z\\ ]*\])?")
_SPACE = re.compile(r"\\[,;:> \n\t]")
_NOTHING = re.compile(r"\\[!/@-]")
_ESCAPED = re.compile(r"\\([^A-Za-z\s])")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_PARTS = re.compile(r"\n[ \t]*\n\s*|\n(?=[ \t]*\\(?:(?:sub){0,2}section|paragraph|begin|item|caption|chapter|ack)\b)")
"""Where a new place in the source is worth a note."""
ROW = "\ufdef"
_PLACED = re.compile(f"{PLACE}(\\d+){TITLED}")

_HELD = {"\\": "\ufde0", "{": "\ufde1", "}": "\ufde2", "%": "\ufde3", "$": "\ufde4", "&": "\ufde5", "~": "\ufde6",
         "_": "\ufde7", "^": "\ufde8", "\n": "\ufde9"}  # fmt: skip
"""Signs that are meant as they stand, in code and after a backslash, are held out of the way until the end."""
_HOLD = str.maketrans(_HELD)


def read(data: bytes, doc_id: str, limits: Limits, name: str = "") -> Iterator[Paper]:
    """The paper of one file. What it includes is not there, and not looked for."""
    yield read_source({name: data}, name, doc_id, limits)


def read_source(files: Mapping[str, bytes], main: str, doc_id: str, limits: Limits) -> Paper:
    """The paper whose main file is `main`, with the files that it includes. Raises Refused."""
    source = _Source(files, limits)
    placed = source.expanded(main, ())
    macros = _macros(placed)
    marked = _marked(placed, macros, limits)
    marked = _PLACED.sub(lambda m: f"{PLACE}{source.places[int(m[1])]}{TITLED}", marked)
    title = _title(placed, macros, limits)
    return paper(marked, doc_id=doc_id, format="latex", limits=limits, title=title, front=Front(), origin=main)


def included(text: str) -> set[str]:
    """The names that a file includes, as they are written there."""
    return {_wanted(match) for match in _INPUT.finditer(text)}


def _wanted(match: re.Match[str]) -> str:
    return posixpath.join(match[1] or "", (match[2] or match[3] or "").strip())


def found(files: Mapping[str, object], wanted: str, beside: str) -> str | None:
    """The file of the archive that an inclusion means; what lies outside the archive is nothing."""
    folders = ("", posixpath.dirname(beside), *sorted({posixpath.dirname(name).split("/")[0] for name in files}))
    for folder in folders:
        path = posixpath.normpath(posixpath.join(folder, wanted)) if not wanted.startswith("/") else wanted
        for candidate in (path, path + ".tex"):
            if candidate in files:
                return candidate
    return None


class _Source:
    """The files of a paper, put together; remembers where each piece came from."""

    def __init__(self, files: Mapping[str, bytes], limits: Limits) -> None:
        self.files, self.left = files, limits.characters
        self.places: list[str] = []

    def expanded(self, name: str, above: tuple[str, ...]) -> str:
        """A file with its inclusions in place, without comments, and with a PLACE wherever something starts."""
        text = unmarked(decode(self.files[name])[0]).replace("\r\n", "\n").replace("\r", "\n")
        self.left -= len(text)
        if self.left < 0:
            raise Refused("inclusions that grow without end")

        def inclusion(match: re.Match[str]) -> str:
            part = found(self.files, _wanted(match), name)
            if part is None or part in above or part == name or len(above) > 8:
                return " "
            return self.expanded(part, (*above, name))

        text = _INPUT.sub(inclusion, _cut(self._with_places(text, name)))
        return self._with_references(text, name) if "bibliography" in text else text

    def _with_references(self, text: str, name: str) -> str:
        """The text with the bibliography that BibTeX made in place, where the archive has it."""
        own = posixpath.splitext(name)[0] + ".bbl"
        made = [own, *(other for other in sorted(self.files) if other.endswith(".bbl"))]
        data = next((self.files[bbl] for bbl in made if bbl in self.files), None)
        if data is None:
            return text
        references = _cut(unmarked(decode(data)[0]))
        return _BIBLIOGRAPHY.sub(lambda _: references, text, count=1)

    def _with_places(self, text: str, name: str) -> str:
        pieces = [self._place(name, 1)]
        line, reached = 1, 0
        for start in _PARTS.finditer(text):
            line += text.count("\n", reached, start.end())
            pieces += (text[reached : start.end()], self._place(name, line))
            reached = start.end()
        pieces.append(text[reached:])
        return "".join(pieces)

    def _place(self, name: str, line: int) -> str:
        self.places.append(f"{name or 'source'} line {line}")
        return f"{PLACE}{len(self.places) - 1}{TITLED}"


def _environments(begin: re.Pattern[str], text: str) -> Iterator[tuple[int, int, str, str]]:
    """Environments that have an end: where each starts and ends, its name, and what it holds. Goes forward only."""
    endless: set[str] = set()
    reached = 0
    for match in begin.finditer(text):
        name = match[1]
        if match.start() < reached or name in endless:
            continue
        end = text.find(f"\\end{{{name}}}", match.end())
        if end < 0:
            endless.add(name)
            continue
        reached = end + len(name) + 6
        yield match.start(), reached, name, text[match.end() : end]


def _cut(text: str) -> str:
    """Without comments; verbatim text, where % is no comment, marked as code."""
    pieces = []
    reached = 0
    for start, end, name, inside in _environments(_VERBATIM, text):
        if _in_comment(text, start):
            continue
        pieces.append(_uncommented(text[reached:start]))
        if name in _CODE:
            code = re.sub(r"\A(?:\[[^\]]*\])?(?:\{\w*\})?", "", _PLACED.sub("", inside))
            pieces.append(f"{OPEN}k{TITLED}{code.translate(_HOLD)}{BREAK}{CLOSE}")
        reached = end
    pieces.append(_uncommented(text[reached:]))
    text = "".join(pieces)
    return _IFFALSE.sub("", text) if "\\iffalse" in text else text


def _uncommented(text: str) -> str:
    if "%" not in text:
        return text
    text = _ADDRESS.sub(lambda match: match[0].replace("%", _HELD["%"]), text)
    return _COMMENT.sub(
        "", _COMMENT_LINE.sub("", "\n" + text)[1:] if text.startswith("%") else _COMMENT_LINE.sub("", text)
    )


def _in_comment(text: str, place: int) -> bool:
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return "%" in line and bool(_COMMENT.search(line))


def _title(placed: str, macros: Mapping[str, str], limits: Limits) -> str:
    match = _TITLE.search(placed)
    if not match:
        return ""
    text = _released(_plain(_held(_with_macros(_FOOTNOTE.sub("", _PLACED.sub("", match[1])), macros, limits))))
    return " ".join(ANY_MARK.sub(" ", text).split())


def _marked(placed: str, macros: Mapping[str, str], limits: Limits) -> str:
    """The document as marked text: title, what stands after \\begin{document}, references, appendices."""
    start = placed.find("\\begin{document}")
    end = placed.find("\\end{document}")
    preamble, body = (placed[:start], placed[start + 16 : end if end > start else None]) if start >= 0 else ("", placed)
    front = "".join(match[1] + BREAK for match in (_TITLE.search(preamble), _AUTHOR.search(preamble)) if match)
    text = _with_macros(front + _DEFINITION.sub(" ", body), macros, limits)
    text = _plain(_structured(_held(text)))
    return mended(_released(_BLANK_LINE.sub(BREAK, text)))


def _held(text: str) -> str:
    """The text with the ends of rows marked, and the signs that a backslash makes ordinary held out of the way."""
    text = _ROW_OPTION.sub(ROW, text)
    for sign in "{}$%&_":
        text = text.replace("\\" + sign, _HELD[sign])
    return text


def _released(text: str) -> str:
    for sign, held in _HELD.items():
        if held in text:
            text = text.replace(held, sign)
    return text


def _macros(placed: str) -> dict[str, str]:
    """What the document's own commands without arguments stand for, commands within them written out."""
    bodies: dict[str, str] = {}
    for match in _DEFINITION.finditer(_PLACED.sub("", placed)):
        name, arguments, body = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
        if not arguments and len(body) <= 500 and name not in SYMBOLS and "#" not in body and "\\begin" not in body:
            bodies[name] = body
    for _ in range(4):
        grown = {name: _written_out(body, bodies) for name, body in bodies.items()}
        grown = {name: body for name, body in grown.items() if len(body) <= 2_000}
        if grown == bodies:
            break
        bodies = grown
    return bodies


def _written_out(text: str, bodies: Mapping[str, str]) -> str:
    return _CONTROL.sub(lambda match: bodies.get(match[1], match[0]), text)


def _with_macros(text: str, bodies: Mapping[str, str], limits: Limits) -> str:
    if not bodies:
        return text
    left = limits.characters

    def body(match: re.Match[str]) -> str:
        nonlocal left
        words = bodies.get(match[1])
        if words is None:
            return match[0]
        left -= len(words)
        if left < 0:
            raise Refused("macros that grow without end")
        return "{" + words + "}"

    return _CONTROL.sub(body, text)


def _structured(text: str) -> str:
    """Sections, captions, tables and footnotes marked."""
    text = _with_tables(text)
    text = _CAPTION.sub(rf"{OPEN}c{TITLED}\1{CLOSE}", text)
    if "\\footnote" in text or "\\thanks" in text:
        text = "\n\n".join(map(_footnoted, text.split("\n\n")))
    text = re.sub(r"\\begin\{abstract\}|\\abstract\b", f"{BREAK}{SECTION}fAbstract{TITLED}", text)
    text = re.sub(r"\\end\{abstract\}", f"{BREAK}{SECTION}b{TITLED}", text)
    text = _ACKS.sub(f"{BREAK}{SECTION}aAcknowledgements{TITLED}", text)
    text = re.sub(r"\\begin\{thebibliography\}(?:\{[^{}]*\})?", f"{BREAK}{SECTION}rReferences{TITLED}", text)
    text = re.sub(r"\\bibitem\b\s*(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?\s*(?:\{[^{}]*\})?", BREAK, text)
    text = re.sub(
        r"\\(?:appendix|appendices)\b|\\begin\{appendi(?:x|ces)\}", f"{BREAK}{SECTION}pAppendix{TITLED}", text
    )
    text = _SECTION.sub(_heading, text)
    text = re.sub(r"\\item\b\s*(?:\[([^\[\]]*)\])?", rf"{BREAK}\1 ", text)
    return re.sub(
        r"\\(?:par|maketitle|clearpage|newpage)\b|\\(?:begin|end)\{(?:itemize|enumerate|description|figure|table|quote|center)\*?\}",
        lambda m: BREAK + (m[0] if "{" in m[0] else ""),
        text,
    )


def _heading(match: re.Match[str]) -> str:
    level, title = match[1], match[2]
    if level in ("paragraph", "subparagraph"):
        return f"{BREAK}{title} "
    plain = ANY_MARK.sub(" ", _PLACED.sub("", _FOOTNOTE.sub("", title)))
    return f"{BREAK}{SECTION}={plain}{TITLED}{title}{BREAK}"


def _with_tables(text: str) -> str:
    """The text with the rows of its tables marked, and their cells parted."""
    pieces: list[str] = []
    reached = 0
    for start, end, _, inside in _environments(_TABULAR, text):
        columns = _COLUMNS.match(inside)
        rows = inside[columns.end() :] if columns else inside
        pieces += (text[reached:start], f"{OPEN}t{TITLED}{rows.replace(ROW, BREAK).replace('&', CELL)}{CLOSE}")
        reached = end
    pieces.append(text[reached:])
    return "".join(pieces)


def _footnoted(paragraph: str) -> str:
    """A paragraph with its footnotes after it, as on the page, and not in the middle of a sentence."""
    if "\\footnote" not in paragraph and "\\thanks" not in paragraph:
        return paragraph
    notes: list[str] = []

    def taken(match: re.Match[str]) -> str:
        notes.append(match[1])
        return ""

    text = _FOOTNOTE.sub(taken, paragraph)
    return text + "".join(f"{BREAK}{note}{BREAK}" for note in notes)


def _plain(text: str) -> str:
    """Commands gone, their arguments left."""
    text = _VERB.sub(lambda match: match[2].translate(_HOLD), text)
    text = _SI.sub(lambda match: f"{match[1]} {_unit(match[2])}", text)
    text = _NUM.sub(lambda match: _unit(match[1]), text)
    for _ in range(2):
        text = _SECOND.sub(" ", text)
    text = _DROPPED.sub("", text)
    text = _BEGIN.sub(" ", text)
    text = text.replace(ROW, "\n")
    text = _ACCENT.sub(_accented, text)
    text = _NOTHING.sub("", _SPACE.sub(" ", text)).replace("~", " ")
    text = _FRACTION.sub(r"\1/\2", text)
    text = _CONTROL.sub(symbol, text)
    text = _INDEX.sub(r"_\1", _POWER.sub(r"^\1", text))
    text = text.replace("$", "").replace("{", "").replace("}", "")
    text = _ESCAPED.sub(r"\1", text)
    return text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")


def _unit(text: str) -> str:
    return _CONTROL.sub(lambda match: _UNITS.get(match[1], match[1]), text).strip()


def _accented(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[2] + _COMBINING[match[1]])
