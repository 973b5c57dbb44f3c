"""Twelve raters return 1,800 ratings in four media with every fault once; the accounting adds up to 1,800 exactly."""

import dataclasses
import datetime as dt
import json
import random
from collections import Counter

import pytest

from dualtrack.errors import PanelError
from dualtrack.panel.accept import accepted
from dualtrack.panel.pack import Pack, seal
from dualtrack.panel.plan import plan_panel
from dualtrack.panel.raters import Item, Person, System
from dualtrack.panel.received import ReturnFile
from dualtrack.panel.returns import read_returns
from dualtrack.panel.settings import Member, PanelFile
from dualtrack.panel.status import status
from dualtrack.panel.work import Response
from dualtrack.stats import blinding_index
from tests.unit.panel import handed_in, packs

SCALE = "correctness"
SYSTEMS = {f"s{n}": System(f"s{n}", f"Product {n}", f"Vendor {n}") for n in range(6)}
RATERS = [f"r{n:02d}" for n in range(12)]
LATE = "2026-12-24T20:00:00Z"


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of the key."""

    code: str
    pack_id: str
    rater_id: str
    system_id: str
    item_id: str
    sample: int = 1
    unit_id: str = ""
    occasion: int = 1
    control: str = ""


@dataclasses.dataclass
class World:
    """A planned and packed panel."""

    assignments: list
    packs: dict
    key: list
    people: list


@pytest.fixture(scope="module")
def world():
    items = [f"q{n:03d}" for n in range(100)]
    panel = PanelFile(
        schema="dualtrack.panel/1", members=tuple(Member(rater_id=r, load=150) for r in RATERS), seed=6,
        contact="x", data_use="x",
    )  # fmt: skip
    people = [Person(r, 150, {}) for r in RATERS]
    responses = [Response(item, system) for item in items for system in SYSTEMS]
    plan = plan_panel(panel, people, responses, items={i: Item(i, "en", {}) for i in items}, systems=SYSTEMS)
    assignments = plan.rows({item: [SCALE] for item in items})
    key = [
        Row(f"c{n:06d}", f"pack{row['rater_id']}", row["rater_id"], row["system_id"], row["item_id"])
        for n, row in enumerate(assignments)
    ]
    return World(assignments, {r: _pack(r, [row for row in key if row.rater_id == r]) for r in RATERS}, key, people)


def _pack(rater, rows, **changes):
    tasks = [
        {"code": row.code, "prompt": "Since when?", "context": None, "sides": [{"text": "From tomorrow on, daily."}],
         "questions": [SCALE]}
        for row in rows
    ]  # fmt: skip
    plain = packs.plain(
        pack_id=f"pack{rater}", rater_id=rater, tasks=tasks, questions=packs.QUESTIONS[:1], severities=[],
        guesses=[rows[0].code, rows[1].code], systems=[system.name for system in SYSTEMS.values()],
    )  # fmt: skip
    bare = Pack.model_validate_json(json.dumps(seal(plain | changes)))
    return Pack.model_validate_json(json.dumps(seal(bare.model_dump(mode="json", by_alias=True))))


def _answers(pack, seed):
    chance = random.Random(f"{seed} {pack.pack_id}")
    return handed_in.given(pack, lambda _code, _scale: chance.choices(range(5), [60, 20, 12, 5, 3])[0])


def _form(pack, answers, name, edit, **changes):
    entries = [handed_in.entry(*cell, level) for cell, level in answers.items()]
    edit(entries)
    return handed_in.form(pack, {}, name=name, answers=entries, **changes)


def returns(world):
    """Files of the twelve, every fault among them once."""
    yield from forms(world)
    yield from workbooks(world)
    yield from other_media(world)


def forms(world):
    """What comes back from r00 to r03, as the form's files."""
    p, a = world.packs, {rater: _answers(pack, 1) for rater, pack in world.packs.items()}
    true = {row.code: SYSTEMS[row.system_id].name for row in world.key}
    guesses = [
        {"code": p["r00"].guesses[0], "system": true[p["r00"].guesses[0]], "sure": "certain"},
        {"code": p["r00"].guesses[1], "system": None},
    ]

    def mixed(entries):  # a draft, a cancelled entry, an edit, two late ones
        entries[0] |= {"state": "draft", "rated_at": None}
        entries[1] |= {"state": "cancelled", "level": None, "reason": "outside my field"}
        entries[2]["before"] = [["slip", "2026-12-01T19:00:00Z"]]
        entries[3]["rated_at"] = entries[4]["rated_at"] = LATE

    yield _form(p["r00"], a["r00"], "r00.json", mixed, guesses=guesses, finished_at="2026-12-02T19:00:00Z")
    # r01: two files, the later counts; and one sent for an unknown code and one foreign pack
    yield handed_in.form(p["r01"], _answers(p["r01"], 2), name="r01-first.json", finished_at="2026-12-01T20:00:00Z")
    yield handed_in.form(p["r01"], a["r01"], name="r01-later.json", finished_at="2026-12-02T20:00:00Z")
    yield handed_in.form(_pack("r99", world.key[:3]), {}, name="foreign-pack.json")
    # r02: half filled progress file
    half = dict(list(a["r02"].items())[:75])
    yield handed_in.form(p["r02"], half, name="r02-progress.json", finished_at=None, locked_at=None)
    # r03: digest touched
    touched = json.loads(handed_in.form(p["r03"], a["r03"]).content)
    touched["answers"][9]["level"] = "slip"
    yield ReturnFile("r03.json", json.dumps(touched).encode())


