"""How well the checks read language: recall and precision on sentences written before the rules were tuned.

Run: python benchmarks/check_reading.py [--held-back] [--cases] [--earlier] [--topic TOPIC]
     python benchmarks/check_reading.py --validate

Scores the sentences of ``benchmarks/reading`` (its README says how they were written and labelled): the open half, or
with ``--held-back`` the half that is kept for the end. Prints per topic the sentences, the share that is judged right,
the recall (share of the sentences to be flagged that are flagged) and the precision (share of the flags that are
right), each with an exact 95 % interval (Clopper and Pearson); a sentence that should be flagged and gets no judgement
is a miss. For urgency a sentence is right when the tier is, and a second line gives recall and precision of the
tier emergency. ``--cases`` lists what went wrong, ``--earlier`` adds the halves that the rules were tuned on, from
``tests/unit/checks``. ``--validate`` only loads both halves and binds the parameters; it judges nothing.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from dualtrack.checks import BoundCheck, CheckInput, Judgement, bind, judge_all
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.rubric.load import load_rubric
from dualtrack.stats.proportion import exact_interval
from dualtrack.terms import Outcome

HERE = Path(__file__).resolve().parent
READING = HERE / "reading"
EARLIER = HERE.parent / "tests" / "unit" / "checks"
TOPICS = ("assertion", "dose", "urgency", "refusal", "identifier", "citation", "contradiction")
TIERS = ("self_care", "routine", "same_day", "emergency")
NO_TIER = "unclear"
OUTCOMES = frozenset({"pass", "fail", "not_assessable", "unflagged"})
WORST_FIRST = (Outcome.failed, Outcome.error, Outcome.not_assessable, Outcome.passed, Outcome.not_applicable)


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence with the check that judges it and what a careful clinician would say.

    Args:
        name: its id, or its number among the earlier ones.
        check: kind with parameters and word lists.
        given: the sentence and the facts of its case.
        expect: pass, fail, not_assessable, unflagged, or a tier.
        flag: whether it should be flagged.
    """

    name: str
    check: BoundCheck
    given: CheckInput
    expect: str
    flag: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """What came out for one sentence: pass, fail or not_assessable, or the tier; and whether it was flagged."""

    case: Case
    got: str
    flagged: bool

    @property
    def right(self) -> bool:
        """Whether it is what was expected."""
        return not self.flagged if self.case.expect == "unflagged" else self.got == self.case.expect


def cases_of(topic: str, half: str, core: Mapping[str, Lexicon]) -> list[Case]:
    """The sentences of one topic and half, ready to be judged.

    Raises:
        ValueError: a case stands in the wrong half, has no such facts, or expects what cannot come out.
        CheckError: the parameters do not fit the check kind.
    """
    data = yaml.safe_load((READING / half / f"{topic}.yaml").read_text(encoding="utf-8"))
    checks = {name: _check(data, facts, core) for name, facts in data["facts"].items()}
    cases = []
    for row in data["cases"]:
        _refuse_misplaced(row, half, topic)
        facts = data["facts"][row["facts"]]
        reference = facts.get("reference", {})
        given = CheckInput(row["text"], language="en", prompt=row.get("prompt"), reference=reference)
        flag = _tier_is_wrong(row["expect"], facts) if topic == "urgency" else row["expect"] == "fail"
        cases.append(Case(row["id"], checks[row["facts"]], given, row["expect"], flag))
    return cases


def _check(data: Mapping[str, Any], facts: Mapping[str, Any], core: Mapping[str, Lexicon]) -> BoundCheck:
    lexicons = {name: core[name] for name in data["lexicons"]}
    if "known" in facts:
        known = Lexicon.model_validate_json(orjson.dumps(facts["known"]))
        lexicons[known.id] = known
    return bind(f"reading.{data['topic']}", data["kind"], facts.get("params"), lexicons=lexicons)


