"""Clients that work on shared keys, and a model that knows which answers are right. Imported by tests.

Each key has one writer, which numbers what it does: a set of "number filling" or a delete. Everybody reads
every key. A right answer is not older than what was acknowledged, or seen by anybody, before the question was
asked, and not newer than what was attempted before the answer came. What a killed worker was doing may have
happened or not; but from the first answer that shows it, it has.
"""

from __future__ import annotations

import random
import threading

from ipclab.database import Client, OutcomeUnknown


class Model:
    """What may be read of one key."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.deletes = {0}  # numbers of the changes after which there is no value
        self.attempted = 0
        self.known = 0  # the newest change that was acknowledged, or seen

    def check(self, value: bytes | None, known_before: int) -> None:
        attempted = self.attempted
        if value is None:
            possible = any(each in self.deletes for each in range(known_before, attempted + 1))
            assert possible, f"{self.key!r} is gone; {known_before} to {attempted} are no deletes"
            return
        number = int(value.split()[0])
        assert known_before <= number <= attempted, (
            f"{self.key!r}: {number}, and it is {known_before} to {attempted}"
        )
        assert value == value_of(number) and number not in self.deletes
        self.known = max(self.known, number)


def new_models(count: int) -> list[Model]:
    """Every fifth key is too long for the cache."""
    return [Model(b"key-%d" % n if n % 5 else b"long-%d-" % n + b"k" * 60) for n in range(count)]


def value_of(number: int) -> bytes:
    """Of a length that the number gives: some fit into the cache, some do not."""
    return b"%d " % number + b"x" * (number * 37 % 400)


class Load:
    """`count` threads with a client each. `done` counts the calls that returned, `unknown` those that raised."""

    def __init__(self, socket_path: str, count: int, models: list[Model], seed: int) -> None:
        self.models = models
        self.done = self.unknown = 0
        self.errors: list[BaseException] = []
        self.stopping = threading.Event()
        self.down = False  # the server is gone as a whole: nobody wonders about lost connections
        self._path = socket_path
        self._threads = [
            threading.Thread(target=self._work, args=(number, count, random.Random(seed + number)))
            for number in range(count)
        ]

    def __enter__(self) -> Load:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        for each in self._threads:
            each.join()
        if self.errors:
            raise self.errors[0]

    def _work(self, number: int, count: int, chance: random.Random) -> None:
        own = self.models[number::count]
        try:
            with Client(self._path) as client:
                while not self.stopping.is_set():
                    if chance.random() < 0.8:
                        self._read(client, chance.choice(self.models))
                    else:
                        self._change(client, chance.choice(own), chance.random() < 0.2)
        except BaseException as error:
            if not (self.down and isinstance(error, ConnectionError)):
                self.errors.append(error)
                self.stopping.set()

    def _read(self, client: Client, model: Model) -> None:
        known = model.known
        model.check(client.get(model.key), known)
        self.done += 1

    def _change(self, client: Client, model: Model, deleting: bool) -> None:
        number = model.attempted + 1
        if deleting:
            model.deletes.add(number)
        model.attempted = number
        try:
            if deleting:
                client.delete(model.key)
            else:
                client.set(model.key, value_of(number))
        except OutcomeUnknown:
            self.unknown += 1
        else:
            model.known = max(model.known, number)
            self.done += 1
