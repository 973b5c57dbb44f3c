"""Finds what a reviewer of a rubric would find: nothing that stops the engine, all that somebody must answer for.

One small function per rule, collected in two tuples; adding a rule is adding a function. May import errors, terms,
stats and the rubric schemas.
"""

from collections.abc import Iterator

from dualtrack.errors import Problem
from dualtrack.rubric.gate import LimitGate, MarginGate, MinNGate, RelativeGate, VetoGate
from dualtrack.rubric.header import KeyPath, Rubric
from dualtrack.rubric.lint_raters import RATER_RULES
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.rising import counter_example, level_values
from dualtrack.rubric.rule import Flaw, MetricRule, RubricRule, apply_rules, fail_rules, failing_levels, scale_of
from dualtrack.rubric.scale import ScaleKind
from dualtrack.stats.proportion import least_n
from dualtrack.terms import Aggregate, Combine, MissingRule

__all__ = ["METRIC_RULES", "RUBRIC_RULES", "TO_CONFIRM", "lint"]

SHORTEST_REASON = 4  # words; fewer are a label
NO_EDITION = ("", "-", "n/a", "na", "none", "unknown", "latest", "current", "tbd", "?")
TWO_CLASSES = 2
CLOSED_FACTS = {
    "reference.urgency": ("emergency", "same_day", "routine", "self_care"),
    "reference.should": ("answer", "refuse", "refer"),
}
REFERENCE_FACTS = ("urgency", "elements", "avoid", "doses", "facts", "key", "diagnosis", "numbers", "should", "canaries")


def lint(rubric: Rubric) -> tuple[Problem, ...]:
    """What a reviewer would ask about a rubric that loads.

    Args:
        rubric: as ``load_rubric`` gives it.

    Returns:
        Warnings (codes RUB101 to RUB123), sorted by file and line; none is an error, each wants an answer. Those of
        ``TO_CONFIRM`` are no flaw: a person has to agree. Whether the checks can run is asked of
        ``dualtrack.checks.fit``, which knows the kinds.

    Example:
        >>> from dualtrack.rubric import load_rubric
        >>> sorted({warning.code for warning in lint(load_rubric("longqa"))})
        ['RUB110', 'RUB111', 'RUB118']
    """
    return apply_rules(rubric, METRIC_RULES, RUBRIC_RULES)


# ---------------------------------------------------------------- gates


