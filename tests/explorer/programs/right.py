"""Programs that are right under every schedule, each as (functions, keywords for explore)."""

from __future__ import annotations

import contextlib
import ctypes
import struct
import time

import posix_ipc

from .racy import U64, Counters, total, word


def with_lock(memory, lock):
    for _ in range(2):
        with lock:
            U64.pack_into(memory, 0, U64.unpack_from(memory, 0)[0] + 1)


def many_with_lock(memory, lock):
    for _ in range(6):
        with lock:
            U64.pack_into(memory, 0, U64.unpack_from(memory, 0)[0] + 1)


def acquire_release(memory, lock):
    lock.acquire()
    try:
        memory[0] += 1
    finally:
        lock.release()


def timed(memory, lock):
    lock.acquire(timeout=5)
    memory[0] += 1
    lock.release()


def tries(memory, lock):
    while True:
        try:
            lock.acquire(0)
            break
        except posix_ipc.BusyError:
            time.sleep(0.001)
    memory[0] += 1
    lock.release()


def counted_tries(memory, lock):
    for _ in range(1000):
        try:
            lock.acquire(0)
        except posix_ipc.BusyError:
            continue
        memory[0] += 1
        lock.release()
        return
    raise TimeoutError


def until_deadline(memory, lock):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(posix_ipc.BusyError):
            lock.acquire(0.5)
            memory[0] += 1
            lock.release()
            return
    raise TimeoutError


def ctypes_locked(memory, lock):
    with lock:
        Counters.from_buffer(memory).first += 1


def cast_locked(memory, lock):
    with memoryview(memory) as view, view.cast("Q") as words, lock:
        words[0] += 1


@contextlib.contextmanager
def holding(lock):
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def own_context_manager(memory, lock):
    with holding(lock):
        memory[0] += 1


def wrapped(function):
    def wrapper(memory, lock):
        with lock:
            function(memory)

    return wrapper


@wrapped
def decorated(memory):
    memory[0] += 1


class Account:
    def __init__(self, memory, lock):
        self.memory, self.lock = memory, lock

    @property
    def balance(self):
        return self.memory[0]

    @balance.setter
    def balance(self, value):
        self.memory[0] = value

    def pay(self):
        with self.lock:
            self.balance += 1


class Savings(Account):
    def pay(self):
        super().pay()


def with_class(memory, lock):
    Savings(memory, lock).pay()


def puts(memory, free, items):
    for number in (1, 2, 3):
        free.acquire()
        place = memory[0]
        memory[16 + place % 2] = number
        memory[0] = place + 1
        items.release()


def gets_three(memory, free, items):
    found = []
    for _ in range(3):
        items.acquire()
        place = memory[8]
        found.append(memory[16 + place % 2])
        memory[8] = place + 1
        free.release()
    return found


def hands_over(memory, lock):
    memory[0] = 42
    memory[8] = 1
    while memory[9] == 0:
        pass


def takes_over(memory, lock):
    while memory[8] == 0:
        time.sleep(0.001)
    value = memory[0]
    memory[9] = 1
    return value


def polls_under_lock(memory, lock):
    while True:
        with lock:
            if memory[8]:
                return memory[0]
        time.sleep(0.01)


def sets_under_lock(memory, lock):
    with lock:
        memory[0] = 42
    with lock:
        memory[8] = 1


def peterson(me):
    def enters(memory, lock):
        memory[me] = 1
        memory[2] = 1 - me
        while memory[1 - me] and memory[2] == 1 - me:
            pass
        memory[8] += 1
        memory[me] = 0

    return enters


def writes_versions(memory, lock):
    for version in (1, 2):
        memory[0] = 2 * version - 1
        memory[8] = version
        memory[16] = version
        memory[0] = 2 * version


def reads_version(memory, lock):
    while True:
        before = memory[0]
        if before % 2:
            continue
        pair = memory[8], memory[16]
        if memory[0] == before:
            return pair


def own_word(place):
    def counts(memory, lock):
        for _ in range(3):
            value = U64.unpack_from(memory, place * 8)[0]
            U64.pack_into(memory, place * 8, value + 1)

    return counts


def ping(memory, ping, pong):
    for _ in range(3):
        ping.acquire()
        memory[0] += 1
        pong.release()


def pong(memory, ping, pong):
    for _ in range(3):
        pong.acquire()
        memory[0] += 1
        ping.release()


def snapshot(memory, lock):
    with lock:
        return struct.unpack_from("<QQ", memory, 0)


def publish(memory, lock):
    with lock:
        struct.pack_into("<QQ", memory, 0, 1, 1)


def pure(memory, lock):
    return sum(number for number in range(10))


def closes_its_view(memory, lock):
    with lock:
        view = memoryview(memory)
        counter = ctypes.c_uint64.from_buffer(view)
        counter.value += 1
        del counter
        view.release()
        memory.close()


def compares(memory, lock):
    with lock:
        if memory[0:2] == b"\0\0" and memory.find(b"\1") < 0:
            memory[0] = 1
            return "first"
    return "second"


ORDER = {"invariant": lambda memory, results: results[1] == [1, 2, 3]}
FORTY_TWO = {"invariant": lambda memory, results: 42 in results}
RING = {"semaphores": {"free": 2, "items": 0}}

RIGHT = {
    "lock": ([with_lock] * 2, {"invariant": total(4)}),
    "lock_3": ([with_lock] * 3, {"invariant": total(6)}),
    "lock_many": ([many_with_lock] * 2, {"invariant": total(12)}),
    "acquire_release": ([acquire_release] * 3, {"invariant": total(3)}),
    "timed": ([timed] * 2, {"invariant": total(2)}),
    "tries": ([tries] * 2, {"invariant": total(2)}),
    "counted_tries": ([counted_tries] * 2, {"invariant": total(2)}),
    "until_deadline": ([until_deadline] * 2, {"invariant": total(2)}),
    "ctypes_locked": ([ctypes_locked] * 2, {"invariant": total(2)}),
    "cast_locked": ([cast_locked] * 2, {"invariant": total(2)}),
    "own_context_manager": ([own_context_manager] * 2, {"invariant": total(2)}),
    "decorated": ([decorated] * 2, {"invariant": total(2)}),
    "class": ([with_class] * 2, {"invariant": total(2)}),
    "ring": ([puts, gets_three], {**RING, **ORDER}),
    "handshake": ([hands_over, takes_over], FORTY_TWO),
    "polls_under_lock": ([sets_under_lock, polls_under_lock], FORTY_TWO),
    "two_poll_under_lock": ([sets_under_lock, polls_under_lock, polls_under_lock], FORTY_TWO),
    "peterson": ([peterson(0), peterson(1)], {"invariant": total(2, 1)}),
    "seqlock": (
        [writes_versions, reads_version],
        {"invariant": lambda memory, results: results[1][0] == results[1][1]},
    ),
    "own_words": ([own_word(0), own_word(1)], {"invariant": total(3, 1)}),
    "ping_pong": ([ping, pong], {"semaphores": {"ping": 1, "pong": 0}, "invariant": total(6)}),
    "publish": (
        [publish, snapshot],
        {"invariant": lambda memory, results: results[1] in ((0, 0), (1, 1))},
    ),
    "pure": ([pure] * 2, {"invariant": lambda memory, results: results == [45, 45]}),
    "one": ([with_lock], {"invariant": lambda memory, results: word(memory) == 2}),
    "closes_its_view": ([closes_its_view] * 2, {"invariant": total(2)}),
    "compares": (
        [compares] * 2,
        {"invariant": lambda memory, results: sorted(results) == ["first", "second"]},
    ),
}  # fmt: skip
