# right: the child sends in small pieces and ends by a signal of its own
import os
import signal


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            for at in range(0, len(message), 4096):
                os.write(w, message[at:at + 4096])  # at most PIPE_BUF: whole, or not at all
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.close(w)
    data = b""
    while chunk := os.read(r, 100):
        data += chunk
    os.close(r)
    os.waitid(os.P_PID, pid, os.WEXITED)
    return data
