# right: structural pattern matching on the partition

def valid_name(name: str) -> bool:
    match name.partition("/"):
        case ("", "/", "" | "." | ".."):
            return False
        case ("", "/", rest):
            return not {"/", "\0"} & set(rest) and len(bytes(rest, "utf8")) <= 251
        case _:
            return False
