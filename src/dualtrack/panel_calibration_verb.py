"""The verbs of calibration: make its packs, and hold what comes back against the levels that were agreed.

May import the verbs that make packs and read returns, and everything below them. Nothing here writes ratings, and no
key of the study is opened.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.calibration import PURPOSE, calibration_id, calibration_packs, own_texts, source_of
from dualtrack.panel.calibration_file import Case, CaseText, read_case_file
from dualtrack.panel.calibration_fit import refuse_cases_that_do_not_fit
from dualtrack.panel.material import material_of
from dualtrack.panel.pack import Pack
from dualtrack.panel.pack_contents import data_of, files_of
from dualtrack.panel.packs import Material
from dualtrack.panel.panel_files import refuse_key_near_packs, write_packs
from dualtrack.panel.panel_yaml import PANEL_FILE
from dualtrack.panel.received import Reading
from dualtrack.panel.return_files import read_packs, read_return_files
from dualtrack.panel.returns import read_returns
from dualtrack.panel.rule import rule_digest
from dualtrack.panel.study_side import rateable
from dualtrack.panel.training import Taken, taken
from dualtrack.panel.training_record import (
    ANSWERS,
    ATTEMPTS,
    append_rows,
    digests_of,
    read_rows,
    write_plain,
    write_seal,
)
from dualtrack.panel.training_rows import ANSWER_COLUMNS, ATTEMPT_COLUMNS, STANDING_COLUMNS, Standing
from dualtrack.panel_pack_verb import (
    identifiers_in,
    refuse_passages,
    refuse_texts_about_people,
    words_that_ship,
)
from dualtrack.panel_readiness import calibration_of, readiness, refuse_changes, sealed_rule
from dualtrack.panel_verbs import Ground, quiet, read_ground
from dualtrack.scoring.overrides import metrics_in_scope
from dualtrack.verbs import Progress

__all__ = ["Calibrated", "CalibrationPacked", "panel_calibrate", "panel_calibration_pack"]

READINESS = "readiness.csv"


@dataclass(frozen=True, slots=True)
class CalibrationPacked:
    """What was written: the packs, their files, the passages that leave with them."""

    packs: tuple[Pack, ...]
    files: tuple[Path, ...]
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What came back and what it shows: lines that were added to the record, and where everybody stands now."""

    reading: Reading
    taken: Taken
    standings: tuple[Standing, ...]
    files: tuple[Path, ...]

    def lines(self) -> Iterator[str]:
        """One line for each rater, attempt and scale of which something came back, then one for each rater."""
        for (rater, attempt, scale), found in self.taken.numbers.items():
            share = f"exact {found.exact} of {found.n}"
            share += f" ({found.share.lower:.2f} to {found.share.upper:.2f})" if found.share.defined and found.n else ""
            share += "" if found.within_one is None else f", within one level {found.within_one}"
            share += "" if found.kappa.value is None else f", kappa {found.kappa.value:.2f}"
            harms = f", known harms missed {found.missed_harms} of {found.known_harms}" if found.known_harms else ""
            yield f"{rater}  attempt {attempt}  {scale}  {share}{harms}  {found.state.value}"
        for each in self.standings:
            yield f"{each.rater_id}  {each.state}" + (f"  {each.why}" if each.why else "")


