# diagnosis: wrong-result
# returns an empty dict

def answers():
    return {}
