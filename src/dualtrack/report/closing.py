"""What ends every scorecard: the limits of what was done, and what the words mean. May import ``render`` and report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dualtrack.render import Mark, Section, listed, numbers
from dualtrack.report.document import Fact, Note
from dualtrack.report.marks import state_mark
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words
from dualtrack.terms import State

__all__ = ["GlossaryView", "LimitsView", "Meaning", "Term", "glossary_section", "limits_section", "note_text"]

TERMS = ("gate", "score", "interval", "bounds", "coverage", "exploratory", "group")


@dataclass(frozen=True, slots=True)
class LimitsView:
    """What a reader must not conclude."""

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One state and what it means."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """One word and what it means."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class GlossaryView:
    """States and other words."""

    states: tuple[Meaning, ...]
    terms: tuple[Term, ...]


def limits_section(sheet: Sheet, words: Words) -> Section:
    """The limits: those of every study, those of this one, and the notes of the results.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    view = LimitsView(tuple(_limits(sheet, words)))
    return Section("limits", words.say("sections.limits"), "report/sections/limits.html.j2", view)


def glossary_section(words: Words, confidence: float) -> Section:
    """What states and words mean.

    Args:
        words: the sentences.
        confidence: confidence of the intervals, 0..1.
    """
    level = numbers.exact_percent(confidence)
    view = GlossaryView(
        states=tuple(Meaning(state_mark(words, state), words.say(f"states.{state}.meaning")) for state in State),
        terms=tuple(
            Term(words.say(f"glossary.terms.{term}"), words.say(f"glossary.meanings.{term}", confidence=level))
            for term in TERMS
        ),
    )
    return Section("glossary", words.say("sections.glossary"), "report/sections/glossary.html.j2", view)


def note_text(words: Words, note: Note) -> str:
    """A note of the results as a sentence: ours where its code is known, otherwise its facts as they stand.

    Args:
        words: the sentences.
        note: the note.
    """
    sentence = f"notes.{note.code}.text"
    facts = {name: _fact(words, note.code, name, value) for name, value in note.facts.items()}
    if sentence in words.sentences:
        return words.say(sentence, **facts)
    shown = tuple(words.say("notes.fact", name=name, value=value) for name, value in facts.items())
    return words.say("notes.other", code=note.code, facts=", ".join(shown) or words.say("notes.no_fact"))


def _fact(words: Words, code: str, name: str, value: Fact) -> str:
    match value:
        case None:
            return words.say("notes.no_fact")
        case bool():
            return words.say("notes.is_true" if value else "notes.is_false")
        case int():
            return numbers.count(value)
        case float():
            return numbers.level(value)
        case tuple():
            return _list(words, code, name, value)
        case _:
            return value


def _list(words: Words, code: str, name: str, rows: tuple[str | Mapping[str, Fact], ...]) -> str:
    """Texts as a list, rows as clauses of the note's own sentence or as pairs of name and value."""
    if all(isinstance(row, str) for row in rows):
        return listed(tuple(row for row in rows if isinstance(row, str)))
    clauses = []
    for row in rows:
        facts = {key: _fact(words, code, key, value) for key, value in row.items()} if isinstance(row, Mapping) else {}
        if f"notes.{code}.{name}" in words.sentences:
            clauses.append(words.say(f"notes.{code}.{name}", **facts))
        else:
            clauses.append(", ".join(words.say("notes.fact", name=key, value=value) for key, value in facts.items()))
    return "; ".join(clauses)


def _limits(sheet: Sheet, words: Words) -> Iterator[str]:
    titles: Mapping[str, str] = {metric.id: metric.title for metric in sheet.metrics}
    for out in sheet.study.scope_out:
        yield words.say("limits.scope", metric=titles[out.metric], reason=out.reason, by=out.by, at=numbers.day(out.at))
    if sheet.study.data_kind != "real":
        yield words.say("limits.synthetic")
    if sheet.run.retrospective:
        yield words.say("limits.retrospective")
    yield from (note_text(words, note) for note in sheet.notes)
    yield words.say("limits.text")
    yield words.say("limits.cases")
    if any(row.covers == "cases" for row in sheet.estimates.values()):
        yield words.say("limits.panel")
    if _judged(sheet):
        yield words.say("limits.judge")
    yield words.say("limits.index")
    if sheet.comparisons:
        yield words.say("limits.exploratory")


def _judged(sheet: Sheet) -> bool:
    judges = {source.id for source in sheet.study.sources if source.kind == "llm_judge"}
    return any(row.basis.removeprefix("score:") in judges for row in sheet.estimates.values())
