"""The command `ipclab`: dispatch, exit statuses, and a reader that leaves early."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ipclab.cli import main

IPCLAB = [sys.executable, "-m", "ipclab"]


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["check"], ["check", "9"], ["reset"]])
def test_a_usage_error_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: ipclab" in capsys.readouterr().err


def test_another_system_is_told_so(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main(["doctor"]) == 2
    assert "Linux" in capsys.readouterr().err


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    process = subprocess.Popen([*IPCLAB, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    try:
        assert process.stderr.read() == b""
    finally:
        process.stderr.close()
        assert process.wait(timeout=30) == 1
