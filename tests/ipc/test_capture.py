"""capture: the same answers as subprocess.run, from any caller, and nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from ipclab.ipc.capture import capture, drain
from ipclab.ipc.pipes import Pipe, write_all

pytestmark = pytest.mark.timeout(60)

Script = Callable[..., CompletedProcess[str]]
MIB = 1024 * 1024


def shell(commands: str) -> list[str]:
    return ["/bin/sh", "-c", commands]


# What a program says


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ("true", (b"", b"", 0)),
        ("echo out; echo err >&2", (b"out\n", b"err\n", 0)),
        ("exit 1", (b"", b"", 1)),
        ("echo x; exit 255", (b"x\n", b"", 255)),
        (r"printf '\377\000\200'; printf '\376' >&2", (b"\xff\0\x80", b"\xfe", 0)),
        ("echo x; kill -KILL $$", (b"x\n", b"", -signal.SIGKILL)),
        ("kill -TERM $$; echo alive", (b"", b"", -signal.SIGTERM)),
        ("exec >&-; echo x >&2; exit 3", (b"", b"x\n", 3)),
        ("echo x; exec >&- 2>&-; sleep 0.1; exit 7", (b"x\n", b"", 7)),
        ("(sleep 0.1; echo late) & echo early", (b"early\nlate\n", b"", 0)),
    ],
)
def test_outcome(commands: str, expected: tuple[bytes, bytes, int]) -> None:
    assert capture(shell(commands)) == expected
    assert capture(shell(commands)) == expected, "the second call"


@pytest.mark.parametrize(
    "argument", ["", " ", "a b", "-n", "é", "\udcff\udc80", "*", "$HOME", "\n", "x" * 100_000]
)
def test_arguments_arrive_as_bytes(argument: str) -> None:
    assert (
        capture(["/usr/bin/printf", "%s|", argument, "end"])[0] == os.fsencode(argument) + b"|end|"
    )


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, MIB, 16 * MIB])
def test_any_length_on_both_streams(size: int) -> None:
    stdout, stderr, status = capture(shell(f"head -c {size} /dev/zero | tee /dev/stderr"))
    assert (len(stdout), len(stderr), status) == (size, size, 0)
    assert stdout == stderr == bytes(size)


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_one_stream_first(first: int, second: int) -> None:
    """Draining one stream to its end before the other deadlocks here."""
    out = capture(
        shell(f"head -c {MIB} /dev/zero >&{first}; head -c {MIB + 1} /dev/zero >&{second}")
    )
    assert len(out[first - 1]) == MIB
    assert len(out[second - 1]) == MIB + 1
    assert out[2] == 0


@pytest.mark.slow
def test_a_quarter_of_a_gibibyte_on_both_streams() -> None:
    size = 256 * MIB
    stdout, stderr, status = capture(shell(f"head -c {size} /dev/zero | tee /dev/stderr"))
    assert (len(stdout), len(stderr), status) == (size, size, 0)
    assert not stdout.strip(b"\0")
    assert not stderr.strip(b"\0")


def test_drain_keeps_streams_apart() -> None:
    with Pipe() as a, Pipe() as b, Pipe() as c:
        for pipe, data in ((a, b"a"), (b, b""), (c, b"cc")):
            write_all(pipe.write_end.fd, data)
            pipe.write_end.close()
        fds = [pipe.read_end.fd for pipe in (a, b, c)]
        assert drain(*fds) == [b"a", b"", b"cc"]


# Programs that can't run


UNRUNNABLE = {
    "missing": ["{folder}/missing"],
    "missing in PATH": ["no-such-program-anywhere"],
    "directory": ["{folder}"],
    "not executable": ["{folder}/plain"],
    "below a file": ["{folder}/plain/x"],
    "unknown format": ["{folder}/format"],
    "no interpreter": ["{folder}/no_interpreter"],
    "links in a circle": ["{folder}/loop"],
    "long name": ["/" + 300 * "x"],
    "arguments too long": ["/bin/true", 200_000 * "x"],
    "bytes that are no UTF-8": ["{folder}/\udcff"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plain").write_text("#!/bin/sh\n")
    (tmp_path / "format").write_bytes(b"\x01\x02\x03\x04")
    (tmp_path / "no_interpreter").write_text("#!/no/such/interpreter\n")
    for name in ("format", "no_interpreter"):
        (tmp_path / name).chmod(0o755)
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


@pytest.mark.parametrize("case", UNRUNNABLE)
def test_exec_errors_are_those_of_subprocess(case: str, folder: Path) -> None:
    argv = [argument.replace("{folder}", str(folder)) for argument in UNRUNNABLE[case]]
    with pytest.raises(OSError) as theirs:
        subprocess.run(argv, capture_output=True)
    with pytest.raises(type(theirs.value)) as ours:
        capture(argv)
    assert str(ours.value) == str(theirs.value)
    assert (ours.value.errno, ours.value.filename) == (theirs.value.errno, argv[0])


@pytest.mark.parametrize("argv", [[], "ls", "", [""], ["", "x"]])
def test_argv_without_a_program(argv: list[str]) -> None:
    with pytest.raises(ValueError, match=re.escape(f"got {argv!r}")):
        capture(argv)


@pytest.mark.parametrize("argv", [["/bin/echo\0"], ["/bin/echo", "a\0b"]])
def test_nul_in_an_argument(argv: list[str]) -> None:
    with pytest.raises(ValueError, match="NUL"):
        capture(argv)


# What a program inherits


def test_stdin_environment_directory_and_umask(script: Script, tmp_path: Path) -> None:
    script(
        "import os\n"
        "from ipclab.ipc.capture import capture\n"
        "os.chdir(sys.argv[1]); os.environ['COLOUR'] = 'blue'; os.umask(0o027)\n"
        "done = capture(['/bin/sh', '-c', 'cat; echo $COLOUR; pwd; umask'])\n"
        "assert done == (f'in\\nblue\\n{sys.argv[1]}\\n0027\\n'.encode(), b'', 0), done\n",
        str(tmp_path),
        shell='echo in | "$@"',
    )


def test_search_in_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "our-program"
    program.write_text("#!/bin/sh\necho found $0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"/no/such/folder:{tmp_path}:{os.environ['PATH']}")
    assert capture(["our-program"]) == (f"found {program}\n".encode(), b"", 0)


def test_no_descriptor_of_ours_is_inherited() -> None:
    """The program has what any child has: the standard ones and what the caller made inheritable."""
    argv = ["/bin/ls", "/proc/self/fd"]
    with Pipe(), Pipe():
        expected = subprocess.run(argv, capture_output=True, close_fds=False).stdout
        assert capture(argv)[0] == expected


def test_ignored_signals_get_their_default_back() -> None:
    mask = int(capture(["/bin/grep", "SigIgn", "/proc/self/status"])[0].split()[1], 16)
    assert not mask & (1 << signal.SIGPIPE - 1)
    assert not mask & (1 << signal.SIGXFSZ - 1)
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN, "the caller's stays as it was"
    assert capture(shell("yes | head -n 1")) == (b"y\n", b"", 0)
