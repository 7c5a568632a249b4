# diagnosis: forbidden-shortcut
# A pseudo-terminal: stdout and stderr are one, and newlines become CR LF.
import os
import pty


def capture(argv):
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.execv(argv[0], argv)
        finally:
            os._exit(127)
    out = b""
    try:
        while chunk := os.read(terminal, 65536):
            out += chunk
    except OSError:
        pass
    os.close(terminal)
    return out, b"", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
