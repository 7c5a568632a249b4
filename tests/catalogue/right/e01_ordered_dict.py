# right: a subclass of dict, in another order

from collections import OrderedDict


def table():
    return {
        "exists while no process has it open": "shared memory",
        "needs synchronisation": "shared memory",
        "how much fits": "a full pipe makes its writer wait, shared memory has the size that it was given",
        "unit": "a pipe is a stream of bytes, shared memory is accessed at random",
        "direction": "a pipe goes one way, shared memory both ways",
        "joined by name alone": "shared memory",
    }


def answers():
    return OrderedDict(table())
