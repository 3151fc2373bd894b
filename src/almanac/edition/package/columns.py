"""The columns of every published table, in Markdown: the generated part of `docs/data.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from almanac.edition.package.layout import Field, Layout

MARK = "<!-- The rest is written by `python -m almanac.edition.package docs/data.md`. -->"


def with_columns(page: str, layouts: Iterable[Layout]) -> str:
    """The page with everything after MARK written anew. Raises ValueError for a page without the mark."""
    before, mark, _ = page.partition(MARK)
    if not mark:
        raise ValueError(f"the page lacks the line {MARK}")
    return "\n".join([f"{before}{MARK}", *(line for layout in layouts for line in _section(layout))]) + "\n"


def _section(layout: Layout) -> Iterator[str]:
    formats = f"`{layout.name}.csv`" + (f", `{layout.name}.parquet`" if layout.parquet else "")
    yield from (
        "",
        f"## {layout.name}",
        "",
        f"{layout.description} {formats}; key: {_names(layout.key)}.",
        "",
    )
    yield from ("| column | type | what it says |", "|---|---|---|")
    leads = {
        name: f"{reference.table}.{there}"
        for reference in layout.references
        for name, there in zip(reference.fields, reference.names, strict=True)
    }
    for field in layout.fields:
        yield f"| `{field.name}` | {_type(field)} | {_cell(field, leads.get(field.name))} |"


def _type(field: Field) -> str:
    return field.type.value if field.required else f"{field.type.value}, may be empty"


def _cell(field: Field, lead: str | None) -> str:
    return field.description + (f" → `{lead}`" if lead else "")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
