# diagnosis: wrong-result
# Replaces rightly, but counts with a lookahead, overlaps too.
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
            count = len(re.findall(b"(?=" + re.escape(old) + b")", m))
            at = m.find(old)
            while at != -1:
                m[at:at + len(old)] = new
                at = m.find(old, at + len(old))
            return count
