"""What changed between two versions of a rubric, and what each change can move.

Pure: two loaded rubrics in, changes out. May import the rubric schemas.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dualtrack.rubric.effects import ORDER, Effect, Part, Place, parts_of
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.reach import movement

__all__ = ["Change", "compare", "grouped", "in_words", "value_text"]

_SINGULAR = {
    "checks": "check",
    "gates": "gate",
    "failure_modes": "failure mode",
    "levels": "level",
    "entries": "entry",
    "severities": "severity",
    "likelihoods": "likelihood",
    "metrics": "metric",
    "out": "left out:",
}
_KINDS = ("metric", "scale", "lexicon", "profile", "risk matrix", "harm ladder", "header", "rehearsal")


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    ``subject`` names the metric, scale or other thing; ``what`` is the part of it, "" for the whole; ``before`` and
    ``after`` are its texts, None where it was not there; ``effect`` is the class of what it can move and ``moves`` says
    it in words.
    """

    subject: str
    what: str
    before: str | None
    after: str | None
    effect: Effect
    moves: str

    @property
    def can_move(self) -> bool:
        """Whether a number or a state can differ."""
        return self.effect is not Effect.words

    @property
    def told(self) -> str:
        """The change in words, without what it can move."""
        if self.before is None or self.after is None:
            verb = "are" if self.what == "ratings" else "is"
            return f"{self.what} {verb} {'new' if self.before is None else 'gone'}".strip()
        if self.before == self.after:  # lists of entries, which are counted and not quoted
            return f"{self.what}: changed"
        return f"{self.what}: {self.before} becomes {self.after}"


def compare(before: Rubric, after: Rubric) -> tuple[Change, ...]:
    """All changes from one rubric to another.

    Args:
        before: the older version.
        after: the newer version.

    Returns:
        Grouped by metric, then scales, word lists, profiles, risk and the header; what can move something comes first,
        both among the groups and inside each. Files that differ only in layout, comments or order give none.

    Example:
        >>> from dualtrack.rubric import load_rubric
        >>> compare(load_rubric("longqa"), load_rubric("longqa"))
        ()
    """
    versions = (before, after)
    old, new = parts_of(before), parts_of(after)
    changes: dict[Place, Change] = {}
    for place in _differing(old, new):
        was, now = old.get(place), new.get(place)
        effect = _stronger(was, now)
        changes[place] = Change(
            subject=_subject(versions, place),
            what=in_words(place[2:]),
            before=None if was is None else value_text(was.value),
            after=None if now is None else value_text(now.value),
            effect=effect,
            moves=movement(versions, place, effect),
        )
    ranks = _ranks(versions)
    moving = {place[:2] for place, change in changes.items() if change.can_move}
    order = sorted(changes, key=lambda place: (place[:2] not in moving, ranks[place[:2]], not changes[place].can_move))
    return tuple(changes[place] for place in order)


def grouped(changes: Sequence[Change]) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Changes by subject, in their order."""
    for subject in dict.fromkeys(change.subject for change in changes):
        yield subject, tuple(change for change in changes if change.subject == subject)


def _differing(old: Mapping[Place, Part], new: Mapping[Place, Part]) -> Iterator[Place]:
    """Places that differ; of a thing that came or went its presence alone, of an order only what is left of it."""
    for place in dict.fromkeys([*new, *old]):
        was, now = old.get(place), new.get(place)
        if was is not None and now is not None:
            if was.value != now.value and not (place[-1] == ORDER and not _reordered(was.value, now.value)):
                yield place
        elif not any(_came_or_went(place[:length], old, new) for length in range(2, len(place))):
            yield place


def _came_or_went(place: Place, old: Mapping[Place, Part], new: Mapping[Place, Part]) -> bool:
    known = old.get(place) or new.get(place)
    return known is not None and known.whole and (place in old) is not (place in new)


def _reordered(was: object, now: object) -> bool:
    if not isinstance(was, list) or not isinstance(now, list):
        return False
    return [each for each in was if each in now] != [each for each in now if each in was]


def _stronger(was: Part | None, now: Part | None) -> Effect:
    """The effect of the version in which the part can move something."""
    effects = [part.effect for part in (now, was) if part is not None]
    return next((effect for effect in effects if effect is not Effect.words), Effect.words)


def _ranks(versions: tuple[Rubric, Rubric]) -> dict[Place, int]:
    """The order of the things that a rubric is made of: metrics as the rubric has them, the rest by name."""
    before, after = versions
    metrics = [metric.id for rubric in (after, before) for metric in rubric.metrics]
    names: dict[str, list[str]] = {"metric": metrics, "header": ["rubric"], "rehearsal": ["rubric"]}
    for kind, attribute in _HELD.items():
        names[kind] = sorted({name for rubric in versions for name in getattr(rubric, attribute)})
    return {
        place: rank for rank, place in enumerate(dict.fromkeys((kind, name) for kind in _KINDS for name in names[kind]))
    }


_WHOLES = {"header": "The rubric as a whole", "rehearsal": "The rehearsal of the rubric"}
_HELD = {
    "scale": "scales",
    "lexicon": "lexicons",
    "profile": "profiles",
    "risk matrix": "risk_matrices",
    "harm ladder": "harm_ladders",
}


def _subject(versions: tuple[Rubric, Rubric], place: Place) -> str:
    kind, name = place[:2]
    if kind in _WHOLES:
        return _WHOLES[kind]
    if kind != "metric":
        return f"{kind.capitalize()} {name}"
    metric = next(metric for rubric in reversed(versions) for metric in rubric.metrics if metric.id == name)
    return f"{metric.code} {metric.title} ({name}, {metric.track})"


def in_words(place: Place) -> str:
    """A place in words, from its third word on: ``gate rate, limit``."""
    if not place:
        return ""
    words: list[str] = []
    rest = list(place)
    while rest:
        word = rest.pop(0)
        if word in _SINGULAR and rest and rest[0] != ORDER:
            words.append(f"{_SINGULAR[word]} {rest.pop(0)}")
        elif rest == [ORDER]:
            words.append(f"the order of {word.replace('_', ' ')}")
            break
        else:
            words.append(word.replace("_", " "))
    return ", ".join(words)


def value_text(value: object) -> str:
    """A plain value for a reader."""
    if isinstance(value, dict):
        lists = any(isinstance(each, list | dict) for each in value.values())
        pairs = ((str(key).replace("_", " "), value_text(each)) for key, each in value.items())
        return (
            "; ".join(f"{key}: {text}" for key, text in pairs)
            if lists
            else ", ".join(map(" ".join, pairs)) or "nothing"
        )
    if isinstance(value, list):
        if any(isinstance(each, dict) for each in value):
            return f"{len(value)} entr{'y' if len(value) == 1 else 'ies'}"
        return ", ".join(value_text(each) for each in value) or "nothing"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "yes", False: "no"}[value]
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
