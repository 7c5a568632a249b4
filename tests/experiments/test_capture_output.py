"""What notebook 12 shows: results that print the same on every run, and claims that hold anywhere."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import pytest

from ipclab import experiments
from ipclab.experiments import capture_trials, figures
from ipclab.experiments.capture_results import AfterSigpipe, Drained, LaunchCosts
from ipclab.ipc.capture import capture
from ipclab.ipc.pipes import Pipe, read_until_eof
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox import run

NAMES = ["drained", "exec_errors", "endings", "after_sigpipe", "with_closed"]


@pytest.fixture(scope="module", params=[*NAMES, "launch_costs"])
def result(request: pytest.FixtureRequest) -> Any:
    return getattr(experiments.capture_output, request.param)()


def test_a_result_cannot_be_changed(result: Any) -> None:
    field = dataclasses.fields(result)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, field, None)


def test_a_result_draws_itself_and_says_in_words_what(result: Any) -> None:
    if not hasattr(result, "plot"):
        return
    figure = result.plot()
    assert figure.alt.endswith(".")
    assert len(figure.alt) > 40
    assert figures.png(figure).startswith(b"\x89PNG")
    axes = figure.axes[0]
    assert axes.get_title(loc="left")
    assert axes.get_xlabel()


@pytest.mark.parametrize("name", NAMES)
def test_a_result_prints_the_same_on_every_run(name: str) -> None:
    experiment = getattr(experiments.capture_output, name)
    assert repr(experiment()) == repr(experiment())


def one_after_the_other(argv: list[str]) -> tuple[bytes, bytes, int]:
    with Pipe() as out, Pipe() as err:
        pid = spawn(capture_trials.become, argv, out.write_end.fd, err.write_end.fd, False)
        out.write_end.close()
        err.write_end.close()
        return read_until_eof(out.read_end.fd), read_until_eof(err.read_end.fd), reap(pid)


def writes_to_stderr(size: int) -> list[str]:
    return [sys.executable, "-c", f"import os; os.write(2, bytes({size}))"]


def test_one_byte_more_than_the_pipe_holds_decides() -> None:
    amounts = experiments.capture_output.by_amount(one_after_the_other, writes_to_stderr)
    assert list(amounts.outcomes.values()) == [
        "returned",
        "returned",
        "never returned: pipe-full-deadlock",
    ]
    assert f"{amounts.capacity + 1:,}" in repr(amounts)


def test_a_capture_that_reads_both_returns_whatever_the_amount() -> None:
    amounts = experiments.capture_output.by_amount(capture, writes_to_stderr, [1 << 20])
    assert amounts.outcomes == {1 << 20: "returned"}


def test_a_capture_that_raises_says_so() -> None:
    amounts = experiments.capture_output.by_amount(capture, lambda size: ["/nowhere"], [1])
    assert amounts.outcomes[1].startswith("FileNotFoundError")


def test_the_parent_follows_the_program_from_stream_to_stream() -> None:
    both = experiments.capture_output.drained(runs=2)
    assert both.turns()[0] == "stderr"
    assert len(both.turns()) >= 4
    for stream in capture_trials.STREAMS:
        assert both.received(stream) == both.written(stream) == 4 * both.size
    for calls in (both.program, both.parent):
        assert all(began <= returned for _, began, returned, _ in calls)


def test_the_end_of_a_stream_is_no_turn() -> None:
    reads = [("stderr", 0.0, 1.0, 5), ("poll", 1.0, 2.0, 0), ("stderr", 2.0, 3.0, 1)]
    writes = (("stderr", 0.5, 2.0, 6),)
    both = Drained(6, 1, writes, (*reads, ("stdout", 3.0, 4.0, 0)))
    assert both.turns() == ["stderr"]
    assert both.received("stderr") == both.written("stderr") == 6
    assert both.seconds() == 2.5


def test_exec_errors_are_those_of_subprocess() -> None:
    errors = experiments.capture_output.exec_errors()
    assert all(ours == theirs for ours, theirs in errors.raised.values())
    assert errors.raised["a file that does not exist"][0] == "FileNotFoundError (ENOENT)"


def test_what_runs_after_all_is_told_as_such() -> None:
    assert capture_trials.raised(capture_trials.by_subprocess, ["/bin/true"]) == "returned status 0"


def test_endings_are_those_of_subprocess() -> None:
    endings = experiments.capture_output.endings(["exit 3", "kill -s INT $$"])
    assert endings.statuses == {"exit 3": (768, 3, 3), "kill -s INT $$": (2, -2, -2)}


def test_sigpipe_kills_where_it_was_put_back() -> None:
    sigpipe = experiments.capture_output.after_sigpipe()
    assert list(sigpipe.statuses.values()) == [0, -13, 0, -13]
    assert {stdout for stdout, _ in sigpipe.outputs.values()} == {b"y\n"}


def test_a_way_is_described_in_words() -> None:
    told = AfterSigpipe({"somehow": -13}, {"somehow": (b"y\n", b"oops\n")})
    assert told.rows() == [("somehow", "is dead", "complains")]


def test_stdout_is_lost_just_where_the_write_end_is_1() -> None:
    closed = experiments.capture_output.with_closed()
    assert len(closed.numbers) == 8
    assert closed.lost("dup2 alone") == {(0, 1), (0, 1, 2)}
    assert closed.lost("dup2 alone") == {
        each for each, number in closed.numbers.items() if number == 1
    }
    assert closed.lost("capture") == closed.lost("subprocess") == set()


def test_fork_costs_more_page_faults_than_subprocess() -> None:
    costs = experiments.capture_output.launch_costs([0, 1 << 20], rounds=2)
    assert costs.page_faults("fork + exec") > costs.page_faults("subprocess")
    assert [len(times) for times in costs.seconds["subprocess"].values()] == [2, 2]


def test_costs_show_median_and_spread() -> None:
    times = {"fork + exec": {1 << 20: [0.001, 0.009, 0.002]}}
    costs = LaunchCosts(3, times, {"fork + exec": {1 << 20: [400, 500, 420]}})
    assert costs.rows() == [("fork + exec", "1 MiB", "2.00", "1.00", "9.00", 420)]
    assert costs.page_faults("fork + exec") == 420


def test_a_program_that_fails_is_no_measurement() -> None:
    outcome = run(capture_trials.cost_of, capture_trials.fork_and_exec, ["/bin/false"])
    assert outcome.exception is not None
    assert outcome.exception.type == "ChildProcessError"
