# diagnosis: wrong-result
# Searches line by line: a match with a newline in it is not seen.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            count, start = 0, 0
            while line := m.readline():
                at = line.find(old)
                while at >= 0:
                    m[start + at:start + at + len(old)] = new
                    count += 1
                    at = line.find(old, at + len(old))
                start = m.tell()
            return count
