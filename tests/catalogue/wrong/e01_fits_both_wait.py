# diagnosis: wrong-result
# says that both make their writer wait

def answers():
    return {
        "joined by name alone": "shared memory",
        "direction": "a pipe goes one way, shared memory both ways",
        "unit": "a pipe is a stream of bytes, shared memory is accessed at random",
        "how much fits": "both make their writer wait when they are full",
        "needs synchronisation": "shared memory",
        "exists while no process has it open": "shared memory",
    }
