# hostile: maps the file and never returns
# verdict: fail
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            while True:
                pass
