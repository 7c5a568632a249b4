"""Where strace is missing or forbidden, the run goes on, and its trace is a sentence that says what to do."""

import os
import subprocess
import sys

import pytest

from ipclab.sandbox import run


def test_without_strace_the_run_goes_on_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run(lambda: os.pipe() and 7, trace=True)
    assert result.value == 7
    assert result.trace.calls == ()
    assert "strace is not installed" in repr(result.trace)
    assert "sudo apt-get install strace" in result.trace.problem
    assert "strace is not installed" in result.trace.plot().alt


def test_a_strace_that_fails(monkeypatch, tmp_path):
    (tmp_path / "strace").symlink_to("/bin/false")
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run(lambda: 7, trace=True)
    assert (result.value, result.leaks) == (7, ())
    assert "strace failed" in result.trace.problem
    (tmp_path / "strace").unlink()
    (tmp_path / "strace").write_text("no program")
    (tmp_path / "strace").chmod(0o755)
    result = run(lambda: 8, trace=True)
    assert result.value == 8
    assert "Exec format error" in result.trace.problem


FORBIDDEN = """
import ctypes, os, struct, sys
from ipclab.sandbox import containment, run
architecture, ptrace = {"x86_64": (0xC000003E, 101), "aarch64": (0xC00000B7, 117)}[os.uname().machine]
load, equal, give = 0x20, 0x15, 0x06
code = [(load, 0, 0, 0), (equal, 0, 1, ptrace), (give, 0, 0, 0x00050001), (give, 0, 0, 0x7FFF0000)]
buffer = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *each) for each in code))
containment.prctl(containment.PR_SET_NO_NEW_PRIVS, 1)
program = struct.pack("@HP", len(code), ctypes.addressof(buffer))
assert ctypes.CDLL(None).prctl(containment.PR_SET_SECCOMP, ctypes.c_ulong(2), program, 0, 0) == 0
result = run(len, "1234567", trace=True)
print(result.value, result.trace)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="a filter of numbers")
def test_where_ptrace_is_forbidden():
    """As in a container without the capability: every ptrace call fails with EPERM."""
    done = subprocess.run(
        [sys.executable, "-c", FORBIDDEN], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.startswith("7 No system calls were recorded: ")
    assert "--cap-add=SYS_PTRACE" in done.stdout
    assert "Traceback" not in done.stderr
