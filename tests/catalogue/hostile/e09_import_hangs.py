# hostile: never ends being imported
# verdict: error, fail
import time

while True:
    time.sleep(1)


def pipe_capacity(read_fd, write_fd):
    return 65536
