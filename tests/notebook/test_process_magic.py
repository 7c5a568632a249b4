"""`%%process` runs its cell as a program of its own and tells what became of it."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # a kernel takes more than a second to start


def test_a_cell_may_fork_and_its_output_comes_back(kernel: Any) -> None:
    shown = kernel.run(
        "%%process\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait()\n    print('parent')"
    )
    assert (shown.stdout, shown.stderr, shown.error) == ("child\nparent\n", "", "")
    assert shown.text == "processes: parent ended with exit status 0; child ended"


def test_it_runs_in_a_process_of_its_own(kernel: Any) -> None:
    shown = kernel.run("%%process\nprint(os.getpid(), os.readlink('/proc/self/exe'))")
    assert shown.stdout.split()[0] != str(kernel.pid)


def test_names_of_the_notebook_are_copies(kernel: Any) -> None:
    kernel.run("numbers = [1]\ndef double(n):\n    return 2 * n\nunused = threading.Lock()")
    shown = kernel.run("%%process\nnumbers.append(double(4))\nfresh = 1\nnumbers")
    assert shown.text.splitlines()[0] == "value: [1, 8]"
    assert kernel.run("print(numbers, 'fresh' in globals())").stdout == "[1] False\n"


def test_what_cannot_be_sent_is_named(kernel: Any) -> None:
    kernel.run("lock = threading.Lock()")
    shown = kernel.run("%%process\nlock.acquire()")
    assert "%%process: lock, a lock, cannot be sent to another process" in shown.stderr
    assert shown.text == ""
    shown = kernel.run("%%process\nlock = threading.Lock()\nlock.acquire()")
    assert shown.text.splitlines()[0] == "value: True"


def test_an_exception_shows_the_lines_of_the_cell(kernel: Any) -> None:
    shown = kernel.run("%%process\ndef f():\n    raise ValueError('no')\nf()")
    assert shown.stderr.splitlines() == [
        "Traceback (most recent call last):",
        '  File "the cell", line 4, in <module>',
        "    f()",
        '  File "the cell", line 3, in f',
        "    raise ValueError('no')",
        "ValueError: no",
    ]
    assert (shown.text, shown.error) == ("processes: parent raised ValueError", "")


def test_an_exception_in_a_child_is_its_own(kernel: Any) -> None:
    shown = kernel.run(
        "%%process\nif os.fork() == 0:\n    1 / 0\nprint(os.waitstatus_to_exitcode(os.wait()[1]))"
    )
    assert shown.stdout == "1\n"
    assert '  File "the cell", line 3, in <module>\n' in shown.stderr
    assert "cells.py" not in shown.stderr
    assert shown.text == "processes: parent ended with exit status 0; child ended"


def test_a_syntax_error_is_shown_and_nothing_runs(kernel: Any) -> None:
    shown = kernel.run("%%process\nprint('begun')\nx = \n")
    assert shown.stdout == shown.text == ""
    assert 'File "the cell", line 3' in shown.stderr and "SyntaxError" in shown.stderr


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("import sys; sys.exit(4)", "ended with exit status 4"),
        ("raise SystemExit", "ended with exit status 0"),
        ("os._exit(7)", "ended with exit status 7"),
        ("os.kill(os.getpid(), 9)", "was killed by signal 9"),
        ("os.execvp('false', ['false'])", "ended with exit status 1"),
    ],
)
def test_how_the_program_ended(kernel: Any, code: str, end: str) -> None:
    assert kernel.run(f"%%process\n{code}").text == f"processes: parent {end}"


def test_a_child_leaves_as_at_the_end_of_a_script(kernel: Any) -> None:
    shown = kernel.run(
        "%%process\nif os.fork() == 0:\n    print('a', end='')\n    raise SystemExit('bye')\n"
        "print(os.waitstatus_to_exitcode(os.wait()[1]))"
    )
    assert (shown.stdout, shown.stderr) == ("a1\n", "bye\n")


def test_what_is_left_is_told_in_words_that_stay_the_same(kernel: Any) -> None:
    cell = (
        "%%process\nimport posix_ipc\nr, w = os.pipe()\n"
        "s = posix_ipc.Semaphore('/left', posix_ipc.O_CREX)\nif os.fork() == 0:\n    os.read(r, 1)"
    )
    first = kernel.run(cell).text
    assert first.splitlines() == [
        "processes: parent ended with exit status 0; child had not ended",
        "left behind: descriptor 3 is still open (a pipe)",
        "left behind: descriptor 4 is still open (a pipe)",
        "left behind: child is still running",
        "left behind: semaphore /left was never unlinked",
    ]
    assert not os.path.exists("/dev/shm/sem.left")


def test_a_stuck_cell_gets_a_diagnosis_with_its_lines(kernel: Any) -> None:
    shown = kernel.run(
        "%%process run\nr, w = os.pipe()\nif os.fork() == 0:\n    os.read(r, 1)\n"
        "    os._exit(0)\nos.wait()"
    )
    assert "parent could not go on" in shown.text
    assert (
        "stuck: child waits for bytes or end of file, and neither can come: parent still holds"
        in shown.text
    )
    assert "[the cell, line 4 in <module>]" in shown.text
    assert kernel.run("run.stuck.diagnosis").text == "'write-end-left-open'"


def test_a_name_keeps_the_run(kernel: Any) -> None:
    kernel.run("%%process outcome\nprint('x')\n[1, 2]")
    shown = kernel.run("print(outcome.value, outcome.exit_status, outcome.stdout, outcome.ok)")
    assert shown.stdout == "[1, 2] 0 b'x\\n' True\n"


def test_the_deadline_can_be_chosen(kernel: Any) -> None:
    shown = kernel.run("%%process --deadline 0.2\nwhile True:\n    pass")
    assert "parent was stopped at the deadline" in shown.text
    assert "never stops running [the cell, line " in shown.text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2nd", "'2nd' is no name of a variable"),
        ("--deadline 0", "above 0"),
        ("--deadline inf", "up to 600"),
        ("--deadline soon", "invalid float value: 'soon'"),
        ("--dedline 3", "unrecognized arguments"),
    ],
)
def test_a_wrong_option_is_explained(kernel: Any, line: str, words: str) -> None:
    shown = kernel.run(f"%%process {line}\nprint('begun')")
    assert words in shown.stderr and shown.stdout == shown.text == ""


def test_the_extension_can_be_loaded_by_name_and_again(kernel: Any) -> None:
    assert kernel.run("%load_ext ipclab\n%reload_ext ipclab").error == ""
    assert kernel.run("%%process\n5").text.startswith("value: 5\n")


def test_an_open_descriptor_of_the_notebook_is_not_the_cells(kernel: Any) -> None:
    kernel.run("mine = os.pipe()")
    assert kernel.run("%%process\nos.fstat(mine[0])").text == "processes: parent raised OSError"
    kernel.run("os.close(mine[0]); os.close(mine[1])")


def test_an_interrupt_stops_the_program(kernel: Any, tmp_path: Path) -> None:
    begun, pid = tmp_path / "begun", kernel.pid

    def interrupt() -> None:
        deadline = time.monotonic() + 30
        while not begun.exists() and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        os.kill(pid, signal.SIGINT)

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    started = time.monotonic()
    shown = kernel.run(f"%%process --deadline 60\nopen({str(begun)!r}, 'w')\nwhile True:\n    pass")
    interrupter.join()
    assert shown.error == "KeyboardInterrupt" and time.monotonic() - started < 40
    assert kernel.run("%%process\n5").text.startswith("value: 5\n")
