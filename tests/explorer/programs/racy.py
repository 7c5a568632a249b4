"""Programs that go wrong under some schedule, each as (functions, keywords for explore, accepted diagnoses)."""

from __future__ import annotations

import ctypes
import struct
import time

import posix_ipc

U64 = struct.Struct("<Q")


def word(memory, number=0):
    return int.from_bytes(memory[number * 8 : number * 8 + 8], "little")


def total(value, number=0):
    return lambda memory, results: word(memory, number) == value


def with_struct(memory, lock):
    for _ in range(2):
        (value,) = struct.unpack_from("<Q", memory, 0)
        struct.pack_into("<Q", memory, 0, value + 1)


def with_struct_object(memory, lock):
    for _ in range(2):
        U64.pack_into(memory, 0, U64.unpack_from(memory, 0)[0] + 1)


def with_slices(memory, lock):
    value = int.from_bytes(memory[0:8], "little")
    memory[0:8] = (value + 1).to_bytes(8, "little")


def with_bytes(memory, lock):
    memory[0] = memory[0] + 1


def with_augmented(memory, lock):
    memory[0] += 1


def with_cast(memory, lock):
    view = memoryview(memory).cast("Q")
    view[0] += 1
    view.release()


def with_memoryview_slice(memory, lock):
    with memoryview(memory) as view, view[8:16] as part:
        part[:] = (int.from_bytes(part, "little") + 1).to_bytes(8, "little")


class Counters(ctypes.Structure):
    _fields_ = (("first", ctypes.c_uint64), ("second", ctypes.c_uint64))


def with_ctypes_structure(memory, lock):
    counters = Counters.from_buffer(memory)
    counters.second += 1


def with_ctypes_value(memory, lock):
    counter = ctypes.c_uint64.from_buffer(memory, 8)
    counter.value = counter.value + 1


def with_ctypes_array(memory, lock):
    counters = (ctypes.c_uint64 * 4).from_buffer(memory)
    counters[1] += 1


def with_file_methods(memory, lock):
    memory.seek(0)
    value = int.from_bytes(memory.read(8), "little")
    memory.seek(0)
    memory.write((value + 1).to_bytes(8, "little"))


def with_read_byte(memory, lock):
    memory.seek(0)
    value = memory.read_byte()
    memory.seek(0)
    memory.write_byte(value + 1)


def with_unpack_of_slice(memory, lock):
    value = struct.unpack("<Q", memory[:8])[0]
    memory[:8] = struct.pack("<Q", value + 1)


def reads_before_lock(memory, lock):
    value = U64.unpack_from(memory, 0)[0]
    with lock:
        U64.pack_into(memory, 0, value + 1)


def unlocks_between(memory, lock):
    with lock:
        value = memory[0]
    with lock:
        memory[0] = value + 1


def locks_only_once(memory, lock):
    lock.acquire()
    lock.release()
    memory[0] += 1


def other_lock(memory, lock, other):
    with other:
        memory[0] += 1


def right_lock(memory, lock, other):
    with lock:
        memory[0] += 1


def ignores_busy(memory, lock):
    try:
        lock.acquire(0)
    except posix_ipc.BusyError:
        pass
    memory[0] += 1
    lock.release()


def helper(memory):
    return memory[0]


def with_helper(memory, lock):
    memory[0] = helper(memory) + 1


def made(step):
    def increments(memory, lock):
        memory[0] += step

    return increments


class Worker:
    def __init__(self, times):
        self.times = times

    def work(self, memory, lock):
        for _ in range(self.times):
            self.__once(memory)

    def __once(self, memory):
        memory[0] += 1


def sleeping(memory, lock):
    value = memory[0]
    time.sleep(0.01)
    memory[0] = value + 1


def flag_then_enter(memory, lock):
    while memory[0]:
        pass
    memory[0] = 1
    memory[8] += 1
    memory[0] = 0


def divides(memory, lock):
    if memory[0]:
        return 10 // memory[0]
    return 0


def clears(memory, lock):
    memory[0] = 0


def a_then_b(memory, a, b):
    with a, b:
        memory[0] += 1


def b_then_a(memory, a, b):
    with b, a:
        memory[0] += 1


def takes_twice(memory, lock):
    with lock:
        lock.acquire()
        memory[0] += 1
        lock.release()


