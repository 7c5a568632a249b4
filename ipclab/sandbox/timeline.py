"""Draws a trace: a lane for each process, a bar for each call, hatched while it waits.

title
labels of the first lane, as flags above it
lane         bars; a thin line while the process lives
…            arrows lead from the call that ended a wait to the end of the wait
last lane
its labels, below it: so that between two lanes there is room for the arrows
axis         milliseconds since the function was called
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .canvas import INK, SMALL, clean, fitted, text_width, wrapped
from .captions import listed
from .flags import Flag, rows_of
from .legend import alt, title
from .look import BLUE, DARK_VERMILION, GREY, ORANGE, VERMILION, Picture, in_our_look, picture
from .trace import Call, Moment, Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LANES, MOST_ROWS, MOST_LABELS, MOST_BARS = 8, 6, 40, 1500
WIDTH, EDGE, BAR = 13.5, 0.3, 0.3  # inches
ROW, LEAST_BAR, ARROW_ROOM = 0.24, 0.045, 0.25
LABEL_ROOM, TITLE = 3.1, 15
PALE = "#FBE3B5"


@in_our_look
def draw(trace: Trace) -> Picture:
    """The calls of a trace in time; `alt` says who waited for whom."""
    figure = picture(alt(trace))
    _Timeline(trace, figure).paint()
    return figure


class _Lane(NamedTuple):
    """One thread's calls, with their indices among those of the trace, and what befell it."""

    name: str
    calls: list[tuple[int, Call]]
    moments: list[Moment]


class _Label(NamedTuple):
    text: str
    at: float  # inches
    width: float
    color: str
    weight: float


class _Timeline:
    """Lays a trace out in inches: x from the left edge, y downwards from the top."""

    def __init__(self, trace: Trace, figure: Picture) -> None:
        self.trace, self.figure = trace, figure
        lanes = list(_lanes(trace))
        self.lanes, self.hidden_lanes = lanes[:MOST_LANES], len(lanes) - MOST_LANES
        self.left = (
            EDGE + max((text_width(lane.name, 14, True) for lane in self.lanes), default=0) + 0.25
        )
        self.right = WIDTH - LABEL_ROOM
        last = [call.end or call.start for lane in self.lanes for _, call in lane.calls]
        last += [moment.at for lane in self.lanes for moment in lane.moments]
        span = max(last, default=0.0) or 1e-3
        endless = any(call.blocked and call.end is None for call in trace.calls)
        self.span = span * (1.3 if endless else 1.02)
        self.unlabelled = 0

    def x(self, seconds: float) -> float:
        return self.left + (self.right - self.left) * seconds / self.span

    def paint(self) -> None:
        labels = [self._labels(lane) for lane in self.lanes]
        rows = [
            rows_of([Flag(*label[1:3], label.weight) for label in each], MOST_ROWS)
            for each in labels
        ]
        self.unlabelled += sum(
            len(each) - len(kept) for each, kept in zip(labels, rows, strict=True)
        )
        heights = [ROW * (max(each.values(), default=-1) + 1) for each in rows]
        lines = wrapped(title(self.trace), WIDTH - 2 * EDGE, TITLE, bold=True)
        y = EDGE + 0.3 * len(lines) + 0.45
        middles = []
        for number, height in enumerate(heights):
            below = 0 < number == len(heights) - 1
            y += ARROW_ROOM + (0 if below else height) + BAR / 2
            middles.append(y)
            y += (
                BAR / 2
                + (height if below else 0)
                + (ARROW_ROOM if number < len(heights) - 1 else 0.1)
            )
        note = self._note()
        axes = self._axes(y + 0.1, y + 0.85 + (0.25 if note else 0))
        self._heading(axes, lines, note, y)
        for number, lane in enumerate(self.lanes):
            self._lane(axes, lane, middles[number])
            below = 0 < number == len(self.lanes) - 1
            self._flags(axes, labels[number], rows[number], middles[number], 1 if below else -1)
        self._arrows(axes, middles)

    def _axes(self, axis_y: float, height: float) -> Axes:
        """Everything in inches; the axis at the bottom is told in milliseconds."""
        self.figure.set_size_inches(WIDTH, height)
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        scale = self.figure.add_axes(
            (self.left / WIDTH, 1 - axis_y / height, (self.right - self.left) / WIDTH, 1e-6)
        )
        scale.set(xlim=(0, 1000 * self.span), yticks=[])
        scale.spines[["left", "top", "right"]].set_visible(False)
        scale.grid(False)
        scale.tick_params(labelsize=SMALL)
        scale.set_xlabel("milliseconds since the function was called", fontsize=SMALL + 1)
        return axes

    def _heading(self, axes: Axes, lines: list[str], note: str, bottom: float) -> None:
        for number, line in enumerate(lines):
            _text(axes, EDGE, EDGE + 0.14 + 0.3 * number, line, size=TITLE, weight="bold")
        y, x = EDGE + 0.3 * len(lines) + 0.22, EDGE
        for text, style in (("a call", _CALL), ("it waits", _WAITING)):
            _bar(axes, x, x + 0.4, y, 0.18, **style)
            _text(axes, x + 0.5, y, text)
            x += 0.5 + text_width(text) + 0.4
        if any(call.woken_by is not None for call in self.trace.calls):
            axes.annotate("", (x + 0.45, y), (x, y), arrowprops=_ARROW)
            _text(axes, x + 0.55, y, "the call that ended the wait")
        _text(axes, EDGE, bottom + 0.85, note, color=GREY)

    def _note(self) -> str:
        parts = []
        if self.unlabelled:
            parts.append(f"labels of {_count(self.unlabelled, 'call')}")
        if self.hidden_lanes > 0:
            parts.append(f"lanes of {_count(self.hidden_lanes, 'thread')}")
        if self.trace.has_more or len(self.trace.calls) > MOST_BARS:
            parts.append(f"the calls after the first {MOST_BARS:,}")
        left_out = f"Left out here: {listed(parts)}; print the trace to see all." if parts else ""
        problem = f"{self.trace.problem}." if self.trace.problem and self.trace.calls else ""
        return " ".join(filter(None, [left_out, problem]))

    def _labels(self, lane: _Lane) -> list[_Label]:
        """The heaviest of a lane: those of waits, then of what ended waits, errors, and the rest."""
        wakers = {call.woken_by for call in self.trace.calls}
        found = []
        for number, call in lane.calls:
            weight = 4.0 if call.blocked else 3 if number in wakers else 2 if call.errno else 1
            if call.name.startswith("close"):
                weight /= 2
            text = call.label if call.end or not call.blocked else f"{call.label}: never ended"
            color = DARK_VERMILION if call.blocked and call.end is None else INK
            found.append(
                self._label(text, call.start, color, weight + (call.duration or 0) / self.span)
            )
        for moment in lane.moments:
            if _is_remarkable(moment):
                found.append(self._label(moment.what, moment.at, DARK_VERMILION, 4))
        found.sort(key=lambda label: -label.weight)
        self.unlabelled += max(0, len(found) - MOST_LABELS)
        return found[:MOST_LABELS]

    def _label(self, text: str, seconds: float, color: str, weight: float) -> _Label:
        text = fitted(text, LABEL_ROOM - 0.1)
        return _Label(text, self.x(seconds), text_width(text) + 0.12, color, weight)

    def _lane(self, axes: Axes, lane: _Lane, y: float) -> None:
        _text(axes, self.left - 0.2, y, lane.name, size=14, weight="bold", ha="right")
        start = min((call.start for _, call in lane.calls), default=0.0)
        ends = [moment.at for moment in lane.moments if not moment.what.startswith("SIG")]
        axes.plot(
            [self.x(0.0 if lane is self.lanes[0] else start), self.x(ends[0]) if ends else self.right],
            [y, y], color=GREY, lw=1.2, zorder=1,
        )  # fmt: skip
        for number, call in lane.calls:
            if number < MOST_BARS:
                left, right = (
                    self.x(call.start),
                    self.right if call.end is None else self.x(call.end),
                )
                if call.end is None and not call.blocked:
                    right = left
                style = _WAITING if call.blocked else _CALL
                _bar(axes, left, max(right, left + LEAST_BAR), y, BAR, **style)
        for moment in lane.moments:
            if _is_remarkable(moment):
                axes.plot(
                    [self.x(moment.at)], [y], "X", color=VERMILION, ms=11, mec="white", zorder=6
                )

    def _flags(
        self, axes: Axes, labels: list[_Label], rows: dict[int, int], y: float, way: int
    ) -> None:
        for number, row in rows.items():
            label = labels[number]
            edge, height = y + way * BAR / 2, y + way * (BAR / 2 + ROW * (row + 0.5))
            axes.plot(
                [label.at, label.at], [edge, height + way * 0.08], color=GREY, lw=0.9, zorder=2
            )
            _text(axes, label.at + 0.05, height, label.text, color=label.color)

    def _arrows(self, axes: Axes, middles: list[float]) -> None:
        where = {
            number: middles[place]
            for place, lane in enumerate(self.lanes)
            for number, _ in lane.calls
        }
        for number, call in enumerate(self.trace.calls[:MOST_BARS]):
            waker = call.woken_by
            if waker is None or number not in where or waker not in where or call.end is None:
                continue
            start = self.trace.calls[waker].start
            way = 1 if where[number] > where[waker] else -1 if where[number] < where[waker] else 0
            axes.annotate(
                "", (self.x(call.end), where[number] - way * BAR / 2),
                (self.x(start), where[waker] + way * BAR / 2), arrowprops=_ARROW, zorder=4,
            )  # fmt: skip


