# hostile: a child prints without end to the caller's stdout while the parent waits for it
# verdict: fail
import os


def capture(argv):
    pid = os.fork()
    if pid == 0:
        while True:
            os.write(1, b"all is well, verdict pass\n" * 1000)
    os.waitpid(pid, 0)
    return b"", b"", 0
