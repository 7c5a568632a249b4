"""What happens in the sandbox when calls of exercise 11 are interrupted, at each of their lines in turn."""

from __future__ import annotations

from functools import partial
from typing import Any

from ipclab.exercises.solutions import Solution

from .delivery import delivery
from .items import described, item
from .scenarios import KEY, Found, consumer_of, played, producer_of
from .stage import Player, Stage

MOST_LINES = 60  # of one call
_GRACE = 0.06  # seconds after which a call that has not returned is said to wait
_SIZE, _CAPACITY = 40, 2


@played
def stopped(stage: Stage, found: Found, solution: Solution, method: str) -> None:
    """One process stands still in the middle of its call, at each line in turn, and the others go on."""
    stage.solution = solution  # a lock that is only inherited must not help
    producer = producer_of(stage, _CAPACITY, _SIZE)
    consumers = [consumer_of(stage) for _ in range(2)]
    table = _Table(stage, producer, consumers)
    for line in range(1, MOST_LINES):
        found["line"] = line
        went_through = table.stop_in_put(line) if method == "put" else table.stop_in_get(line)
        found |= delivery(table.tallies, table.number)
        if went_through or found["lost"] or found["doubled"] or found["unknown"]:
            return


class _Table:
    """A producer, two consumers, and what was put and got. Each round begins and ends with an empty buffer.

    A round returns whether the call came to its end before that line: then all lines have had their turn.
    """

    def __init__(self, stage: Stage, producer: Player, consumers: list[Player]) -> None:
        self.stage, self.producer, self.consumers = stage, producer, consumers
        self.tallies: list[list[int]] = [[], []]
        self.number = 0
        self.asked: list[Player] = []  # consumers that have been told to get, and may have got

    def stop_in_get(self, line: int) -> bool:
        """The buffer is full; one consumer stops, the other one gets an item, the producer puts more."""
        first = self.number
        for _ in range(2):
            self._put()
            self.producer.result("put where there is room")
        slow, fast = self.consumers
        slow.begin("interrupted", KEY, "get", "stop", line)
        through = not slow.stands()
        fast.begin("get", KEY)
        self.asked = [slow, fast]
        fast.waits(_GRACE)
        for _ in range(2):
            self._put()
            if self.producer.waits(_GRACE):
                break
        slow.go_on()
        self._collect(first)
        return through

    def stop_in_put(self, line: int) -> bool:
        """The buffer holds one item; the producer stops, both consumers get."""
        first = self.number
        self._put()
        self.producer.result("put where there is room")
        self.producer.begin("interrupted", KEY, "put", "stop", line, [self.number, _SIZE])
        self.number += 1
        through = not self.producer.stands()
        for each in self.consumers:
            each.begin("get", KEY)
        self.asked = list(self.consumers)
        for each in self.consumers:
            each.waits(_GRACE)
        self.producer.go_on()
        self._collect(first)
        return through

    def _put(self) -> None:
        self.producer.begin("put_number", KEY, self.number, _SIZE)
        self.number += 1

    def _collect(self, first: int) -> None:
        """Get everything that was put in this round."""
        for consumer in list(self.asked):
            self.stage.wait([consumer, self.producer], partial(_answered, consumer))
            value = consumer.result(self._unanswered(), seconds=0.0)
            self._take(consumer, value, first)
        while self._got < self.number:
            value = self.consumers[1].do("get", KEY, unanswered="get what was put, interrupted")
            self._take(self.consumers[1], value, first)
        self.producer.result("put where a place became free")

    @property
    def _got(self) -> int:
        return sum(map(len, self.tallies))

    def _take(self, consumer: Player, value: Any, first: int) -> None:
        if consumer in self.asked:
            self.asked.remove(consumer)
        self.tallies[self.consumers.index(consumer)].append(_number(value, first, self.number))

    def _unanswered(self) -> str:
        """What it means that a consumer does not get the item that is there."""
        if self.producer.answered:
            return "get what was put, interrupted"
        inside = self.number - 1 - self._got - sum(each.answered for each in self.asked)
        return "get while put waits" if inside >= _CAPACITY else "put and get both wait"


def _number(told: Any, first: int, stop: int) -> int:
    """Which item of this round it is. One of an earlier round stood in a place that was not written yet."""
    return next((each for each in range(first, stop) if described(item(each, _SIZE)) == told), -1)


def _answered(player: Player) -> bool:
    return player.answered


@played
def killed(stage: Stage, found: Found, method: str) -> None:
    """A process is killed at each line of its call in turn, and with it all others; then the name is used again."""
    found |= {"got": [], "wanted": []}
    for line in range(1, MOST_LINES):
        found |= {"line": line, "killed": line > 1}
        producer, consumer = producer_of(stage, _CAPACITY, _SIZE), consumer_of(stage)
        for number in range(2):
            producer.do("put_number", KEY, number, _SIZE, unanswered="put after a crash")
        found["wanted"].append(described(item(0, _SIZE)))
        found["got"].append(consumer.do("get", KEY, unanswered="get after a crash"))
        victim, values = (producer, [[2, _SIZE]]) if method == "put" else (consumer, [])
        victim.begin("interrupted", KEY, method, "kill", line, *values)
        stage.wait([victim], partial(_answered, victim))
        if victim.status is None or found["got"] != found["wanted"]:
            return
        stage.kill_all()
