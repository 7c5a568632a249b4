"""What happens in the sandbox when exercise 11 is checked: names, crashes, and what a buffer leaves behind."""

from __future__ import annotations

from ipclab.exercises.solutions import Solution

from .items import described, item
from .scenarios import KEY, NAME, Found, consumer_of, played, producer_of
from .stage import Player, Stage
from .surroundings import names


@played
def again(stage: Stage, found: Found, crash: str) -> None:
    """Everybody is killed, and the name is used again for a buffer of another shape."""
    before = names()
    producer, consumer = producer_of(stage, 2, 40), consumer_of(stage)
    if crash == "when it was full":
        for number in (100, 101):
            producer.do("put_number", KEY, number, 40, unanswered="put where there is room")
        producer.begin("put_number", KEY, 102, 40)
        producer.waits()
    else:
        producer.do("put_number", KEY, 100, 40, unanswered="put where there is room")
        consumer.do("get", KEY, unanswered="get what is there")
        if crash == "when it was finished":
            producer.do("call", KEY, "finish", unanswered="finish")
        else:
            consumer.begin("get", KEY)
            consumer.waits()
    for player in (producer, consumer):
        player.kill()
    found |= {"got": [], "wanted": [], "ends": [], "killed": True}
    _use_again(stage, found, 3, 90)
    found["names"] = [name for name in names() if name not in before]


def _use_again(stage: Stage, found: Found, capacity: int, item_size: int) -> None:
    producer, consumer = producer_of(stage, capacity, item_size), consumer_of(stage)
    for number in range(2 * capacity):
        found["wanted"].append(described(item(number, item_size)))
    for number in range(capacity):
        producer.do("put_number", KEY, number, item_size, unanswered="put after a crash")
    producer.begin("put_number", KEY, capacity, item_size)
    producer.waits()
    for number in range(capacity + 1, 2 * capacity + 1):
        found["got"].append(consumer.do("get", KEY, unanswered="get after a crash"))
        producer.result("put after a crash")
        if number < 2 * capacity:
            producer.begin("put_number", KEY, number, item_size)
    while len(found["got"]) < 2 * capacity:
        found["got"].append(consumer.do("get", KEY, unanswered="get after a crash"))
    producer.do("call", KEY, "finish", unanswered="finish after a crash")
    found["ends"].append(consumer.do("get", KEY, unanswered="get after a crash"))
    for each in (consumer, producer):
        each.do("call", KEY, "close", unanswered="close")
    producer.do("call", KEY, "unlink", unanswered="unlink")


@played
def side_by_side(stage: Stage, found: Found, chosen: list[str]) -> None:
    """Several buffers at once, held by the same processes."""
    found |= {"got": [], "wanted": []}
    before = names()
    producer, consumer = stage.player("the producer"), stage.player("a consumer")
    for key in chosen:
        producer.do("create", key, key, 2, 40, unanswered="create")
    for key in chosen:
        consumer.do("attach", key, key, unanswered="attach")
    for round_ in range(2):
        for number, key in enumerate(chosen):
            producer.do("put_number", key, 10 * number + round_, 40, unanswered="put, side by side")
    for round_ in range(2):
        for number, key in enumerate(chosen):
            found["wanted"].append(described(item(10 * number + round_, 40)))
            found["got"].append(consumer.do("get", key, unanswered="get, side by side"))
    for key in chosen:
        consumer.do("call", key, "close", unanswered="close")
        producer.do("call", key, "unlink", unanswered="unlink")
        producer.do("call", key, "close", unanswered="close")
    found["names"] = [name for name in names() if name not in before]


@played
def strangers(stage: Stage, found: Found, solution: Solution) -> None:
    """Producer and consumers share no parent that knows the buffer: they have its name, and nothing else."""
    found |= {"got": [], "wanted": []}
    before = names()
    stage.solution = solution
    producer, consumers = producer_of(stage, 2, 40), [consumer_of(stage) for _ in range(2)]
    for number in range(6):
        found["wanted"].append(described(item(number, 40)))
        producer.do("put_number", KEY, number, 40, unanswered="put into an empty buffer")
        found["got"].append(consumers[number % 2].do("get", KEY, unanswered="get what is there"))
    for each in consumers:
        each.do("call", KEY, "close", unanswered="close")
    producer.do("call", KEY, "close", unanswered="close")
    producer.do("call", KEY, "unlink", unanswered="unlink")
    found["names"] = [left for left in names() if left not in before]


@played
def lives(stage: Stage, found: Found) -> None:
    """Two whole lives of a buffer in the same processes, and what each has left."""
    before = names()
    producer, consumer = stage.player("the producer"), stage.player("a consumer")
    both = {"producer": producer, "consumer": consumer}
    for each in both.values():
        each.do("have_belongings")
    found["looks"] = [{role: each.do("look") for role, each in both.items()}]
    for life in ("first", "second", "third"):
        _live(producer, consumer, life)
        found["looks"].append({role: each.do("look") for role, each in both.items()})
    found["names"] = [name for name in names() if name not in before]


def _live(producer: Player, consumer: Player, life: str) -> None:
    producer.do("create", life, NAME, 2, 40, unanswered="create")
    consumer.do("attach", life, NAME, unanswered="attach")
    for number in range(5):
        producer.do("put_number", life, number, 40, unanswered="put into an empty buffer")
        consumer.do("get", life, unanswered="get what is there")
    producer.do("call", life, "finish", unanswered="finish")
    consumer.do("get", life, unanswered="get after the end")
    consumer.do("call", life, "close", unanswered="close")
    producer.do("call", life, "close", unanswered="close")
    producer.do("call", life, "unlink", unanswered="unlink")
