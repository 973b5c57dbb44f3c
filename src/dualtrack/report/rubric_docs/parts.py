"""What stands beside the metrics on the page of a rubric: questions, profiles, word lists, decisions.

May import ``render``, rubric and the words of report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dualtrack.render import Cell, Column, Fact, Row, Section, Table, anchor, numbers
from dualtrack.report.rubric_docs.sentences import in_words
from dualtrack.report.words import Words
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.lexicon import Entry, Lexicon
from dualtrack.rubric.scale import Scale

__all__ = ["decisions_section", "lexicons_section", "profiles_section", "scales_section"]


@dataclass(frozen=True, slots=True)
class ScaleView:
    """One question: its words, its levels in a table (None for a number), and what is said about it."""

    anchor: str
    title: str
    ask: str
    facts: tuple[str, ...]
    table: Table | None


@dataclass(frozen=True, slots=True)
class ScalesView:
    """All questions."""

    lead: str
    scales: tuple[ScaleView, ...]


@dataclass(frozen=True, slots=True)
class ProfileView:
    """One profile: what it is for, and what it leaves out."""

    anchor: str
    title: str
    about: str
    name: str
    out: Table | None


@dataclass(frozen=True, slots=True)
class ProfilesView:
    """The matrix of metrics and profiles, and each profile."""

    lead: str
    matrix: Table
    profiles: tuple[ProfileView, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of a word list."""

    title: str
    terms: str
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LexiconView:
    """One word list."""

    anchor: str
    title: str
    about: str
    facts: tuple[Fact, ...]
    summary: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True)
class LexiconsView:
    """All word lists."""

    lead: str
    lexicons: tuple[LexiconView, ...]


@dataclass(frozen=True, slots=True)
class DecisionsView:
    """Titles of the decisions, with their files."""

    lead: str
    decisions: tuple[Fact, ...]


def scales_section(words: Words, rubric: Rubric) -> Section | None:
    """The questions with their levels and values; None where the rubric asks nobody.

    Args:
        words: the sentences.
        rubric: the rubric.
    """
    if not rubric.scales:
        return None
    view = ScalesView(words.say("scales.lead"), tuple(_scale(words, rubric, scale) for scale in rubric.scales.values()))
    return Section("scales", words.say("sections.scales"), "report/rubric/scales.html.j2", view)


def profiles_section(words: Words, rubric: Rubric) -> Section | None:
    """Which metrics count for which use, with the reasons for what does not; None where there are no profiles.

    Args:
        words: the sentences.
        rubric: the rubric.
    """
    if not rubric.profiles:
        return None
    profiles = list(rubric.profiles.values())
    marks = {True: Cell(words.say("profiles.in")), False: Cell(words.say("profiles.out"), muted=True)}
    matrix = Table(
        anchor="profile-matrix",
        caption=words.say("profiles.caption"),
        columns=(
            Column(words.say("profiles.metric"), head=True, wide=True),
            *(Column(profile.title) for profile in profiles),
        ),
        rows=tuple(
            Row((Cell(f"{metric.code} {metric.title}"), *(marks[metric.id in profile.metrics] for profile in profiles)))
            for metric in rubric.metrics
        ),
    )
    titles = {metric.id: f"{metric.code} {metric.title}" for metric in rubric.metrics}
    views = tuple(
        ProfileView(
            anchor=anchor("profile", profile.id),
            title=profile.title,
            about=profile.about,
            name=words.say("profiles.about", id=profile.id),
            out=_left_out(
                words,
                profile.title,
                anchor("out", profile.id),
                {titles.get(left.metric, left.metric): left.why for left in profile.out},
            ),
        )
        for profile in profiles
    )
    view = ProfilesView(words.say("profiles.lead"), matrix, views)
    return Section("profiles", words.say("sections.profiles"), "report/rubric/profiles.html.j2", view)


def lexicons_section(words: Words, rubric: Rubric) -> Section | None:
    """The word lists with their source, edition and what they miss; None where there are none.

    Args:
        words: the sentences.
        rubric: the rubric.
    """
    if not rubric.lexicons:
        return None
    views = tuple(_lexicon(words, rubric, lexicon) for lexicon in rubric.lexicons.values())
    view = LexiconsView(words.say("lexicons.lead"), views)
    return Section("lexicons", words.say("sections.lexicons"), "report/rubric/lexicons.html.j2", view)


