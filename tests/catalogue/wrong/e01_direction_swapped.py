# diagnosis: wrong-result
# has the directions the wrong way round

def answers():
    return {
        "joined by name alone": "shared memory",
        "direction": "a pipe goes both ways, shared memory one way",
        "unit": "a pipe is a stream of bytes, shared memory is accessed at random",
        "how much fits": "a full pipe makes its writer wait, shared memory has the size that it was given",
        "needs synchronisation": "shared memory",
        "exists while no process has it open": "shared memory",
    }
