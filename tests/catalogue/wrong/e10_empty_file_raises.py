# diagnosis: exception
# mmap refuses an empty file, and nobody asks before.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            count, at = 0, m.find(old)
            while at != -1:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old, at + len(old))
            return count
