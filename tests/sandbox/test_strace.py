"""Lines of strace become calls, however they were cut up."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from ipclab.sandbox.strace import Descriptor, End, Signal, SystemCall, parse, split_arguments

# ruff: noqa: E501
REAL = r"""
8520  1795512159.333630 pipe2([3<pipe:[3858065]>, 4<pipe:[3858065]>], O_CLOEXEC) = 0 <0.000094>
8520  1795512159.333866 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f94) = 8521 <0.000414>
8520  1795512159.334628 read(3<pipe:[3858065]>,  <unfinished ...>
8521  1795512159.335185 write(4<pipe:[3858065]>, "x) = 5\n\"", 8) = 8 <0.000070>
8520  1795512159.335353 <... read resumed>"x) = 5\n\"", 10) = 8 <0.000700>
8521  1795512159.335393 exit_group(0)   = ?
8521  1795512159.335736 +++ exited with 0 +++
8520  1795512159.335816 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8521, si_status=0} ---
8520  1795512159.336125 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 8521 <0.000090>
8522  1795512159.337310 <... set_robust_list resumed>) = 0 <0.000140>
8522  1795512159.337846 openat(AT_FDCWD</tmp/a, b>, "/dev/shm/sem.tr.x", O_RDWR|O_NOFOLLOW) = -1 ENOENT (No such file or directory) <0.000084>
8522  1795512159.338464 close(4</dev/shm/sem.JF>(deleted)) = 0 <0.000060>
8522  1795512159.339000 poll([{fd=3<UNIX-STREAM:[1->2]>, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}]) <0.000050>
8522  1795512159.389652 futex(0x7f94ea430000, FUTEX_WAIT_BITSET, 0, NULL, FUTEX_BITSET_MATCH_ANY <detached ...>
8522  1795512159.389700 read(3<pipe:[7]>, 0x7ff, 1) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.5>
8522  1795512159.390000 +++ killed by SIGSEGV (core dumped) +++
strace: Process 8520 detached
"""


def test_real_lines():
    output = parse(REAL.strip().split("\n"))
    calls = {(call.tid, call.name): call for call in output.calls}
    assert len(output.calls) == 11

    pipe = calls[8520, "pipe2"]
    assert pipe.arguments == ("[3, 4]", "O_CLOEXEC")
    assert pipe.descriptors == (Descriptor(3, "pipe:[3858065]"), Descriptor(4, "pipe:[3858065]"))
    assert (pipe.value, pipe.errno, pipe.duration) == (0, None, 0.000094)

    read, write = calls[8520, "read"], calls[8521, "write"]
    assert read.arguments == ("3", r'"x) = 5\n\""', "10")
    assert (read.value, write.value) == (8, 8)
    assert read.begun < write.begun == write.ended < read.ended
    assert abs(read.duration - 0.000725) < 1e-6, "what the lines' own clock says"

    leave = calls[8521, "exit_group"]
    assert (leave.result, leave.value, leave.duration) == ("?", None, None)
    assert calls[8520, "wait4"].arguments[1] == "[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]"

    opened = calls[8522, "openat"]
    assert (opened.value, opened.errno) == (-1, "ENOENT")
    assert opened.arguments[0] == "AT_FDCWD"
    assert opened.descriptors == (Descriptor(-100, "/tmp/a, b"),)
    assert calls[8522, "close"].descriptors[0].target == "/dev/shm/sem.JF"
    assert calls[8522, "poll"].arguments[0] == "[{fd=3, events=POLLIN}]"
    assert calls[8522, "poll"].value == 1
    assert calls[8522, "futex"].arguments[-1] == "FUTEX_BITSET_MATCH_ANY"
    assert calls[8522, "futex"].ended is None
    assert (calls[8522, "read"].value, calls[8522, "read"].errno) == (None, "ERESTARTSYS")

    assert output.signals == (Signal(8520, 1795512159.335816, "SIGCHLD"),)
    assert [(end.tid, end.how) for end in output.ends] == [
        (8521, "exited with 0"),
        (8522, "killed by SIGSEGV"),
    ]


def quoted(data: bytes) -> str:
    """As strace writes a buffer."""
    plain = set(string.printable.encode()) - set(b'"\\\n\t\r\v\f')
    return '"' + "".join(chr(b) if b in plain else f"\\{b:o}" for b in data) + '"'


ARGUMENTS = st.one_of(
    st.integers(0, 999).map(str),
    st.binary(max_size=12).map(quoted),
    st.binary(max_size=12).map(lambda data: quoted(data) + "..."),
    st.sampled_from(["O_RDONLY|O_CLOEXEC", "NULL", "0x7ffd00", "{tv_sec=1, tv_nsec=2}"]),
    st.lists(st.binary(max_size=4).map(quoted), max_size=3).map(
        lambda parts: f"[{', '.join(parts)}]"
    ),
)
CALLS = st.tuples(
    st.sampled_from(["read", "write", "openat", "futex"]),
    st.lists(ARGUMENTS, min_size=1, max_size=5),
    st.sampled_from(["0", "17", "-1 EAGAIN (Resource temporarily unavailable)"]),
)


@settings(deadline=None)
@given(st.lists(ARGUMENTS, max_size=6))
def test_arguments_come_apart_where_they_were_joined(arguments):
    assert split_arguments(", ".join(arguments)) == tuple(arguments)


@settings(deadline=None)
@given(st.data(), st.lists(CALLS, min_size=1, max_size=6))
def test_a_call_that_was_interrupted_is_the_same_call(data, made):
    """Each call by a thread of its own, whole or in two parts, with others in between."""
    whole, begun, resumed = [], [], []
    for tid, (name, arguments, result) in enumerate(made, 1):
        text = ", ".join(arguments)
        whole.append(f"{tid} 1.000000 {name}({text}) = {result} <0.500000>")
        if data.draw(st.booleans()):
            cut = len(", ".join(arguments[: data.draw(st.integers(0, len(arguments)))]))
            begun.append(f"{tid} 1.000000 {name}({text[:cut]} <unfinished ...>")
            resumed.append(
                f"{tid} 1.500000 <... {name} resumed>{text[cut:]}) = {result} <0.500000>"
            )
        else:
            begun.append(whole[-1])

    def facts(call: SystemCall):
        return call.tid, call.name, call.arguments, call.result, call.duration

    lines = [*begun, *data.draw(st.permutations(resumed))]
    assert sorted(map(facts, parse(lines).calls)) == sorted(map(facts, parse(whole).calls))
    assert [call.arguments for call in parse(whole).calls] == [tuple(a) for _, a, _ in made]


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from('12 .()<>[]{}"\\,=+-?abcRESM_resumed unfinished'), max_size=60)
    )
)
def test_no_text_is_too_strange(lines):
    output = parse(f"7 1.5 {line}" for line in lines)
    assert len(output.calls) + len(output.signals) + len(output.ends) <= len(lines)


def test_an_end_is_told_with_its_line():
    assert parse(["7 1.5 +++ exited with 3 +++"]).ends == (End(7, 1.5, "exited with 3", 0),)
