# hostile: raises SystemExit, KeyboardInterrupt, GeneratorExit and an exception group in turn
# verdict: fail
kinds = [
    SystemExit(0),
    KeyboardInterrupt(),
    GeneratorExit(),
    BaseExceptionGroup("all", [SystemExit(1), KeyboardInterrupt()]),
]


def capture(argv):
    kinds.append(kinds.pop(0))
    raise kinds[-1]
