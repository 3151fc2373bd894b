"""YAML as people write it: lines are known, nothing is guessed, what is unsafe is a fault with a line."""

import pytest

from almanac import yamlfile
from almanac.yamlfile import MAX_DEPTH, Refused, line_of, parse, read


def test_scalars_stay_the_text_that_was_written() -> None:
    assert parse(b"- {a: 017, b: no, c: 2025-01-02, d: 1_000, e: null, f: 'null', g: }", "x") == [
        {"a": "017", "b": "no", "c": "2025-01-02", "d": "1_000", "e": None, "f": "null", "g": None}
    ]


def test_every_element_knows_its_line() -> None:
    tree = parse(b"- id: a\n  sources:\n    - figure: 3\n      line: 4\n- id: b\n", "x")
    assert line_of(tree, (0, "sources", 0, "line")) == 4
    assert line_of(tree, (1, "id")) == 5
    assert line_of(tree, (1, "missing", 3)) == 5


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("- a: 1\n- a: 2\n  a: 3\n", 3, "the key 'a' again (first on line 2)"),
        ("- &x a\n- *x\n", 1, "an anchor (&x)"),
        ("- !!python/object:os.system a\n", 1, "a tag"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("a: [1\n", 2, "expected ',' or ']'"),
        ("a:\n\tb: 1\n", 2, "cannot start any token"),
        ("? [1, 2]\n: 3\n", 1, "a key that is not text"),
        ("[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5), 1, "nesting deeper"),
        ("[" * 100_000, 1, "nesting deeper"),
        ("a: 1\nb: \0\n", 2, "a NUL byte"),
    ],
)
def test_what_is_not_accepted_names_the_line(text: str, line: int, found: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text.encode(), "claims.yaml")
    assert refused.value.fault.path == "claims.yaml"
    assert refused.value.fault.line == line
    assert found in refused.value.fault.found


def test_bytes_that_are_not_utf8_name_the_line() -> None:
    with pytest.raises(Refused) as refused:
        parse(b"a: 1\nb: \xff\n", "x")
    assert refused.value.fault.line == 2


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(Refused) as refused:
        read(path, "large.yaml")
    assert refused.value.fault.found == "50,000,000 bytes"
    assert f"{yamlfile.MAX_BYTES:,}" in refused.value.fault.expected


def test_a_missing_file_is_a_fault(tmp_path) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path / "none.yaml", "none.yaml")
    assert "No such file" in refused.value.fault.found
