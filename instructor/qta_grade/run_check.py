# Runs a public check of your work and prints in one sentence what it found. Run this cell too; there is nothing to do.
import inspect

import numpy


def run_check(question, check):
    """Call the check with your functions and values, found by their names, and print what comes of it."""
    given = {**globals(), "rng": numpy.random.default_rng(1)}
    names = list(inspect.signature(check).parameters)
    missing = [name for name in names if name not in given]
    if missing:
        said = f"there is no {missing[0]} yet: run the cell of {question} first"
    elif any(given[name] is None for name in names):
        said = "not attempted yet"
    else:
        said = _say(check, [given[name] for name in names])
    print(f"{question} {check.__name__}: {said}.")


def _say(check, arguments):
    try:
        with numpy.errstate(all="ignore"):
            check(*arguments)
    except NotImplementedError:
        return "not attempted yet"
    except AssertionError as error:
        return str(error)
    except Exception as error:
        return f"your code stopped with {type(error).__name__}: {error}"
    return "passed"
