"""Which cases stand behind a gate, and who waived it: what the table of gates says beside a state.

May import ``render``, the long tables and report.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dualtrack.render import numbers
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.looks import filter_link
from dualtrack.report.clinical.order import gravest_first
from dualtrack.report.words import Words

__all__ = ["Behind", "behind_gates"]

MOST = 4
"""Cases named in one cell; the failure browser has all of them."""
FAILS = ("confirmed", "failing")
WAIVED = "waive_gate"


@dataclass(frozen=True, slots=True)
class Behind:
    """Per system and gate: the cases that fail it, the gravest first, and the waivers on record."""

    cases: Mapping[tuple[str, str], tuple[str, ...]]
    waivers: Mapping[tuple[str, str], tuple[str, ...]]

    def lines(self, key: tuple[str, str], words: Words) -> tuple[str, ...]:
        """Sentences for the cell of a gate.

        Args:
            key: system and gate, as metric.gate.
            words: the sentences.
        """
        named = self.cases.get(key, ())
        said: tuple[str, ...] = ()
        if named:
            shown = ", ".join(named[:MOST])
            more = len(named) - MOST
            if more > 0:
                shown = words.say("decision.more_cases", cases=shown, n=numbers.count(more))
            said = (words.say("decision.cases", cases=shown),)
        return (*said, *self.waivers.get(key, ()))

    def target(self, key: tuple[str, str]) -> str:
        """The address of these cases in the failure browser; "" where there are none."""
        system, gate = key
        return filter_link(system=system, metric=gate.partition(".")[0]) if key in self.cases else ""


def behind_gates(cases: Cases | None, words: Words) -> Behind:
    """What is known of the cases behind each gate.

    Args:
        cases: the long tables; nothing is known without them.
        words: the sentences.
    """
    if cases is None:
        return Behind({}, {})
    failing = gravest_first(cases.failures[cases.failures["state"].isin(FAILS)])
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in failing[["system_id", "item_id", "gates"]].to_dict("records"):
        for gate in row["gates"].split() if isinstance(row["gates"], str) else ():
            found.setdefault((row["system_id"], gate), {})[row["item_id"]] = None
    waivers: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in cases.rulings.to_dict("records"):
        if row["kind"] == WAIVED:
            said = {name: str(row[name]) for name in ("by", "role", "reason")}
            text = words.say("decision.waived", at=numbers.day(str(row["at"])), **said)
            key = (str(row["system_id"]), str(row["gate_id"]))
            waivers[key] = (*waivers.get(key, ()), text)
    return Behind({key: tuple(items) for key, items in found.items()}, waivers)
