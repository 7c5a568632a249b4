# hostile: returns 200 MB for stdout and 200 MB for stderr
# verdict: fail
def capture(argv):
    return b"o" * 200_000_000, b"e" * 200_000_000, 0
