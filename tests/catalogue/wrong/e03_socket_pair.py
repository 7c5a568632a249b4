# diagnosis: wrong-result
# The message comes through a pair of sockets, which is no pipe.
import os
import socket


def opposite_ends(message):
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            theirs.sendall(message)
        finally:
            os._exit(0)
    theirs.close()
    received = b""
    while chunk := ours.recv(65536):
        received += chunk
    ours.close()
    os.waitpid(pid, 0)
    return received