def least_n_contradicts_limit(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB101: fewer cases than min_n asks for could not show the limit even without a failure."""
    limits = [(gate.stratum, gate.failure_limit) for gate in metric.gates if isinstance(gate, LimitGate)]
    for number, gate in enumerate(metric.gates):
        if not isinstance(gate, MinNGate):
            continue
        needed = [least_n(limit) for stratum, limit in limits if limit is not None and stratum == gate.stratum]
        if needed and gate.n < max(needed):
            yield Flaw(
                of=metric,
                at=("gates", number, "n"),
                code="RUB101",
                what="the least number of cases is too small for the limit",
                found=str(gate.n),
                expected=f"at least {max(needed)}",
                fix="raise n, or leave the gate out: the least n of a limit is computed",
            )


def gate_that_nothing_can_meet(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB106: only a check that is no definition feeds the gate, and checks alone never grant met, shown or not."""
    if metric.combine is not Combine.check_only or all(check.proof == "by_construction" for check in metric.checks):
        return
    for number, gate in enumerate(metric.gates):
        if not isinstance(gate, MinNGate):
            what = "only a check that is no definition feeds this gate, so it can never be met"
            fix = "join ratings to it, or leave the gate out"
            yield Flaw(of=metric, at=("gates", number), code="RUB106", what=what, fix=fix)


def threshold_of_our_own(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB110: the number behind a gate is the rubric's proposal and wants a person's yes."""
    for number, gate in enumerate(metric.gates):
        if not isinstance(gate, LimitGate | MarginGate | RelativeGate) or gate.threshold != "ours":
            continue
        what = "the threshold is ours"
        if gate.limit is None:
            what = "the gate has no threshold, so it stays not assessed"
        yield Flaw(
            of=metric,
            at=("gates", number, "limit"),
            code="RUB110",
            what=what,
            found="" if gate.limit is None else f"{gate.limit:g}",
            fix="confirm it, or put another in its place, before a study is frozen",
        )


# ---------------------------------------------------------------- scales and directions


def level_map_not_monotone(rubric: Rubric) -> Iterator[Flaw]:
    """RUB103: the levels of an ordinal scale are in order, and their values are not."""
    for scale in rubric.scales.values():
        values = [level.value for level in scale.levels if level.value is not None]
        if scale.kind is ScaleKind.ordinal and values not in (sorted(values), sorted(values, reverse=True)):
            yield Flaw(
                of=scale,
                at=("levels",),
                code="RUB103",
                what="the values do not rise or fall with the levels",
                found=", ".join(f"{value:g}" for value in values),
                fix="order the values, or make the scale nominal and say why",
            )


def failing_level_worth_more(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB104: an answer that fails is worth more than one that passes: a sign error."""
    scale = scale_of(metric, rubric)
    if scale is None:
        return
    for at, rule in fail_rules(metric):
        failing = failing_levels(rule, scale)
        fail = [scale.values[level] or 0 for level in failing]
        passing = {level: value for level, value in scale.values.items() if value is not None and level not in failing}
        if fail and passing and max(fail) >= min(passing.values()):
            best = max(failing, key=lambda level: scale.values[level] or 0)
            worst = min(passing, key=lambda level: passing[level])
            yield Flaw(
                of=metric,
                at=at,
                code="RUB104",
                what="a failing level is worth as much as a passing one",
                found=f"{best!r} fails with {max(fail):g}, {worst!r} passes with {passing[worst]:g}",
                fix="turn at_least and at_most round, or correct the values of the scale",
            )


def veto_at_the_good_end(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB104: a veto is raised by the best level of the scale."""
    scale = scale_of(metric, rubric)
    if scale is None or scale.kind not in (ScaleKind.ordinal, ScaleKind.binary):
        return
    valued = {level.id: level.value for level in scale.levels if level.value is not None}
    for number, gate in enumerate(metric.gates):
        if not isinstance(gate, VetoGate):
            continue
        for key, end in (("rating_at_least", -1), ("rating_at_most", 0)):
            if getattr(gate.when, key) is not None and list(valued.values())[end] == max(valued.values()):
                what, fix = "the best level of the scale raises the veto", "turn at_least and at_most round"
                yield Flaw(of=metric, at=("gates", number, "when", key), code="RUB104", what=what, fix=fix)


def number_scale_turned_round(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB112: high numbers are better on the scale, and high numbers fail (or the other way round)."""
    scale = scale_of(metric, rubric)
    if scale is None or scale.kind is not ScaleKind.number:
        return
    wrong = "above" if scale.better == "higher" else "below"
    for at, rule in fail_rules(metric):
        if getattr(rule, wrong) is not None:
            what = f"the scale {scale.id} says that {scale.better} is better, and answers {wrong} a number fail"
            yield Flaw(of=metric, at=(*at, wrong), code="RUB112", what=what, fix="turn one of them round")


def join_that_a_better_rating_lowers(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB105: searched, not assumed: in no set of a few ratings does the result fall when one of them rises."""
    scale = scale_of(metric, rubric)
    if scale is None:
        return
    found = counter_example(scale, metric.aggregate)
    if found is not None:
        what, fix = "a rating that rises can lower the result", "choose another way to join the ratings"
        yield Flaw(of=metric, at=("ratings", "aggregate"), code="RUB105", what=what, found=found, fix=fix)


def majority_of_many_levels(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB116: with three or more levels the word majority says less than median."""
    scale = scale_of(metric, rubric)
    if scale is None or metric.ratings is None or metric.ratings.aggregate is not Aggregate.majority:
        return
    counts_two_classes = metric.ratings.fail_when is not None and metric.quantity.type != "ordinal"
    if not counts_two_classes and len(level_values(scale)) > TWO_CLASSES:
        what = "of three or more levels, majority takes the lower middle one"
        fix = "write median, or say which levels fail"
        yield Flaw(of=metric, at=("ratings", "aggregate"), code="RUB116", what=what, fix=fix)


def orphan_scale(rubric: Rubric) -> Iterator[Flaw]:
    """RUB109: raters would answer a question that no metric reads."""
    read = {metric.ratings.scale for metric in rubric.metrics if metric.ratings is not None}
    for scale in rubric.scales.values():
        if scale.id not in read and scale.kind is not ScaleKind.preference:
            what = f"no metric reads the scale {scale.id}"
            yield Flaw(of=scale, at=("id",), code="RUB109", what=what, fix="remove it, or add the metric")


# ---------------------------------------------------------------- reasons, clauses, evidence


def weight_without_reason(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB102: the reason of a weight is a label, or word for word that of another metric."""
    same = [each.id for each in rubric.metrics if each is not metric and each.weight.why == metric.weight.why]
    at: KeyPath = ("weight", "why")
    if len(metric.weight.why.split()) < SHORTEST_REASON:
        what, found = "the reason of the weight says too little", repr(metric.weight.why)
        yield Flaw(of=metric, at=at, code="RUB102", what=what, found=found, fix="say what failing would lead to")
    elif same:
        what, found = "the reason of the weight is that of another metric", ", ".join(same)
        yield Flaw(of=metric, at=at, code="RUB102", what=what, found=found, fix="say why this one weighs so much")


def clause_not_verified(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB107: nobody has read the clause, so it is never printed."""
    for number, clause in enumerate(metric.crosswalk):
        if clause.verified == "unverified":
            what = "the clause is not verified and will not be printed"
            found, fix = f"{clause.framework} {clause.clause}", "compare it with the text of the framework"
            at: KeyPath = ("crosswalk", number, "verified")
            yield Flaw(of=metric, at=at, code="RUB107", what=what, found=found, fix=fix)


def clause_without_edition(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB108: clauses move between editions, and a future one has a date."""
    for number, clause in enumerate(metric.crosswalk):
        if clause.edition.casefold() in NO_EDITION:
            what, found = "the clause names no edition", repr(clause.edition)
            at: KeyPath = ("crosswalk", number, "edition")
            yield Flaw(of=metric, at=at, code="RUB108", what=what, found=found, fix="name year or version")
        if clause.date is None:
            what, at = f"a {clause.status} clause has no date", ("crosswalk", number, "status")
            fix = "add the date of the edition, or from when a future one applies"
            yield Flaw(of=metric, at=at, code="RUB108", what=what, fix=fix)


def missing_only_reported(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB111: what is missing does not count against the system, so somebody must agree to it."""
    if metric.missing.rule is MissingRule.report:
        what = "what is missing is reported and does not fail"
        at: KeyPath = ("missing", "rule")
        yield Flaw(of=metric, at=at, code="RUB111", what=what, fix="confirm the reason, or use worst_case")


def fact_that_no_item_states(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB113: the metric applies where an item states what no item can state, so no evidence would ever feed it."""
    for path in metric.applies_when:
        group, _, rest = path.partition(".")
        fact = rest.partition(".")[0]
        at: KeyPath = ("applies_when", path)
        if group == "reference" and fact not in REFERENCE_FACTS:
            what, expected = f"no item states reference.{fact}", ", ".join(REFERENCE_FACTS)
            yield Flaw(of=metric, at=at, code="RUB113", what=what, expected=expected)
        wanted = metric.applies_when[path]
        for value in wanted if path in CLOSED_FACTS and isinstance(wanted, tuple) else ():
            if value not in CLOSED_FACTS[path]:
                what, expected = f"no item states {path}: {value}", ", ".join(CLOSED_FACTS[path])
                yield Flaw(of=metric, at=at, code="RUB113", what=what, expected=expected)


def evidence_that_nothing_reads(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB114: raters or checks would work for nothing; a check that clinicians are to prove is beside them for that."""
    unread: KeyPath | None = None
    to_prove = any(check.proof == "clinicians" for check in metric.checks)
    if metric.combine is Combine.clinician_only and metric.checks and not to_prove:
        unread = ("checks",)
    elif metric.combine is Combine.check_only and metric.ratings is not None and not to_prove:
        unread = ("ratings",)
    if unread is not None:
        what = f"{metric.combine} does not read the {unread[0]}"
        yield Flaw(of=metric, at=unread, code="RUB114", what=what, fix="remove them or choose another joining rule")


def examples_missing(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB115: a reader sees by example what counts, and what leaves the metric undefined."""
    undefined = [example.expect.undefined is not None for example in metric.examples]
    if True not in undefined or False not in undefined:
        what = "the metric lacks an example with a value or one without"
        yield Flaw(of=metric, at=("examples",), code="RUB115", what=what, fix="add both")


def stratum_not_listed(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB123: a gate is about a subgroup that the metric does not list: perhaps a slip, and no item would have it."""
    for number, gate in enumerate(metric.gates):
        for name in getattr(gate, "stratum", None) or {}:
            if name not in metric.strata:
                what, expected = f"the gate names the stratum {name}", ", ".join(metric.strata)
                at: KeyPath = ("gates", number, "stratum")
                yield Flaw(of=metric, at=at, code="RUB123", what=what, expected=expected, fix="list it under strata")


METRIC_RULES: tuple[MetricRule, ...] = (
    least_n_contradicts_limit,
    weight_without_reason,
    failing_level_worth_more,
    veto_at_the_good_end,
    join_that_a_better_rating_lowers,
    majority_of_many_levels,
    gate_that_nothing_can_meet,
    clause_not_verified,
    clause_without_edition,
    threshold_of_our_own,
    missing_only_reported,
    number_scale_turned_round,
    fact_that_no_item_states,
    evidence_that_nothing_reads,
    examples_missing,
    stratum_not_listed,
)
RUBRIC_RULES: tuple[RubricRule, ...] = (level_map_not_monotone, orphan_scale, *RATER_RULES)

TO_CONFIRM = ("RUB110", "RUB111")
"""Warnings that only ask a person to agree."""
