"""The second final project: a web server whose workers take up a new configuration while they serve.

Importing this fetches the configuration only; the server is imported when it is started. To read it:

    config        the fields that the workers share
    live          the exercise: publish, snapshot and watch with a lock
    shared        the two objects in shared memory, and their names
    publishing    how the server's own configuration changes whole, without a lock for its readers
    following     how a worker comes to the newest one; learners: the same through a learner's functions
    wakeups       how a worker that waits learns that there is a newer one
    requests, answers, connections       HTTP: bytes in, bytes out, and the life of one connection
    worker, server, commands             one process, all of them, and what one types
"""

from .config import CONFIG, Config

__all__ = ["CONFIG", "Config"]
