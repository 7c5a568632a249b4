# diagnosis: wrong-result, exception
# Maps up to the end of the last page, by which the file grows.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    os.truncate(path, -(-os.path.getsize(path) // 4096) * 4096)
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), -(-os.path.getsize(path) // 4096) * 4096) as m:
            count, at = 0, m.find(old)
            while at != -1:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old, at + len(old))
            return count