def workbooks(world):
    """What comes back from r04 and r05, as workbooks."""
    p, a = world.packs, {rater: _answers(world.packs[rater], 1) for rater in ("r04", "r05")}
    # r04: workbook with a date, a formula, hidden row, deleted rows, another sheet, text that is no level
    book = handed_in.filled(p["r04"], a["r04"])
    sheet = book["Ratings"]
    sheet.cell(2, handed_in.LEVEL).value = dt.datetime(2026, 1, 2)  # noqa: DTZ001 -- spreadsheets have no zones
    sheet.cell(3, handed_in.LEVEL).value = "=F4"
    sheet.cell(4, handed_in.LEVEL).value = "quite good"
    sheet.row_dimensions[5].hidden = True
    sheet.delete_rows(150, 2)
    book.create_sheet("Notes")
    yield handed_in.saved(book, "r04.xlsx")
    yield handed_in.sheet(p["r05"], a["r05"], "r05.xlsx")


def other_media(world):
    """What comes back from r06 to r11, from other tools."""
    p, a = world.packs, {rater: _answers(pack, 1) for rater, pack in world.packs.items()}
    # r06: Label Studio with a cancelled annotation and a second one
    tasks = handed_in.annotated(p["r06"], a["r06"])
    tasks[0]["annotations"][0]["was_cancelled"] = True
    second = json.loads(json.dumps(tasks[1]["annotations"][0])) | {"updated_at": "2026-12-03T10:00:00Z"}
    tasks[1]["annotations"].append(second)
    yield handed_in.exported(tasks, "r06.json")
    # r07: altered pack
    other = _pack("r07", [row for row in world.key if row.rater_id == "r07"], rubric="core 9.9.9")
    yield handed_in.exported(handed_in.annotated(other, a["r07"]), "r07.json")
    # r08: a level of another scale, a foreign code
    cell = next(iter(a["r08"]))
    yield handed_in.table(p["r08"], a["r08"] | {cell: "5", ("foreign1", SCALE): "right"}, "r08.csv", between=";")
    # r09: a conflict without times
    yield handed_in.table(p["r09"], a["r09"], "r09-one.csv", rated_at="")
    yield handed_in.table(p["r09"], _answers(p["r09"], 2), "r09-two.csv", rated_at="")
    # r10: a conflict of interest, declared afterwards; r11 returned nothing but a page saved from a previewer
    yield handed_in.table(p["r10"], a["r10"], "r10.csv")
    yield ReturnFile("r11.html", b"<!DOCTYPE html><title>This form needs scripts</title>")


