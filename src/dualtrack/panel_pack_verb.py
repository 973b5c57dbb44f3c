"""The verb that makes packs: checks what may leave, makes the packs, and writes them and their key apart.

May import the verb that plans and everything below it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from dualtrack.checks.base import CheckInput
from dualtrack.checks.kinds.identifiers import IdentifiersParams
from dualtrack.checks.kinds.identifiers import judge as identifiers
from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.leaks import leaks_in, own_names
from dualtrack.panel.material import material_of, texts_of
from dualtrack.panel.owed import owed_by_rater
from dualtrack.panel.pack_contents import files_of
from dualtrack.panel.packs import Made, Material, adjudication_packs, practice_packs, rating_packs
from dualtrack.panel.pairs import plan_pairs, preference_packs, preference_questions
from dualtrack.panel.panel_files import refuse_key_near_packs, write_key, write_packs
from dualtrack.panel.settling import settling
from dualtrack.panel.study_side import items_of, people_of, rateable, systems_of
from dualtrack.panel.work import Response
from dualtrack.panel_readiness import Unready, unready
from dualtrack.panel_verbs import Ground, quiet, read_ground, results_of
from dualtrack.records import StudyFile
from dualtrack.scoring.overrides import metrics_in_scope
from dualtrack.verbs import Progress

__all__ = ["Leak", "Notes", "Packed", "panel_pack"]

MOST_PASSAGES = 20  # passages that are named one by one


@dataclass(frozen=True, slots=True)
class Leak:
    """A response that names its own vendor, product or family: where, the codes it has in the packs, the words."""

    item_id: str
    codes: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """What the study office should look at.

    ``passages``: those in the form of an identifier, where a study about people was scanned. ``left``: what nobody of
    the panel was asked to settle. ``unready``: raters whose calibration does not show that they are ready.
    """

    leaks: tuple[Leak, ...]
    passages: tuple[str, ...]
    left: tuple[str, ...]
    unready: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written: packs and key; and what the study office should look at."""

    made: tuple[Made, ...]
    files: tuple[Path, ...]
    key: Path
    notes: Notes


def panel_pack(
    study: str | Path,
    out: str | Path,
    key: str | Path,
    *,
    texts: bool = False,
    found_ok: bool = False,
    preferences: bool = False,
    adjudicate: str | Path | None = None,
    clock: datetime | None = None,
    progress: Progress = quiet,
) -> Packed:
    """Make one blinded pack for each rater of the assignments, and a practice pack where there are practice items.

    With ``preferences``, packs that show two answers side by side instead; who compares what is planned at once, and
    no assignments are needed. With ``adjudicate``, packs for those who settle what first ratings left open.

    Args:
        study: the study folder, with panel.yaml and assignments.
        out: folder for the packs, one zip each.
        key: folder for the key, apart from the packs.
        texts: whether texts of a study that is neither public nor synthetic may leave.
        found_ok: whether passages in the form of an identifier were looked at and may leave.
        preferences: whether answers are compared instead of rated; pairs are those of plan.comparisons in study.yaml.
        adjudicate: results folder of the study, which lists what is open; then packs of adjudication are made.
        clock: when the packs are made, with zone, as it is printed in them; null leaves it out.
        progress: told the name of each stage.

    Returns:
        What was written.

    Raises:
        PanelError: the panel and what it asks (PAN001, PAN003, PAN020 to PAN025), texts that may not leave (PAN026,
            PAN027), a key that is not apart (PAN028), a language without words (PAN030), a folder that holds something
            else (PAN031), a rubric that compares nothing (PAN032),
            nobody who may settle what is open (PAN033), results of another study (PAN034), a rule of readiness that was
            changed (PAN128), nobody who is ready for the study (PAN131), a record that is not whole (PAN134).
        RecordError, RubricError, ScoringError: the study, as ``validate``.
        OutputError: packs or key cannot be written (OUT...).
    """
    refuse_key_near_packs(Path(out), Path(key))
    ground = read_ground(Path(study), progress)
    waiting = unready(ground.panel, Path(study))
    file = ground.study.file
    refuse_texts_about_people(file, texts=texts)
    left: tuple[str, ...] = ()
    if adjudicate is not None:
        material, make, left = _open(ground, results_of(adjudicate, file.id).get("discordances"))
    else:
        material, make = _pairs(ground) if preferences else _ratings(ground)
    passages = () if file.about_nobody else identifiers_in(material)
    refuse_passages(passages, found_ok=found_ok)
    progress("packs")
    made = make()
    moment = clock.astimezone(UTC).isoformat(timespec="seconds") if clock else None
    notes = Notes(leaks_of(file, made), passages, left, unready_of(waiting, made))
    return _written(made, Path(out), Path(key), moment, notes=notes, withheld=waiting.withheld)


