"""Lists of deals, of investors and of data centres as their publishers write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from almanac.datasets import layouts
from almanac.errors import DatasetError
from almanac.instruments import find

DEALS = find("deal-circularity").tables
CENTERS = find("datacenter-cost").tables

ANNOUNCED = (
    "payer,payee,deal_type,flow_type,announced,amount_usd,amount_usd_max,status,publisher,source_url\n"
    "nvidia,openai,INVESTMENT,MONEY,2025-09-22,,100000000000,CONFIRMED,CNBC,u\n"
    "meta,nvidia,PARTNERSHIP,COMPUTE_HARDWARE,2025-10-13,,,ESTIMATED,NVIDIA,u\n"
)
INVESTORS = (
    "Company,investor,Industry,Country,Date Joined,valuation,funding\nByte,Fund,AI,China,2017-04-07,180000000000,8\n"
)
TODAY = (
    "Handle,Title,Owner,Users,Current H100 equivalents,Current power (MW),Current total capital cost (2025 USD billions)\n"
    "Omaha,t,Google Cloud #confident,u,53745.5,189,6.05\n"
    "Goodnight,t,,u,0.0,0,0.0\n"
)
STEPS = (
    "Date,Data center,Construction status,Power (MW),H100 equivalents,Total capital cost (2025 USD billions),"
    "Compute cost (2025 USD billions),Construction cost (2025 USD billions)\n"
    '11/12/2024,Memphis,"third, of five",174.0,,5.29,3.59,1.7\n'
)


def read(text: str, tables: dict, folder: Path) -> tuple[str | None, list[dict]]:
    """Which table the file is known as, and its rows, without what is empty."""
    path = folder / "file.csv"
    path.write_text(text)
    name = layouts.name_of(path, tables)
    rows = layouts.read(path, name, tables[name]).frame.iter_rows(named=True)
    return name, [{key: cell for key, cell in row.items() if cell is not None} for row in rows]


def test_announced_deals(tmp_path: Path) -> None:
    """All are announcements; CONFIRMED says who says so. What is not disclosed is empty, and up to is not the amount."""
    name, rows = read(ANNOUNCED, DEALS, tmp_path)
    assert name == "deals"
    known = {"status": "announced", "currency": "USD"}
    assert rows == [
        {"payer": "nvidia", "payee": "openai", "kind": "invest", "date": "2025-09-22", "amount_most": 1e11,
         "basis": "confirmed", "source": "CNBC", **known},
        {"payer": "meta", "payee": "nvidia", "kind": "partner", "date": "2025-10-13", "basis": "estimated",
         "source": "NVIDIA", **known},
    ]  # fmt: skip


def test_investors(tmp_path: Path) -> None:
    """A valuation is no payment, so there is no amount."""
    assert read(INVESTORS, DEALS, tmp_path) == (
        "deals",
        [
            {
                "payer": "Fund",
                "payee": "Byte",
                "kind": "invest",
                "date": "2017-04-07",
                "status": "paid",
                "source": "CB Insights",
            }
        ],
    )


def test_data_centres(tmp_path: Path) -> None:
    """Owners lose their tag, and who has none has none; billions become dollars."""
    name, rows = read(TODAY, CENTERS, tmp_path)
    money = {"currency": "USD", "price_year": 2025}
    assert name == "centers"
    assert rows == [
        {"center": "Omaha", "owner": "Google Cloud", "confidence": "confident", "power_mw": 189, "h100e": 53745.5,
         "capital": pytest.approx(6.05e9), **money},
        {"center": "Goodnight", "power_mw": 0, "h100e": 0, "capital": 0, **money},
    ]  # fmt: skip


def test_steps(tmp_path: Path) -> None:
    """The month stands first."""
    name, (row,) = read(STEPS, CENTERS, tmp_path)
    assert (name, row["date"], row["power_mw"], "h100e" in row) == ("steps", "2024-11-12", 174, False)
    assert (row["compute_capital"], row["site_capital"]) == pytest.approx((3.59e9, 1.7e9))


def test_wrong_cells_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(ANNOUNCED.replace("INVESTMENT", "GIFT").replace("2025-10-13", "13/10/2025"))
    with pytest.raises(DatasetError) as raised:
        layouts.read(path, "deals", DEALS["deals"])
    assert [(fault.line, fault.where) for fault in raised.value.faults] == [
        (2, "column deal_type"),
        (3, "column announced"),
    ]
