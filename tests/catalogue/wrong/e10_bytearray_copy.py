# diagnosis: forbidden-shortcut
# Edits a bytearray of the whole mapping and stores it back.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            data = bytearray(m)
            count, at = 0, data.find(old)
            while at >= 0:
                data[at:at + len(old)] = new
                count += 1
                at = data.find(old, at + len(old))
            m[:] = bytes(data)
            return count
