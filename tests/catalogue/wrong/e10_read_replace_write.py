# diagnosis: forbidden-shortcut
# Reads the file, replaces in memory, writes it back.
def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    with open(path, "r+b") as f:
        data = f.read()
        f.seek(0)
        f.write(data.replace(old, new))
    return data.count(old)
