import csv
from xml.etree import ElementTree as ET

import pytest

from benchmark import report
from benchmark.report import by_page, failures, line, show, show_growth, show_load, table, why


def row(**given):
    usual = {
        "name": "queue", "kind": "queue", "missing": False, "samples": 9, "median": 40.0, "p95": 50.0, "floor": 8.0,
        "per_second": 24.0, "ratio": 5.0, "work": 35.0, "work_ratio": 4.5,
        "sql": 10, "repeats": 0, "repeated": [], "bytes": 2048, "more_memory": 0.4,
        "cpu_ms": 30.0, "sql_ms": 9.0, "all_ms": 41.0, "slowest_ms": 3.0, "slowest": "SELECT 1",
    }  # fmt: skip
    return usual | given


def found(**by_size):
    return {
        int(size.removeprefix("of_")): {"pages": [row(ratio=ratio)], "memory": 120.0, "peak": 121.0}
        for size, ratio in by_size.items()
    }


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    return tmp_path


def test_a_page_within_its_limits_has_no_failures():
    assert failures(row(ratio=8.0, sql=15, bytes=100 * 1024), 10_000) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ratio": 8.01}, ["slow"]),
        ({"sql": 16}, ["SQL"]),
        ({"bytes": 100 * 1024 + 1}, ["KB"]),
        ({"repeats": 1}, ["repeats"]),
        ({"kind": "export", "more_memory": 41.0}, ["memory"]),
        ({"ratio": 9.0, "sql": 142, "repeats": 90}, ["slow", "SQL", "repeats"]),
    ],
)
def test_what_is_above_a_limit_is_named(given, said):
    assert failures(row(**given), 10_000) == said


def test_acts_may_repeat_themselves_since_they_write_row_by_row():
    assert failures(row(kind="record", ratio=1.0, repeats=2), 10_000) == []


def test_a_page_that_is_not_there_yet_is_told_as_such():
    assert line({"name": "360Giving", "missing": True}, 100)[-1] == "none yet"
    assert line({"name": "queue", "missing": False, "broken": "404"}, 100)[-1] == "BROKEN"


def test_a_table_has_columns_as_wide_as_they_must_be():
    assert table([["page", "ms", ""], ["a long name", "7", "ok"]]) == "page         ms\na long name   7  ok"


def test_the_reason_names_the_slowest_statement_and_what_is_repeated():
    told = why(row(repeated=[(24, "SELECT parts")]))

    assert told == ("queue: 9 of 41 ms in SQL, 30 ms of Python; slowest 3 ms: SELECT 1\n   24 times: SELECT parts")


def test_each_size_is_printed_and_kept(results, capsys):
    show(found(of_100=5.0)[100], 100, "postgresql")

    printed = capsys.readouterr().out
    assert "100 bids, postgresql" in printed
    assert "The larger worker holds 120 MiB after all (limit 130): ok" in printed
    with (results / "postgresql-100.csv").open() as file:
        [head, kept] = csv.reader(file)
    assert dict(zip(head, kept, strict=True))["ratio"] == "5.0x"


def test_growth_is_told_and_drawn_from_a_thousand_bids_on(results, capsys):
    show_growth(found(of_100=1.0, of_1000=4.0, of_100000=5.0), "sqlite")

    assert "queue   4.0x     5.0x   1.25x  grows" in capsys.readouterr().out
    drawn = ET.parse(results / "sqlite-growth.svg")
    texts = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"queue", "1.25x", "1k", "100k"} <= set(texts)
    assert "100" not in texts


def test_one_size_draws_nothing(results):
    show_growth(found(of_1000=4.0), "sqlite")

    assert not (results / "sqlite-growth.svg").exists()


def test_a_page_that_was_not_measured_everywhere_is_left_out_of_growth():
    sizes = found(of_1000=4.0, of_10000=5.0)
    sizes[10_000]["pages"].append(row(name="new page"))

    assert by_page(sizes) == {"queue": {1000: 4.0, 10_000: 5.0}}


def test_the_deadline_hour_is_told_with_its_errors(capsys):
    step = {"asked": 20.0, "reached": 19.9, "held": True, "errors": 0, "count": 200, "median": 8.0, "p95": 20.0}
    hour = {"save": {"count": 250, "median": 12.0, "p95": 31.0}}

    show_load({"minutes": 5.0, "hour": hour, "errors": ["save: 500"], "steps": [step, step | {"held": False}]})

    lines = capsys.readouterr().out.splitlines()
    assert "1 errors: save: 500" in lines
    assert [each.rpartition("  ")[2] for each in lines[-3:-1]] == ["held", "not held"]
