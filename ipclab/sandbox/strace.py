"""What stands in strace's output? (strace -f -y -ttt -T, man 1 strace)

8520  1795512159.329708 read(3<pipe:[385]>, "xxx", 10) = 3 <0.000700>
8520  1795512159.334628 read(3<pipe:[385]>,  <unfinished ...>       another process comes in between
8520  1795512159.335353 <... read resumed>"xxx", 10) = 3 <0.000700>
8520  1795512159.335816 --- SIGCHLD {si_signo=SIGCHLD, …} ---
8521  1795512159.335736 +++ exited with 0 +++
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

_LINE = re.compile(r"(?:\[pid +)?(?P<tid>\d+)\]? +(?P<at>\d+\.\d+) +(?P<rest>.*)")
_RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)")
_CALL = re.compile(r"(?P<name>\w+)\((?P<rest>.*)")
# The last ") = " of a line ends the arguments: a string among them may hold another one.
_ENDED = re.compile(r"(?P<arguments>.*)\) += (?P<result>.*?)(?: <(?P<duration>\d+\.\d+)>)?")
_INTERRUPTED = re.compile(r"(?P<arguments>.*?) ?<(?:unfinished|detached) \.\.\.>")
_SIGNAL = re.compile(r"--- (?P<name>SIG\w+) .*---")
_END = re.compile(r"\+\+\+ (?P<how>(?:exited with \d+|killed by \w+)).*\+\+\+")

_STRING = r'"(?:[^"\\]|\\.)*"'
_ANNOTATION = r"(?<=[\dD])<(?!<)(?:[\w-]+:\[.*?\]|[^>]*)>(?:\(deleted\))?"  # D: of AT_FDCWD
_TOKEN = re.compile(rf"{_STRING}|{_ANNOTATION}|[(\[{{]|[)\]}}]|, |.")
_DESCRIPTOR = re.compile(rf"{_STRING}|(?P<number>-?\d+|AT_FDCWD)(?P<target>{_ANNOTATION})")


@dataclass(frozen=True)
class Descriptor:
    """A descriptor as it stands among arguments: its number and what it refers to."""

    number: int  # AT_FDCWD: -100
    target: str


@dataclass(frozen=True)
class SystemCall:
    """One call of one thread; `result` is "" when it had not ended."""

    tid: int
    start: float  # seconds since the epoch
    name: str
    arguments: tuple[str, ...]  # without what the descriptors refer to
    result: str = ""
    duration: float | None = None  # seconds
    descriptors: tuple[Descriptor, ...] = ()
    # The lines on which it began and ended: strace writes them in the order in which it sees things
    # happen, and two clocks (one for -ttt, one for -T) may tell another.
    begun: int = 0
    ended: int | None = None

    @property
    def value(self) -> int | None:
        """The result as a number, if it is one."""
        match = re.match(r"-?(?:0x[0-9a-f]+|\d+)", self.result)
        return int(match[0], 0 if "x" in match[0] else 10) if match else None

    @property
    def errno(self) -> str | None:
        match = re.match(r"(?:-1|\?) (E[A-Z0-9]+)", self.result)
        return match[1] if match else None


@dataclass(frozen=True)
class Signal:
    """A signal that was delivered to a thread."""

    tid: int
    at: float
    name: str


@dataclass(frozen=True)
class End:
    """The end of a thread: "exited with 0", "killed by SIGKILL"."""

    tid: int
    at: float
    how: str
    line: int


@dataclass(frozen=True)
class Output:
    """Everything that was said, each kind in the order in which it began."""

    calls: tuple[SystemCall, ...]
    signals: tuple[Signal, ...]
    ends: tuple[End, ...]


def parse(lines: Iterable[str]) -> Output:
    """The calls, signals and ends in strace's output; what is none of them is passed over."""
    calls: list[SystemCall] = []
    texts: dict[int, tuple[int, str]] = {}  # tid -> its unfinished call: which one, its arguments
    signals, ends = [], []
    for place, line in enumerate(lines):
        match = _LINE.fullmatch(line.rstrip("\n"))
        if match is None:
            continue
        tid, at, rest = int(match["tid"]), float(match["at"]), match["rest"]
        if found := _SIGNAL.fullmatch(rest):
            signals.append(Signal(tid, at, found["name"]))
        elif found := _END.fullmatch(rest):
            ends.append(End(tid, at, found["how"], place))
        elif found := _RESUMED.fullmatch(rest):
            number, begun = texts.pop(tid, (None, ""))
            if number is not None and calls[number].name == found["name"]:
                call = _completed(calls[number], begun + found["rest"], place)
                calls[number] = replace(call, duration=call.duration and at - call.start)
        elif found := _CALL.fullmatch(rest):
            if interrupted := _INTERRUPTED.fullmatch(found["rest"]):
                texts[tid] = len(calls), interrupted["arguments"]
            call = SystemCall(tid, at, found["name"], (), begun=place)
            calls.append(_completed(call, found["rest"], place))
    return Output(tuple(calls), tuple(signals), tuple(ends))


def _completed(call: SystemCall, rest: str, line: int) -> SystemCall:
    """`call` with what stands behind its opening parenthesis; `line` is where that stands."""
    if ended := _ENDED.fullmatch(rest):
        text, result, duration = ended["arguments"], ended["result"], ended["duration"]
    else:
        interrupted = _INTERRUPTED.fullmatch(rest)
        text, result, duration = interrupted["arguments"] if interrupted else rest, "", None
    return replace(
        call,
        ended=line if duration else None,
        arguments=split_arguments(text),
        result=re.sub(_ANNOTATION, "", result),
        duration=float(duration) if duration else None,
        descriptors=descriptors_in(f"{text}, {result}"),
    )


def split_arguments(text: str) -> tuple[str, ...]:
    """The arguments one by one, without what their descriptors refer to."""
    parts, part, depth = [], "", 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == ", " and depth == 0:
            parts.append(part)
            part = ""
            continue
        if token in ("(", "[", "{"):
            depth += 1
        elif token in (")", "]", "}"):
            depth -= 1
        if not (token.startswith("<") and len(token) > 1):
            part += token
    parts.append(part)
    return tuple(part.strip() for part in parts if part.strip())


def descriptors_in(text: str) -> tuple[Descriptor, ...]:
    """Every descriptor among the arguments and the result, in order."""
    return tuple(
        Descriptor(
            -100 if match["number"] == "AT_FDCWD" else int(match["number"]),
            match["target"].removesuffix("(deleted)")[1:-1],
        )
        for match in _DESCRIPTOR.finditer(text)
        if match["number"]
    )
