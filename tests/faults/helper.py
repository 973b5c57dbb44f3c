"""A process of its own that calls one command line after the other, in which rights bind and files can be limited."""

import json
import os
import resource
import subprocess
import sys
from contextlib import contextmanager

from tests.faults.commands import called
from tests.faults.installed import bound_by_rights, environment

ANY_SIZE = resource.RLIM_INFINITY


@contextmanager
def helper(checkout):
    """Give a function that calls the command line in the other process: words, most bytes of a file; code, stderr."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.helper"], cwd=checkout, env=environment(),
        preexec_fn=bound_by_rights,  # noqa: PLW1509 -- no thread runs here
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    ) as process:  # fmt: skip

        def call(argv, most=ANY_SIZE):
            process.stdin.write(json.dumps([list(map(str, argv)), most]) + "\n")
            return tuple(json.loads(process.stdout.readline()))

        yield call
        process.stdin.close()


def serve():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        argv, most = json.loads(line)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, ANY_SIZE))
        answer = called(argv)
        resource.setrlimit(resource.RLIMIT_FSIZE, (ANY_SIZE, ANY_SIZE))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
