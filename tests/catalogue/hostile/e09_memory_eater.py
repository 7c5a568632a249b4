# hostile: takes memory until it is stopped (4 GiB at most, 64 MiB where it is not contained)
# verdict: fail
def contained():
    """True in a process tree whose first process is the sandbox of ipclab: only there may anything be harmed."""
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


def pipe_capacity(read_fd, write_fd):
    taken = []
    for _ in range(256 if contained() else 4):
        taken.append(bytearray(b"\1" * (16 << 20)))
    return len(taken)