def decisions_section(words: Words, decisions: Mapping[str, str]) -> Section:
    """Titles of the recorded decisions.

    Args:
        words: the sentences.
        decisions: title by file name.
    """
    view = DecisionsView(
        words.say("decisions.lead" if decisions else "decisions.none"),
        tuple(Fact(file, title) for file, title in decisions.items()),
    )
    return Section("decisions", words.say("sections.decisions"), "report/rubric/decisions.html.j2", view)


def _scale(words: Words, rubric: Rubric, scale: Scale) -> ScaleView:
    table = None
    if scale.levels:
        names = ("level", "value", "anchor")
        table = Table(
            anchor=anchor("levels", scale.id),
            caption=words.say("scales.caption", title=scale.title),
            columns=tuple(
                Column(
                    words.say(f"scales.{name}"),
                    "number" if name == "value" else "text",
                    name == "level",
                    name == "anchor",
                )
                for name in names
            ),
            rows=tuple(
                Row((Cell(in_words(level.id)), Cell(_level_value(words, level.value)), Cell(level.anchor)))
                for level in scale.levels
            ),
        )
    return ScaleView(
        anchor("scale", scale.id), scale.title, scale.ask, tuple(_scale_facts(words, rubric, scale)), table
    )


def _scale_facts(words: Words, rubric: Rubric, scale: Scale) -> Iterator[str]:
    units = " / ".join(words.say(f"units.{grain}") for grain in scale.applies_to)
    yield words.say("scales.kind", kind=words.say(f"scales.kinds.{scale.kind}"), units=units)
    if scale.min is not None and scale.max is not None and scale.better is not None:
        yield words.say(
            "scales.number",
            least=numbers.level(scale.min),
            most=numbers.level(scale.max),
            better=words.say(f"scales.{scale.better}"),
        )
    readers = [metric.code for metric in rubric.metrics if metric.ratings and metric.ratings.scale == scale.id]
    yield words.say("scales.read_by", codes=", ".join(readers)) if readers else words.say("scales.read_by_none")
    yield words.say("scales.why", why=scale.why)
    if scale.source is not None:
        yield words.say("scales.source", source=scale.source)


def _level_value(words: Words, value: float | None) -> str:
    if value is None:
        return words.say("scales.no_value")
    return words.say("scales.value_of", value=numbers.hundredths(value))


def _left_out(words: Words, title: str, name: str, reasons: Mapping[str, str]) -> Table | None:
    if not reasons:
        return None
    return Table(
        anchor=name,
        caption=words.say("profiles.out_caption", title=title),
        columns=(
            Column(words.say("profiles.metric"), head=True, wide=True),
            Column(words.say("profiles.reason"), wide=True),
        ),
        rows=tuple(Row((Cell(metric), Cell(why))) for metric, why in reasons.items()),
    )


def _lexicon(words: Words, rubric: Rubric, lexicon: Lexicon) -> LexiconView:
    users = [metric.code for metric in rubric.metrics if any(lexicon.id in check.lexicons for check in metric.checks)]
    n = len(lexicon.entries)
    return LexiconView(
        anchor=anchor("lexicon", lexicon.id),
        title=lexicon.title,
        about=lexicon.about,
        facts=(
            Fact(words.say("lexicons.misses"), lexicon.misses),
            Fact(words.say("lexicons.source"), lexicon.source),
            Fact(words.say("lexicons.edition"), lexicon.edition),
            Fact(words.say("lexicons.languages"), ", ".join(lexicon.languages)),
            Fact(words.say("lexicons.used_by"), ", ".join(users) or words.say("lexicons.used_by_none")),
        ),
        summary=words.say("lexicons.entries_one" if n == 1 else "lexicons.entries_many", n=numbers.count(n)),
        entries=tuple(_entry(words, entry) for entry in lexicon.entries),
    )


def _entry(words: Words, entry: Entry) -> EntryView:
    facts = "; ".join(
        words.say("lexicons.fact", name=in_words(name), value=value) for name, value in entry.facts.items()
    )
    more = tuple(line for line in (facts, entry.note) if line)
    return EntryView(words.say("lexicons.entry", title=entry.title), ", ".join(entry.terms), more)
