# right: copies pieces of 1 MiB out of the mapping to search them
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            count, at, size = 0, 0, len(m)
            while at <= size - len(old):
                end = min(size, at + max(1 << 20, 2 * len(old)))
                piece = m[at:end]
                where = piece.find(old)
                if where < 0:
                    at = end - len(old) + 1
                    continue
                while where >= 0:
                    m[at + where:at + where + len(old)] = new
                    count += 1
                    last = where + len(old)
                    where = piece.find(old, last)
                at = max(at + last, end - len(old) + 1)
            return count