def no_release(memory, lock):
    lock.acquire()
    memory[0] += 1


def early_return(memory, lock):
    lock.acquire()
    if memory[0] == 1:
        return
    memory[0] += 1
    lock.release()


def raises_inside(memory, lock):
    lock.acquire()
    if memory[0]:
        raise ValueError("too late")
    memory[0] = 1
    lock.release()


def waits_for_signal(memory, signal):
    signal.acquire()
    return memory[0]


def posts_if_waiting(memory, signal):
    if memory[8]:
        signal.release()


def waits_and_says_so(memory, signal):
    memory[8] = 1
    signal.acquire()


def never_posts(memory, signal):
    memory[0] = 1


def spins_for_ever(memory, lock):
    while memory[0] == 0:
        time.sleep(0.001)


def spins_under_lock(memory, lock):
    with lock:
        while memory[0] == 0:
            pass


def sets_under_lock(memory, lock):
    with lock:
        memory[0] = 1


def endless_local(memory, lock):
    number = 0
    while True:
        number += 1


def writes_pair(memory, lock):
    for version in (1, 2):
        U64.pack_into(memory, 0, version)
        U64.pack_into(memory, 8, version)


def reads_pair(memory, lock):
    return U64.unpack_from(memory, 0)[0], U64.unpack_from(memory, 8)[0]


def writes_whole(memory, lock):
    memory[0:24] = b"\1" * 24


def reads_whole(memory, lock):
    return bytes(memory[0:24])


def packs_pair(memory, lock):
    struct.pack_into("<QQ", memory, 0, 1, 1)


def unpacks_pair(memory, lock):
    return struct.unpack_from("<QQ", memory, 0)


def repacks(memory, lock):
    struct.pack_into("<Q", memory, 0, 5)


def looks(memory, lock):
    return struct.unpack_from("<Q", memory, 0)[0]


def locked_writer(memory, lock):
    with lock:
        memory[0:16] = b"\1" * 16


def unlocked_reader(memory, lock):
    return memory[0:16]


def early_flag(memory, lock):
    memory[8] = 1
    memory[0] = 42


def waits_for_flag(memory, lock):
    while memory[8] == 0:
        pass
    return memory[0]


def puts_early(memory, items):
    items.release()
    memory[0] = 7


def gets(memory, items):
    items.acquire()
    return memory[0]


def takes_slot(memory, items):
    items.acquire()
    place = memory[0]
    value = memory[16 + place]
    memory[0] = place + 1
    return value


def iterates(memory, lock):
    return sum(memory[place] for place in range(2))


def iterates_view(memory, lock):
    with memoryview(memory)[0:2] as view:
        return sum(each for each in view)


def moves_one(memory, lock):
    memory[0] -= 1
    memory[1] += 1


def one_of_each(results):
    return sorted(results) == [1, 2]


def pair_is_equal(memory, results):
    return results[1][0] == results[1][1]


def whole(memory, results):
    return len(set(results[1])) == 1


UPDATE = {"lost-update"}
TWO = {"semaphores": {"a": 1, "b": 1}}
SIGNAL = {"semaphores": {"signal": 0}}
ITEMS = {"semaphores": {"items": 0}}
LOCAL = lambda memory, lock: memory.__setitem__(0, memory[0] + 1)  # noqa: E731

