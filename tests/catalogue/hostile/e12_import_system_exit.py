# hostile: raises SystemExit(0) while it is imported
# verdict: error, fail
raise SystemExit(0)


def capture(argv):
    return b"", b"", 0
