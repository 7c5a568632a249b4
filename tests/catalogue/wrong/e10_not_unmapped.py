# diagnosis: fd-leak
# The C library's mapping is never unmapped.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.memmem.restype = ctypes.c_void_p
libc.memmem.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
PROT_READ, PROT_WRITE, MAP_SHARED = 1, 2, 1


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    fd = os.open(path, os.O_RDWR)
    size = os.fstat(fd).st_size
    if size == 0:
        os.close(fd)
        return 0
    address = libc.mmap(None, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
    os.close(fd)
    count, here, end = 0, address, address + size
    while found := libc.memmem(here, end - here, old, len(old)):
        ctypes.memmove(found, new, len(new))
        count += 1
        here = found + len(old)
    return count
