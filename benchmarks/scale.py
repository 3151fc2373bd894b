"""How checking grows with the ledger: 1,000 to 100,000 claims, a fifth as many identities.

    .venv/bin/python benchmarks/scale.py            all sizes; writes benchmarks/results/scale.md and scale.svg
    .venv/bin/python benchmarks/scale.py 20000      one size, in this process; prints one JSON line

Each size runs in a process of its own, so that its peak memory is its own. The ledger is written as YAML and read
back, as an edition is. Times are wall clock on a machine that others use: read the ratios, not the seconds.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
FILE = 2_000
"""Claims in a file: an edition of this size would be split by topic."""

EDITION = """\
id: large
title: {en: Large, zh: 大}
subtitle: {en: Generated, zh: 生成}
as_of: 2025-12-31
languages: [en, zh]
licence: CC-BY-4.0
credit: {report: report, publisher: Report, licence: CC-BY-4.0}
base_url: https://example.org/large
"""
SOURCES = """\
- {id: report, title: Report, publisher: Report, date: 2025, url: "https://example.org/r", language: en, licence: CC-BY-4.0, tier: primary}
- {id: video, title: Video, publisher: Video, date: 2025, url: "https://example.org/v", language: zh, licence: none, tier: secondary, retells: [report]}
"""
BOUNDS = """\
- id: revenue-of-a-company
  of: [revenue]
  unit: USD/year
  low: 0
  high: 1e12
  because: {en: No company takes a trillion., zh: 没有公司年营收达万亿。}
  source: "derived: larger than any company's revenue"
"""


def generate(folder: Path, claims: int, seed: int = 1) -> int:
    """Writes a consistent edition of `claims` claims, in groups of five: four parts and their sum. Returns identities."""
    chance = random.Random(seed)
    (folder / "claims").mkdir(parents=True)
    for name, text in (("edition", EDITION), ("sources", SOURCES), ("bounds", BOUNDS)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    lines: list[str] = []
    identities: list[str] = []
    for group in range(claims // 5):
        parts = [chance.randint(10, 999) for _ in range(4)]
        for member, value in enumerate([*parts, sum(parts)]):
            lines.append(_claim(f"industry.g{group}-m{member}", value))
        members = ", ".join(f"industry.g{group}-m{member}" for member in range(4))
        identities.append(
            f"- {{id: sum-{group}, holds: 'sum({members}) == industry.g{group}-m4', "
            "because: {en: Parts make the whole., zh: 部分构成整体。}}"
        )
    for start in range(0, len(lines), FILE):
        (folder / "claims" / f"part-{start // FILE:03}.yaml").write_text(
            "\n".join(lines[start : start + FILE]), "utf-8"
        )
    (folder / "identities.yaml").write_text("\n".join(identities) + "\n", "utf-8")
    return len(identities)


def _claim(name: str, value: int) -> str:
    return f"""\
- id: {name}
  kind: measured
  subject: company {name}
  metric: annual revenue
  type: quantity
  unit: USD/year
  measure: revenue
  period: 2025
  text: {{en: "It takes {{figure}}.", zh: "年营收{{figure}}。"}}
  sources:
    - {{source: report, page: 1, figure: "${value} million"}}
    - {{source: video, line: 1, figure: {value / 100:g}亿美元}}"""


def measure(claims: int) -> dict[str, float]:
    """Seconds to read and to check a ledger of `claims`, and the peak memory of doing so, in MB."""
    from almanac.checks import check
    from almanac.ledger import Ledger

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "large")
        identities = generate(folder, claims)
        began = time.perf_counter()
        ledger = Ledger.read(folder)
        read = time.perf_counter() - began
        began = time.perf_counter()
        report = check(ledger)
        checked = time.perf_counter() - began
    if report.doubtful:
        raise SystemExit(f"the generated ledger is consistent, yet {len(report.doubtful)} claims are doubted")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"claims": claims, "identities": identities, "read_s": read, "check_s": checked, "peak_mb": peak}


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
        return
    rows = []
    for size in SIZES:
        run = subprocess.run([sys.executable, __file__, str(size)], check=True, capture_output=True, text=True)
        rows.append(json.loads(run.stdout))
        print(run.stdout.strip(), file=sys.stderr, flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "scale.md").write_text(table(rows), "utf-8")
    (RESULTS / "scale.svg").write_text(plot(rows), "utf-8")


def table(rows: list[dict[str, float]]) -> str:
    import math

    first, last = rows[0], rows[-1]
    span = math.log(last["claims"] / first["claims"])
    slope = {name: math.log(last[name] / first[name]) / span for name in ("read_s", "check_s")}
    lines = [
        "# Reading and checking a ledger, by size",
        "",
        "Made by `benchmarks/scale.py`. Wall-clock seconds on a shared machine of two cores: read the ratios.",
        "",
        "| claims | identities | read, s | check, s | µs a claim, checked | peak memory, MB |",
        "|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {r['claims']:,.0f} | {r['identities']:,.0f} | {r['read_s']:.2f} | {r['check_s']:.2f} | "
            f"{1e6 * r['check_s'] / r['claims']:.0f} | {r['peak_mb']:.0f} |"
            for r in rows
        ),
        "",
        f"Growth, as the exponent of size: reading {slope['read_s']:.2f}, checking {slope['check_s']:.2f} (1 is linear).",
        "",
    ]
    return "\n".join(lines)


def plot(rows: list[dict[str, float]]) -> str:
    import altair
    import vl_convert

    data = [
        {"claims": row["claims"], "seconds": row[name], "step": step}
        for row in rows
        for name, step in (("read_s", "reading"), ("check_s", "checking"))
    ]
    scale = altair.Scale(type="log")
    chart = (
        altair.Chart(
            altair.Data(values=data), width=480, height=300, title="Reading and checking grow in line with the ledger"
        )
        .mark_line(point=True)
        .encode(
            x=altair.X("claims:Q", scale=scale, title="claims"),
            y=altair.Y("seconds:Q", scale=scale, title="seconds"),
            color=altair.Color("step:N", title=None),
        )
    )
    return vl_convert.vegalite_to_svg(chart.to_json())


if __name__ == "__main__":
    main()
