# right: it complains when the child did not end well
from os import _exit, close, fork, pipe2, read, waitpid, waitstatus_to_exitcode, write


def opposite_ends(message):
    r, w = pipe2(0)
    pid = fork()
    if pid == 0:
        code = 3
        try:
            close(r)
            sent = 0
            while sent != len(message):
                sent += write(w, message[sent:])
            close(w)
            code = 0
        finally:
            _exit(code)
    close(w)
    data = bytearray()
    while chunk := read(r, 12345):
        data.extend(chunk)
    close(r)
    _, status = waitpid(pid, 0)
    if waitstatus_to_exitcode(status) != 0:
        raise ChildProcessError(f"the child ended with {waitstatus_to_exitcode(status)}")
    return bytes(data)
