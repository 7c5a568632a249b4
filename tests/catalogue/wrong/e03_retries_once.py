# diagnosis: partial-write
# After a short write it tries the rest once, and no more.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            done = os.write(w, message)
            if done < len(message):
                os.write(w, message[done:])
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received
