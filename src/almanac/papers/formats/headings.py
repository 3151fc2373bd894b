"""Which part of a paper a heading opens."""

from __future__ import annotations

import re

from almanac.papers.paper import Part

_NUMBER = r"(?:(?:\d+(?:\.\d+)*|[IVX]+|[A-Z])[.:)]?\s+|§\s*)?"

_PARTS = (
    (Part.ACKNOWLEDGEMENTS, r"acknowledge?ments?\b|acknowledg|thanks$|致谢|funding\b"),
    (Part.BIBLIOGRAPHY, r"(?:references?|bibliography|literature(?: cited)?|works cited|参考文献)(?: and notes)?\W*$"),
    (Part.APPENDIX, r"append(?:ix|ices)\b|supplement(?:ary|al)?\b|supporting information|附录"),
    (Part.FRONT, r"(?:abstract|summary|author summary|摘要)\W*$"),
)

_HEADING = re.compile(
    "|".join(f"(?P<p{number}>{_NUMBER}(?:{words}))" for number, (_, words) in enumerate(_PARTS)), re.IGNORECASE
)


def part_of(title: str, running: Part = Part.BODY) -> Part:
    """The part that a section called `title` belongs to, within or after a section of the part `running`."""
    found = _HEADING.match(title.strip())
    if found and found.lastgroup:
        return _PARTS[int(found.lastgroup[1:])][0]
    if running is Part.APPENDIX:
        return Part.APPENDIX
    return Part.APPENDIX if running is Part.BIBLIOGRAPHY else Part.BODY
