"""The harness of the benches: fair rounds, checked results, the fields that others read."""

from __future__ import annotations

import time

import pytest

from bench.paired import Row, Side, compare_rates, compare_times, table


def side(name: str, log: list[str], seconds: float = 0.0) -> Side:
    def work() -> str:
        log.append(name)
        time.sleep(seconds)
        return name

    def check(result: str) -> None:
        assert result == name

    return Side(name, work, check)


def test_rounds_alternate_after_one_warm_up() -> None:
    log: list[str] = []
    compare_times("b", side("a", log), side("p", log), rounds=3, calls=2)
    assert "".join(log) == "ap" + "aapp" + "ppaa" + "aapp"


def test_ratio_above_one_means_ours_is_better() -> None:
    row = compare_times("b", side("a", [], 0.001), side("p", [], 0.02), rounds=3)
    assert row.ratio > 1
    assert row.ours < row.theirs


def test_a_wrong_result_is_no_measurement() -> None:
    wrong = Side("wrong", lambda: "something else", side("a", []).check)
    with pytest.raises(AssertionError):
        compare_times("b", wrong, side("p", []))


def test_rates_come_from_the_work_itself() -> None:
    log: list[str] = []

    def side_with(name: str, rate: float) -> Side:
        def work() -> tuple[float, str]:
            log.append(name)
            return rate, name

        return Side(name, work, side(name, []).check)

    row = compare_rates("b", "msg/s", side_with("a", 300.0), side_with("p", 100.0), rounds=3)
    assert "".join(log) == "ap" + "pa" + "ap"
    assert (row.ours, row.theirs, row.ratio, row.unit) == (300.0, 100.0, 3.0, "msg/s")


def test_a_wrong_result_has_no_rate() -> None:
    wrong = Side("wrong", lambda: (1.0, "something else"), side("a", []).check)
    with pytest.raises(AssertionError):
        compare_rates("b", "msg/s", wrong, wrong)


def test_fields_and_table() -> None:
    row = Row("ring/64B", "msg/s", 10.0, "peer", 5.0, (1.0, 2.0, 3.0), note="why")
    assert row.as_json() == {
        "bench": "ring/64B",
        "unit": "msg/s",
        "ours": 10.0,
        "peer": "peer",
        "theirs": 5.0,
        "ratio": 2.0,
        "rounds": 3,
    }
    assert "2.00  1.00-3.00 (3)" in table([row])
    assert "ring/64B: why" in table([row])
