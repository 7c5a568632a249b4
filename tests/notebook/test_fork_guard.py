"""A child forked from a notebook's own process can only exit; all other ways to start one work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ipclab.notebook.fork_guard import MESSAGE

pytestmark = pytest.mark.slow  # a kernel takes more than a second to start


def children(pid: int) -> set[str]:
    """All children of a process, of whichever thread (man 5 proc_pid_task)."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return {child for each in lists for child in each.read_text().split()}


def test_the_child_exits_at_once_and_one_sentence_tells_why(kernel: Any) -> None:
    shown = kernel.run(
        "pid = os.fork()\nif pid == 0:\n    print('from the child')\n    os._exit(0)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    assert (shown.stdout, shown.error) == ("1\n", "")
    assert shown.stderr == MESSAGE + "\n"
    assert "%%process" in MESSAGE and MESSAGE.count(".") == 1


def pipes(pid: int) -> int:
    """How many ends of pipes a process holds; its other descriptors come and go."""
    count = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += os.readlink(link).startswith("pipe:")
        except FileNotFoundError:  # it was closed meanwhile
            continue
    return count


def test_it_is_told_once_a_cell_and_no_child_or_descriptor_is_left(kernel: Any) -> None:
    before = children(kernel.pid), pipes(kernel.pid)
    shown = kernel.run("for _ in range(5):\n    os.fork()")
    assert shown.stderr == MESSAGE + "\n"
    assert kernel.run("os.fork() > 0").stderr == MESSAGE + "\n"
    kernel.run("pass")
    assert (children(kernel.pid), pipes(kernel.pid)) == before


def test_the_child_runs_nothing_of_the_cell(kernel: Any, tmp_path: Path) -> None:
    kernel.run(
        f"try:\n    pid = os.fork()\nfinally:\n    with open({str(tmp_path / 'log')!r}, 'a') as log:\n"
        "        print(os.getpid(), file=log)"
    )
    assert (tmp_path / "log").read_text() == f"{kernel.pid}\n"


def test_a_fork_in_a_function_a_thread_or_pty_is_caught(kernel: Any) -> None:
    for code in (
        "def f():\n    return os.fork()\nf()",
        "exec('os.fork()')",
        "import pty\npid, fd = pty.fork()\nos.close(fd)",
        "t = threading.Thread(target=lambda: os.fork())\nt.start()\nt.join()",
    ):
        assert kernel.run(code).stderr == MESSAGE + "\n", code
    assert kernel.run("1 + 1").text == "2"


def test_without_a_free_descriptor_the_child_is_caught_all_the_same(kernel: Any) -> None:
    shown = kernel.run(
        "import resource\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))\n"
        "try:\n    pid = os.fork()\n"
        "finally:\n    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    assert (shown.stdout, shown.stderr) == ("1\n", MESSAGE + "\n")


def test_other_ways_to_start_a_process_are_not_disturbed(kernel: Any) -> None:
    shown = kernel.run(
        "import subprocess, multiprocessing\n"
        "run = lambda **how: subprocess.run(['echo', 'a'], stdout=subprocess.PIPE, **how).stdout\n"
        "print(run(), run(preexec_fn=os.getpid), run(start_new_session=True))\n"
        "print(os.spawnlp(os.P_WAIT, 'true', 'true'), os.system('exit 3') >> 8)\n"
        "for method in ('fork', 'spawn', 'forkserver'):\n"
        "    with multiprocessing.get_context(method).Pool(1) as pool:\n"
        "        print(method, pool.map(abs, [-7]))\n"
        "multiprocessing.forkserver._forkserver._stop()\n"
    )
    assert shown.error == "" and MESSAGE not in shown.stderr
    assert shown.stdout.splitlines() == [
        *("b'a\\n' b'a\\n' b'a\\n'", "0 3", "fork [7]", "spawn [7]", "forkserver [7]")
    ]
    assert kernel.run("!echo from a shell").stdout.rstrip() == "from a shell"  # through a terminal
    assert kernel.run("%%bash\necho from bash").stdout == "from bash\n"


def test_the_notebook_lives_on(kernel: Any) -> None:
    kernel.run("os.fork()")
    assert kernel.run("print('still here')").stdout == "still here\n"
    assert kernel.run("%%process\nif os.fork():\n    os.wait()\n").error == ""
    assert kernel.run("from ipclab import experiments, exercise\nexercise(9).number").text == "9"
