"""Where pages stand: every path of the site, relative to its root, and the way from one page to another."""

from __future__ import annotations

from dataclasses import dataclass

STATIC = "static"


@dataclass(frozen=True, slots=True)
class Links:
    """Paths as seen from a page that stands in the folder of `language`, `depth` folders below the root.

    The cover stands above the languages, at depth 0.
    """

    language: str
    depth: int

    @property
    def root(self) -> str:
        return "../" * self.depth

    def to(self, path: str) -> str:
        """The address of a path of the site."""
        return f"{self.root}{path}"

    def page(self, name: str) -> str:
        """A page of this language: `failed.html`, `claims/index.html`."""
        return f"{'../' * (self.depth - 1)}{name}" if self.depth else f"{self.language}/{name}"

    def elsewhere(self, language: str, name: str) -> str:
        """The same page in another language."""
        return self.to(f"{language}/{name}")

    def claim(self, claim_id: str) -> str:
        return self.page(f"claims/{claim_id}.html")

    def chapter(self, chapter: str) -> str:
        return self.page(f"chapters/{chapter}.html")

    def source(self, source_id: str) -> str:
        return self.page(f"sources/{source_id}.html")

    def instrument(self, name: str) -> str:
        """The page of a result of the instrument called `name`, or `name/run`."""
        return self.page(result_page(name))

    def identity(self, identity_id: str) -> str:
        return self.page(f"identities.html#{anchor('identity', identity_id)}")

    def bound(self, bound_id: str) -> str:
        return self.page(f"identities.html#{anchor('bound', bound_id)}")

    def static(self, name: str) -> str:
        return self.to(f"{STATIC}/{name}")


def result_page(name: str) -> str:
    """The path of a result's page within a language's folder.

    >>> result_page("time-horizon/cyber")
    'instruments/time-horizon.cyber.html'
    """
    return f"instruments/{name.replace('/', '.')}.html"


def anchor(kind: str, name: str) -> str:
    """The fragment under which a thing stands on a page that lists many."""
    return f"{kind}-{name}"