def refuse_texts_about_people(file: StudyFile, *, texts: bool) -> None:
    """Refuse to let texts leave that are neither public nor synthetic, unless that is asked for by name.

    Args:
        file: the study file.
        texts: whether it is asked for.

    Raises:
        PanelError: PAN026.
    """
    if not file.about_nobody and not texts:
        raise PanelError(
            Problem(
                "PAN026",
                "texts about people leave this computer only when asked for by name",
                Place("study.yaml", column="data_class"),
                found=file.data_class,
                expected="public or synthetic, or --texts",
                fix="check that the raters may have these texts, then add --texts",
            )
        )


def identifiers_in(material: Material) -> tuple[str, ...]:
    """Passages of the texts that have the form of an identifier, each with its place.

    Args:
        material: what packs are made of.
    """
    found = []
    for where, text in texts_of(material):
        spans = identifiers(CheckInput(text), IdentifiersParams()).spans
        found += [f"{where}: {text[start:end]!r}" for start, end in spans]
    return tuple(found)


def refuse_passages(passages: Sequence[str], *, found_ok: bool) -> None:
    """Refuse passages in the form of an identifier, unless somebody has looked at them.

    Args:
        passages: what was found.
        found_ok: whether somebody has.

    Raises:
        PanelError: PAN027, one problem for each of the first twenty.
    """
    if not passages or found_ok:
        return
    fix = "remove it from the texts, or look at every passage and add --found-ok"
    what = "a passage in the form of an identifier"
    problems = [Problem("PAN027", what, Place("texts"), found=each, fix=fix) for each in passages[:MOST_PASSAGES]]
    if len(passages) > MOST_PASSAGES:
        more = f"{len(passages) - MOST_PASSAGES:,} more passages like these"
        problems.append(Problem("PAN027", more, Place("texts"), found=f"{len(passages):,} in all", fix=fix))
    raise PanelError(problems)


def leaks_of(file: StudyFile, made: Sequence[Made]) -> tuple[Leak, ...]:
    """Responses in the packs that name their own vendor, product or family.

    Args:
        file: the study file.
        made: the packs with their keys.
    """
    names = {system.id: own_names(system) for system in file.systems if system.id not in file.controls}
    texts: dict[Response, str] = {}
    codes: dict[Response, list[str]] = {}
    for each in made:
        shown = {task.code: task.sides for task in each.pack.tasks}
        for row in each.key:
            response = Response(row.item_id, row.system_id, row.sample)
            side = shown[row.code][1 if row.side == "b" else 0]
            texts[response] = "\n".join([side.text, *(turn.text for turn in side.turns)])
            codes.setdefault(response, []).append(row.code)
    found = ((each, leaks_in(text, names.get(each.system_id, ()))) for each, text in sorted(texts.items()))
    return tuple(Leak(each.item_id, tuple(sorted(codes[each])), words) for each, words in found if words)


def _ratings(ground: Ground) -> tuple[Material, Callable[[], tuple[Made, ...]]]:
    """Texts for packs of ratings and practice, and what makes them."""
    settings = ground.panel.settings
    owed = owed_by_rater(settings, ground.study.tables["assignments"])
    material = _material(ground, [turn.response for mine in owed.values() for turn in mine.turns])

    def make() -> tuple[Made, ...]:
        practice = practice_packs(settings, material, sorted(owed), ground.asked)
        return (*rating_packs(settings, material, owed), *practice)

    return material, make


def _pairs(ground: Ground) -> tuple[Material, Callable[[], tuple[Made, ...]]]:
    """Texts for packs of preferences, and what makes them."""
    settings, given = ground.panel.settings, ground.study
    with words_that_ship(settings.language):
        questions = preference_questions(ground.rubric, settings.language)
    if not questions:
        raise PanelError(
            Problem(
                "PAN032",
                "the rubric compares nothing",
                Place("study.yaml", column="rubric"),
                found=f"{ground.rubric.header.id}, without a scale of kind preference",
                fix="add a preference scale to the rubric, or leave --preferences out",
            )
        )
    items = set(given.tables["items"]["item_id"].astype("str")) - settings.apart
    plan = plan_pairs(
        settings,
        people_of(settings, given.tables["raters"]),
        rateable(given.file, given.tables["responses"], items),
        items=items_of(given.tables["items"]),
        systems=systems_of(given.file),
        baseline=given.file.baseline if given.file.plan.comparisons.pairs == "baseline" else None,
    )
    material = replace(_material(ground, rateable(given.file, given.tables["responses"], items)), questions=questions)
    return material, lambda: preference_packs(settings, material, plan)


