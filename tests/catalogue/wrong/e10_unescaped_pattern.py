# diagnosis: wrong-result, exception
# Hands old to re as a pattern, unescaped.
import mmap
import os
import re


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            starts = [match.start() for match in re.finditer(old, m)]
            for at in starts:
                m[at:at + len(old)] = new
            return len(starts)
