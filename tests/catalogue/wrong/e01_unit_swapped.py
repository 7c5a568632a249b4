# diagnosis: wrong-result
# has the units the wrong way round

def answers():
    return {
        "joined by name alone": "shared memory",
        "direction": "a pipe goes one way, shared memory both ways",
        "unit": "a pipe is accessed at random, shared memory is a stream of bytes",
        "how much fits": "a full pipe makes its writer wait, shared memory has the size that it was given",
        "needs synchronisation": "shared memory",
        "exists while no process has it open": "shared memory",
    }