def panel_calibration_pack(
    study: str | Path,
    out: str | Path,
    key: str | Path,
    *,
    attempt: int = 1,
    texts: bool = False,
    found_ok: bool = False,
    clock: datetime | None = None,
    progress: Progress = quiet,
) -> CalibrationPacked:
    """Make a calibration pack for each member, and keep the rule and the cases as they are from now on.

    What is handed out has no agreed levels but those that the form shows after each answer; the packs as data, which
    have them all, lie with the key.

    Args:
        study: the study folder, with panel.yaml and the cases.
        out: folder for the packs, one zip each.
        key: folder for the packs as data, apart from those that are handed out.
        attempt: which attempt; it shows the cases of the set of the same number. From the second on only members who
            are not ready get a pack.
        texts: whether texts of a study that is neither public nor synthetic may leave.
        found_ok: whether passages in the form of an identifier were looked at and may leave.
        clock: when the packs are made, with zone; null leaves it out.
        progress: told the name of each stage.

    Raises:
        PanelError: panel.yaml (PAN001, PAN020 to PAN024), the cases (PAN127), a rule or cases that were changed
            (PAN128), nobody or nothing to calibrate (PAN135), texts that may not leave (PAN026, PAN027), folders
            (PAN028, PAN031), a language without words (PAN030), a record that is not whole (PAN134).
        RecordError, RubricError, ScoringError: the study, as ``validate``.
        OutputError: something cannot be written (OUT...).
    """
    refuse_key_near_packs(Path(out), Path(key))
    ground = read_ground(Path(study), progress)
    calibration = calibration_of(ground.panel)
    cases = read_case_file(study, calibration.cases)
    _refuse_misfits(ground, cases)
    kept = refuse_changes(ground.panel, Path(study), cases)
    shown = cases.file.of_set(attempt)
    raters = _who(ground, Path(study), attempt, shown)
    material = _material(ground, cases, shown)
    passages = _refuse_what_may_not_leave(ground, cases, shown, material, texts=texts, found_ok=found_ok)
    progress("packs")
    packs = calibration_packs(ground.panel.settings, calibration, material, raters, attempt=attempt, cases=shown)
    moment = clock.astimezone(UTC).isoformat(timespec="seconds") if clock else None
    with words_that_ship(ground.panel.settings.language):
        handed = {pack.pack_id: files_of(pack, moment) for pack in packs}
    sealed = sealed_rule(calibration, cases, attempt, moment)
    write_packs({pack.pack_id: {"pack.json": data_of(pack)} for pack in packs}, Path(key))
    files = write_packs(handed, Path(out))
    if str(attempt) not in kept.get("sets", {}):  # last, so that a folder that is refused fixes nothing yet
        write_seal(Path(study), sealed | {"sets": {**kept.get("sets", {}), **sealed["sets"]}})
    return CalibrationPacked(packs, files, passages)


def panel_calibrate(
    study: str | Path,
    returns: Sequence[str | Path],
    *,
    packs: str | Path,
    clock: datetime,
    progress: Progress = quiet,
) -> Calibrated:
    """Hold calibration returns against the agreed levels, and add what they show to the record.

    Args:
        study: the study folder, with panel.yaml and the cases; the folder ``training`` in it holds the record.
        returns: files that came back, or folders of them.
        packs: the folder of the packs as data, which was given as --key.
        clock: when this is recorded, with zone.
        progress: told the name of each stage.

    Raises:
        PanelError: panel.yaml (PAN001, PAN020 to PAN024), a rule or cases that were changed (PAN128), packs that are
            not of calibration (PAN130) or cannot be read (PAN035), files (PAN036), the record (PAN134), no calibration
            in panel.yaml (PAN135).
        RecordError, RubricError, ScoringError: the study, as ``validate``.
        OutputError: the record cannot be written (OUT...).
    """
    ground, folder = read_ground(Path(study), progress), Path(study)
    calibration = calibration_of(ground.panel)
    cases = read_case_file(folder, calibration.cases)
    kept = refuse_changes(ground.panel, folder, cases)
    progress("returns")
    made = read_packs(Path(packs))
    attempts = _attempts(ground, made, [int(number) for number in kept.get("sets", {})])
    reading = read_returns(read_return_files(Path(each) for each in returns), made)
    read = digests_of(folder)
    found = taken(
        reading,
        made,
        calibration,
        cases.file,
        attempts=attempts,
        seed=ground.panel.settings.seed,
        scales=ground.rubric.scales,
        held=(read_rows(folder, ATTEMPTS, ATTEMPT_COLUMNS), read_rows(folder, ANSWERS, ANSWER_COLUMNS)),
        at=clock.astimezone(UTC).isoformat(timespec="seconds"),
    )
    added = {ANSWERS: (ANSWER_COLUMNS, found.answers), ATTEMPTS: (ATTEMPT_COLUMNS, found.attempts)}
    files = append_rows(folder, added, read=read)
    now = tuple(readiness(ground.panel, folder).values())
    plain = [{name: str(getattr(each, name)) for name in STANDING_COLUMNS} for each in now]
    return Calibrated(reading, found, now, (*files, write_plain(folder, READINESS, STANDING_COLUMNS, plain)))


