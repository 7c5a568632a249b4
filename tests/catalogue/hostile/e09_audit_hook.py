# hostile: installs an audit hook that raises at everything from then on
# verdict: fail
import sys


def refuse(event, args):
    raise RuntimeError(f"no {event} any more")


def pipe_capacity(read_fd, write_fd):
    sys.addaudithook(refuse)
    return 65536
