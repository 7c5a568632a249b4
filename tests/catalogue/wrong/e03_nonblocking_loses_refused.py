# diagnosis: partial-write
# The write end does not block; a chunk that is refused is skipped.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            os.set_blocking(w, False)
            for at in range(0, len(message), 4096):
                try:
                    os.write(w, message[at:at + 4096])
                except BlockingIOError:
                    break
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received
