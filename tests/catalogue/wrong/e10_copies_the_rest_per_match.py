# diagnosis: forbidden-shortcut
# Copies the rest of the file in every turn to look for the next match: it may run out of time, too.
import mmap
import os


def replace_in_place(path: str, old: bytes, new: bytes) -> int:
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    if os.stat(path).st_size == 0:
        return 0
    count = place = 0
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        while True:
            before, found, _ = memory[place:].partition(old)
            if not found:
                return count
            place += len(before)
            memory[place : place + len(old)] = new
            place += len(old)
            count += 1
