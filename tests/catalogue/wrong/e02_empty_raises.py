# diagnosis: exception, wrong-result
# takes the first letter of an empty string

def valid_name(name: str) -> bool:
    return name[0] == "/" and "/" not in name[1:] and "\0" not in name and 2 <= len(name.encode()) <= 252 and name not in ("/.", "/..")
