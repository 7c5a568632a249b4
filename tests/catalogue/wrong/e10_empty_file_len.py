# diagnosis: exception
# A length of one is mapped for an empty file: past the end of the file.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), max(1, os.path.getsize(path))) as m:
            count, at = 0, m.find(old)
            while at != -1:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old, at + len(old))
            return count
