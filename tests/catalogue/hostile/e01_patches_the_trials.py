# hostile: replaces the trials in its own process
# verdict: fail

import ipclab.experiments.differences_trials as trials


def answers():
    for name in trials.TRIALS:
        trials.TRIALS[name] = lambda: trials.Outcome(True, True, '')
    return {name: 'both' for name in trials.TRIALS}
