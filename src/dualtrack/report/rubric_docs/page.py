"""The page of a whole rubric, for the committee that owns it.

May import terms, ``render``, rubric and the words of report. A function of a loaded rubric and the titles of its
decisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dualtrack.render import Fact, FrameWords, Page, Section, numbers, render_page
from dualtrack.report.drawing import templates
from dualtrack.report.rubric_docs.metric import MetricView, metric_view
from dualtrack.report.rubric_docs.parts import decisions_section, lexicons_section, profiles_section, scales_section
from dualtrack.report.rubric_docs.risk import risk_section
from dualtrack.report.words import Words, load_words
from dualtrack.rubric.effects import results_digest
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.terms import Track

__all__ = ["RUBRIC_PAGE", "STYLES", "rubric_page", "templates"]

RUBRIC_PAGE = "rubric.html"
STYLES = ("reading.css",)
_TERMS = (
    "counted", "when", "evidence", "joined", "missing", "weight", "gates", "modes", "strata", "crosswalk", "examples",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PurposeView:
    """What the rubric is and is not."""

    about: str
    headings: tuple[str, str]
    statements: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One metric in the list of all."""

    target: str
    code: str
    title: str
    weight: str
    gates: str
    judged_by: str
    standing: str


@dataclass(frozen=True, slots=True)
class Glance:
    """The metrics of one track in a table."""

    anchor: str
    caption: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class GlanceView:
    """All metrics, track by track."""

    lead: str
    columns: tuple[str, ...]
    tracks: tuple[Glance, ...]


