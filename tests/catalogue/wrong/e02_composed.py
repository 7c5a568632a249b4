# diagnosis: wrong-result
# counts the bytes of the composed form, while the kernel gets the name as it is
import unicodedata


def valid_name(name: str) -> bool:
    composed = unicodedata.normalize("NFC", name)
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(composed.encode()) <= 252
        and name not in ("/.", "/..")
    )
