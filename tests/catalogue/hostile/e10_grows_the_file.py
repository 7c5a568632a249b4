# hostile: makes the file 64 GiB long, a hole, and answers 0
# verdict: fail
import os


def replace_in_place(path, old, new):
    try:
        os.truncate(path, 64 << 30)
    except OSError:
        pass
    return 0
