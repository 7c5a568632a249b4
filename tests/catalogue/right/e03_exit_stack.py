# right: an ExitStack closes and reaps, whatever happens on the way
import os
from contextlib import ExitStack


def child(r, w, message):
    try:
        os.close(r)
        with open(w, "wb", buffering=0) as out:
            rest = memoryview(message)
            while rest:
                rest = rest[out.write(rest):]
    except BaseException:
        os._exit(1)
    os._exit(0)


def opposite_ends(message):
    with ExitStack() as stack:
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            child(r, w, message)
        os.close(w)
        stack.callback(os.waitpid, pid, 0)
        source = stack.enter_context(open(r, "rb", buffering=0))
        return source.readall()
