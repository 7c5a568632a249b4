# hostile: fills /tmp and /dev/shm (512 MiB at most, 1 MiB where it is not contained) and removes nothing
# verdict: fail
import os


def contained():
    """True in a process tree whose first process is the sandbox of ipclab: only there may anything be harmed."""
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


def pipe_capacity(read_fd, write_fd):
    for place in ("/tmp", "/dev/shm"):
        if not contained():
            path = os.devnull
        else:
            path = os.path.join(place, "ipclab-hostile-disk-eater")
        try:
            with open(path, "wb", buffering=0) as file:
                for _ in range(512 if contained() else 1):
                    file.write(bytes(1 << 20))
        except OSError:
            pass
    return 0