RACY = {
    "struct": ([with_struct] * 2, {"invariant": total(4)}, UPDATE),
    "struct_object": ([with_struct_object] * 2, {"invariant": total(4)}, UPDATE),
    "struct_object_3": ([with_struct_object] * 3, {"invariant": total(6)}, UPDATE),
    "slices": ([with_slices] * 2, {"invariant": total(2)}, UPDATE),
    "bytes": ([with_bytes] * 2, {"invariant": total(2)}, UPDATE),
    "augmented": ([with_augmented] * 2, {"invariant": total(2)}, UPDATE),
    "cast": ([with_cast] * 2, {"invariant": total(2)}, UPDATE),
    "memoryview_slice": ([with_memoryview_slice] * 2, {"invariant": total(2, 1)}, UPDATE),
    "ctypes_structure": ([with_ctypes_structure] * 2, {"invariant": total(2, 1)}, UPDATE),
    "ctypes_value": ([with_ctypes_value] * 2, {"invariant": total(2, 1)}, UPDATE),
    "ctypes_array": ([with_ctypes_array] * 2, {"invariant": total(2, 1)}, UPDATE),
    "file_methods": ([with_file_methods] * 2, {"invariant": total(2)}, UPDATE),
    "read_byte": ([with_read_byte] * 2, {"invariant": total(2)}, UPDATE),
    "unpack_of_slice": ([with_unpack_of_slice] * 2, {"invariant": total(2)}, UPDATE),
    "reads_before_lock": ([reads_before_lock] * 2, {"invariant": total(2)}, UPDATE),
    "unlocks_between": ([unlocks_between] * 2, {"invariant": total(2)}, UPDATE),
    "locks_only_once": ([locks_only_once] * 2, {"invariant": total(2)}, UPDATE),
    "two_locks": ([right_lock, other_lock], {**TWO, "invariant": total(2)}, UPDATE),
    "ignores_busy": ([ignores_busy] * 2, {"invariant": total(2)}, UPDATE),
    "helper": ([with_helper] * 2, {"invariant": total(2)}, UPDATE),
    "closure": ([made(1), made(2)], {"invariant": total(3)}, UPDATE),
    "method": ([Worker(1).work, Worker(2).work], {"invariant": total(3)}, UPDATE),
    "sleeping": ([sleeping] * 2, {"invariant": total(2)}, UPDATE),
    "check_then_act": ([flag_then_enter] * 2, {"invariant": total(2, 1)}, UPDATE),
    "divides": ([divides, clears], {"initial": b"\2"}, {"exception"}),
    "lock_order": ([a_then_b, b_then_a], TWO, {"lock-order-deadlock"}),
    "takes_twice": ([takes_twice] * 2, {}, {"self-deadlock"}),
    "no_release": ([no_release] * 2, {}, {"lock-not-released"}),
    "early_return": ([early_return] * 3, {}, {"lock-not-released"}),
    "raises_inside": ([raises_inside] * 2, {}, {"exception"}),
    "never_posts": ([waits_for_signal, never_posts], SIGNAL, {"lost-wakeup"}),
    "posts_if_waiting": ([waits_and_says_so, posts_if_waiting], SIGNAL, {"lost-wakeup"}),
    "spins_for_ever": ([spins_for_ever] * 2, {}, {"hang"}),
    "spins_under_lock": ([spins_under_lock, sets_under_lock], {}, {"hang"}),
    "endless_local": ([endless_local, with_bytes], {}, {"hang"}),
    "torn_pair": ([writes_pair, reads_pair], {"invariant": pair_is_equal}, {"torn-read"}),
    "torn_slice": ([writes_whole, reads_whole], {"invariant": whole}, {"torn-read"}),
    "torn_pack": ([packs_pair, unpacks_pair], {"invariant": pair_is_equal}, {"torn-read"}),
    "zero_between": (
        [repacks, looks],
        {"initial": b"\5", "invariant": lambda memory, results: results[1] == 5},
        {"torn-read", "invariant"},
    ),
    "unlocked_reader": ([locked_writer, unlocked_reader], {"invariant": whole}, {"torn-read"}),
    "early_flag": (
        [early_flag, waits_for_flag],
        {"invariant": lambda memory, results: results[1] == 42},
        {"invariant", "torn-read"},
    ),
    "puts_early": (
        [puts_early, gets],
        {**ITEMS, "invariant": lambda memory, results: results[1] == 7},
        {"invariant"},
    ),
    "two_consumers": (
        [takes_slot] * 2,
        {
            "semaphores": {"items": 2},
            "initial": bytes(16) + b"\1\2",
            "invariant": lambda memory, results: one_of_each(results),
        },
        UPDATE,
    ),
    "sum_while_moving": (
        [moves_one, iterates],
        {"initial": b"\5\5", "invariant": lambda memory, results: results[1] == 10},
        {"torn-read"},
    ),
    "view_while_moving": (
        [moves_one, iterates_view],
        {"initial": b"\5\5", "invariant": lambda memory, results: results[1] == 10},
        {"torn-read"},
    ),
    "crash_in_lock": ([right_lock] * 2, {**TWO, "crashes": 1}, {"lock-not-released"}),
}  # fmt: skip
