"""Characters as people mean them: ligatures, blanks, soft hyphens, words broken at the end of a line.

Looking for a character is many times cheaper than rewriting text, so every step looks first. Patterns start with a
literal character, which `re` finds by memchr; what stands before it is looked at afterwards.
"""

from __future__ import annotations

import re
from itertools import pairwise

_BLANKS = frozenset("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")

_ODD = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\xc2[\xa0\xad]",
        rb"\xe2\x80[\x80-\x8d\xaf]",
        rb"\xe2\x81[\x9f\xa0]",
        rb"\xe3\x80\x80",
        rb"\xef(?:\xac[\x80-\x86]|\xbb\xbf)",
    )
)
"""The characters above as UTF-8, one pattern for each way they start."""

_KEPT = (
    "based|aware|free|shot|end|like|of|art|agnostic|specific|dependent|driven|level|wise|scale|dimensional|supervised|"
    "tuned|grained|trained|hours?|days?|cores?|nodes?|cards?|bit|precision|time|world|tuning"
)
"""Second halves before which a hyphen at the end of a line is the word's own: fine-tuned, end-to-end."""

_OWN_HYPHEN = re.compile(rf"(?:{_KEPT})\b")
_NAMES = ("nvidia", "geforce", "xilinx", "graphcore", "cerebras", "cambricon")
"""Names in capitals that are broken nevertheless: NVI-DIA."""

Edit = tuple[int, int, str]
"""Start and end of what is replaced, and by what."""


def decode(data: bytes) -> tuple[str, str]:
    """The characters of a file (UTF-8, or UTF-16 with its mark) with every kind of blank a space, and those of its
    characters that want mending: ligatures, soft hyphens. What is not UTF-8 becomes replacement characters, and so
    does NUL: offsets stay those of the decoded file.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
        data = text.encode("utf-8", "replace")
    else:
        text = data.decode("utf-8", "replace")
    if b"\0" in data:
        text = text.replace("\0", "\ufffd")
    if data.isascii():
        return text, ""
    odd = {found.decode() for pattern in _ODD for found in pattern.findall(data)}
    for character in odd & _BLANKS:
        text = text.replace(character, " ")
    return text, "".join(sorted(odd - _BLANKS))


def mended(text: str, odd: str | None = None, *, hyphens: bool = False) -> str:
    """The text with blanks, ligatures and soft hyphens mended, and with `hyphens` words broken at line ends too.

    `odd`: the characters to be mended, where `decode` has found them already.
    """
    if odd is None:
        odd = "" if text.isascii() else "".join(c for c in (*_BLANKS, *_LIGATURES, *_DROPPED) if c in text)
    for character in odd:
        text = text.replace(character, " " if character in _BLANKS else _LIGATURES.get(character, ""))
    return unbroken(text) if hyphens else text


def unbroken(text: str) -> str:
    """The text with words that were broken at the end of a line whole again."""
    if "\ufffe" in text or "\x02" in text:  # PDFium's mark for a hyphen at the end of a line
        text = text.replace("\ufffe", "-\n").replace("\x02", "-\n").replace("-\n\n", "-\n")
    if "-\r\n" in text:
        text = text.replace("-\r\n", "-\n")
    if "-\n" not in text:
        return text
    lines = text.split("-\n")
    for place in range(len(lines) - 1):
        lines[place] += _joint(lines[place], lines[place + 1])
    return "".join(lines)


def edits(text: str, odd: str) -> list[Edit]:
    """What mending a plain text changes, in order; `odd` as `decode` found them."""
    found: list[Edit] = []
    if "-\n" in text:
        end = -2
        for before, after in pairwise(text.split("-\n")):
            end += len(before) + 2
            joint = _joint(before, after)
            if joint != "-\n":
                found.append((end + len(joint), end + 2, ""))
    for character in odd:
        instead = _LIGATURES.get(character, "")
        place = text.find(character)
        while place >= 0:
            found.append((place, place + 1, instead))
            place = text.find(character, place + 1)
    return sorted(found) if odd else found


def _joint(before: str, after: str) -> str:
    """What stays of a hyphen at the end of a line, and of that end, between what stands before and after them.

    Nothing where small letters stand on both sides: a word that the typesetter broke (Am-pere). Beside a digit or a
    capital (RTX-2080, GPU-hours) and in words that have a hyphen (fine-tuned) it stays, and only the line's end goes.
    What is no word on both sides (a list, a rule, a sum) stays as it is.
    """
    left, right = before[-2:], after[:1]
    if right.islower() and left[-1:].islower() and (left[:1].islower() or not before[-3:-2].isalnum()):
        return "-" if _OWN_HYPHEN.match(after) else ""
    if not (left[-1:].isalnum() and right.isalnum()):
        return "-\n"
    around = before[-12:].split(" ")[-1].split("\n")[-1] + after[:12].split(" ")[0].split("\n")[0]
    return "" if around.lower().startswith(_NAMES) else "-"
