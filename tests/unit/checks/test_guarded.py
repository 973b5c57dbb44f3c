"""Kinds of other packages: whatever one of them does, the run ends, and only the response it broke on is lost."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import entry_points

import pandas as pd
import pytest

from dualtrack.checks import CheckInput, bind, check_kind, check_kinds, registry, run_checks
from dualtrack.checks.guarded import BrokenOff, Guard
from dualtrack.rubric.lexicon import Lexicon

KIND = """
import os, re, signal, subprocess, sys, threading, time
from pydantic import Field
from dualtrack.checks import CheckKind, CheckParams, Example, FailureMode, Judgement
from dualtrack.terms import Outcome, Reason

class Params(CheckParams):
    word: str = Field(default="bad", description="The word to find.")

def loop():
    while True:
        pass

def judge(given, params):
    text = given.text
    if "LOOP" in text:
        loop()
    if "REGEX" in text:
        re.match(r"(a+)+$", "a" * 60 + "!")
    if "EXIT" in text:
        os._exit(3)
    if "KILL" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "QUIT" in text:
        sys.exit(0)
    if "RAISE" in text:
        raise RecursionError("quoting " + text)
    if "NOTHING" in text:
        return None
    if "OUTSIDE" in text:
        return Judgement(Outcome.failed, failure_mode="bad", spans=((0, 999),))
    if "PRINT" in text:
        print('{"judgements": []}', flush=True)
        os.write(1, b'{"judgements": []}\\n')
    if "READ" in text and sys.stdin.read():
        raise ValueError("there was something to read")
    if "CHILD" in text:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        loop()
    if "STOP" in text:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGSTOP)).start()
    if "FACTS" in text:
        words = [term for each in given.lexicons.values() for entry in each.entries for term in entry.terms]
        ok = given.reference["urgency"] == "routine" and words == ["aspirin"] and given.confidence == 0.5
        return Judgement(Outcome.passed, value=float(ok))
    if "MANY" in text:
        return tuple(Judgement(Outcome.passed, unit=unit) for unit in ("e1", "e2"))
    place = text.find(params.word)
    if place >= 0:
        return Judgement(Outcome.failed, value=1, failure_mode="bad", spans=((place, place + len(params.word)),))
    return Judgement.undecided(Reason.too_short) if len(text) < 3 else Judgement(Outcome.passed, value=0)

