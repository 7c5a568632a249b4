# right: lets mmap say that the file is empty, and catches that
import mmap


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    with open(path, "r+b") as f:
        try:
            memory = mmap.mmap(f.fileno(), 0)
        except ValueError:
            return 0
        try:
            count = 0
            at = memory.find(old)
            while at > -1:
                for place, byte in enumerate(new, at):
                    memory[place] = byte
                count += 1
                at = memory.find(old, at + len(old))
        finally:
            memory.close()
        return count
