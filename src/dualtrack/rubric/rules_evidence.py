"""Rules on evidence and gates: what a metric counts, joins and limits must be there to be read.

May import errors, terms and the rubric schemas.
"""

from collections.abc import Iterator

from dualtrack.rubric.gate import LimitGate, MarginGate, MinNGate, RelativeGate, VetoGate
from dualtrack.rubric.header import KeyPath, Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.quantity import PairedQuantity
from dualtrack.rubric.rule import Flaw, MetricRule, fail_rules, has_file, named_levels
from dualtrack.rubric.scale import Grain
from dualtrack.rubric.validate import meant
from dualtrack.terms import Combine, Track

__all__ = ["EVIDENCE_RULES"]

CREATED_BY_RESPONSE = (Grain.claim, Grain.sentence)
EVENT_TYPES = ("binary", "proportion", "numeric")
NEEDS_BOTH = (
    Combine.clinician_overrides,
    Combine.either_flags_then_adjudicate,
    Combine.prediction_powered,
    Combine.worst_of,
)
NEEDS_CHECKS = (Combine.check_only, *NEEDS_BOTH)
NEEDS_RATINGS = (Combine.clinician_only, *NEEDS_BOTH)


def evidence_does_not_fit(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB047: the joining rule or the quantity needs evidence that the metric does not have."""
    what = ""
    at: KeyPath = ("combine",)
    if metric.combine in NEEDS_CHECKS and not metric.checks:
        what = f"{metric.combine} needs checks"
    elif metric.combine in NEEDS_RATINGS and metric.ratings is None:
        what = f"{metric.combine} needs ratings"
    elif metric.quantity.type == "calibration" and not (metric.derives_from and metric.checks):
        what, at = (
            "calibration needs derives_from: {correct: ...} and a check of the confidence",
            ("quantity",),
        )
    elif isinstance(metric.quantity, PairedQuantity):
        what, at = _paired_evidence(metric, metric.quantity), ("quantity", "of")
    if what:
        yield Flaw(of=metric, at=at, code="RUB047", what=what)


def _paired_evidence(metric: Metric, quantity: PairedQuantity) -> str:
    if quantity.of.ratings == (quantity.of.check is not None):
        return "a pair compares either a check or the ratings"
    if quantity.of.ratings and metric.ratings is None:
        return "pairs of ratings need ratings"
    if quantity.of.check is not None and quantity.of.check not in [check.id for check in metric.checks]:
        return f"unknown check {quantity.of.check!r} of this metric"
    return ""


def no_failing_levels(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB048: failures are counted, and nothing says which ratings fail."""
    if metric.ratings is None or metric.ratings.fail_when is not None or metric.combine is Combine.check_only:
        return
    if metric.quantity.type in EVENT_TYPES:
        what = f"a {metric.quantity.type} metric with ratings does not say which levels fail"
        yield Flaw(of=metric, at=("ratings", "fail_when"), code="RUB048", what=what, fix="add fail_when")


def ordinal_without_ratings(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB049: an ordinal metric is a mean of mapped levels, and no scale gives them."""
    if metric.quantity.type == "ordinal" and metric.ratings is None:
        yield Flaw(of=metric, at=("quantity", "type"), code="RUB049", what="an ordinal metric needs ratings")


def example_of_other_evidence(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB057: an example gives evidence that the metric does not read, or of different numbers of cases."""
    for number, example in enumerate(metric.examples):
        at: KeyPath = ("examples", number, "evidence")
        checks, ratings = example.evidence.checks, example.evidence.ratings
        what = ""
        if checks and not metric.checks:
            what = "the example has outcomes of checks, the metric has no check"
        elif ratings and metric.ratings is None:
            what = "the example has ratings, the metric has none"
        elif checks and ratings and len(checks) != len(ratings):
            what = "the example has different numbers of cases in checks and ratings"
        if what:
            yield Flaw(of=metric, at=at, code="RUB057", what=what)


def gate_on_what_the_response_creates(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB051: a rate of claims or sentences falls when the response says less, so it cannot be a gate."""
    if metric.quantity.per not in CREATED_BY_RESPONSE:
        return
    for number, gate in enumerate(metric.gates):
        if isinstance(gate, LimitGate | RelativeGate | MarginGate):
            yield Flaw(
                of=metric,
                at=("gates", number),
                code="RUB051",
                what=f"a gate counts each {metric.quantity.per}, which the response itself creates",
                fix="count per response, or per element that the item states; silence must not help",
            )


def gate_without_failure(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB053: a gate limits failures, and nothing says what fails."""
    has_rule = metric.ratings is not None and metric.ratings.fail_when is not None
    for number, gate in enumerate(metric.gates):
        if not isinstance(gate, LimitGate | RelativeGate) or gate.fails is not None or has_rule:
            continue
        what = ""
        if metric.quantity.type == "ordinal":
            what = "the gate does not say from which level on a response fails"
        elif metric.quantity.type == "calibration" and not _names_confident_error(metric):
            what = "the gate does not say from which confidence on an error counts"
        if what:
            fix = "add fails: {at_most: ...}" if metric.ratings else "add overconfident_wrong under also"
            yield Flaw(of=metric, at=("gates", number), code="RUB053", what=what, fix=fix)


def _names_confident_error(metric: Metric) -> bool:
    return any(also.show == "overconfident_wrong" for also in metric.quantity.also)


def reads_what_is_not_there(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB054: a gate or a figure beside the metric reads checks or ratings that the metric does not have."""
    wanted: list[tuple[KeyPath, str]] = [(at, "ratings") for at, _rule in fail_rules(metric)]
    wanted += [(at, "ratings") for at, _level, _ordered in named_levels(metric) if at[0] in ("gates", "quantity")]
    for number, also in enumerate(metric.quantity.also):
        if also.show == "distribution":
            wanted.append((("quantity", "also", number), "ratings"))
    for number, gate in enumerate(metric.gates):
        if isinstance(gate, VetoGate) and gate.when.check is not None:
            wanted.append((("gates", number, "when", "check"), "checks"))
    for at, name in wanted:
        if not getattr(metric, name) and not any(at[: len(other)] == other for other, _ in wanted if other != at):
            what = f"this reads {name}, and the metric has none"
            yield Flaw(of=metric, at=at, code="RUB054", what=what, fix=f"add {name}: or remove this")


def gate_of_another_shape(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB055: differences and pairs belong to paired metrics."""
    is_paired = isinstance(metric.quantity, PairedQuantity)
    for number, gate in enumerate(metric.gates):
        pairs_only = isinstance(gate, MarginGate) or (isinstance(gate, MinNGate) and gate.count == "pairs")
        if pairs_only and not is_paired:
            what = "only a paired_difference metric has differences and pairs"
            yield Flaw(of=metric, at=("gates", number), code="RUB055", what=what)


def attribution_without_modes(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB058: ratings are attributed by failure modes, and there is none to tick or no level that fails."""
    if metric.ratings is None or not metric.ratings.attributed:
        return
    if not metric.failure_modes or metric.ratings.fail_when is None:
        what = "attributed ratings need failure_modes to tick and a fail_when"
        yield Flaw(of=metric, at=("ratings", "attributed"), code="RUB058", what=what, fix="add both, or remove it")


def unknown_lexicon(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB059: a check reads a lexicon that the rubric does not have."""
    for number, check in enumerate(metric.checks):
        for place, name in enumerate(check.lexicons):
            if name in rubric.lexicons or has_file(rubric, f"/lexicons/{name}.yaml"):
                continue
            known = sorted(rubric.lexicons)
            yield Flaw(
                of=metric,
                at=("checks", number, "lexicons", place),
                code="RUB059",
                what=f"unknown lexicon {name!r}",
                expected=", ".join(known),
                fix=meant(name, known) or f"add lexicons/{name}.yaml",
            )


def raises_unknown_mode(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB060: what a check finds is given the name of a failure mode that the metric does not list."""
    own = [mode.id for mode in metric.failure_modes]
    for number, check in enumerate(metric.checks):
        for kind_mode, mode in check.raises.items():
            if mode not in own:
                yield Flaw(
                    of=metric,
                    at=("checks", number, "raises", kind_mode),
                    code="RUB060",
                    what=f"the metric lists no failure mode {mode!r}",
                    expected=", ".join(own),
                    fix=meant(mode, own) or "add it to failure_modes",
                )


def limit_on_prediction(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB063: a gate on harm, or a veto, on a mean that a check predicts: its limit is too short for rare events."""
    if metric.combine is not Combine.prediction_powered:
        return
    for number, gate in enumerate(metric.gates):
        if gate.kind == "min_n" or (gate.kind == "success_at_least" and metric.track is Track.effectiveness):
            continue
        on = "the safety track" if metric.track is Track.safety else "a prediction-powered mean"
        yield Flaw(
            of=metric,
            at=("gates", number),
            code="RUB063",
            what=f"a {gate.kind} gate on {on} that a check predicts",
            expected="success_at_least on the effectiveness track, or min_n",
            fix="combine: either_flags_then_adjudicate and rate all flags and a random sample of the rest, or "
            "combine: clinician_only; or remove the gate",
        )


EVIDENCE_RULES: tuple[MetricRule, ...] = (
    evidence_does_not_fit,
    no_failing_levels,
    ordinal_without_ratings,
    example_of_other_evidence,
    gate_on_what_the_response_creates,
    gate_without_failure,
    reads_what_is_not_there,
    gate_of_another_shape,
    attribution_without_modes,
    unknown_lexicon,
    raises_unknown_mode,
    limit_on_prediction,
)
