"""Reading back what the site says: a page's elements, as a browser would see them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    language: str
    parents: tuple[str, ...]
    text: str = ""


@dataclass
class HtmlPage:
    """A page: its elements in order, and how they were nested."""

    name: str
    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """The elements with this tag and these attributes (`data_x` for data-x)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if (not tag or element.tag == tag)
            and all(
                name in element.attributes and value in ("", element.attributes[name]) for name, value in wanted.items()
            )
        ]

    @property
    def ids(self) -> list[str]:
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]

    @property
    def links(self) -> list[str]:
        """Every address the page names, within the site: (path from the site's root)#fragment."""
        found = []
        for element in self.elements:
            for name in ("href", "src"):
                address = element.attributes.get(name)
                if (
                    address is None
                    or urlsplit(address).scheme
                    or element.attributes.get("rel") in ("canonical", "alternate")
                ):
                    continue
                found.append(self.resolved(address))
        return found

    def resolved(self, address: str) -> str:
        parts = urlsplit(address)
        here = posixpath.dirname(self.name)
        path = posixpath.normpath(posixpath.join(here, unquote(parts.path))) if parts.path else self.name
        return f"{path}#{unquote(parts.fragment)}" if parts.fragment else path


class _Parser(HTMLParser):
    def __init__(self, page: HtmlPage) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) != len(attrs):
            self.page.faults.append(f"<{tag}> has an attribute twice")
        language = attributes.get("lang") or (self.open[-1].language if self.open else "")
        element = Element(tag, attributes, language, tuple(one.tag for one in self.open))
        self.page.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            self.page.faults.append(f"</{tag}> closes {self.open[-1].tag if self.open else 'nothing'}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read_page(name: str, content: bytes) -> HtmlPage:
    """The page called `name`; what is wrongly nested goes to its faults."""
    page = HtmlPage(name)
    parser = _Parser(page)
    parser.feed(content.decode("utf-8"))
    parser.close()
    page.faults.extend(f"<{element.tag}> is never closed" for element in parser.open)
    return page


def read_pages(files: dict[str, bytes]) -> dict[str, HtmlPage]:
    return {name: read_page(name, content) for name, content in files.items() if name.endswith(".html")}