def _open(
    ground: Ground, discordances: pd.DataFrame | None
) -> tuple[Material, Callable[[], tuple[Made, ...]], tuple[str, ...]]:
    """Texts for packs of adjudication, what makes them, and what stays open."""
    settings, given = ground.panel.settings, ground.study
    if discordances is None or discordances.empty:
        fix = "score the study with its ratings first"
        raise PanelError(Problem("PAN003", "nothing is to be settled", Place("discordances"), fix=fix))
    people, items = people_of(settings, given.tables["raters"]), items_of(given.tables["items"])
    found = settling(settings, people, discordances, items=items, systems=systems_of(given.file))
    left = tuple(f"{each.item_id}: nobody of the panel may settle it, or has room" for each in found.left)
    left += (f"{found.n_parts:,} questions about parts of responses, which no pack holds",) if found.n_parts else ()
    if not found.owed:
        raise PanelError(
            Problem(
                "PAN033",
                "nobody of the panel may settle what is open",
                Place("panel.yaml", column="members"),
                found="; ".join(left[:3]) or "everything is settled",
                expected="a member who rated nothing of these responses, with room in their load",
                fix="add such persons to the table raters and to panel.yaml, and score the study again",
            )
        )
    responses = [turn.response for mine in found.owed.values() for turn in mine.turns]
    material = _material(ground, responses, scales=set(discordances["scale_id"].astype("str")))
    return material, lambda: adjudication_packs(settings, material, found.owed), left


def _material(ground: Ground, owed: Collection[Response], scales: Collection[str] = ()) -> Material:
    settings, given = ground.panel.settings, ground.study
    practice = rateable(given.file, given.tables["responses"], set(settings.practice))
    asked_for = {scale for asked in ground.asked.values() for scale in asked}
    asked_for |= {*scales, *given.tables["assignments"]["scale_id"].astype("str")}
    metrics = metrics_in_scope(ground.rubric, given.file)
    return material_of(ground.rubric, metrics, given, scales=asked_for, responses=[*owed, *practice])


def _written(
    made: tuple[Made, ...],
    out: Path,
    key: Path,
    moment: str | None,
    *,
    notes: Notes,
    withheld: Collection[str],
) -> Packed:
    """Write the key of all packs, so that it stays the same, and the packs of those who may begin."""
    given = tuple(each for each in made if each.pack.purpose == "practice" or each.pack.rater_id not in withheld)
    if notes.unready and not given:
        raise PanelError(notes.unready)
    packs: Mapping[str, Mapping[str, bytes]] = {each.pack.pack_id: _files(each, moment) for each in given}
    held = write_key([row for each in made for row in each.key], key)
    return Packed(given, write_packs(packs, out), held, notes)


def unready_of(waiting: Unready, made: Sequence[Made]) -> tuple[Problem, ...]:
    """The problems of those who would get a pack of the study.

    Args:
        waiting: members who are not ready.
        made: the packs.
    """
    raters = {each.pack.rater_id for each in made if each.pack.purpose != "practice"}
    return tuple(problem for rater, problem in waiting.problems.items() if rater in raters)


def _files(made: Made, moment: str | None) -> dict[str, bytes]:
    with words_that_ship(made.pack.language):
        return files_of(made.pack, moment)


@contextmanager
def words_that_ship(language: str) -> Iterator[None]:
    """Turn a missing catalogue of words into a problem.

    Args:
        language: the one that is asked for.

    Raises:
        PanelError: PAN030.
    """
    try:
        yield
    except FileNotFoundError as error:
        if error.errno is not None:  # the system's word, such as no room for temporary files
            raise
        raise PanelError(
            Problem(
                "PAN030",
                "the texts of the form do not ship in this language",
                Place("panel.yaml", column="language"),
                found=language,
                expected="a language that ships, such as en",
                fix="set language in panel.yaml",
            )
        ) from error
