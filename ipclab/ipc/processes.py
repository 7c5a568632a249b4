"""How does a child start, and how must it leave?

`fork` returns twice: in the parent with the child's pid, and in the child, which goes on in the
same line of the same program with copies of all its memory. Two of those copies cause trouble:

- The call stack. A child that returns, or raises, runs on into its caller's code, and two
  processes do what one was meant to do. So a child leaves by `os._exit`, whatever happens, or
  becomes another program by exec.
- Output that was printed and still sits in a buffer. Parent and child would both write it. So
  the buffers are flushed before the fork.

A child that has ended stays in the process table, as a zombie, until its parent fetches its
exit status.

Read more: man 2 fork, man 2 _exit, man 2 waitpid.
"""

import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn


def spawn(function: Callable[..., object], *args: object) -> int:
    """Fork a child that calls `function(*args)` and then leaves; return its pid. Reap it later.

    Raises OSError when there is no room for another process. man 2 fork.
    """
    _flush_output()
    pid = os.fork()
    if pid == 0:
        leave_after(function, *args)
    return pid


def leave_after(function: Callable[..., object], *args: object) -> NoReturn:
    """In a child: call `function(*args)` and end this process, also if it raises.

    The exit status is 0 when the function returned, and 1 when it raised anything, SystemExit too:
    then standard error has the traceback. A function that wants another status calls `os._exit`.
    """
    status = 1
    try:
        function(*args)
        _flush_output()  # os._exit does not
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def reap(pid: int) -> int:
    """Wait until this child has ended; return its exit status, minus the signal that killed it.

    Other children stay as they are. Raises ChildProcessError when `pid` is no child of this
    process, or was reaped already. man 2 waitpid.
    """
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _flush_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # None: the process was started with this descriptor closed
            stream.flush()
