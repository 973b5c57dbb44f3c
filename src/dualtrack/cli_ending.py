"""How the command line ends: problems on stderr, whatever was refused, and the exit code.

A part of ``cli``, and like it may print. This is the one place at which an error of the system that no verb has put
into words becomes a problem, so that a full disk or a missing right never ends in a traceback.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from dualtrack.errors import DualtrackError, Problem
from dualtrack.refusal import refusal

__all__ = ["BAD_INPUT", "DONE", "ended", "say_problems"]

DONE, BAD_INPUT = 0, 1


def ended(run: Callable[[], object]) -> int:
    """Run the command line to its end, and say what went wrong.

    Args:
        run: parses the words and calls the verb.

    Returns:
        The exit code.
    """
    code = DONE
    try:
        try:
            run()
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else DONE
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk behind a pipe is met here, not when nobody can say so any more
    except DualtrackError as error:
        say_problems(error.problems)
        return BAD_INPUT
    except BrokenPipeError:
        _say_no_more()  # the reader has gone
        return DONE
    except OSError as error:
        with suppress(OSError):  # where messages cannot be written either, the exit code says it
            say_problems((refusal(error),))
        _give_up_output()
        return BAD_INPUT
    return code


def say_problems(problems: Sequence[Problem]) -> None:
    """Print problems with where, found, expected and fix.

    Args:
        problems: one or more.
    """
    from dualtrack.render.text import visible

    for problem in problems:
        lines = [f"{problem.code} {problem.what}"]
        where = str(problem.place)
        labelled = (("where", where), ("found", problem.found), ("expected", problem.expected), ("fix", problem.fix))
        lines += [f"  {label}: {text}" for label, text in labelled if text]
        print("\n".join(visible(line) for line in lines), file=sys.stderr)
    codes = sorted({problem.code for problem in problems})
    more = f"dualtrack explain {codes[0]}" if codes else "dualtrack --help"
    print(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}. More: {more}", file=sys.stderr)


def _give_up_output() -> None:
    """Let go of output that cannot be written, so that the end of the process does not try again."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _say_no_more()


def _say_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
