"""The resident helper: a small process with one thread that forks every run.

A notebook's kernel has many threads; a fork there copies locks that nobody will ever release. So the
kernel never forks: it starts this helper once, by exec (`python -m ipclab.sandbox.helper FD`). The helper
keeps a few supervisors ready, each with its namespaces made and its first process forked, and hands
the client a socket to each. The client takes one for a run and says which modules of ours the run needs; the
helper imports them, for all that come later, and makes the next.

    client ──(control: sockets come, modules' names go)── helper ── supervisor ── first process
       └────────────────(a run's own socket: request, answer)────────────┘
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable

from . import containment, frames, rehearsal
from .containment import Containment, PidNamespaces
from .supervisor import Supervisor

READY_SUPERVISORS = 2


class Helper:
    """Forks supervisors ahead of need and reaps them."""

    def __init__(self, control: socket.socket, mode: Containment) -> None:
        self._control, self._mode = control, mode
        self._namespaces = PidNamespaces() if mode.has_namespaces else None
        self._pidfds: dict[int, int] = {}  # pidfd -> process id

    def serve(self) -> None:
        """Until the client closes its end of the control socket: raises ConnectionError then."""
        for _ in range(READY_SUPERVISORS):
            self._make_supervisor()
        while True:
            poller = select.poll()
            for source in (self._control.fileno(), *self._pidfds):
                poller.register(source, select.POLLIN)
            for descriptor, _ in poller.poll():
                if descriptor in self._pidfds:
                    os.waitpid(self._pidfds.pop(descriptor), 0)
                    os.close(descriptor)
                else:
                    for module in json.loads(frames.receive(self._control)):
                        importlib.import_module(module)
                    self._make_supervisor()

    def stop(self) -> None:
        """End every supervisor and, with it, its run."""
        for pid in self._pidfds.values():
            os.kill(pid, signal.SIGKILL)
        for pid in self._pidfds.values():
            os.waitpid(pid, 0)

    def _make_supervisor(self) -> None:
        ours, theirs = socket.socketpair()
        pid = self._namespaces.fork() if self._namespaces else os.fork()
        if pid == 0:
            ours.close()
            self._become_supervisor(theirs)
        self._pidfds[os.pidfd_open(pid)] = pid
        with ours, theirs:
            socket.send_fds(self._control, [frames.SUPERVISOR], [ours.fileno()])

    def _become_supervisor(self, client: socket.socket) -> None:
        try:
            for descriptor in (self._control.detach(), *self._pidfds):
                os.close(descriptor)
            Supervisor(self._mode).serve(client)
        except ConnectionError:
            pass  # the client has gone, and so goes the run
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(0)


def choose_containment() -> Containment:
    """The best that this system grants, found out by trying in a child."""
    if _works(lambda: containment.unshare(containment.CLONE_NEWPID)):
        return Containment.NAMESPACES
    if _works(containment.enter_user_namespace):
        return Containment.USER_NAMESPACE
    return Containment.PROCESS_GROUP


def _works(enter: Callable[[], None]) -> bool:
    """Whether a process may `enter` namespaces and make mounts of its own in them."""
    pid = os.fork()
    if pid == 0:
        try:
            enter()
            inner = os.fork()
            if inner == 0:
                containment.private_mounts()
                os._exit(0)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]) & 0xFF)
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    mode = Containment[sys.argv[2]] if len(sys.argv) > 2 else choose_containment()
    if mode is Containment.USER_NAMESPACE:
        containment.enter_user_namespace()
        pid = os.fork()  # the child is the first process of a PID namespace that the user owns
        if pid:
            control.close()
            os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
        containment.prctl(containment.PR_SET_PDEATHSIG, signal.SIGKILL)
    assert len(os.listdir("/proc/self/task")) == 1, "the helper forks: it must have one thread only"
    for _ in range(rehearsal.OFTEN):
        rehearsal.rehearse_call()
        rehearsal.rehearse_account()
    gc.collect()
    gc.freeze()
    gc.disable()
    control.sendall(mode.name.encode().ljust(32))
    helper = Helper(control, mode)
    try:
        helper.serve()
    except ConnectionError:
        pass  # the client has gone
    finally:
        helper.stop()


if __name__ == "__main__":
    main()