@pytest.fixture(scope="module")
def files(world):
    return list(returns(world))


@pytest.fixture(scope="module")
def reading(world, files):
    shuffled = random.Random(3).sample(files, len(files))
    return read_returns(shuffled, list(world.packs.values()))


def test_the_accounting_adds_up_to_every_rating(world, reading):
    handed_out = list(world.packs.values())
    people = [dataclasses.replace(each, conflicts=("vendor 2",)) if each.rater_id == "r10" else each
              for each in world.people]  # fmt: skip
    result = accepted(reading, handed_out, world.key, world.assignments, people=people, systems=SYSTEMS)
    assert len(world.assignments) == len(result.accounts) == 1800
    states = Counter((row["rater_id"], row["state"]) for row in result.accounts)
    assert states == {
        ("r00", "returned"): 146, ("r00", "draft"): 1, ("r00", "cancelled"): 1, ("r00", "late"): 2,
        ("r01", "returned"): 150,
        ("r02", "returned"): 75, ("r02", "not_returned"): 75,
        ("r03", "refused"): 150,
        ("r04", "returned"): 145, ("r04", "refused"): 3, ("r04", "not_returned"): 2,
        ("r05", "returned"): 150,
        ("r06", "returned"): 149, ("r06", "cancelled"): 1,
        ("r07", "refused"): 150,
        ("r08", "returned"): 149, ("r08", "refused"): 1,
        ("r09", "refused"): 150,
        ("r10", "returned"): 125, ("r10", "refused"): 25,
        ("r11", "not_returned"): 150,
    }  # fmt: skip
    assert sum(states.values()) == 1800
    assert len(result.ratings) == sum(n for (_, state), n in states.items() if state == "returned")
    assert all(row["reason"] for row in result.accounts if row["state"] in ("refused", "late", "cancelled"))
    by_code = Counter(problem.code for problem in (*reading.problems, *result.problems))
    assert by_code == {"PAN101": 1, "PAN102": 1, "PAN103": 1, "PAN104": 1, "PAN105": 1, "PAN106": 2, "PAN109": 1,
                       "PAN111": 1, "PAN113": 1, "PAN114": 1}  # fmt: skip
    assert Counter(note.code for note in reading.notes) == {"PAN108": 1, "PAN115": 1, "PAN117": 1}


def test_rows_say_what_was_rated_and_edits_and_guesses_are_kept(world, reading):
    handed_out = list(world.packs.values())
    result = accepted(reading, handed_out, world.key, world.assignments, systems=SYSTEMS)
    codes = {row.code: row for row in world.key}
    levels = {(a.code, each.back.rater_id): a.level for each in reading.kept for a in each.back.answers}
    told = {row["code"]: row for row in result.accounts}
    for row in result.ratings[:200]:
        assert (row["role"], row["inclusion_probability"]) == ("primary", 1.0)
        code = next(c for c in (f"c{n:06d}" for n in range(1800)) if (
            codes[c].system_id, codes[c].item_id, codes[c].rater_id) == (
            row["system_id"], row["item_id"], row["rater_id"]))  # fmt: skip
        assert levels[code, row["rater_id"]] == row["level"]
        assert told[code]["state"] == "returned"
    assert [row["level"] for row in result.history] == ["slip"]
    assert [guess.correct for guess in result.guesses] == [True, None]
    seen = Counter(guess.correct for guess in result.guesses)
    index = blinding_index(seen[True], seen[False], seen[None], n_systems=6)
    assert index.value == 0.5


def test_the_order_of_the_files_does_not_matter(world, files, reading):
    assert read_returns(files[::-1], list(world.packs.values())[::-1]) == reading


