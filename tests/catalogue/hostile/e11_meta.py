# hostile: the class is an object that answers anything with itself
# verdict: fail
class Anything:
    def __getattr__(self, name):
        return self

    def __call__(self, *arguments):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return self

    def __repr__(self):
        while True:
            pass


RingBuffer = Anything()
