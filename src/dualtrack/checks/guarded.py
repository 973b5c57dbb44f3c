"""Runs check kinds of other packages in a process of their own, with a time limit for each response.

Why it exists: a rule that somebody else wrote may loop, explode on one text, or end its process, and none of these may
stop or hang a run. An alarm inside our own process would not do: it exists on some platforms only, fires on the main
thread only, and never while a regular expression is at work. A process can be ended from outside, always and
everywhere. Our own kinds run in our own process and pay nothing. May import errors, terms and the checks below it.

How it works: one worker process serves all foreign checks of a run. It is started at the first question, told which
kinds to load, and asked one response at a time, as a line of JSON each way. A thread of ours does the writing and the
reading, so that not even a full pipe makes the run wait longer than the limit. When time is up the process is killed
with all that it started, the response is an error, and the next question starts another process. Since a kind that
hangs on every response would still take days, a check is given up for one system after it has cost five processes
there: what one system answers never loses another system its findings.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import IO, Any, Self, cast

from dualtrack.checks.base import CheckInput, Judgement
from dualtrack.checks.bind import BoundCheck
from dualtrack.checks.registry import origin_of
from dualtrack.terms import Outcome, Reason

__all__ = ["SECONDS_PER_RESPONSE", "BrokenOff", "Guard"]

SECONDS_PER_RESPONSE = 10.0
"""Time that a check of another package has for one response."""

_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 5.0
_MOST_LOST = 5
_MOST_STARTS_FAILED = 3
_LONGEST_ANSWER = 2**24
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from dualtrack.checks.guarded_worker import serve; serve(float(sys.argv[2]))"
)


class BrokenOff(Exception):  # noqa: N818 - what happened, in words for a message; no error of ours
    """A check of another package gave no judgement; the text says why."""


class _Lost(BrokenOff):
    """The process was lost, or had to be ended."""


class Guard:
    """Asks checks for their judgement, those of other packages in a process of their own.

    To be used as a context manager, which ends the process.

    Args:
        checks: the checks of a run, each with a probe id of its own.
        seconds: time that a check of another package has for one response.
    """

    def __init__(self, checks: Sequence[BoundCheck], *, seconds: float = SECONDS_PER_RESPONSE) -> None:
        origins = {check.probe_id: origin_of(check.kind) for check in checks}
        self._foreign = {probe: origin for probe, origin in origins.items() if origin is not None}
        self._setup = [
            _setup(check, self._foreign[check.probe_id]) for check in checks if check.probe_id in self._foreign
        ]
        self._seconds = seconds
        self._worker: _Worker | None = None
        self._lost: Counter[tuple[str, str]] = Counter()
        self._starts_failed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def judge(self, check: BoundCheck, given: CheckInput, *, system_id: str) -> object:
        """What a check says of one response.

        Args:
            check: one of the checks of the run.
            given: the response, with the facts that the check reads.
            system_id: whose response it is; a check that breaks off too often is given up for this system alone.

        Returns:
            Whatever the kind returned.

        Raises:
            BrokenOff: the kind is one of another package, and raised, took too long or ended its process.
            Exception: whatever one of our own kinds raises.
        """
        if check.probe_id not in self._foreign:
            return check.kind.judge(given, check.params)
        key = (check.probe_id, system_id)
        if self._lost[key] >= _MOST_LOST:
            raise BrokenOff(f"given up for this system after {_MOST_LOST} lost processes")
        question = json.dumps({"probe": check.probe_id, "given": _plain(given)})
        worker = self._started()
        try:
            answer = worker.ask(question, self._seconds)
        except _Lost:
            self._lost[key] += 1
            self._end()
            raise
        return _judgements(answer)

    def _started(self) -> "_Worker":
        if self._worker is not None:
            return self._worker
        if self._starts_failed >= _MOST_STARTS_FAILED:
            raise BrokenOff("its process cannot be started")
        self._worker = _Worker(self._seconds)
        try:
            self._worker.ask(json.dumps(self._setup), _SECONDS_TO_START)
        except BrokenOff:
            self._starts_failed += 1
            self._end()
            raise
        return self._worker

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Worker:
    """One process and the thread that talks to it."""

    def __init__(self, seconds: float) -> None:
        command = [sys.executable, "-c", _PROGRAM, json.dumps(sys.path), str(seconds)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that it can be ended with all that it started; Windows does not know it
        )
        self._pipes = cast("tuple[IO[bytes], IO[bytes]]", (self._process.stdin, self._process.stdout))
        self._questions: SimpleQueue[str | None] = SimpleQueue()
        self._answers: SimpleQueue[bytes] = SimpleQueue()
        self._thread = Thread(target=self._talk, daemon=True)
        self._thread.start()

    def ask(self, question: str, seconds: float) -> Mapping[str, Any]:
        """The answer to one question.

        Raises:
            BrokenOff: the kind raised, or what came back is no answer.
            _Lost: time is up, or the process ended.
        """
        self._questions.put(question)
        try:
            line = self._answers.get(timeout=seconds)
        except Empty:
            raise _Lost(f"no answer within {seconds:g} s") from None
        if not line:
            raise _Lost("its process ended")
        try:
            answer = json.loads(line)
        except ValueError:
            raise _Lost("an answer that cannot be read") from None
        if "error" in answer:
            raise BrokenOff(str(answer["error"]))
        return dict(answer)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._questions.put(None)
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._thread.join(_SECONDS_TO_END)
        if not self._thread.is_alive():
            for pipe in self._pipes:
                with suppress(OSError):
                    pipe.close()

    def _talk(self) -> None:
        to, back = self._pipes
        while (question := self._questions.get()) is not None:
            line = b""
            with suppress(OSError, ValueError):
                to.write(question.encode("ascii") + b"\n")
                to.flush()
                line = back.readline(_LONGEST_ANSWER)
            self._answers.put(line)


def _setup(check: BoundCheck, origin: str) -> dict[str, Any]:
    return {
        "probe": check.probe_id,
        "origin": origin,
        "params": check.params.model_dump_json(by_alias=True),
        "lexicons": {name: each.model_dump_json(by_alias=True) for name, each in check.lexicons.items()},
    }


def _plain(given: CheckInput) -> dict[str, Any]:
    return {
        "text": given.text,
        "language": given.language,
        "status": given.status.value,
        "prompt": given.prompt,
        "reference": dict(given.reference),
        "answer": given.answer,
        "confidence": given.confidence,
    }


def _judgements(answer: Mapping[str, Any]) -> tuple[Judgement, ...]:
    return tuple(
        Judgement(
            Outcome(each["outcome"]),
            value=each["value"],
            failure_mode=each["failure_mode"],
            spans=tuple((start, end) for start, end in each["spans"]),
            reason=None if each["reason"] is None else Reason(each["reason"]),
            unit=each["unit"],
        )
        for each in answer["judgements"]
    )
