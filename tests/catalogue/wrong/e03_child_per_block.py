# diagnosis: wrong-result
# every 64 KiB of the message gets a child (and a pipe) of its own: not one child
import os

BLOCK = 65536


def one_block(block):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        while block:
            block = block[os.write(w, block):]
        os._exit(0)
    os.close(w)
    out = b""
    while data := os.read(r, BLOCK):
        out += data
    os.close(r)
    os.waitpid(pid, 0)
    return out


def opposite_ends(message: bytes) -> bytes:
    starts = range(0, max(len(message), 1), BLOCK)
    return b"".join(one_block(message[s : s + BLOCK]) for s in starts)