def _refuse_misplaced(row: Mapping[str, Any], half: str, topic: str) -> None:
    first = hashlib.sha256(row["id"].encode()).digest()[0]
    if ("held_back" if first % 2 else "open") != half:
        raise ValueError(f"{row['id']} belongs to the other half")
    if row["expect"] not in ({*TIERS, NO_TIER} if topic == "urgency" else OUTCOMES):
        raise ValueError(f"{row['id']} expects {row['expect']!r}")


def _tier_is_wrong(advised: str, facts: Mapping[str, Any]) -> bool:
    """Whether a tier lies beyond the one that the case states, in the direction that the parameters name."""
    if advised == NO_TIER:
        return False
    distance = TIERS.index(advised) - TIERS.index(facts["reference"]["urgency"])
    return distance > 0 if facts["params"]["fails"] == "too_high" else distance < 0


def score(case: Case) -> Scored:
    """Judge one sentence; of several judgements the worst counts."""
    judgements = judge_all(case.check, case.given)
    worst = min(judgements, key=lambda each: WORST_FIRST.index(each.outcome))
    got = worst.outcome.value
    if case.check.kind.name == "urgency_tier":
        got = _tier(worst, case.given.reference["urgency"])
    return Scored(case, got, worst.outcome is Outcome.failed)


def _tier(judgement: Judgement, stated: str) -> str:
    return NO_TIER if judgement.value is None else TIERS[TIERS.index(stated) + int(judgement.value)]


def earlier(topic: str, core: Mapping[str, Lexicon]) -> list[Case]:
    """The half that the rules were tuned on, from the tests of the kind; only the flag is compared."""
    kind = yaml.safe_load((READING / "open" / f"{topic}.yaml").read_text(encoding="utf-8"))
    data = yaml.safe_load((EARLIER / f"{kind['kind']}_cases.yaml").read_text(encoding="utf-8"))
    cases = []
    for number, row in enumerate(data["seen"] if "seen" in data else data["tuned"], 1):
        facts, flag = _as_facts(topic, row, data)
        given = CheckInput(row["text"], "en", prompt=row.get("prompt"), reference=facts.get("reference", {}))
        expect = "fail" if flag else "unflagged"
        if topic == "urgency":
            expect = row["tier"] or NO_TIER
        cases.append(Case(f"earlier-{number:03d}", _check(kind, facts, core), given, expect, flag))
    return cases


