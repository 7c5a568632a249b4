# diagnosis: exception
# raises

def answers():
    return {name: None for name in PROPERTIES}
