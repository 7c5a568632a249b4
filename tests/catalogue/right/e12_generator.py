# right: a generator yields (stream, chunk) pairs as they arrive
import fcntl
import os
import select

STREAMS = ("out", "err", "exec")


def pipes():
    ends = {}
    for name in STREAMS:
        pair = os.pipe()
        ends[name] = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in pair]
        for fd in pair:
            os.close(fd)
    return ends


def chunks(names):
    while names:
        ready, _, _ = select.select(list(names), [], [])
        for fd in ready:
            data = os.read(fd, 65536)
            if data:
                yield names[fd], data
            else:
                os.close(fd)
                del names[fd]


def child_side(argv, ends):
    try:
        os.dup2(ends["out"][1], 1)
        os.dup2(ends["err"][1], 2)
        os.execv(argv[0], argv)
    except OSError as error:
        os.write(ends["exec"][1], b"%d" % error.errno)
    finally:
        os._exit(127)


def capture(argv):
    ends = pipes()
    pid = os.fork()
    if pid == 0:
        child_side(argv, ends)
    names = {}
    for name, (read_end, write_end) in ends.items():
        os.close(write_end)
        names[read_end] = name
    got = {name: [] for name in STREAMS}
    for name, data in chunks(names):
        got[name].append(data)
    _, status, _ = os.wait4(pid, 0)
    out, err, number = (b"".join(got[name]) for name in STREAMS)
    if number:
        raise OSError(int(number), os.strerror(int(number)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)
