"""The guide for raters: how to rate, every question with its answers in words, when it is asked, what can be ticked.

No weight, no gate, no value, no system and no metric stands in it, so that nobody rates towards a result. May import
``render``, rubric and the words of report.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.render import (
    Cell,
    Column,
    Fact,
    FrameWords,
    Page,
    Row,
    Section,
    Table,
    anchor,
    listed,
    numbers,
    render_page,
)
from dualtrack.report.drawing import templates
from dualtrack.report.rubric_docs.metric import mode_title
from dualtrack.report.rubric_docs.page import STYLES
from dualtrack.report.rubric_docs.sentences import conditions_text
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words, load_words
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import CANNOT_JUDGE, Level, Scale, ScaleKind

__all__ = ["GUIDE", "guide_page"]

GUIDE = "rater-guide.html"
_STEPS = (
    "case", "whole", "written", "question", "apart", "length", "fail", "cannot", "alone", "back", "danger",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepsView:
    """How to rate, step by step."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Modes:
    """What can be ticked, under a heading."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question as a rater meets it; "" and () where there is nothing."""

    ask: str
    asked: str
    answers_title: str
    answers: tuple[str, ...]
    ordered: bool
    cannot_judge: Fact | None
    modes_title: str
    modes: tuple[Modes, ...]


def guide_page(rubric: Rubric, *, language: str = "en") -> str:
    """The guide for the raters of a rubric.

    Args:
        rubric: as ``load_rubric`` gives it.
        language: language of the page's own words.

    Returns:
        HTML, complete in itself; the same for the same rubric.
    """
    words, header = load_words(language, "rubric"), rubric.header
    name = {"id": header.id, "version": header.version}
    asked = [scale for scale in rubric.scales.values() if _readers(rubric, scale)]
    count = words.say("guide.questions_one" if len(asked) == 1 else "guide.questions_many", n=numbers.count(len(asked)))
    title = words.say("guide.title", title=header.title)
    page = Page(
        file=GUIDE,
        language=words.language,
        title=title,
        heading=title,
        kicker=words.say("guide.kicker"),
        banner="",
        claim=words.say("guide.claim", questions=count) if asked else words.say("guide.claim_none"),
        about=(words.say("guide.about"),),
        facts=(Fact(words.say("guide.facts.questions"), words.say("guide.facts.questions_value", **name)),),
        links=(),
        sections=(
            Section(
                "how",
                words.say("guide.sections.how"),
                "report/rubric/steps.html.j2",
                StepsView(tuple(words.say(f"guide.steps.{step}") for step in _STEPS)),
            ),
            _uses(words, rubric, asked),
            *(_question(words, rubric, scale) for scale in asked),
        ),
        footer=(words.say("rubric.guide_footer", **name), words.say("rubric.digest_line", digest=rubric.sha256)),
        running=words.say("rubric.guide_running", **name),
        words=FrameWords(words.say("frame.skip"), words.say("frame.pages"), words.say("frame.contents")),
        styles=STYLES,
    )
    return render_page(page, templates())


def _readers(rubric: Rubric, scale: Scale) -> list[Metric]:
    """Metrics in use that read a scale."""
    return [
        metric
        for metric in rubric.metrics
        if metric.lifecycle != "retired" and metric.ratings is not None and metric.ratings.scale == scale.id
    ]


def _uses(words: Words, rubric: Rubric, asked: list[Scale]) -> Section:
    profiles = list(rubric.profiles.values())
    lead = words.say("guide.uses_lead" if profiles else "guide.no_profiles")
    marks = {True: Cell(words.say("guide.asked")), False: Cell(words.say("guide.not_asked"), muted=True)}
    matrix = Table(
        anchor="uses-matrix",
        caption=words.say("guide.uses_caption"),
        columns=(
            Column(words.say("guide.question"), head=True, wide=True),
            *(Column(profile.title) for profile in profiles),
        ),
        rows=tuple(
            Row(
                (
                    Cell(scale.title),
                    *(
                        marks[any(metric.id in profile.metrics for metric in _readers(rubric, scale))]
                        for profile in profiles
                    ),
                )
            )
            for scale in asked
        ),
    )
    return Section("uses", words.say("guide.sections.uses"), TABLES, TablesView(lead, (matrix,) if profiles else ()))


def _question(words: Words, rubric: Rubric, scale: Scale) -> Section:
    readers = _readers(rubric, scale)
    ordered = scale.kind in (ScaleKind.ordinal, ScaleKind.binary)
    cannot = next((level for level in scale.levels if level.id == CANNOT_JUDGE), None)
    modes = tuple(_modes(words, readers))
    view = QuestionView(
        ask=scale.ask,
        asked=_asked(words, scale, readers),
        answers_title=words.say("guide.answers_ordered" if ordered else "guide.answers"),
        answers=tuple(_answers(words, scale, ordered=ordered)),
        ordered=ordered,
        cannot_judge=None if cannot is None else Fact(words.say("guide.cannot_judge"), cannot.anchor),
        modes_title=words.say("guide.modes") if modes else "",
        modes=modes,
    )
    return Section(anchor("question", scale.id), scale.title, "report/rubric/question.html.j2", view)


def _asked(words: Words, scale: Scale, readers: list[Metric]) -> str:
    units = listed(tuple(words.say(f"units.{grain}") for grain in scale.applies_to), last="or")
    clauses = list(dict.fromkeys(conditions_text(words, metric) for metric in readers))
    if "" in clauses:
        when = words.say("guide.when_every")
    else:
        when = words.say("guide.when_only", conditions=listed(tuple(clauses), last="or"))
    return f"{when} {words.say('guide.about_unit', units=units)}"


def _answers(words: Words, scale: Scale, *, ordered: bool) -> Iterator[str]:
    """The words of all levels but "cannot judge"; an ordered scale begins with its best level."""
    if scale.min is not None and scale.max is not None and scale.better is not None:
        least, most = numbers.level(scale.min), numbers.level(scale.max)
        yield words.say("scales.number", least=least, most=most, better=words.say(f"scales.{scale.better}"))
    levels = [level for level in scale.levels if level.id != CANNOT_JUDGE]
    yield from (level.anchor for level in (sorted(levels, key=_worse) if ordered else levels))


def _worse(level: Level) -> float:
    return 1.0 if level.value is None else -level.value


def _modes(words: Words, readers: list[Metric]) -> Iterator[Modes]:
    for act, heading in (("commission", "guide.modes_said"), ("omission", "guide.modes_left")):
        lines = dict.fromkeys(
            mode_title(mode) for metric in readers for mode in metric.failure_modes if mode.act == act
        )
        if lines:
            yield Modes(words.say(heading), tuple(lines))
