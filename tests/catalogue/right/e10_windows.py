# right: maps the file window by window, at offsets that are multiples of the granularity
import mmap
import os

WINDOW = 256 * mmap.ALLOCATIONGRANULARITY


def replace_in_place(path, old, new):
    if not old:
        raise ValueError("old is empty")
    if len(old) != len(new):
        raise ValueError("lengths differ")
    with open(path, "r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        count = position = 0
        while size - position >= len(old):
            offset = position - position % mmap.ALLOCATIONGRANULARITY
            length = min(size - offset, WINDOW + len(old))
            with mmap.mmap(file.fileno(), length, offset=offset) as window:
                at = position - offset
                while (found := window.find(old, at)) >= 0:
                    window[found:found + len(old)] = new
                    count += 1
                    at = found + len(old)
                position = max(offset + at, offset + length - len(old) + 1)
        return count
