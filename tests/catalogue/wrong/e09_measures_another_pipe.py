# diagnosis: hard-coded, wrong-result
# Measures a fresh pipe of its own instead of the one it was given.
import os


def pipe_capacity(read_fd, write_fd):
    mine, yours = os.pipe()
    os.set_blocking(yours, False)
    total = 0
    try:
        while True:
            total += os.write(yours, b"x" * 512)
    except BlockingIOError:
        pass
    os.close(mine)
    os.close(yours)
    return total
