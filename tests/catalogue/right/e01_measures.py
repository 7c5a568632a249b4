# right: tries some of it: a pipe cannot seek, shared memory keeps its name

import os

import posix_ipc


def survives():
    memory = posix_ipc.SharedMemory("/does-it-stay", posix_ipc.O_CREX, size=1)
    memory.close_fd()
    again = posix_ipc.SharedMemory("/does-it-stay")
    again.close_fd()
    again.unlink()
    return "shared memory"


def seeks():
    read_fd, write_fd = os.pipe()
    try:
        os.lseek(read_fd, 0, os.SEEK_SET)
    except OSError:
        return "a pipe is a stream of bytes, shared memory is accessed at random"
    finally:
        os.close(read_fd)
        os.close(write_fd)
    return "both are accessed at random"


def answers():
    found = {"exists while no process has it open": survives(), "unit": seeks()}
    found["joined by name alone"] = found["needs synchronisation"] = "shared memory"
    found["direction"] = "a pipe goes one way, shared memory both ways"
    found["how much fits"] = "a full pipe makes its writer wait, shared memory has the size that it was given"
    return found
