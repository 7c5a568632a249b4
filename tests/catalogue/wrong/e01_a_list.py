# diagnosis: wrong-result
# returns a list

def answers():
    return ["shared memory", "a pipe goes one way, shared memory both ways", "a pipe is a stream of bytes, shared memory is accessed at random", "a full pipe makes its writer wait, shared memory has the size that it was given", "shared memory", "shared memory"]
