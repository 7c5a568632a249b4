"""The resident helper: a small process with one thread that forks every run.

A notebook's kernel has many threads; a fork there copies locks that nobody will ever release. So the
kernel never forks: it starts this helper once, by exec (`python -m ipclab.sandbox.helper FD`), and
hands it one socket a run. The helper keeps a few supervisors ready, each with its namespaces made
and its first process forked, and gives the socket to one of them.

    client ──(control socket: one descriptor a run)── helper ── supervisor ── first process
       └───────────────(the run's own socket: request, answer)────┘
"""

from __future__ import annotations

import array
import gc
import json  # noqa: F401 - loaded before the fork, so that no run pays for it
import os
import select
import signal
import socket
import sys
import traceback

import cloudpickle  # noqa: F401 - likewise

from . import containment
from .containment import Containment, PidNamespaces
from .supervisor import Supervisor

READY_SUPERVISORS = 2
_DESCRIPTOR_SIZE = array.array("i").itemsize


class Helper:
    """Forks supervisors ahead of need and reaps them."""

    def __init__(self, control: socket.socket, mode: Containment) -> None:
        self._control, self._mode = control, mode
        self._namespaces = PidNamespaces() if mode.has_namespaces else None
        self._ready: list[socket.socket] = []
        self._pidfds: dict[int, int] = {}  # pidfd -> process id

    def serve(self) -> None:
        """Until the client closes its end of the control socket."""
        while True:
            while len(self._ready) < READY_SUPERVISORS:
                self._ready.append(self._fork_supervisor())
            poller = select.poll()
            for source in (self._control.fileno(), *self._pidfds):
                poller.register(source, select.POLLIN)
            for descriptor, _ in poller.poll():
                if descriptor in self._pidfds:
                    os.waitpid(self._pidfds.pop(descriptor), 0)
                    os.close(descriptor)
                elif not self._pass_on():
                    return

    def stop(self) -> None:
        """End every supervisor and, with it, its run."""
        for pid in self._pidfds.values():
            os.kill(pid, signal.SIGKILL)
        for pid in self._pidfds.values():
            os.waitpid(pid, 0)

    def _pass_on(self) -> bool:
        """Give the run's socket to a supervisor. False when the client has closed."""
        client = receive_descriptor(self._control)
        if client is None:
            return False
        channel = self._ready.pop(0)
        try:
            socket.send_fds(channel, [b"\0"], [client])
        except OSError:  # that supervisor has failed; its reason is on stderr
            pass
        os.close(client)
        channel.close()
        return True

    def _fork_supervisor(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        pid = self._namespaces.fork() if self._namespaces else os.fork()
        if pid == 0:
            self._become_supervisor(theirs)
        theirs.close()
        self._pidfds[os.pidfd_open(pid)] = pid
        return ours

    def _become_supervisor(self, channel: socket.socket) -> None:
        try:
            for descriptor in (self._control.fileno(), *(ready.fileno() for ready in self._ready), *self._pidfds):
                os.close(descriptor)
            supervisor = Supervisor(self._mode)
            client = receive_descriptor(channel)
            if client is not None:
                supervisor.serve(socket.socket(fileno=client))
        except ConnectionError:
            pass
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(0)


def receive_descriptor(channel: socket.socket) -> int | None:
    """One descriptor that the other side sends; None when it has closed."""
    message, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    return descriptors[0] if message and descriptors else None


def choose_containment() -> Containment:
    """The best that this system grants, found out by trying in a child."""
    if _works(lambda: containment.unshare(containment.CLONE_NEWPID)):
        return Containment.NAMESPACES
    if _works(containment.enter_user_namespace):
        return Containment.USER_NAMESPACE
    return Containment.PROCESS_GROUP


def _works(enter: object) -> bool:
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
    gc.collect()
    gc.freeze()
    control.sendall(mode.name.encode().ljust(32))
    helper = Helper(control, mode)
    try:
        helper.serve()
    finally:
        helper.stop()


if __name__ == "__main__":
    main()
