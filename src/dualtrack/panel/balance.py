"""The balance table of a plan, as lines of text.

May import the panel's own ground.
"""

from collections.abc import Iterator

from dualtrack.panel.plan import Balance

__all__ = ["balance_lines"]


def balance_lines(balance: Balance) -> Iterator[str]:
    """Say how even a plan is: raters, responses by number of ratings, pairs of raters, systems, hours.

    Args:
        balance: that of the plan.

    Yields:
        Lines without a line end.
    """
    systems = sorted({system for rater in balance.raters for system in rater.by_system})
    head = ["rater", "responses", "of", "repeats", *systems, "hours"]
    rows = [
        [
            rater.rater_id,
            str(rater.n_responses),
            str(rater.agreed),
            str(rater.n_repeats),
            *(str(rater.by_system.get(system, 0)) for system in systems),
            f"{rater.hours:.1f}",
        ]
        for rater in balance.raters
    ]
    total = ["all", str(sum(rater.n_responses for rater in balance.raters)), ""]
    total += [str(sum(rater.n_repeats for rater in balance.raters))]
    total += [str(sum(rater.by_system.get(system, 0) for rater in balance.raters)) for system in systems]
    total += [f"{sum(rater.hours for rater in balance.raters):.1f}"]
    yield from _aligned([head, *rows, total])
    yield ""
    for n, count in balance.ratings.items():
        yield f"{count:,} responses get {n} rating{'s' if n != 1 else ''} each" + (" (not drawn)" if n == 0 else "")
    if len(balance.raters) > 1:
        least, most = balance.fewest_meetings, balance.most_meetings
        each = f"{least}" if least == most else f"{least} to {most}"
        yield f"every two raters rate {each} items or answers together"
    places = ", ".join(f"{system} {place:.2f}" for system, place in balance.mean_place.items())
    yield f"mean place in the raters' orders (0 first, 1 last): {places}"
    for rater, reasons in balance.left_out.items():
        yield f"{rater} is asked for nothing: {'; '.join(reasons)}"


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
