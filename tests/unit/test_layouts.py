"""Result files in their publishers' layouts: known by their header, wrong cells reported where they stand."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from almanac.datasets import layouts
from almanac.datasets.catalog import (
    ACCURACIES,
    ANSWERS,
    BENCHMARK_MATRIX,
    COSTS,
    DATED_SCORES,
    PAIRED,
    PUBLISHED,
    SCORES,
)
from almanac.datasets.table import Limits
from almanac.errors import DatasetError

TABLES = {"scores": SCORES, "published": PUBLISHED}

FILES = {
    "seeds": ("scores", "model,task,seed,n_questions,n_correct,extra\nm,aime,0,30,8,x\n", ("aime", "m", None, "0", 30, 8)),
    "means": (
        "scores",
        "benchmark,run_label,question_id,mean_score,n_samples_implied\ngpqa,m,q,0.4375,16\n",
        ("gpqa", "m", "q", None, 16, 7),
    ),
    "aime_counts": ("scores", "model,problem,n_correct_of_4\nm,1,3\n", ("aime", "m", "1", None, 4, 3)),
    "own": ("scores", "benchmark,model,seed,trials,correct\nb,m,1,3,2\n", ("b", "m", None, "1", 3, 2)),
    "wide": ("published", "model,aime,aime_std\nm,31.7,7.30\n", ("aime", "m", "wide", 31.7, 0.1, 7.3, 0.01)),
    "board": (
        "published",
        "name,organization,baseModel,technique,paperLink,aime\nm,o,b,,l,28.7±4.8\n",
        ("aime", "m", "board", 28.7, 0.1, 4.8, 0.1),
    ),
    "runs": (
        "published",
        "task,run_label,published_best_score,published_scores\nt,m,0.346,swe:0.35±0.02\n",
        ("t", "m", "best", 34.6, 0.0, None, None),
    ),
    "averages": (
        "published",
        "model,published_avg_pct\nm,78.33333333333334\n",
        (None, "m", "average", 78.33333333333334, 0.0, None, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_known_by_its_header(name, packed, tmp_path):
    table, text, row = FILES[name]
    data = gzip.compress(text.encode()) if packed else text.encode()
    path = tmp_path / f"{name}.csv"
    path.write_bytes(data)
    assert layouts.name_of(path, TABLES) == table
    found = layouts.read(path, table, TABLES[table])
    assert found.frame.row(0) == row
    assert found.schema == TABLES[table]
    assert found.input.sha256 == hashlib.sha256(data).hexdigest()


PLUS_HEADER = (
    "model,critical thinking,adding operation,reversing operation,integer-decimal-fraction conversion,"
    "numerical substitution,digit expansion,distractor insertion,problem understanding,gsmplus,gsmplus_wo_ncr,gsm8k,pdr,"
    "pdr_wo_ncr,conf_mat_tp,conf_mat_fn,conf_mat_fp,conf_mat_tn,conf_mat_wo_ncr_tp,conf_mat_wo_ncr_fn,conf_mat_wo_ncr_fp,"
    "conf_mat_wo_ncr_tn\n"
)


def test_gsm_plus_is_read_two_ways(tmp_path):
    path = tmp_path / "plus.csv"
    path.write_text(f"{PLUS_HEADER}m,1,,,,,,,9,8.5,,10,15,,5.0,3.0,2.0,1.0,,,,\n")
    accuracies = layouts.read(path, "accuracies", ACCURACIES).frame.rows()
    assert accuracies == [
        ("m", "critical thinking", 1, 10, None, 0.01),
        ("m", "problem understanding", 9, 10, None, 0.01),
        ("m", "gsmplus", 8.5, 10, 15, 0.01),
    ]
    assert layouts.read(path, "paired", PAIRED).frame.rows() == [("m", "gsmplus", 5, 3, 2, 1, 8)]
    path.write_text(f"{PLUS_HEADER}m,1,,,,,,,9,8.5,,10,15,,5.5,3.0,2.0,1.0,,,,\n")
    with pytest.raises(DatasetError, match="whole numbers of pairs"):
        layouts.read(path, "paired", PAIRED)


def test_conditions_are_named_by_kind_and_share(tmp_path):
    path = tmp_path / "cot.csv"
    path.write_text(
        "model,problem_index,condition,contamination,lam,correct\nm,1,direct,,,1\nm,1,provided_cot,,1.0,0\nm,2,provided_cot,IRR,0.8,0\n"
    )
    rows = layouts.read(path, "perturbed", ANSWERS).frame.rows()
    assert rows == [("m", "1", "direct", 1), ("m", "1", "provided_cot 1", 0), ("m", "2", "IRR 0.8", 0)]


def test_a_cost_with_a_footnote_is_not_known(tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text("model,published_cost_usd\na,3.1928864\nb,N/A\nc,$0.00*\n")
    rows = layouts.read(path, "costs", COSTS).frame.rows()
    assert rows == [("a", 3.1928864, None), ("b", None, "N/A"), ("c", None, "$0.00*")]


def test_two_scorers_of_one_name(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(
        'task,run_label,published_best_score,published_scores\nt,m,0.79,"choice:0.79±0.03,choice:0.8±0.02"\n', "utf-8"
    )
    found = layouts.read(path, "published", PUBLISHED).frame
    assert found["label"].to_list() == ["best", "choice", "choice (2)"]
    assert found["value_step"].to_list() == [0, 1, 1]  # 0.8 is printed to two places, its zero left out


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("model,task,seed,n_questions,n_correct\nm,t,0,30,many\nm,t,1,0,3\n", [(2, "column n_correct"), (3, "column n_questions")]),
        ("model,problem,n_correct_of_4\nm,1,5\n", [(2, "column n_correct_of_4")]),
        ("benchmark,run_label,question_id,mean_score,n_samples_implied\nb,m,q,0.3,4\nb,m,r,1.2,4\n", [(3, "column mean_score")]),
        ("benchmark,run_label,question_id,mean_score,n_samples_implied\nb,m,q,0.3,4\nb,m,r,0.1,4\n", [(2, "row"), (3, "row")]),
        ("name,score\nx,1\n", [(1, f"column {name}") for name in ("benchmark", "model", "trials", "correct")]),
    ],
)  # fmt: skip
def test_wrong_cells_are_reported_where_they_stand(text, where, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DatasetError) as raised:
        layouts.read(path, "scores", SCORES)
    assert sorted((fault.line, fault.where) for fault in raised.value.faults) == sorted(where)


def test_what_is_no_table_is_of_no_name(tmp_path):
    assert layouts.name_of(tmp_path / "none.csv", TABLES) is None
    (tmp_path / "odd.csv").write_bytes(b'\xff\xfe"\n')
    assert layouts.name_of(tmp_path / "odd.csv", TABLES) is None


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b"0" * 10_000_000)
    with pytest.raises(DatasetError, match="when unpacked"):
        layouts.unpacked(bomb, Path("bomb.gz"), Limits(bytes=1_000_000))
    with pytest.raises(DatasetError, match="a whole gzip file"):
        layouts.unpacked(bomb[:500], Path("half.gz"), Limits())


RELEASED = {"releases": DATED_SCORES, "matrix": BENCHMARK_MATRIX}


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("matrix", "model,type,b,a,FLOP\nm,chat,2,1.5,1e24\nn,chat,,-3,\n", [
            ("m", "a", 1.5, None), ("m", "b", 2, None), ("n", "a", -3, None), ("n", "b", None, None),
        ]),
        ("matrix", "benchmark,model,performance,source\nb, m\u00a01 ,0.5,x\n", [("m 1", "b", 0.5, "x")]),
        ("releases", "Model version,ECI Score,Release date,Organization,Country,Model accessibility\nm ,150.5,2025-01-02,A,US,\n",
         [("m", "2025-01-02", 150.5, "A", "US", None)]),
        ("releases", "Model,Organization,Publication date,Training compute (FLOP),Country (of organization),Model accessibility\n"
         "m\u00a01,\"A,B\",2025-01-02,2006640000000000.0,\"C,D\",API access\n",
         [("m 1", "2025-01-02", 2.00664e15, "A,B", "C,D", "API access")]),
        ("releases", "id,Model,Version release date,Display name\nm-1,M,,\n", [("m-1", None, None, None, None, None)]),
    ],
)  # fmt: skip
def test_models_and_benchmarks_under_their_publishers_names(name, text, rows, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(text, "utf-8")
    assert layouts.name_of(path, RELEASED) == name
    assert layouts.read(path, name, RELEASED[name]).frame.rows() == rows


def test_a_day_that_is_none_is_reported_where_it_stands(tmp_path):
    path = tmp_path / "versions.csv"
    path.write_text("id,Version release date\na,2025-01-02\nb,2025-13-02\nc,02/01/2025\n")
    with pytest.raises(DatasetError) as raised:
        layouts.read(path, "releases", DATED_SCORES)
    where = [(fault.line, fault.where) for fault in raised.value.faults]
    assert where == [(3, "column Version release date"), (4, "column Version release date")]