KIND = CheckKind(
    name="foreign_toy", version=2, title="Toy", claim="A word.", blind_spots=("Everything else.",), unit="words",
    params=Params, judge=judge, failure_modes=(FailureMode("bad", "commission", "A bad word"),),
    examples=(Example("fine", Outcome.passed, "No bad word."),),
)
"""


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """A kind that an installed package offers."""
    (tmp_path / "foreign_toy_package.py").write_text(KIND, encoding="utf-8")
    about = tmp_path / "foreign_toy-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-toy\nVersion: 1.0\n", encoding="utf-8")
    offer = "[dualtrack.checks]\nforeign_toy = foreign_toy_package:KIND\n"
    (about / "entry_points.txt").write_text(offer, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    caches = (check_kinds, registry._offered_elsewhere)
    for cache in caches:
        cache.cache_clear()
    assert [each.name for each in entry_points(group="dualtrack.checks")] == ["foreign_toy"]
    yield check_kind("foreign_toy")
    sys.modules.pop("foreign_toy_package", None)
    for cache in caches:
        cache.cache_clear()


pytestmark = pytest.mark.usefixtures("foreign")


def table(*texts, system_id="a"):
    return pd.DataFrame(
        [
            {"system_id": system_id, "item_id": "q1", "sample": place, "status": "answered", "text": text}
            for place, text in enumerate(texts, start=1)
        ]
    )


ITEMS = pd.DataFrame([{"item_id": "q1", "language": "en", "reference": {"urgency": "routine"}}])


def run(*texts, seconds=0.5, checks=None, told=None):
    checks = [bind("m.c", "foreign_toy")] if checks is None else checks
    on_error = None if told is None else told.append
    return run_checks(checks, table(*texts), ITEMS, seconds=seconds, on_error=on_error)


def test_only_kinds_that_other_packages_offer_are_foreign(foreign):
    assert registry.origin_of(foreign) == "foreign_toy_package:KIND"
    assert all(registry.origin_of(kind) is None for kind in check_kinds().values() if kind is not foreign)


def test_a_foreign_kind_gives_the_findings_that_it_would_give_here(foreign):
    checks = [bind("m.c", "foreign_toy", {"word": "worse"}), bind("m.own", "refusal")]
    texts = ("fine words", "worse \U0001f600 w\u00f6rds", "x", "MANY", "\x00worse\u2028\r\n", "so worse")
    apart = run(*texts, checks=checks)
    here = run_checks(
        [bind("m.c", copy_of(foreign), {"word": "worse"}), bind("m.own", "refusal")], table(*texts), ITEMS
    )
    pd.testing.assert_frame_equal(apart, here)
    assert set(apart["outcome"]) == {"pass", "fail", "not_assessable"}


def copy_of(kind):
    """The same kind under no package: it is judged in this process."""
    same = replace(kind)
    assert registry.origin_of(same) is None
    return same


def test_it_sees_the_facts_and_the_lexicons():
    words = {"id": "w", "title": "W", "about": "W", "source": "S", "edition": "1", "misses": "M", "languages": ("en",)}
    entries = ({"id": "a", "title": "A", "terms": ("aspirin",)},)
    lexicon = Lexicon.model_validate(words | {"schema": "dualtrack.lexicon/1", "entries": entries})
    check = bind("m.c", "foreign_toy", lexicons={"w": lexicon})
    (row,) = run_checks([check], table("FACTS").assign(confidence=0.5), ITEMS).to_dict("records")
    assert row["value"] == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("LOOP", "no answer within 0.5 s"),
        ("REGEX", "no answer within 0.5 s"),
        ("CHILD", "no answer within 0.5 s"),
        ("EXIT", "its process ended"),
        ("KILL", "its process ended"),
        ("QUIT", "SystemExit"),
        ("RAISE", "RecursionError"),
        ("NOTHING", "TypeError"),
        ("OUTSIDE", "ValueError"),
    ],
)
def test_whatever_it_does_to_one_response_the_others_are_judged(text, said):
    told = []
    found = run("fine", text, "a bad word", told=told)
    assert found["outcome"].tolist() == ["pass", "error", "fail"]
    assert found["reason"].tolist()[1] == "check_error"
    (problem,) = told
    assert (problem.code, problem.found) == ("CHK010", f"{said} in foreign_toy:2")


def test_what_it_prints_and_reads_is_not_taken_for_an_answer():
    assert run("PRINT READ bad", "fine", seconds=5)["outcome"].tolist() == ["fail", "pass"]


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="the signal is known on POSIX only")
def test_a_process_that_stops_reading_does_not_hang_the_run():
    """Its pipe is full before a large response is written; the limit counts for the writing as well."""
    check = bind("m.c", "foreign_toy")
    with Guard([check], seconds=1) as guard:
        guard.judge(check, CheckInput("STOP"), system_id="a")
        time.sleep(0.5)
        with pytest.raises(BrokenOff, match="no answer within 1 s"):
            guard.judge(check, CheckInput("y" * 300_000), system_id="a")
        assert guard.judge(check, CheckInput("a bad word"), system_id="a")[0].failure_mode == "bad"


def test_a_check_is_given_up_for_the_system_that_breaks_it_and_for_no_other():
    told = []
    responses = pd.concat([table(*["LOOP"] * 7, "fine"), table("fine", "a bad word", system_id="b")])
    begun = time.monotonic()
    found = run_checks([bind("m.c", "foreign_toy")], responses, ITEMS, seconds=0.2, on_error=told.append)
    assert time.monotonic() - begun < 60
    assert found["outcome"].tolist() == ["error"] * 8 + ["pass", "fail"]
    assert "given up for this system after 5 lost processes" in told[-1].found


def test_a_kind_that_cannot_be_loaded_there_is_an_error_of_each_response(tmp_path):
    check = bind("m.c", "foreign_toy")
    (tmp_path / "foreign_toy_package.py").write_text("raise ImportError('gone')", encoding="utf-8")
    told = []
    assert run("fine", "fine", checks=[check], told=told)["outcome"].tolist() == ["error", "error"]
    assert told[0].found == "ImportError while it was loaded in foreign_toy:2"


def test_a_process_that_cannot_be_started_is_not_tried_for_ever(monkeypatch):
    monkeypatch.setattr("dualtrack.checks.guarded._PROGRAM", "raise SystemExit(1)")
    told = []
    run(*["fine"] * 5, told=told)
    assert [problem.found.partition(" in ")[0] for problem in told] == ["its process ended"] * 3 + [
        "its process cannot be started"
    ] * 2


def test_no_process_is_left_and_none_is_started_for_our_own_kinds(monkeypatch):
    started = []
    begin = subprocess.Popen

    def remember(*args, **others):
        started.append(begin(*args, **others))
        return started[-1]

    monkeypatch.setattr("dualtrack.checks.guarded.subprocess.Popen", remember)
    run("I cannot help.", checks=[bind("m.own", "refusal")])
    assert started == []
    run("fine", "LOOP", "fine")
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


def test_a_guard_ends_its_process_when_the_run_is_broken_off(monkeypatch):
    started = []
    begin = subprocess.Popen
    monkeypatch.setattr(
        "dualtrack.checks.guarded.subprocess.Popen",
        lambda *args, **others: started.append(begin(*args, **others)) or started[-1],
    )
    check = bind("m.c", "foreign_toy")

    def broken_off():
        with Guard([check], seconds=0.5) as guard:
            guard.judge(check, CheckInput("fine"), system_id="a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert started[0].poll() is not None
