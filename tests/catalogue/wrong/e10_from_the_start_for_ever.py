# diagnosis: hang, wrong-result
# Looks from the start of the file again after each match, and finds what it has stored itself.
import mmap
import os


def replace_in_place(path: str, old: bytes, new: bytes) -> int:
    if not old or len(old) != len(new):
        raise ValueError("old must not be empty, and new as long as old")
    if os.path.getsize(path) == 0:
        return 0
    count = 0
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        while (place := memory.find(old, 0)) != -1:
            memory[place : place + len(old)] = new
            count += 1
    return count
