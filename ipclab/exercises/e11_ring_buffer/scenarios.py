"""What happens in the sandbox when exercise 11 is checked: a producer and consumers, each told what to do.

Each scenario fills `found` with what was observed, and judges nothing. Where a call may never
return, a label says what was going on, which judging.py knows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from types import SimpleNamespace
from typing import Any

from .delivery import delivery
from .items import described, item
from .stage import Player, Stage, Trouble

NAME = "/ipclab-ring"
KEY = "buffer"  # what players call their buffer when they have but one
Found = dict[str, Any]


def played(scene: Callable[..., None]) -> Callable[..., Found]:
    """A scenario as the sandbox calls it: what it found, and under "trouble" the call that ended it."""

    @wraps(scene)
    def scenario(functions: SimpleNamespace, *args: Any) -> Found:
        found: Found = {"trouble": None}
        with Stage(functions) as stage:
            try:
                scene(stage, found, *args)
                stage.clean()
            except Trouble as trouble:
                found["trouble"] = trouble.facts
        return found

    return scenario


def producer_of(stage: Stage, capacity: int, item_size: int, name: str = NAME) -> Player:
    player = stage.player("the producer")
    player.do("create", KEY, name, capacity, item_size, unanswered="create")
    return player


def consumer_of(stage: Stage, name: str = NAME) -> Player:
    player = stage.player("a consumer")
    player.do("attach", KEY, name, unanswered="attach")
    return player


@played
def exact(stage: Stage, found: Found, capacity: int, item_size: int, items: list[str]) -> None:
    """Items go through one by one, the next when the last has come out."""
    found |= {"got": [], "ends": [], "wanted": [described(bytes.fromhex(each)) for each in items]}
    producer, consumer = producer_of(stage, capacity, item_size), consumer_of(stage)
    for each in items:
        producer.do("put", KEY, each, unanswered="put into an empty buffer")
        found["got"].append(consumer.do("get", KEY, unanswered="get what is there"))
    producer.do("call", KEY, "finish", unanswered="finish")
    for _ in range(2):
        found["ends"].append(consumer.do("get", KEY, unanswered="get after the end"))


@played
def of_no_size(stage: Stage, found: Found) -> None:
    """Items of 0 bytes only. Not to make such a buffer at all is right, too."""
    found |= {"got": [], "wanted": [described(b"")] * 3, "ends": []}
    producer = stage.player("the producer")
    try:
        producer.do("create", KEY, NAME, 2, 0, unanswered="create")
    except Trouble as trouble:
        if trouble.facts["kind"] != "raised":
            raise
        found["got"] = found["wanted"]
        return
    consumer = consumer_of(stage)
    for _ in range(3):
        producer.do("put", KEY, "", unanswered="put into an empty buffer")
        found["got"].append(consumer.do("get", KEY, unanswered="get what is there"))


@played
def brimful(stage: Stage, found: Found, capacity: int, item_size: int) -> None:
    """As many items as there are places, and the end, before the first consumer comes."""
    wanted = [described(item(number, item_size)) for number in range(capacity)]
    found |= {"got": [], "wanted": wanted, "ends": []}
    producer = producer_of(stage, capacity, item_size)
    for number in range(capacity):
        producer.do("put_number", KEY, number, item_size, unanswered="put where there is room")
    producer.do("call", KEY, "finish", unanswered="finish when it is full")
    consumer = consumer_of(stage)
    for _ in wanted:
        found["got"].append(consumer.do("get", KEY, unanswered="get what was put"))
    found["ends"].append(consumer.do("get", KEY, unanswered="get after the end"))


@played
def ended(stage: Stage, found: Found) -> None:
    """The producer finishes and closes while items are there; consumers come later, one after the other."""
    wanted = [described(item(number, 40)) for number in range(3)]
    found |= {"got": [], "wanted": wanted, "ends": []}
    producer = producer_of(stage, 4, 40)
    for number in range(3):
        producer.do("put_number", KEY, number, 40, unanswered="put where there is room")
    producer.do("call", KEY, "finish", unanswered="finish")
    producer.do("call", KEY, "close", unanswered="close")
    first, second = consumer_of(stage), consumer_of(stage)
    for each in (first, second, second):
        found["got"].append(each.do("get", KEY, unanswered="get what was put"))
    for each in (first, second, first, consumer_of(stage)):
        found["ends"].append(each.do("get", KEY, unanswered="get after the end"))


@played
def refusing(stage: Stage, found: Found, capacity: int, item_size: int) -> None:
    """Items that are too long, more often than there are places; then ones that fit."""
    found |= {"refused": [], "got": [], "wanted": []}
    producer, consumer = producer_of(stage, capacity, item_size), consumer_of(stage)
    for number in range(capacity + 1):
        producer.begin("put_number", KEY, 0, item_size + 1 + number * 100)
        try:
            producer.result("put too long an item, again" if number else "put too long an item")
            found["refused"].append(None)
        except Trouble as trouble:
            if trouble.facts["kind"] != "raised":
                raise
            found["refused"].append(trouble.facts["raised"])
    for number in range(capacity):
        producer.do("put_number", KEY, number, item_size, unanswered="put after a refusal")
    for number in range(capacity):
        found["wanted"].append(described(item(number, item_size)))
        found["got"].append(consumer.do("get", KEY, unanswered="get after a refusal"))


@played
def filled(stage: Stage, found: Found, capacity: int, item_size: int, rounds: int) -> None:
    """The buffer is filled to the brim and emptied, again and again; its consumer comes late."""
    found |= {"got": [], "wanted": [], "accepted": 0, "waited": True}
    producer, consumer, number = producer_of(stage, capacity, item_size), None, 0
    for _ in range(rounds):
        for _ in range(capacity):
            producer.do("put_number", KEY, number, item_size, unanswered="put where there is room")
            number += 1
        producer.begin("put_number", KEY, number, item_size)
        number += 1
        while not producer.waits():
            producer.value()
            found["waited"] = False
            if number > 2 * capacity + 2:
                break
            producer.begin("put_number", KEY, number, item_size)
            number += 1
        found["accepted"] = max(found["accepted"], number - len(found["got"]) - found["waited"])
        consumer = consumer or consumer_of(stage)
        while len(found["got"]) < number:
            found["wanted"].append(described(item(len(found["got"]), item_size)))
            full = "get while put waits" if not producer.answered else "get what was put"
            found["got"].append(consumer.do("get", KEY, unanswered=full))
            producer.result("put where a place became free")
        if not found["waited"]:
            return


@played
def starved(stage: Stage, found: Found, capacity: int, consumers: int) -> None:
    """Consumers wait for items, and for the end; one more comes when all is over."""
    found |= {"early": [], "answers": [], "ends": []}
    producer = producer_of(stage, capacity, 50)
    waiting = [consumer_of(stage) for _ in range(consumers)]
    _all_wait(waiting, found)
    for number in range(consumers):
        if not waiting:
            raise Trouble(kind="early")  # one put has brought answers to several
        producer.do("put_number", KEY, number, 50, unanswered="put while get waits")
        happened = stage.wait(waiting, partial(_any_answered, waiting))
        if not happened:
            raise Trouble(
                kind="stuck", who="a consumer", call="get()", state=waiting[0].state(),
                label="get when something came",
            )  # fmt: skip
        waiting = _take_answers(stage, waiting, found, number)
    everybody = [each for each in stage.players if each is not producer]
    _all_wait(everybody, found)
    producer.do("call", KEY, "finish", unanswered="finish while get waits")
    found["ends"] = [each.result("get when the end came") for each in everybody]
    late = consumer_of(stage)
    for each in (*everybody, late):
        found["ends"].append(each.do("get", KEY, unanswered="get after the end"))


def _any_answered(players: list[Player]) -> bool:
    return any(each.answered for each in players)


def _all_wait(players: list[Player], found: Found) -> None:
    for each in players:
        each.begin("get", KEY)
    for each in players:
        if not each.waits():
            found["early"].append(each.value())
            raise Trouble(kind="early")


def _take_answers(stage: Stage, waiting: list[Player], found: Found, number: int) -> list[Player]:
    """Who is left waiting after item `number` was put."""
    still = [each for each in waiting if each.waits()]
    for each in waiting:
        if each not in still:
            found["answers"].append([number, each.value()])
    return still


@played
def waiting(stage: Stage, found: Found, what: str, seconds: float) -> None:
    """A second in which nobody does anything, with a full buffer or an empty one."""
    producer = producer_of(stage, 2, 30)
    if what == "put":
        players = [producer]
        for number in range(2):
            producer.do("put_number", KEY, number, 30, unanswered="put where there is room")
        producer.begin("put_number", KEY, 2, 30)
    else:
        players = [consumer_of(stage) for _ in range(2)]
        for each in players:
            each.begin("get", KEY)
    for each in players:
        if not each.waits():
            raise Trouble(kind="early")
    found["shares"] = stage.shares(players, seconds)
    if what == "put":
        consumer_of(stage).do("get", KEY, unanswered="get while put waits")
        producer.result("put where a place became free")
    else:
        producer.do("call", KEY, "finish", unanswered="finish while get waits")
        for each in players:
            each.result("get when the end came")


@played
def crowd(
    stage: Stage, found: Found, capacity: int, consumers: int, count: int, sizes: list[int],
    pauses: list[list[float]], patience: float,
) -> None:  # fmt: skip
    """One puts, several get, all as fast as they can; `pauses`: of the producer and of a consumer, how long and
    after how many items each time."""
    producer = producer_of(stage, capacity, max(sizes))
    getting = [consumer_of(stage) for _ in range(consumers)]
    for each in getting:
        each.begin("drain", KEY, *pauses[1])
    producer.begin("feed", KEY, count, sizes, *pauses[0])
    everybody = [producer, *getting]

    def done() -> int:
        return sum(len(each.tally) for each in getting)

    ended = stage.wait(
        everybody,
        lambda: all(each.answered for each in everybody) or done() > count + consumers,
        patience,
        progress=done,
    )
    found |= delivery([each.tally.numbers() for each in getting], count)
    found["odd"] = next((each.value() for each in getting if each.reply and each.value()), None)
    for each in everybody:
        if each.answered:
            each.value()  # who has raised is the reason why the others wait
    stuck = next((each for each in everybody if not each.answered), None)
    if stuck and not ended:
        raise Trouble(
            kind="stuck", who=stuck.role, call=stuck.call, state=stuck.state(), label="in a crowd"
        )
    for each in everybody:
        each.value()
