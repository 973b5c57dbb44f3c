"""Single facts of a metric as sentences: what is counted, on which cases, what fails, what a gate asks for.

May import terms, ``render``, rubric and the words of report.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dualtrack.render import listed, numbers, sentence
from dualtrack.report.words import Words
from dualtrack.rubric.gate import FailWhen, Gate, LimitGate, MarginGate, MinNGate, RelativeGate, VetoGate
from dualtrack.rubric.metric import Condition, Metric
from dualtrack.rubric.quantity import Also, PairedQuantity, ProportionQuantity
from dualtrack.rubric.scale import Scale

__all__ = [
    "conditions_text",
    "counted_text",
    "failing_levels_text",
    "gate_text",
    "in_words",
    "setting_text",
]


def in_words(name: str) -> str:
    """An identifier as words: ``same_day`` reads "same day"."""
    return name.replace("_", " ")


def counted_text(words: Words, metric: Metric) -> str:
    """What one judgement is about, how judgements become a number, and what a page shows.

    Args:
        words: the sentences.
        metric: the metric.
    """
    quantity = metric.quantity
    unit = words.say(f"units.{quantity.per}")
    parts = [words.say("counted.unit", unit=unit), words.say(f"quantities.{quantity.type}")]
    if isinstance(quantity, ProportionQuantity):
        parts.append(words.say(f"counted.pool_{quantity.pool}", unit=unit))
    if isinstance(quantity, PairedQuantity):
        parts += _pairs(words, quantity)
    show, reading = words.say(f"shows.{quantity.show}.title"), words.say(f"shows.{quantity.show}.reading")
    parts.append(words.say("counted.shown", show=show, reading=reading))
    if quantity.also:
        shows = listed(tuple(_also(words, also) for also in quantity.also))
        parts.append(words.say("counted.also", shows=shows))
    return " ".join(parts)


def conditions_text(words: Words, metric: Metric) -> str:
    """The cases on which a metric is judged, as a clause that follows "cases"; "" for every case.

    Args:
        words: the sentences.
        metric: the metric.
    """
    clauses = [_condition(words, path, wanted) for path, wanted in metric.applies_when.items()]
    return listed(tuple(clauses))


def failing_levels_text(words: Words, rule: FailWhen | None, scale: Scale | None) -> str:
    """Which answers fail, as a clause: "at level H2, H3 or H4"; "" where nothing is said.

    Args:
        words: the sentences.
        rule: the rule.
        scale: the scale whose order it follows.
    """
    if rule is None:
        return ""
    if rule.below is not None:
        return words.say("levels.below", number=numbers.level(rule.below))
    if rule.above is not None:
        return words.say("levels.above", number=numbers.level(rule.above))
    return _levels(words, scale, (rule.at_least, rule.at_most), rule.any_of or ())


def gate_text(words: Words, metric: Metric, gate: Gate, scale: Scale | None) -> str:
    """A gate in plain sentences: what it asks for, among which cases, what fails, whose limit it is, and why.

    Args:
        words: the sentences.
        metric: the metric that has the gate.
        gate: the gate.
        scale: the scale that the metric reads.
    """
    parts = [_rule(words, metric, gate, scale)]
    stratum: Mapping[str, str] | None = getattr(gate, "stratum", None)
    if stratum:
        each = tuple(words.say("gate.part", stratum=in_words(name), level=level) for name, level in stratum.items())
        parts.append(words.say("gate.among", parts=listed(each)))
    fails = failing_levels_text(words, getattr(gate, "fails", None), scale)
    if fails:
        parts.append(words.say("gate.fails", levels=fails))
    if isinstance(gate, LimitGate | MarginGate | RelativeGate):
        parts.append(words.say(f"gate.thresholds.{gate.threshold}"))
    if gate.why is not None:
        parts.append(sentence(gate.why))
    return " ".join(parts)


def setting_text(words: Words, settings: Mapping[str, object]) -> str:
    """Settings of a check as they stand: names and values, nested ones in brackets.

    Args:
        words: the sentences.
        settings: plain values by name.
    """
    pairs = []
    for name, value in settings.items():
        form = "evidence.nested" if isinstance(value, Mapping) else "evidence.setting"
        pairs.append(words.say(form, name=in_words(name), value=_value(words, value)))
    return "; ".join(pairs)


def _pairs(words: Words, quantity: PairedQuantity) -> Iterator[str]:
    pairs = quantity.pairs
    facts = {"within": words.say(f"within.{pairs.within}"), "by": words.say(f"by.{pairs.by}")}
    if pairs.base is None:
        yield words.say("counted.pairs", **facts)
    else:
        yield words.say("counted.pairs_base", base=pairs.base, **facts)
    if quantity.of.check is not None:
        yield words.say("counted.compared_check", check=quantity.of.check)
    if quantity.of.ratings:
        yield words.say("counted.compared_ratings")


def _also(words: Words, also: Also) -> str:
    match also.show:
        case "share_at_least":
            return words.say("also.share_at_least", level=in_words(also.level))
        case "mean_raw":
            return words.say("also.mean_raw", unit=also.unit)
        case "ece":
            return words.say("also.ece", bins=numbers.count(also.bins))
        case "overconfident_wrong":
            return words.say("also.overconfident_wrong", above=numbers.exact_percent(also.above))
        case _:
            return words.say("also.distribution")


def _condition(words: Words, path: str, wanted: Condition) -> str:
    """One condition, in the most special words that there are for it."""
    known, fact = path.replace(".", "_"), in_words(path.rpartition(".")[2])
    if wanted == "present":
        values, names = "", [f"{known}_present", "stratum_present"]
    else:
        values = listed(tuple(_value(words, value) for value in wanted), last="or")
        names = [f"{known}_{values}", known, "stratum"]
    other = "conditions.other_present" if wanted == "present" else "conditions.other"
    for name in names if path.startswith("strata.") else names[:-1]:
        if words.known("conditions.facts", name):
            return words.say(f"conditions.facts.{name}", fact=fact, values=values)
    return words.say(other, fact=fact, values=values)


def _rule(words: Words, metric: Metric, gate: Gate, scale: Scale | None) -> str:
    units = words.say(f"units_many.{metric.quantity.per}")
    if isinstance(gate, VetoGate):
        return words.say("gate.veto", when=sentence(_when(words, gate, scale)).removesuffix("."))
    if isinstance(gate, MinNGate):
        return words.say(f"gate.min_n_{gate.count}", n=numbers.count(gate.n))
    if gate.limit is None:
        return words.say("gate.no_limit", kind=words.say(f"gates.kinds.{gate.kind}"))
    if isinstance(gate, MarginGate):
        return words.say("gate.difference_within", limit=numbers.hundredths(gate.limit))
    if isinstance(gate, RelativeGate):
        limit = numbers.hundredths(gate.limit)
        return words.say("gate.not_worse_than", units=units, comparator=gate.comparator, limit=limit)
    return words.say(f"gate.{gate.kind}", units=units, limit=numbers.exact_percent(gate.limit))


def _when(words: Words, gate: VetoGate, scale: Scale | None) -> str:
    levels = _levels(words, scale, (gate.when.rating_at_least, gate.when.rating_at_most), ())
    raised = [words.say("gate.when_check")] if gate.when.check is not None else []
    if levels:
        raised.append(words.say("gate.when_levels", levels=levels))
    return listed(tuple(raised), last="or")


def _levels(words: Words, scale: Scale | None, ends: tuple[str | None, str | None], chosen: Sequence[str]) -> str:
    """Levels from one on, up to one, or those named, in the order of the scale."""
    ordered = [level.id for level in scale.levels if level.value is not None] if scale is not None else []
    least, most = ends
    if least in ordered:
        chosen = ordered[ordered.index(least) :]
    elif most in ordered:
        chosen = ordered[: ordered.index(most) + 1]
    return words.say("levels.at", levels=listed(tuple(map(in_words, chosen)), last="or")) if chosen else ""


def _value(words: Words, value: object) -> str:
    if isinstance(value, bool):
        return words.say("conditions.yes" if value else "conditions.no")
    if isinstance(value, int | float):
        return numbers.level(value)
    if isinstance(value, Mapping):
        return setting_text(words, value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_value(words, each) for each in value)
    return in_words(str(value))
