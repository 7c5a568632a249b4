"""What if a file were an array of bytes?

`mmap` makes the pages of a file appear in the memory of a process. There is no copy to keep in step
with the file: the mapped pages are the very pages from which `read` takes its bytes, and to which
`write` puts them. To store is to write:

    process A    memory[5] = 65 ---.
                                   +---> the file's pages, once in memory <---> the disk, later
    process B    os.pread(fd, 1, 5) ---'

That is so for a shared mapping (MAP_SHARED, what Python makes unless told otherwise). A private one
(MAP_PRIVATE, ACCESS_COPY) gives the process a copy of each page on which it stores, and the file
never hears of it.

A mapping is as long as it was made. It can't be empty, and storing past its end is no way to make a
file longer. Read more: man 2 mmap.
"""

import mmap
import os


def replace_in_place(path: str, old: bytes, new: bytes) -> int:
    """How many times did `old` stand in this file, where `new` stands now?

    Occurrences are taken from the left and do not overlap, as in `bytes.replace`. What `new` brings
    is not searched again. The file stays the same file, with the same size; nothing of it is copied.

    Raises ValueError when `old` is empty or the lengths differ, and OSError when the file can't be
    opened for reading and writing. man 2 mmap, "MAP_SHARED".
    """
    if not old or len(old) != len(new):
        raise ValueError(
            f"replace_in_place: {len(old)} bytes cannot be replaced by {len(new)} in place: "
            "give two byte strings of the same length, at least 1"
        )
    with open(path, "r+b") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return 0  # there are no bytes to map, and mmap refuses a length of 0
        with mmap.mmap(file.fileno(), 0) as memory:
            return _replace(memory, old, new)


def _replace(memory: mmap.mmap, old: bytes, new: bytes) -> int:
    count = 0
    start = memory.find(old)
    while start != -1:
        end = start + len(old)
        memory[start:end] = new
        count += 1
        start = memory.find(old, end)
    return count
