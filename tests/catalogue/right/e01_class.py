# right: a class with the answers as attributes

class Pipe:
    named = two_way = random = sized = locked = persistent = False


class Memory:
    named = two_way = random = sized = locked = persistent = True


def which(attribute):
    true = [kind for kind in (Pipe, Memory) if getattr(kind, attribute)]
    return {(Pipe,): "a pipe", (Memory,): "shared memory", (Pipe, Memory): "both"}.get(tuple(true), "neither")


def answers():
    return {
        "joined by name alone": which("named"),
        "direction": "a pipe goes one way, shared memory both ways" if not Pipe.two_way else "both go both ways",
        "unit": "a pipe is a stream of bytes, shared memory is accessed at random",
        "how much fits": "a full pipe makes its writer wait, shared memory has the size that it was given",
        "needs synchronisation": which("locked"),
        "exists while no process has it open": which("persistent"),
    }
