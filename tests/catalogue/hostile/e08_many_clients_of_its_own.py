# hostile: forks children that write into the FIFO
# verdict: fail
import os


def contained():
    with open("/proc/1/cmdline") as file:
        return "ipclab.sandbox" in file.read()


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    if contained():
        for _ in range(20):
            if os.fork() == 0:
                try:
                    with open(path, "wb") as fifo:
                        fifo.write(b"noise\n" * 1000)
                finally:
                    os._exit(0)
    with open(path, "rb") as fifo:
        for line in fifo:
            handle(b"noise")


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)
