# diagnosis: wrong-result
# The search goes on one byte behind the start of a match.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            places, at = [], m.find(old)
            while at != -1:
                places.append(at)
                at = m.find(old, at + 1)
            for at in places:
                m[at:at + len(old)] = new
            return len(places)