def test_late_answers_count_where_they_are_accepted_by_name_and_status_needs_no_key(world, reading):
    handed_out = list(world.packs.values())
    plain, generous = status(reading, handed_out), status(reading, handed_out, accept_late={"r00"})
    assert sum(plain.counts.values()) == 1800
    assert generous.counts["returned"] == plain.counts["returned"] + 2
    first = plain.packs[0]
    assert (first.rater_id, first.asked, first.owed, first.files) == ("r00", 150, 1, ("r00.json",))
    assert plain.packs[1].superseded == ("r01-first.json",)
    assert plain.owed == sum(line.owed for line in plain.packs)


def test_a_key_of_other_packs_is_refused_with_every_code_that_does_not_fit(world):
    other = [dataclasses.replace(row, pack_id="packr99") if row.code == world.key[5].code else row
             for row in world.key[:-1]]  # fmt: skip
    with pytest.raises(PanelError) as error:
        accepted(read_returns([], []), list(world.packs.values()), other, world.assignments)
    assert [problem.code for problem in error.value.problems] == ["PAN125", "PAN125"]


def test_controls_stand_apart_and_what_nobody_asked_for_enters_no_table(world):
    pack = world.packs["r05"]
    reading = read_returns([handed_in.sheet(pack, _answers(pack, 1))], [pack])
    mine = [row for row in world.key if row.rater_id == "r05"]
    key = [dataclasses.replace(mine[0], control="known_harm"), *mine[1:]]
    asked = [row for row in world.assignments if row["rater_id"] == "r05"]
    gone = (mine[1].system_id, mine[1].item_id)
    fewer = [row for row in asked if (row["system_id"], row["item_id"]) != gone]
    result = accepted(reading, [pack], key, fewer)
    assert (len(result.ratings), len(result.controls)) == (148, 1)
    assert [problem.code for problem in result.problems] == ["PAN126"]
    assert [row["reason"] for row in result.accounts if row["state"] == "not_returned"] == ["no pack asks for it"]


@dataclasses.dataclass(frozen=True)
class Half(Row):
    """A row of the key for one of a pair."""

    side: str = ""


def test_pairs_become_preferences_and_guesses_know_their_side():
    pack = packs.pairs()
    sides = [Half(task.code, pack.pack_id, pack.rater_id, f"s{n}", "q1", side=side)
             for task in pack.tasks for n, side in enumerate("ab")]  # fmt: skip
    systems = {"s0": System("s0", "Aster Health", None), "s1": System("s1", "Birch Medical", None)}
    answers = handed_in.given(pack, 1)
    guesses = [{"code": "pair0000", "side": "b", "system": "Birch Medical"},
               {"code": "pair0000", "side": "a", "system": "Birch Medical"}]  # fmt: skip
    back = handed_in.form(pack, answers, guesses=guesses)
    result = accepted(read_returns([back], [pack]), [pack], sides, [], systems=systems)
    assert result.ratings == ()
    assert [(row["system_a"], row["system_b"], row["choice"]) for row in result.preferences] == [
        ("s0", "s1", "a_slightly")
    ] * 3
    assert [guess.correct for guess in result.guesses] == [True, False]


def test_adjudication_gives_ratings_of_its_own_role_and_practice_gives_none():
    made = packs.pack(purpose="adjudication", pack_id="adju1111")
    practice = packs.practice()
    key = [Row(task.code, made.pack_id, made.rater_id, "s0", f"q{n}") for n, task in enumerate(made.tasks)]
    files = [handed_in.form(each, handed_in.given(each), name=each.pack_id) for each in (made, practice)]
    reading = read_returns(files, [made, practice])
    result = accepted(reading, [made, practice], key, [], systems=SYSTEMS)
    assert {row["role"] for row in result.ratings} == {"adjudication"}
    assert len(result.ratings) == 30
    assert Counter(cell.state.value for cell in result.apart) == {"returned": 36}
    assert result.problems == ()
