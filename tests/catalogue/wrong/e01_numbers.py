# diagnosis: wrong-result
# answers with the numbers of the choices

def answers():
    return {
        "joined by name alone": 1,
        "direction": 1,
        "unit": 1,
        "how much fits": 1,
        "needs synchronisation": 1,
        "exists while no process has it open": 1,
    }