@dataclass(frozen=True, slots=True)
class ReadingView:
    """What the parts of a metric mean."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class TrackView:
    """Every metric of one track, and the headings inside each."""

    lead: str
    words: Mapping[str, str]
    metrics: tuple[MetricView, ...]


def rubric_page(rubric: Rubric, decisions: Mapping[str, str], *, language: str = "en") -> str:
    """The whole rubric as one page.

    Args:
        rubric: as ``load_rubric`` gives it.
        decisions: title of each recorded decision by file name.
        language: language of the page's own words.

    Returns:
        HTML, complete in itself; the same for the same rubric.
    """
    words, header = load_words(language, "rubric"), rubric.header
    name = {"id": header.id, "version": header.version}
    sections = (
        _purpose(words, rubric),
        _glance(words, rubric),
        _reading(words),
        *(_track(words, rubric, track) for track in Track if rubric.track(track)),
        scales_section(words, rubric),
        profiles_section(words, rubric),
        risk_section(words, rubric),
        decisions_section(words, decisions),
        lexicons_section(words, rubric),
    )
    page = Page(
        file=RUBRIC_PAGE,
        language=words.language,
        title=words.say("rubric.title", title=header.title, **name),
        heading=header.title,
        kicker=words.say("rubric.kicker", **name),
        banner="",
        claim=words.say("rubric.claim", **{track.value: _n_metrics(words, rubric.track(track)) for track in Track}),
        about=(),
        facts=_facts(words, rubric),
        links=(),
        sections=tuple(section for section in sections if section is not None),
        footer=(words.say("rubric.footer", **name), words.say("rubric.digest_line", digest=rubric.sha256)),
        running=words.say("rubric.running", **name),
        words=FrameWords(words.say("frame.skip"), words.say("frame.pages"), words.say("frame.contents")),
        styles=STYLES,
    )
    return render_page(page, templates())


def _n_metrics(words: Words, metrics: tuple[Metric, ...]) -> str:
    return words.say(
        "rubric.metrics_one" if len(metrics) == 1 else "rubric.metrics_many", n=numbers.count(len(metrics))
    )


def _n_gates(metrics: tuple[Metric, ...]) -> str:
    return numbers.count(sum(len(metric.gates) for metric in metrics))


def _facts(words: Words, rubric: Rubric) -> tuple[Fact, ...]:
    header = rubric.header
    floors = words.say(
        "rubric.facts.floors_value",
        coverage=numbers.exact_percent(header.floors.coverage),
        items=numbers.count(header.floors.items),
        clusters=numbers.count(header.floors.clusters),
        check=numbers.exact_percent(header.floors.check_sensitivity),
    )
    size = words.say(
        "rubric.size",
        metrics=numbers.count(len(rubric.metrics)),
        scales=numbers.count(len(rubric.scales)),
        gates=_n_gates(rubric.metrics),
    )
    source = () if header.source is None else (Fact(words.say("rubric.facts.source"), header.source),)
    return (
        Fact(words.say("rubric.facts.version"), header.version),
        Fact(words.say("rubric.facts.size"), size),
        Fact(words.say("rubric.facts.floors"), floors),
        Fact(words.say("rubric.facts.licence"), header.licence),
        *source,
        Fact(words.say("rubric.facts.results_digest"), results_digest(rubric)),
    )


def _purpose(words: Words, rubric: Rubric) -> Section:
    included = rubric.header.include
    taken = (words.say("purpose.included", names=", ".join(included)),) if included else ()
    view = PurposeView(
        about=rubric.header.about,
        headings=(words.say("purpose.is"), words.say("purpose.is_not")),
        statements=(
            *(words.say(f"purpose.statements.{name}") for name in ("declared", "tracks", "amendable")),
            *taken,
        ),
        warnings=tuple(words.say(f"purpose.warnings.{name}") for name in ("text", "weights", "ours", "permission")),
    )
    return Section("purpose", words.say("sections.purpose"), "report/rubric/purpose.html.j2", view)


def _glance(words: Words, rubric: Rubric) -> Section:
    tracks = tuple(
        Glance(
            anchor=f"glance-{track}",
            caption=words.say("glance.caption", track=words.say(f"track_titles.{track}")),
            lines=tuple(_line(words, rubric, metric) for metric in rubric.track(track)),
        )
        for track in Track
        if rubric.track(track)
    )
    columns = ("code", "metric", "weight", "gates", "judged_by", "standing")
    view = GlanceView(words.say("glance.lead"), tuple(words.say(f"glance.{name}") for name in columns), tracks)
    return Section("glance", words.say("sections.glance"), "report/rubric/glance.html.j2", view)


def _line(words: Words, rubric: Rubric, metric: Metric) -> Line:
    judges = [words.say("glance.check")] if metric.checks else []
    if metric.ratings is not None:
        scale = rubric.scales.get(metric.ratings.scale)
        judges.append(words.say("glance.raters", scale=metric.ratings.scale if scale is None else scale.title))
    view = metric_view(words, rubric, metric)
    return Line(
        target=f"#{view.anchor}",
        code=metric.code,
        title=metric.title,
        weight=numbers.level(metric.weight.value),
        gates=numbers.count(len(metric.gates)) if metric.gates else words.say("glance.no_gate"),
        judged_by="; ".join(judges),
        standing=words.say(f"lifecycles.{metric.lifecycle}"),
    )


def _reading(words: Words) -> Section:
    facts = tuple(Fact(words.say(f"reading.terms.{term}"), words.say(f"reading.meanings.{term}")) for term in _TERMS)
    return Section("reading", words.say("sections.reading"), "report/rubric/reading.html.j2", ReadingView(facts))


def _track(words: Words, rubric: Rubric, track: Track) -> Section:
    metrics = rubric.track(track)
    view = TrackView(
        lead=words.say("tracks_lead", metrics=numbers.count(len(metrics)), gates=_n_gates(metrics)),
        words={
            "does_not_show": words.say("metric.does_not_show"),
            "gates": words.say("metric.gates"),
            "modes": words.say("metric.modes"),
            "commission": words.say("metric.commission"),
            "omission": words.say("metric.omission"),
            "crosswalk": words.say("metric.crosswalk"),
        },
        metrics=tuple(metric_view(words, rubric, metric) for metric in metrics),
    )
    return Section(f"track-{track}", words.say(f"sections.{track}"), "report/rubric/track.html.j2", view)
