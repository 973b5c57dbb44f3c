"""The worked examples of a metric as a small table. May import ``render``, rubric and the words of report."""

from dualtrack.render import Cell, Column, Row, Table, anchor, numbers
from dualtrack.report.rubric_docs.sentences import in_words
from dualtrack.report.words import Words
from dualtrack.rubric.metric import Evidence, Example, Metric

__all__ = ["examples_table"]

_KINDS = ("checks", "ratings", "rulings", "pairs", "stated")
_INDEX = ("mean_value", "difference")  # shown in hundredths; a Brier score stays as it is


def examples_table(words: Words, metric: Metric) -> Table | None:
    """One row for each example, with the kinds of evidence that any of them has; None where there is none.

    Args:
        words: the sentences.
        metric: the metric.
    """
    if not metric.examples:
        return None
    used = [kind for kind in _KINDS if any(getattr(example.evidence, kind) for example in metric.examples)]
    columns = [*(Column(words.say(f"examples.{kind}"), wide=True) for kind in used)]
    columns.append(Column(words.say("examples.gives"), wide=True))
    return Table(
        anchor=anchor("examples", metric.id),
        caption=words.say("examples.caption", code=metric.code),
        columns=tuple(columns),
        rows=tuple(
            Row(
                (
                    *(Cell(_evidence(words, example.evidence, kind)) for kind in used),
                    Cell(_expected(words, metric, example)),
                )
            )
            for example in metric.examples
        ),
    )


def _evidence(words: Words, evidence: Evidence, kind: str) -> str:
    match kind:
        case "checks":
            parts = [words.say(f"examples.outcomes.{outcome}") for outcome in evidence.checks]
        case "ratings":
            parts = [", ".join(map(in_words, levels)) for levels in evidence.ratings]
        case "rulings":
            parts = [in_words(level) if level else words.say("examples.no_ruling") for level in evidence.rulings]
        case "pairs":
            parts = [", ".join(numbers.level(value) for value in pair) for pair in evidence.pairs]
        case _:
            parts = [_stated(words, share) for share in evidence.stated]
    return "; ".join(parts) or words.say("examples.nothing")


def _stated(words: Words, share: float | None) -> str:
    return words.say("examples.not_stated") if share is None else numbers.exact_percent(share)


def _expected(words: Words, metric: Metric, example: Example) -> str:
    expect = example.expect
    if expect.undefined is not None:
        return words.say("examples.undefined", reason=words.say(f"reasons.{expect.undefined}.short"))
    parts = []
    if expect.n_events is not None and expect.n_units is not None:
        events, units = numbers.count(expect.n_events), numbers.count(expect.n_units)
        parts.append(words.say("examples.counts", events=events, units=units))
    elif expect.n_units is not None:
        parts.append(words.say("examples.units", units=numbers.count(expect.n_units)))
    elif expect.n_events is not None:
        parts.append(words.say("examples.events", events=numbers.count(expect.n_events)))
    if expect.value is not None:
        show = words.say(f"shows.{metric.quantity.show}.short")
        parts.append(words.say("examples.value", show=show, value=_value(metric, expect.value)))
    return "; ".join(parts)


def _value(metric: Metric, value: float) -> str:
    if metric.quantity.show in _INDEX:
        return numbers.hundredths(value)
    return numbers.exact_percent(value) if metric.quantity.show.endswith("_rate") else numbers.level(value)
