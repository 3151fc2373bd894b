"""The site: an edition as static pages, in every language, that work from a folder and load nothing from elsewhere.

`render(bundle)` is pure: the same bundle gives the same bytes. Every page carries a strict content security policy;
what comes from an edition's text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator

from almanac.edition.bundle import Bundle
from almanac.edition.site import exhibits, search
from almanac.edition.site.environment import HERE, environment
from almanac.edition.site.links import STATIC, Links
from almanac.edition.site.pages import Page, pages
from almanac.edition.site.views import View
from almanac.edition.wording import LANGUAGES
from almanac.figure import Language

__all__ = ["render"]


def render(bundle: Bundle) -> dict[str, bytes]:
    """Every file of the site: path relative to its root → bytes."""
    citations: dict[tuple[str, str], str] = {}
    views = {name: View(bundle, name, citations) for name in _languages(bundle)}
    files = dict(_static())
    files["index.html"] = _cover(views)
    for view in views.values():
        files[f"{STATIC}/search-{view.language}.js"] = search.index(view)
        for page in pages(view):
            files[f"{view.language}/{page.name}"] = _page(view, page, tuple(views))
    for result in bundle.results.values():
        files.update(exhibits.files(result, tuple(views)))
    return files


def _languages(bundle: Bundle) -> Iterator[Language]:
    known: tuple[Language, ...] = ("en", "zh")
    for name in known:
        if name in bundle.ledger.edition.languages:
            yield name


def _page(view: View, page: Page, languages: tuple[str, ...]) -> bytes:
    template = environment().get_template(page.template)
    links = Links(view.language, page.depth)
    others = {name: links.elsewhere(name, page.name) for name in languages if name != view.language}
    text = template.render(v=view, w=view.words, page=page, links=links, others=others, tags=LANGUAGES, **page.about)
    return text.encode()


def _cover(views: dict[Language, View]) -> bytes:
    links = {name: Links(name, 0) for name in views}
    return environment().get_template("cover.html").render(views=views, links=links, tags=LANGUAGES).encode()


def _static() -> Iterator[tuple[str, bytes]]:
    for path in sorted((HERE / STATIC).iterdir()):
        if path.is_file():
            yield f"{STATIC}/{path.name}", path.read_bytes()
