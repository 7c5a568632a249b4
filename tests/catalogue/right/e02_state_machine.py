# right: reads byte by byte and keeps a state

def valid_name(name: str) -> bool:
    size, only_dots = 0, True
    for position, byte in enumerate(name.encode()):
        if position == 0:
            if byte != ord("/"):
                return False
            continue
        if byte in (0, ord("/")):
            return False
        size += 1
        only_dots = only_dots and byte == ord(".")
    return 1 <= size <= 251 and not (only_dots and size <= 2)
