# right: pathlib, a class with a method, and output on the way
import mmap
from pathlib import Path


class Mapped:
    def __init__(self, path):
        self.file = Path(path).open("r+b")
        self.memory = mmap.mmap(self.file.fileno(), 0)

    def __enter__(self):
        return self.memory

    def __exit__(self, *details):
        self.memory.close()
        self.file.close()


def replace_in_place(path, old, new):
    if not (len(old) == len(new) > 0):
        raise ValueError("lengths")
    if not Path(path).stat().st_size:
        print("nothing to do")
        return 0
    with Mapped(path) as memory:
        count = 0
        start = 0
        while (start := memory.find(old, start)) != -1:
            memory[start:start + len(old)] = new
            start += len(old)
            count += 1
        print(count, "replaced")
        return count