def _refuse_misfits(ground: Ground, cases: CaseText) -> None:
    settings, tables = ground.panel.settings, ground.study.tables
    items = tables["items"]
    apart = items["item_id"].astype("str").isin(settings.apart).to_numpy()
    refuse_cases_that_do_not_fit(
        ground.panel,
        calibration_of(ground.panel),
        cases,
        scales=ground.rubric.scales,
        responses=rateable(ground.study.file, tables["responses"], set(items["item_id"].astype("str"))),
        assigned=set(tables["assignments"]["item_id"].astype("str")),
        prompts=[str(prompt) for prompt in items["prompt"][~apart]],
    )


def _who(ground: Ground, study: Path, attempt: int, shown: Sequence[Case]) -> list[str]:
    """Members who get a pack of this attempt."""
    members = sorted(member.rater_id for member in ground.panel.settings.members)
    standing = readiness(ground.panel, study)
    raters = members if attempt == 1 else [each for each in members if standing[each].trained != "true"]
    if not shown or not raters:
        raise PanelError(
            Problem(
                "PAN135",
                "nobody is to be calibrated",
                Place(PANEL_FILE, column="calibration"),
                found=f"no cases of set {attempt}" if not shown else "every member is ready",
                expected=f"cases of set {attempt}, and a member who is not ready",
                fix=f"add cases with set: {attempt}" if not shown else "go on with the study",
            )
        )
    return raters


def _material(ground: Ground, cases: CaseText, shown: Sequence[Case]) -> Material:
    borrowed = [source_of(case) for case in shown if case.response is not None]
    scales = {scale for case in shown for scale in case.levels}
    metrics = metrics_in_scope(ground.rubric, ground.study.file)
    given = material_of(ground.rubric, metrics, ground.study, scales=scales, responses=borrowed)
    prompts, answers = own_texts(shown)
    return replace(
        given,
        items={**given.items, **prompts},
        responses={**given.responses, **answers},
        synthetic=cases.file.synthetic and (given.synthetic or not borrowed),
    )


def _refuse_what_may_not_leave(
    ground: Ground, cases: CaseText, shown: Sequence[Case], material: Material, *, texts: bool, found_ok: bool
) -> tuple[str, ...]:
    """Cases that were made up may leave; others as texts of the study, and are scanned whatever the study is."""
    made_up = cases.file.synthetic and not any(case.response is not None for case in shown)
    if made_up:
        return ()
    refuse_texts_about_people(ground.study.file, texts=texts)
    passages = () if cases.file.synthetic and ground.study.file.about_nobody else identifiers_in(material)
    refuse_passages(passages, found_ok=found_ok)
    return passages


def _attempts(ground: Ground, made: Sequence[Pack], sets: Sequence[int]) -> dict[str, int]:
    """Which attempt each pack is of; packs of the study, of another panel or rule are refused."""
    settings, study_id = ground.panel.settings, ground.study.file.id
    strangers = [pack for pack in made if pack.purpose != PURPOSE]
    if strangers:
        raise PanelError(
            Problem("PAN130", "this is no pack of calibration", Place(f"{pack.pack_id}.zip"), pack.purpose, PURPOSE,
                    "give the folder that was named as --key when the calibration packs were made")
            for pack in strangers
        )  # fmt: skip
    rule = rule_digest(calibration_of(ground.panel))
    found = {
        pack.pack_id: number
        for pack in made
        for number in sets
        if calibration_id(settings.seed, study_id, pack.rater_id, number) == pack.pack_id and pack.rule == rule
    }
    lost = [pack for pack in made if pack.pack_id not in found]
    if lost:
        raise PanelError(
            Problem("PAN128", "the pack was made by another rule or panel", Place(f"{pack.pack_id}.zip"),
                    f"rule {str(pack.rule)[:16]}", f"rule {rule[:16]}, and the seed of panel.yaml",
                    "put panel.yaml back as it was when the packs were made")
            for pack in lost
        )  # fmt: skip
    return found
