# right: a class with the rule as a method

class Names:
    longest = 255 - len("sem.")

    def __init__(self, name):
        self.data = name.encode()

    @property
    def rest(self):
        return self.data[1:]

    def portable(self):
        letters = set(self.rest)
        return self.data.startswith(b"/") and not letters & {0, 47} and self.rest not in (b"", b".", b"..") and len(self.rest) <= self.longest


def valid_name(name: str) -> bool:
    return Names(name).portable()
