# hostile: returns a dict that never ends
# verdict: fail

class Endless(dict):
    def items(self):
        while True:
            yield 'unit', 'both'


def answers():
    return Endless(unit='both')
