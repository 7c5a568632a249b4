# diagnosis: wrong-result
# says that both are streams

def answers():
    return {
        "joined by name alone": "shared memory",
        "direction": "a pipe goes one way, shared memory both ways",
        "unit": "both are streams of bytes",
        "how much fits": "a full pipe makes its writer wait, shared memory has the size that it was given",
        "needs synchronisation": "shared memory",
        "exists while no process has it open": "shared memory",
    }
