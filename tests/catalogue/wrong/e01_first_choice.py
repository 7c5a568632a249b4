# diagnosis: wrong-result
# takes the first choice each time

from ipclab import exercise


def answers():
    return {name: choices[0] for name, choices in exercise(1).properties.items()}
