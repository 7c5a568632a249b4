# diagnosis: wrong-result
# It returns the argument; there is no child.
def opposite_ends(message):
    return message
