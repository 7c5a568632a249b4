# right: a generator finds, a loop stores, an ExitStack closes
import contextlib
import mmap
import os


def positions(memory, word):
    at = memory.find(word)
    while at != -1:
        yield at
        at = memory.find(word, at + len(word))


def replace_in_place(path: str, old: bytes, new: bytes) -> int:
    if not old or len(old) != len(new):
        raise ValueError(f"{old!r} and {new!r} differ in length, or are empty")
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(path, "r+b"))
        if os.stat(path).st_size == 0:
            return 0
        memory = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_WRITE))
        count = 0
        for at in positions(memory, old):
            memory[at:at + len(new)] = new
            count += 1
        return count
