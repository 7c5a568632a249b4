# diagnosis: wrong-result
# Each page is searched by itself: matches across an edge are lost.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            count = 0
            for start in range(0, len(m), mmap.PAGESIZE):
                end = min(start + mmap.PAGESIZE, len(m))
                at = m.find(old, start, end)
                while at >= 0:
                    m[at:at + len(old)] = new
                    count += 1
                    at = m.find(old, at + len(old), end)
            return count