def _as_facts(topic: str, row: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Facts and due flag of a row, whose form differs from one kind to the next."""
    if topic == "assertion":
        avoid = {"id": "barred", "basis": "condition"} | data["avoid"][row["avoid"]]
        return {"reference": {"avoid": [avoid]}}, row["outcome"] == "fail"
    if topic == "dose":
        entry = {"id": "dose"} | data["entries"][row["of"]]
        reference = {"doses": [entry], "facts": row.get("facts") or {}}
        return {"reference": reference}, row["expect"] not in {"pass", "no_dose", "unparsed"}
    if topic == "urgency":
        late = {"reference": {"urgency": "emergency"}, "params": {"fails": "too_low"}}
        return late, _tier_is_wrong(row["tier"] or NO_TIER, late)
    if topic == "identifier":
        return {}, bool(row["marked"])
    if topic == "citation":
        facts: dict[str, Any] = {"params": {"require": bool(row.get("require"))}}
        if row.get("look"):
            facts["known"] = _as_lexicon(data["known"])
        return facts, row["mode"] not in {None, "unparsed"}
    reference = {"facts": row["facts"]} if topic == "contradiction" else {}
    return {"reference": reference}, row["mode"] is not None


def _as_lexicon(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    head = {"schema": "dualtrack.lexicon/1", "id": "known_sources", "title": "Known sources", "about": "Known sources."}
    about = {"languages": ["en"], "source": "the tests", "edition": "1", "misses": "others"}
    return {**head, **about, "entries": entries}


def share(part: int, whole: int) -> str:
    """A share with its counts and exact 95 % interval.

    Example:
        >>> share(9, 10)
        '9/10 90.0 % (55.5 to 99.7)'
    """
    if not whole:
        return "none"
    found = exact_interval(part / whole, whole)
    assert found.lower is not None
    assert found.upper is not None
    return f"{part}/{whole} {100 * part / whole:.1f} % ({100 * found.lower:.1f} to {100 * found.upper:.1f})"


def recall_and_precision(due: Sequence[bool], said: Sequence[bool]) -> tuple[str, str]:
    """Recall and precision as texts."""
    hits = sum(one and other for one, other in zip(due, said, strict=True))
    return share(hits, sum(due)), share(hits, sum(said))


def lines(title: str, half: str, scored: Sequence[Scored]) -> Iterator[str]:
    """The row of a topic, for urgency with a second one, of the tier emergency."""
    right = share(sum(each.right for each in scored), len(scored))
    recall, precision = recall_and_precision([each.case.flag for each in scored], [each.flagged for each in scored])
    yield f"| {title} | {half} | {len(scored)} | {right} | {recall} | {precision} |"
    if any(each.case.expect in TIERS for each in scored):
        due, said = zip(*((each.case.expect == "emergency", each.got == "emergency") for each in scored), strict=True)
        recall, precision = recall_and_precision(due, said)
        yield f"| {title}: tier emergency | {half} | {len(scored)} | | {recall} | {precision} |"


def wrong_ones(scored: Sequence[Scored]) -> Iterator[str]:
    """Misses, false alarms, and what is flagged rightly or not at all but was read as something else."""
    for each in scored:
        if each.case.flag != each.flagged:
            word = "miss" if each.case.flag else "false alarm"
        elif not each.right:
            word = "other reading"
        else:
            continue
        text = " / ".join((each.case.given.text or "").splitlines())
        yield f"{word}: {each.case.name}, expected {each.case.expect}, got {each.got}: {text}"


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="Recall and precision of the checks that read language.")
    parser.add_argument("--held-back", action="store_true", help="score the half that is kept for the end")
    parser.add_argument("--cases", action="store_true", help="list misses, false alarms and other readings")
    parser.add_argument("--earlier", action="store_true", help="add the tuned halves of tests/unit/checks")
    parser.add_argument("--topic", choices=TOPICS, help="one topic only")
    parser.add_argument("--validate", action="store_true", help="load both halves, judge nothing")
    return parser.parse_args()


def validate(core: Mapping[str, Lexicon]) -> None:
    """Load both halves and bind every check; print the number of sentences, and how many should be flagged."""
    names: set[str] = set()
    texts: set[str | None] = set()
    for topic in TOPICS:
        for half in ("open", "held_back"):
            cases = cases_of(topic, half, core)
            for case in cases:
                assert case.check.facts(case.given.reference) is not None, f"{case.name}: no facts for the check"
                assert case.name not in names, f"{case.name} stands twice"
                assert case.given.text not in texts, f"the text of {case.name} stands twice"
                names.add(case.name)
                texts.add(case.given.text)
            print(f"{topic}, {half}: {len(cases)} sentences, {sum(case.flag for case in cases)} to be flagged")
    print(f"{len(names)} sentences in all")


def main() -> int:
    """Validate, or judge and print."""
    asked = arguments()
    core = load_rubric("core").lexicons
    if asked.validate:
        validate(core)
        return 0
    half = "held_back" if asked.held_back else "open"
    wrong: list[str] = []
    print("| topic | half | n | right | recall | precision |\n|---|---|---|---|---|---|")
    for topic in [asked.topic] if asked.topic else TOPICS:
        sets = {half: cases_of(topic, half, core)}
        if asked.earlier:
            sets["tuned on"] = earlier(topic, core)
        for name, cases in sets.items():
            scored = [score(case) for case in cases]
            print("\n".join(lines(topic, name, scored)), flush=True)
            wrong += wrong_ones(scored)
    if asked.cases:
        print("", *wrong, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