_CALL: dict[str, Any] = {"fc": BLUE, "ec": "white", "lw": 0.8}
_WAITING: dict[str, Any] = {"fc": PALE, "ec": ORANGE, "lw": 1.2, "hatch": "////"}
_ARROW: dict[str, Any] = {
    "arrowstyle": "-|>,head_length=0.7,head_width=0.35", "color": INK, "lw": 1.8, "shrinkA": 0, "shrinkB": 0,
}  # fmt: skip


def _lanes(trace: Trace) -> Iterator[_Lane]:
    keys = {(call.pid, call.thread or 0, call.process, call.thread) for call in trace.calls}
    for _, _, process, thread in sorted(keys, key=lambda key: key[:2]):
        calls = [
            (number, call)
            for number, call in enumerate(trace.calls)
            if (call.process, call.thread) == (process, thread)
        ]
        alone = thread in (None, 1)
        moments = [moment for moment in trace.moments if moment.process == process and alone]
        yield _Lane(process if thread is None else f"{process}, thread {thread}", calls, moments)


def _count(number: int, kind: str) -> str:
    return f"{number:,} {kind}{'s' if number > 1 else ''}"


def _is_remarkable(moment: Moment) -> bool:
    """A signal other than that a child has ended, and every end that is no exit."""
    return not moment.what.startswith(("exited", "SIGCHLD"))


def _bar(axes: Axes, left: float, right: float, y: float, height: float, **style: Any) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((left, y - height / 2), right - left, height, zorder=3, **style))


def _text(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=3, foreground="white")]  # where an arrow passes behind it
    style = {
        "size": SMALL,
        "color": INK,
        "va": "center",
        "ha": "left",
        "path_effects": halo,
        **style,
    }
    if text:
        axes.text(x, y, clean(text), parse_math=False, zorder=6, **style)
