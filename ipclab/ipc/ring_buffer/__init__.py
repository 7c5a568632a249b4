"""How fast can two processes pass on messages through memory that they share?

Two ring buffers with one contract: one producer, many consumers, each item to exactly one of them.

taught.py     the idea: slots, two counters, three semaphores
buffer.py     the tuned one: `from ipclab.ipc.ring_buffer import RingBuffer`. Its parts:
producer.py   put, put_many, finish         consumer.py   get, get_many
memory.py     which byte means what         members.py    who takes part, and who died
end.py        what both ends share: waking, sleeping, time limits

What is different in the tuned one, and why:

- **Words decide, semaphores wake.** Whether there is an item, or room, is read from two counters in memory. A
  semaphore is touched only when somebody sleeps, so that a message costs no system call while both sides are
  busy. And a count that died with a process is no loss: who sleeps looks again four times a second.
- **Sleeping is announced.** Who is about to sleep sets a flag, then looks once more; who publishes looks at the
  flag afterwards. One of the two sees the other, as a fence keeps each one's store before its load.
- **A short spin first.** The other side is often one microsecond away; to wake a sleeper takes fifty.
- **Many at once.** `put_many` stores a batch as one piece and counts once; `get_many` takes what is there.
- **One word is the truth.** A process killed at any moment has put (or taken) all of a batch or nothing of it.
- **Deaths are noticed** by those who wait, and a lock whose holder died is taken over.
"""

from .buffer import RingBuffer
from .members import PeerDied

__all__ = ["PeerDied", "RingBuffer"]
