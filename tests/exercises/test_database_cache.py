"""Do the two ways of keeping a cache honest meet the contract of exercise 4, in every order of steps?"""

from __future__ import annotations

from pathlib import Path

import pytest

from ipclab.exercises import exercise

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["cache", "lease"])
def test_taught_code_meets_the_contract(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "solution.py"
    path.write_text(
        f"from ipclab.ipc.caching import get_with_{kind} as get_with_cache\n"
        f"from ipclab.ipc.caching import set_with_{kind} as set_with_cache\n"
    )
    report = exercise(4).check_file(path)
    assert report, str(report)
    assert {each.status for each in report.requirements} == {"pass"}, str(report)
