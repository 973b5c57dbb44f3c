"""Explanations in plain text: anything that a rubric defines, a check kind or an error code.

May import checks and rubric, and nothing that is slow to load: an explanation comes at once.
"""

import re
import textwrap
from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml

from dualtrack.checks.base import CheckKind
from dualtrack.checks.registry import check_kinds
from dualtrack.errors import RubricError
from dualtrack.rubric.gate import Gate
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.rubric.load import Defined, find_definition
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.profile import Profile
from dualtrack.rubric.scale import Scale

__all__ = ["explain"]

_CODE = re.compile(r"^(RUB|REC|CHK|SCO|PAN|PWR|REP|OUT|LED|CMP|BUN)\d{3}$")
_WIDTH = 88


def explain(name: str) -> str:
    """Explain one name.

    Args:
        name: id or code of a metric (``readability``, ``core/readability``, ``E11``), id of a scale, name of a check
            kind, or an error code. A name that is both a metric and a check kind gives both.

    Returns:
        Plain text, wrapped.

    Raises:
        RubricError: nothing has that name, or several things do; the nearest known names are given (RUB...).

    Example:
        >>> print(explain("REC001").splitlines()[0].split(":")[0])
        REC001
    """
    if _CODE.match(name.upper()):
        return "\n".join(_error(name.upper()))
    kinds = check_kinds()
    check = list(_check(kinds[name])) if name in kinds else []
    try:
        found = find_definition(name)
    except RubricError:
        if not check:
            raise
        return "\n".join(check)
    defined = list(_definition(found))
    return "\n".join([*defined, *(["", ""] if check else []), *check])


def _error(code: str) -> Iterator[str]:
    entries = yaml.safe_load((resources.files("dualtrack") / "messages" / f"{code[:3]}.yaml").read_text("utf-8"))
    entry = entries.get(code)
    if entry is None:
        yield f"{code}: no such code; known: {', '.join(sorted(entries))}"
        return
    yield from _lines(f"{code}: {entry['title']}")
    yield from ("", *_lines(entry["why"]), "", *_lines(f"How to mend it: {entry['fix']}"))


def _definition(found: Defined) -> Iterator[str]:
    if isinstance(found, Metric):
        yield from _metric(found)
    elif isinstance(found, Scale):
        yield from _scale(found)
    elif isinstance(found, Lexicon):
        yield from _lexicon(found)
    else:
        yield from _lines(f"{found.title} ({found.id})")
        yield ""
        yield from _lines(found.about)
        if isinstance(found, Profile):
            yield from _lines(f"In scope: {', '.join(found.metrics)}.")
            for left in found.out:
                yield from _lines(f"Left out: {left.metric}. {left.why}")
        else:
            yield from _lines(f"Source: {found.source}")


def _lexicon(lexicon: Lexicon) -> Iterator[str]:
    yield from _lines(f"{lexicon.title} ({lexicon.id}): a lexicon, edition {lexicon.edition}")
    yield ""
    yield from _lines(lexicon.about)
    yield from _lines(f"It misses: {lexicon.misses}")
    yield from _lines(f"Source: {lexicon.source}")
    for entry in lexicon.entries:
        yield from _lines(f"  {entry.title}: {', '.join(entry.terms)}")


def _metric(metric: Metric) -> Iterator[str]:
    yield from _lines(
        f"{metric.code} {metric.title} ({metric.id}): a metric of the {metric.track} track, {metric.lifecycle}"
    )
    yield ""
    yield from _lines(metric.definition)
    yield from _lines(f"It does not show: {metric.does_not_show}")
    yield ""
    yield from _lines(f"Quantity: {metric.quantity.type} per {metric.quantity.per}, shown as {metric.quantity.show}.")
    yield from _lines(f"Weight: {metric.weight.value:g}. {metric.weight.why}")
    if metric.ratings is not None:
        yield from _lines(f"Ratings: scale {metric.ratings.scale}, joined by {metric.aggregate}.")
    for check in metric.checks:
        why = f" ({check.why})" if check.why else ""
        yield from _lines(f"Check: {check.kind}, proof {check.proof}{why}.")
    yield from _lines(f"Joining rule: {metric.combine}. Missing: {metric.missing.rule}.")
    for gate in metric.gates:
        yield from _lines(f"Gate {gate.id}: {_gate(gate)}")
    if not metric.gates:
        yield "No gate."
    for mode in metric.failure_modes:
        yield from _lines(f"Failure mode: {mode.title or mode.id} ({mode.act}).")


def _gate(gate: Gate) -> str:
    stated = {
        name: value
        for name, value in gate.model_dump(mode="json", exclude_none=True).items()
        if name not in ("id", "why")
    }
    text = ", ".join(f"{name} {value}" for name, value in stated.items())
    return f"{text}. {gate.why}" if gate.why else f"{text}."


def _scale(scale: Scale) -> Iterator[str]:
    yield from _lines(f"{scale.title} ({scale.id}): a scale, {scale.kind}")
    yield ""
    yield from _lines(scale.ask)
    for level in scale.levels:
        value = "no value" if level.value is None else f"{level.value:g}"
        yield from _lines(f"  {level.id} (counts as {value}): {level.anchor}")
    if scale.min is not None and scale.max is not None:
        yield f"  a number from {scale.min:g} to {scale.max:g}, {scale.better} is better"
    yield from _lines(f"Why these values: {scale.why}")
    if scale.source is not None:
        yield from _lines(f"Source: {scale.source}")


def _check(kind: CheckKind[Any]) -> Iterator[str]:
    yield from _lines(f"{kind.name}: an automated check. {kind.title}")
    yield ""
    yield from _lines(f"A finding shows: {kind.claim}")
    for blind in kind.blind_spots:
        yield from _lines(f"It does not see: {blind}")
    yield f"Languages: {', '.join(kind.languages) if kind.languages else 'any'}"
    for name, parameter in kind.params.model_fields.items():
        yield from _lines(f"Parameter {name}: {parameter.description or ''} (default {parameter.get_default()!r})")


def _lines(text: str) -> list[str]:
    """Wrapped lines; words from a rubric may be long, so nothing is cut."""
    return textwrap.wrap(" ".join(text.split()), _WIDTH, break_long_words=False) or [""]
