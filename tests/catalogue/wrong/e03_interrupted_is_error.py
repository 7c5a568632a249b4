# diagnosis: partial-write, exception, wrong-result
# It writes by the C library's write, and takes the first short write as the end of its work.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            libc.write(w, message, len(message))
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received
