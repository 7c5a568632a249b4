"""A portable name is one slash and 1 to 251 bytes, and ours say whose they are."""

from __future__ import annotations

import os
import re

import posix_ipc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ipclab.ipc import names
from ipclab.ipc.names import checked, new_run, object_name, why_not_portable

BROKEN = {
    "": "begin with a slash",
    "counter": "begin with a slash",
    " /counter": "begin with a slash",
    "//counter": "no slash but the first",
    "/a/b": "no slash but the first",
    "/a/": "no slash but the first",
    "/": "something after the slash",
    "/.": "something after the slash",
    "/..": "something after the slash",
    "/a\0b": "contains a NUL",
    "/\0": "contains a NUL",
    "/\ud800": r"'\ud800'",
    "/a\udcff": r"'\udcff'",
    "/" + "x" * 252: "252 bytes after the slash; 251 are allowed",
    "/" + "ä" * 126: "252 bytes after the slash",
}
PORTABLE = ["/a", "/...", "/.a", "/ ", "/\n", "/sem.a", "/" + "x" * 251, "/x" + "ä" * 125, "/é"]


@pytest.mark.parametrize("name", BROKEN, ids=lambda name: ascii(name[:9]))
def test_the_rule_that_is_broken_is_told(name: str) -> None:
    assert BROKEN[name] in str(why_not_portable(name))
    with pytest.raises(ValueError, match="is no portable name"):
        checked(name)


@pytest.mark.parametrize("name", PORTABLE, ids=lambda name: ascii(name[:9]))
def test_a_portable_name_names_both_kinds_of_object(name: str) -> None:
    name += str(os.getpid()) if len(name.encode()) < 200 else ""
    assert checked(name) == name
    memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, mode=0o600)
    semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX, mode=0o600)
    try:
        assert os.path.exists(names.memory_path(name))
        assert os.path.exists(names.semaphore_path(name))
    finally:
        memory.unlink()
        memory.close_fd()
        semaphore.unlink()
        semaphore.close()


@given(st.text(max_size=260))
@example("/" + "x" * 251)
def test_the_rule_in_other_words(name: str) -> None:
    """Against a second formulation, by the bytes."""
    data = name.encode("utf-8", "surrogatepass")
    portable = (
        re.fullmatch(rb"/[^/\0]{1,251}", data) is not None
        and data not in (b"/.", b"/..")
        and not re.search("[\ud800-\udfff]", name)
    )
    assert (why_not_portable(name) is None) == portable


def test_where_the_file_names_are_ascii_others_are_refused(script) -> None:
    """posix_ipc 1.3.2 would end the process."""
    script(
        "import os\nfrom ipclab.ipc.names import why_not_portable\n"
        "assert 'ascii' in why_not_portable('/\\xe9'), os.fsencode('/\\xe9')",
        shell='LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 exec "$@"',
    )


@pytest.mark.parametrize("name", [None, 7, b"/bytes"])
def test_anything_but_text_is_refused(name: object) -> None:
    with pytest.raises(TypeError, match="a name is a str"):
        checked(name)  # type: ignore[arg-type]


def test_our_names_say_whose_they_are() -> None:
    assert object_name("k3f9", "counter", uid=1000) == "/ipclab-1000-k3f9-counter"
    assert object_name("12", "ring.head", uid=7) == "/ipclab-7-12-ring.head"
    assert object_name("a", "b").startswith(f"/ipclab-{os.getuid()}-")


RUNS = st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True)
LABELS = st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True)


@given(RUNS, LABELS, st.integers(0, 2**32 - 1))
def test_every_name_of_ours_is_portable_and_short(run: str, label: str, uid: int) -> None:
    try:
        name = object_name(run, label, uid)
    except ValueError as error:
        assert "30 are allowed" in str(error)
        assert len(f"/ipclab-{uid}-{run}-{label}") > 30
    else:
        assert why_not_portable(name) is None
        assert len(name.encode()) <= 30
        assert re.fullmatch(rf"/{names.prefix_of(uid)}([a-z0-9]+)-(.+)", name).groups() == (
            run,
            label,
        )


@pytest.mark.parametrize(
    ("run", "label"), [("", "a"), ("a-b", "c"), ("A", "c"), ("a", ""), ("a", "b/c"), ("a", "ä")]
)
def test_letters_that_do_not_belong_there(run: str, label: str) -> None:
    with pytest.raises(ValueError, match="lower-case letters"):
        object_name(run, label)


def test_runs_differ_also_after_a_fork(script) -> None:
    assert re.fullmatch("[a-z0-9]{4}", new_run())
    done = script(
        "import os\nfrom ipclab.ipc.names import new_run\nfrom ipclab.ipc.processes import reap, spawn\n"
        "new_run()\n"
        "children = [spawn(lambda: print(new_run(), new_run())) for _ in range(4)]\n"
        "assert [reap(child) for child in children] == [0] * 4"
    )
    assert len(set(done.stdout.split())) == 8
