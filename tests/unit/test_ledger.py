"""Reading an edition's folder: what is right is read, and everything wrong is reported at once, with its line."""

from pathlib import Path

import pytest

from almanac.claim import ClaimId
from almanac.errors import LedgerError
from almanac.ledger import Ledger
from ledgers import CONSISTENT, copy_of_consistent


def faults(folder: Path) -> list[str]:
    """Each fault as "file:line where: found"."""
    with pytest.raises(LedgerError) as caught:
        Ledger.read(folder)
    return [
        f"{Path(str(f.path)).relative_to(folder).as_posix()}:{f.line} {f.where}: {f.found}" for f in caught.value.faults
    ]


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_consistent(tmp_path)


def test_a_good_edition_is_read_whole() -> None:
    ledger = Ledger.read(CONSISTENT)
    assert len(ledger) == 12
    assert ledger.chapters == ("industry", "politics")
    total = ledger.claim("industry.total-revenue")
    assert total.quantity is not None
    assert total.quantity.interval.low == 28_500_000
    assert [i.id for i in ledger.identities_of[ClaimId("politics.members")]] == ["members-counted"]
    assert total.statements[0].reading.hedge.name == "ABOUT"


def test_an_unknown_claim_names_the_nearest() -> None:
    with pytest.raises(LedgerError, match=r"industry\.total-revenue"):
        Ledger.read(CONSISTENT).claim("industry.totl-revenue")


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("claims/industry.yaml", "  metric: number\n", "  metric: number\n   x: 1\n", "claims/industry.yaml:5 YAML:"),
        ("claims/industry.yaml", "unit: company", "unit: compny", "claims/industry.yaml:6 industry.companies.unit: 'compny'"),
        ("claims/industry.yaml", "12 companies", "many companies", "claims/industry.yaml:11 industry.companies.sources[0]: 'many companies'"),
        ("claims/industry.yaml", '"12 companies"', '"12%"', "claims/industry.yaml:11 industry.companies.sources[0]: '12%'"),
        ("claims/industry.yaml", "measure: count", "measure: cuont", "claims/industry.yaml:7 industry.companies.measure: 'cuont'"),
        ("claims/industry.yaml", "type: quantity", "type: number", "claims/industry.yaml:5 industry.companies.type: 'number'"),
        ("claims/industry.yaml", 'zh: "指数收录{figure}。"', "", "claims/industry.yaml:9 industry.companies.text.zh: nothing"),
        ("claims/industry.yaml", "指数收录{figure}", "指数收录12家", "claims/industry.yaml:9 industry.companies.text.zh: {figure} 0 times"),
        ("claims/industry.yaml", "source: census", "source: cencus", "claims/industry.yaml:12 industry.companies.sources[1].source: 'cencus'"),
        ("claims/industry.yaml", "{source: census, table: 1,", "{source: census,", "claims/industry.yaml:12 industry.companies.sources[1]: no locator"),
        ("claims/industry.yaml", "id: industry.mean-revenue", "id: industry.companies", "claims/industry.yaml:13 industry.companies: claim id 'industry.companies' again"),
        ("claims/industry.yaml", "keys: [o-mean]", "keys: [o-companies]", "claims/industry.yaml:23 industry.mean-revenue: key 'o-companies'"),
        ("claims/industry.yaml", "period: 2025", "period: 2025-13", "claims/industry.yaml:8 industry.companies.period: '2025-13'"),
        ("claims/industry.yaml", "period: 2025", "perod: 2025", "claims/industry.yaml:8 industry.companies.perod: a field 'perod'"),
        ("claims/industry.yaml", "id: industry.leader", "id: weather.leader", "claims/industry.yaml:58 weather.leader.id: 'weather.leader'"),
        ("claims/politics.yaml", "states: [Arden, Brill, Corsica]", "states: [Arden, Arden]", "claims/politics.yaml:34 politics.members.sources[0]: ['Arden', 'Arden']"),
        ("claims/politics.yaml", "  deadline: 2026-12-31\n", "", "claims/politics.yaml:45 politics.harvest-next-year.deadline: none"),
        ("claims/politics.yaml", "figure: 2024年8月", "figure: someday", "claims/politics.yaml:8 politics.act-signed.sources[0]: 'someday'"),
        ("claims/industry.yaml", "  unit: company\n", "", "claims/industry.yaml:1 industry.companies.unit: no unit"),
        ("claims/industry.yaml", "  type: name\n", "  type: name\n  unit: USD\n", "claims/industry.yaml:58 industry.leader.unit: unit given"),
        ("sources.yaml", "retells: [orchard-report]", "retells: [orchard-reprt]", "sources.yaml:17 orchard-video.retells: 'orchard-reprt'"),
        ("sources.yaml", "tier: primary\n- id: orchard-video", "tier: primary\n  retells: [orchard-video]\n- id: orchard-video", "sources.yaml:9 orchard-report.retells: a circle"),
        ("sources.yaml", "url: https://example.org/census", "url: javascript:alert(1)", "sources.yaml:22 census.url: 'javascript:alert(1)'"),
        ("identities.yaml", "industry.total-revenue ==", "industry.total-revenues ==", "identities.yaml:2 total-is-mean-times-companies: 'industry.total-revenues'"),
        ("identities.yaml", "* industry.companies", "+ industry.companies", "identities.yaml:2 total-is-mean-times-companies: 'industry.total-revenue == "),
        ("identities.yaml", "100[percent]", "100[percnt]", "identities.yaml:5 shares-make-a-whole: 'industry.largest-share"),
        ("identities.yaml", "politics.act-signed <", "politics.members <", "identities.yaml:8 signed-before-it-applies: 'politics.members"),
        ("identities.yaml", "id: shares-make-a-whole", "id: total-is-mean-times-companies", "identities.yaml:4 total-is-mean-times-companies: identity id"),
        ("bounds.yaml", "high: 100", "high: -1", "bounds.yaml:1 part-of-a-whole: 0 to -1 percent"),
        ("bounds.yaml", "of: [share]", "of: [shaer]", "bounds.yaml:2 part-of-a-whole.of[0]: 'shaer'"),
        ("forecasts.yaml", "politics.harvest-next-year", "politics.harvest", "forecasts.yaml:2 P2025-1: 'politics.harvest'"),
        ("forecasts.yaml", "probability: 0.6", "probability: 60", "forecasts.yaml:5 P2025-1.probability: '60'"),
        ("forecasts.yaml", "deadline: 2026-12-31", "deadline: 2024-12-31", "forecasts.yaml:4 P2025-1: a deadline of 2024-12-31"),
        ("edition.yaml", "as_of: 2025-12-31", "as_of: soon", "edition.yaml:4 as_of: 'soon'"),
        ("edition.yaml", "report: orchard-report", "report: nobody", "edition.yaml:7 credit.report: 'nobody'"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_names_file_line_place_and_finding(folder, name, old, new, expected) -> None:
    edit(folder, name, old, new)
    found = faults(folder)
    assert any(fault.startswith(expected) for fault in found), found


def test_all_faults_are_reported_at_once(folder: Path) -> None:
    edit(folder, "claims/industry.yaml", "unit: company", "unit: compny")
    edit(folder, "claims/politics.yaml", "figure: 2024年8月", "figure: someday")
    edit(folder, "sources.yaml", "tier: primary", "tier: first")
    edit(folder, "bounds.yaml", "high: 100", "high: ten")
    named = {fault.split(":")[0] for fault in faults(folder)}
    assert named == {"claims/industry.yaml", "claims/politics.yaml", "sources.yaml", "bounds.yaml"}


@pytest.mark.parametrize("name", ["claims/industry.yaml", "sources.yaml", "identities.yaml", "edition.yaml"])
@pytest.mark.parametrize("content", [b"\0", b"\xff\xfe", b"- [", b"just words", b"{}", b"- 3\n", b"[" * 50_000])
def test_no_file_however_broken_does_more_than_give_faults(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert faults(folder)


def test_an_edition_may_do_without_identities_bounds_and_forecasts(folder: Path) -> None:
    (folder / "identities.yaml").write_bytes(b"")
    (folder / "bounds.yaml").unlink()
    (folder / "forecasts.yaml").unlink()
    ledger = Ledger.read(folder)
    assert (ledger.identities, ledger.bounds, ledger.forecasts) == ((), {}, ())


def test_one_broken_file_is_one_fault(folder: Path) -> None:
    """Ids that may stand in it are not reported as unknown as well."""
    (folder / "claims" / "industry.yaml").write_bytes(b"- [")
    (folder / "sources.yaml").write_bytes(b"- [")
    assert [fault.split(":")[0] for fault in faults(folder)] == ["claims/industry.yaml", "sources.yaml"]


def test_an_unknown_unit_is_one_fault(folder: Path) -> None:
    edit(folder, "claims/industry.yaml", "unit: company", "unit: parsec")
    assert faults(folder) == ["claims/industry.yaml:6 industry.companies.unit: 'parsec'"]


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        Ledger.read(tmp_path / "nowhere")
