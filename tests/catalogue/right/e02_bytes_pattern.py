# right: a regular expression over bytes, with the limit inside

import re

RULE = re.compile(rb"/(?!\.\.?\Z)[^/\x00]{1,251}\Z", re.DOTALL)


def valid_name(name: str) -> bool:
    return bool(RULE.match(name.encode("utf-8")))
