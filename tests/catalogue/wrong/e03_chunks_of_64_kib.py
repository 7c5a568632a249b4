# diagnosis: partial-write
# It writes in chunks of 64 KiB, and takes each as written whole.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            for at in range(0, len(message), 65536):
                os.write(w, message[at:at + 65536])
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received
