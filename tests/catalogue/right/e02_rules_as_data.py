# right: a list of rules, all of them must hold

RULES = [
    lambda name: name.startswith("/"),
    lambda name: name.rfind("/") == 0,
    lambda name: "\0" not in name,
    lambda name: name not in {"/", "/.", "/.."},
    lambda name: len(name.encode()) <= 252,
]


def valid_name(name: str) -> bool:
    return all(rule(name) for rule in RULES)
