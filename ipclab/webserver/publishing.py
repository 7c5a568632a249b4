"""How does a configuration of 80 bytes change under processes that read it, without a lock for them?

No processor stores 80 bytes in one step, but it does store 8. So there are two places, and one word, the
sequence, says which of them is whole:

    sequence even: the configuration itself      odd: the journal

    publisher                                    reader
    1  write the new one into the journal        a  read the sequence
    2  sequence + 1: odd. It is published        b  copy the place that it points to
    3  write the new one into the configuration  c  read the sequence: unchanged? then the copy is whole
    4  sequence + 1: even

The place that is being written is never the one that the sequence points to. A publisher may be killed
between any two instructions: before 2 nothing was published, after it all was, and the next publisher
does 3 and 4 for it. A reader never waits, and looks twice only if somebody published in between.

Publishers take turns by a lock on a file (flock), which the kernel frees when its holder dies. A checksum
stands beside each place, of the bytes and the number of the publication: a processor that shows stores out of
order (ARM) gives a reader bytes that do not match, and it looks again. Where somebody else has written into
the configuration by hand, it does not match either, and the journal still does.

Read more: man 2 flock; "seqlock" in the Linux kernel's documentation; write-ahead log in any database's.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator

from ipclab.ipc.names import memory_path

from .config import CONFIG, Config
from .shared import Shared, checksum

LOCK_TIMEOUT = 5.0  # seconds; a publication takes microseconds
MOST_LOOKS = 10_000  # a second one is rare
_LOCK_PAUSE = 0.001


def read(shared: Shared) -> tuple[int, Config]:
    """The sequence and the whole configuration that belongs to it. Never waits.

    Raises ValueError when both places were overwritten by something that does not publish.
    """
    for _ in range(MOST_LOOKS):
        sequence = shared.words[0]
        for data, expected in _places(shared, sequence):
            found = checksum(data, publication_of(sequence))
            if found == expected and shared.words[0] == sequence:
                return sequence, unpacked(data)
    raise ValueError("the configuration in shared memory is damaged; start the server anew")


def _places(shared: Shared, sequence: int) -> Iterator[tuple[bytes, int]]:
    """What may hold the latest publication, the place that the sequence points to first, and its checksum."""
    if sequence & 1:
        yield shared.state["journal"], shared.state["journal_checksum"]
    yield shared.config.map[: CONFIG.size], shared.state["config_checksum"]
    yield shared.state["journal"], shared.state["journal_checksum"]


def publication_of(sequence: int) -> int:
    """The number of the latest publication: two steps of the sequence are one."""
    return (sequence + 1) // 2


def publish(shared: Shared, change: Callable[[Config], Config]) -> Config:
    """Replace the configuration by `change` of it, with the next version; return what was published.

    Raises TimeoutError when another publisher holds the lock for seconds.
    """
    with publishers_lock(shared):
        finish_publication(shared)
        sequence, before = read(shared)
        config = change(before)._replace(version=before.version + 1)
        store(shared, sequence, config)
    return config


def store(shared: Shared, sequence: int, config: Config) -> None:
    """Steps 1 to 4, from an even sequence, with the lock."""
    data = CONFIG.pack(*config)
    shared.state["journal"] = data
    shared.state["journal_checksum"] = checksum(data, publication_of(sequence + 1))
    shared.state["published"] = time.monotonic_ns()
    shared.words[0] = sequence + 1
    finish_publication(shared)


def finish_publication(shared: Shared) -> None:
    """Steps 3 and 4, also for a publisher that was killed before it came to them."""
    sequence = shared.words[0]
    if sequence & 1:
        data = shared.state["journal"]
        shared.config.map[: CONFIG.size] = data
        shared.state["config_checksum"] = checksum(data, publication_of(sequence))
        shared.words[0] = sequence + 1


@contextlib.contextmanager
def publishers_lock(shared: Shared, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """One publisher at a time, for the length of a block; a killed one is no obstacle to the next.

    Raises TimeoutError.
    """
    fd = os.open(memory_path(shared.state.name), os.O_RDONLY | os.O_CLOEXEC)
    deadline = time.monotonic() + timeout
    try:
        while not _lock(fd):
            if time.monotonic() > deadline:
                words = f"another update-config has been publishing for {timeout} s; is it stopped?"
                raise TimeoutError(errno.ETIMEDOUT, words)
            time.sleep(_LOCK_PAUSE)  # flock waits for ever or not at all
        yield
    finally:
        os.close(fd)


def unpacked(data: bytes) -> Config:
    version, verbosity, max_connections, greeting = CONFIG.unpack(data)
    return Config(version, verbosity, max_connections, greeting.rstrip(b"\0"))


def _lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
