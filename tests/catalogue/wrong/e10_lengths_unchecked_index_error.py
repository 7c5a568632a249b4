# diagnosis: size-not-checked, exception
# Lengths are not compared: slice assignment raises IndexError.
import mmap
import os


def replace_in_place(path, old, new):
    if not old:
        raise ValueError("empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            count, at = 0, m.find(old)
            while at != -1:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old, at + len(old))
            return count
