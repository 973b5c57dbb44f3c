"""The form's own file back: progress and export have one form, sealed by a digest.

May import errors and the panel's own ground.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.foreign import foreign_pack
from dualtrack.panel.pack import Pack, Return, sealed_digest
from dualtrack.panel.received import Incoming, Refusal, Said, refuse

__all__ = ["from_form", "refused_cells"]


def from_form(name: str, content: Mapping[str, Any], packs: Mapping[str, Pack]) -> Incoming:
    """Read what the form saved.

    Args:
        name: name of the file.
        content: the JSON of the file.
        packs: every pack of the study by id.

    Returns:
        What the file says, its pack found.

    Raises:
        PanelError: PAN102 the digest is not that of the content; PAN101 it is no return; PAN103 it is of another pack
            than the one that was handed out; PAN104 the pack is not of this study; PAN129
            it is of calibration where the study is read, or PAN130 the other way round; PAN112 the rater is not the
            pack's.
    """
    try:
        fits = sealed_digest(content) == content.get("digest")
    except (ValueError, RecursionError):
        fits = False
    if not fits:
        raise refuse(
            "PAN102",
            "the file was changed after it was saved",
            Place(name, column="digest"),
            found=content.get("digest"),
            expected="the digest of the content",
            fix="ask the rater for the file as the form saved it; do not open and save it in an editor",
        )
    back = _return(name, content)
    pack = packs.get(back.pack_id)
    if pack is None:
        raise foreign_pack(back.pack_id, Place(name, column="pack_id"), packs)
    return Incoming(
        name,
        "form",
        pack,
        back.rater_id,
        tuple(_said(name, place, back) for place in range(len(back.answers))),
        guesses=back.guesses,
        locked_at=back.locked_at,
        finished_at=back.finished_at,
        of=back.of,
        sealed=back,
    )


def refused_cells(name: str, content: object, packs: Mapping[str, Pack], problem: Problem) -> tuple[Refusal, ...]:
    """Answers of a file that was refused as a whole, as far as they can be told.

    Args:
        name: name of the file.
        content: the JSON of the file.
        packs: every pack of the study by id.
        problem: why it was refused.
    """
    if not isinstance(content, dict) or not isinstance(content.get("answers"), list):
        return ()
    pack = packs.get(str(content.get("pack_id")))
    if pack is None:
        return ()
    asked = {(task.code, scale) for task in pack.tasks for scale in task.questions}
    said = [(str(each.get("code")), str(each.get("scale_id"))) for each in content["answers"] if isinstance(each, dict)]
    return tuple(Refusal(name, pack.pack_id, *cell, problem) for cell in dict.fromkeys(said) if cell in asked)


def _return(name: str, content: Mapping[str, Any]) -> Return:
    try:
        return Return.model_validate_json(json.dumps(content))
    except ValidationError as error:
        raise PanelError(
            Problem(
                "PAN101",
                "this is not what the form saves",
                Place(name, column=".".join(map(str, each["loc"]))),
                found=ascii(each.get("input"))[:60],
                expected=each["msg"],
                fix="ask the rater for the file as the form saved it",
            )
            for each in error.errors(include_url=False)
        ) from error


def _said(name: str, place: int, back: Return) -> Said:
    answer = back.answers[place]
    return Said(
        Place(name, column=f"answers.{place}"),
        answer.code,
        answer.scale_id,
        answer.level,
        answer.state,
        comment=answer.comment,
        reason=answer.reason,
        modes=answer.modes,
        severities=answer.severities,
        spans=answer.spans,
        seconds=answer.seconds,
        rated_at=answer.rated_at,
        before=answer.before,
    )
