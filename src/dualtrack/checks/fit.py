"""Whether a rubric and the installed check kinds fit: every check can run, every failure mode can be raised.

Why it exists: a rubric names check kinds and failure modes as words, and only the kinds know whether anything can ever
raise them. May import errors, terms, the rubric and the registry.
"""

from collections.abc import Callable, Iterator, Mapping

from dualtrack.checks.base import FailureMode, Fault
from dualtrack.checks.bind import BoundCheck, bind
from dualtrack.checks.registry import check_kind, check_kinds
from dualtrack.errors import CheckError, Problem
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import CheckUse, Metric
from dualtrack.rubric.rule import Flaw, apply_rules, place_in
from dualtrack.terms import Proof

__all__ = ["bind_check", "fact_reader", "unfit"]


def bind_check(metric: Metric, check: CheckUse, rubric: Rubric) -> BoundCheck:
    """Bind one check of a metric with its parameters, word lists and failure modes.

    Args:
        metric: the metric.
        check: one of its checks.
        rubric: gives the lexicons and the place of the file for messages.

    Raises:
        CheckError: the kind is unknown or wrongly set up (CHK...).
    """
    modes = {mode.id: FailureMode(mode.id, mode.act, mode.title or mode.id) for mode in metric.failure_modes}
    standing = Proof.by_construction if check.proof == "by_construction" else Proof.screening
    number = metric.checks.index(check)
    return bind(
        f"{metric.id}.{check.id}",
        check.kind,
        check.params,
        select=check.select,
        proof=standing,
        lexicons={name: rubric.lexicons[name] for name in check.lexicons},
        raises={mode: modes[own] for mode, own in check.raises.items()},
        place=place_in(rubric, metric, ("checks", number)),
    )


def fact_reader(rubric: Rubric) -> Callable[[Mapping[str, object]], Iterator[Fault]]:
    """A function that names what the checks of a rubric cannot read in the facts of one item.

    A check of an unknown kind is left out; binding it names it.

    Args:
        rubric: the loaded rubric.

    Returns:
        From the reference of an item to path, found, expected and fix of each fault.
    """
    used = sorted({check.kind for metric in rubric.metrics for check in metric.checks} & set(check_kinds()))
    readers = [kind.unreadable for kind in map(check_kind, used) if kind.unreadable is not None]

    def faults(reference: Mapping[str, object]) -> Iterator[Fault]:
        for reader in readers:
            yield from reader(reference)

    return faults


def unfit(rubric: Rubric) -> tuple[Problem, ...]:
    """All that keeps the checks of a rubric from running or its failure modes from being raised.

    Args:
        rubric: the loaded rubric.

    Returns:
        Problems of the kinds (CHK...) and remarks (RUB121 a failure mode that nothing can raise, RUB122 a check raises
        one that the metric does not list), sorted by file and line.
    """
    broken: list[Problem] = []
    for metric in rubric.metrics:
        for check in metric.checks:
            try:
                bind_check(metric, check, rubric)
            except CheckError as error:
                broken += error.problems
    flaws = () if broken else apply_rules(rubric, (_modes_that_do_not_fit,), ())
    return tuple(sorted([*broken, *flaws], key=lambda each: (each.place.file, each.place.line or 0, each.code)))


def _modes_that_do_not_fit(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    raised: set[str] = {also.show for also in metric.quantity.also}  # a figure beside it may be a way to fail
    listed = [mode.id for mode in metric.failure_modes]
    for number, check in enumerate(metric.checks):
        for name, _act in bind_check(metric, check, rubric).modes.values():
            raised.add(name)
            if name not in listed:
                what, fix = f"the check raises {name}, which the metric does not list", "list it, or name it in raises"
                yield Flaw(of=metric, at=("checks", number), code="RUB122", what=what, fix=fix)
    if metric.ratings is not None:
        return  # raters can tick every mode of the metric
    for number, mode in enumerate(metric.failure_modes):
        if mode.id not in raised:
            what, fix = f"nothing can raise the failure mode {mode.id}", "remove it, or add ratings or a check"
            yield Flaw(of=metric, at=("failure_modes", number), code="RUB121", what=what, fix=fix)
