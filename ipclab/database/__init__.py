"""The first final project: a key-value database whose workers share one cache.

    ipclab database serve --path kv.db --workers 4      prints "ready" once it answers; stop it with Ctrl-C
    ipclab database get KEY | set KEY VALUE | delete KEY | stats --json       from any other shell

    from ipclab.database import Client
    with Client("kv.db.sock") as client:
        client.set(b"name", b"value")
        client.get(b"name")                 # bytes, or None
        client.stats()                      # {"workers": [pid, ...], "hits": n, "misses": n, ...}

    from ipclab.database.launch import launched
    with launched("kv.db", workers=2) as server:        # the command above as a child, stopped on leaving
        server.socket_path, server.pid                  # kill a pid of stats()["workers"] and watch

Where to read, from the bottom up:

    layout.py       which byte of the shared memory means what
    locks.py        semaphores whose holder may be killed
    cache.py        get, put, discard; leases; never half a value, whoever dies
    shared_cache.py the memory and the semaphores that have names
    store.py        SQLite: slow and authoritative
    recovery.py     what must be put in order after a death
    coherent.py     store and cache together: after a set has returned nobody reads the older value
    protocol.py     the bytes on the socket
    connection.py, worker.py    one process that answers many clients
    supervisor.py   the process that starts, hands out connections, replaces who was killed, cleans up
    server.py       what must be there before it serves, and be gone afterwards
    client.py, launch.py, commands.py       the other side
    learner.py      the server on the functions of exercise 4

Importing this fetches the client only.
"""

from .client import Client, OutcomeUnknown, ServerError

__all__ = ["Client", "OutcomeUnknown", "ServerError"]
