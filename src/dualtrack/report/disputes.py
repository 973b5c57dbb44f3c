"""Contested cases: what was decided about them, and what every state would be without them.

May import terms, ``render`` and report. No state rests on a dispute; the page shows whether one would hang on it.
"""

from collections.abc import Iterator

from dualtrack.render import Cell, Column, Row, Section, Table, numbers
from dualtrack.report.dispute_rows import DisputedCase, WithoutDisputed
from dualtrack.report.document import Document
from dualtrack.report.figures import DIFFERENCE, INDEX, SHARE
from dualtrack.report.gates import gate_name
from dualtrack.report.marks import state_mark
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Role

__all__ = ["disputes_section"]

_KINDS = ("verdict", "gate", "score", "difference")
_ALWAYS = ("verdict", "score")
"""What is shown whether it changes or not; of gates and differences those that would change."""
_FORMS = {"gate": SHARE, "score": INDEX, "difference": DIFFERENCE}


def disputes_section(document: Document, words: Words) -> Section:
    """Each contested case, and what stands with and without them.

    Args:
        document: the results.
        words: the sentences.
    """
    tables = []
    if document.disputed_cases:
        tables.append(_cases(document, words))
    bases = dict.fromkeys(row.basis for row in document.without_disputed)
    tables += [_without(document, words, basis) for basis in sorted(bases, reverse=True)]
    view = TablesView(" ".join(_lead(document, words)), tuple(tables))
    return Section("disputes", _title(document, words), TABLES, view)


def _title(document: Document, words: Words) -> str:
    n, rows = len({case.item_id for case in document.disputed_cases}), document.without_disputed
    changing = {(row.kind, row.subject_id, row.system_id, row.system_b) for row in rows if row.changes}
    if not n:
        return words.say("disputes.nobody")
    cases = words.say("disputes.one_case") if n == 1 else words.say("disputes.cases", n=numbers.count(n))
    if not rows:
        return words.say("disputes.not_left_out", cases=cases)
    if not changing:
        return words.say("disputes.nothing_hangs", cases=cases)
    total = len({(row.kind, row.subject_id, row.system_id, row.system_b) for row in rows if row.kind != "score"})
    return words.say("disputes.hangs", cases=cases, n=numbers.count_of(len(changing), total))


def _lead(document: Document, words: Words) -> Iterator[str]:
    rule = document.study.plan.disputes
    if rule is None:
        yield words.say("disputes.no_rule")
    else:
        yield words.say("disputes.rule", rule=rule.rule, by=rule.decided_by)
    if document.disputed_cases:
        sealed = any(row.role == Role.secondary for row in document.without_disputed)
        if rule is not None and document.without_disputed:
            yield words.say("disputes.sealed" if sealed else "disputes.not_sealed")
        yield words.say("disputes.meaning")


def _cases(document: Document, words: Words) -> Table:
    columns = (
        Column(words.say("disputes.case"), "code", head=True),
        Column(words.say("disputes.ground"), wide=True),
        Column(words.say("disputes.raised")),
        Column(words.say("disputes.state")),
        Column(words.say("disputes.decided"), wide=True),
    )
    rows = tuple(_case(case, words) for case in document.disputed_cases)
    return Table("disputed-cases", words.say("disputes.cases_caption"), columns, rows)


def _case(case: DisputedCase, words: Words) -> Row:
    who = words.say("disputes.by", by=case.raised_by, side=words.word("disputes.sides", case.raised_for))
    return Row(
        (
            Cell(case.item_id, lines=(case.dispute_id,)),
            Cell(words.word("disputes.grounds", case.ground)),
            Cell(who, lines=(numbers.day(case.raised_at),)),
            Cell(words.word("disputes.states", case.state)),
            _decision(case, words),
        )
    )


def _decision(case: DisputedCase, words: Words) -> Cell:
    if case.decided_by is None or case.decided_at is None:
        return Cell(words.say("disputes.undecided"), muted=True)
    by = case.decided_by if case.role is None else words.say("disputes.by", by=case.decided_by, side=case.role)
    said = words.say("disputes.decided_by", by=by, at=numbers.day(case.decided_at))
    blind = words.say("disputes.blind" if case.blinded else "disputes.saw")
    return Cell(said, lines=(blind, *([case.why] if case.why else [])))


def _without(document: Document, words: Words, basis: str) -> Table:
    rows = [row for row in document.without_disputed if row.basis == basis]
    shown = sorted((row for row in rows if row.kind in _ALWAYS or row.changes), key=lambda row: _KINDS.index(row.kind))
    columns = (
        Column(words.say("disputes.what"), head=True, wide=True),
        Column(words.say("columns.system")),
        Column(words.say("disputes.with_all")),
        Column(words.say("disputes.left_out")),
        Column(words.say("disputes.changes")),
    )
    left_out = numbers.count(max(row.n_left_out or 0 for row in rows))
    caption = words.say(f"disputes.{basis}", n=left_out)
    same = len(rows) - len(shown)
    notes = (words.say("disputes.same", n=numbers.count(same)),) if same else ()
    return Table(
        basis.replace("_", "-"), caption, columns, tuple(_row(document, row, words) for row in shown), notes=notes
    )


def _row(document: Document, row: WithoutDisputed, words: Words) -> Row:
    names = {system.id: system.name for system in document.study.systems}
    systems = names[row.system_id]
    if row.system_b:
        systems = words.say("disputes.pair", a=systems, b=names[row.system_b])
    limits, others = (row.value, row.lower, row.upper), (row.value_without, row.lower_without, row.upper_without)
    return Row(
        (
            Cell(_what(document, row, words)),
            Cell(systems),
            _stands(row.kind, row.state, row.decision, words, limits=limits),
            _stands(row.kind, row.state_without, row.decision_without, words, limits=others),
            Cell(words.say("disputes.yes" if row.changes else "disputes.no")),
        )
    )


def _what(document: Document, row: WithoutDisputed, words: Words) -> str:
    if row.kind != "gate":
        return words.say(f"disputes.kinds.{row.kind}", track=words.say(f"tracks.{row.track}"))
    return gate_name(document, words, row.subject_id)


def _stands(
    kind: str,
    state: str | None,
    decision: str | None,
    words: Words,
    *,
    limits: tuple[float | None, float | None, float | None],
) -> Cell:
    """A state with its number, or a number with its decision; what is not there says so."""
    value, lower, upper = limits
    mark = None if state is None else state_mark(words, state)
    lines = [] if decision is None else [words.say(f"comparisons.decisions.{decision}")]
    if value is None:
        return Cell(
            "" if mark else words.say("metrics.not_computed"), lines=tuple(lines), mark=mark, muted=mark is None
        )
    form = _FORMS[kind]
    decimals = form.decimals(value, None)
    if lower is not None and upper is not None:
        lines.insert(0, form.span(lower, upper, decimals))
    return Cell(form.value(value, decimals), lines=tuple(lines), mark=mark)
