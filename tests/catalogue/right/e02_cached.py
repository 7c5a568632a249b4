# right: remembers its answers; unusual, and right

from functools import lru_cache


@lru_cache(maxsize=None)
def valid_name(name: str) -> bool:
    body = name.removeprefix("/")
    if body == name or body in ("", ".", ".."):
        return False
    return not any(letter in "/\0" for letter in body) and len(body.encode()) < 252
