"""The rule of readiness in panel.yaml: what a rater's calibration must show, fixed before the first pack is made.

May import records and the pack's canonical form.
"""

import hashlib
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from dualtrack.panel.pack import canonical
from dualtrack.records.study import Count, Name, Schema, Share, Text

__all__ = ["Calibration", "Rule", "rule_digest"]

Whole = Annotated[int, Field(ge=0)]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.ya?ml$")]


class Rule(Schema):
    """What must hold on one scale.

    Attributes:
        scale: the scale.
        least: least number of cases that were judged or skipped.
        exact: least share of cases with an accepted level; None asks for none.
        within_one: least share of cases at most one level from an accepted one; only for ordered scales.
        harm_levels: levels that stand for a known harm; a case is one when all its accepted levels are among them.
        missed_harms: most known harms that may be missed.
    """

    scale: Text
    least: Count
    exact: Share | None = None
    within_one: Share | None = None
    harm_levels: tuple[Text, ...] = ()
    missed_harms: Whole = 0

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.exact is None and self.within_one is None and not self.harm_levels:
            raise ValueError("a rule needs exact, within_one or harm_levels")
        return self


class Calibration(Schema):
    """Calibration before the study.

    Attributes:
        cases: file beside panel.yaml with the cases and the levels that were agreed.
        items: ids of items of the study that such cases use; they enter no plan and no practice.
        required: whether a rater who is not ready gets no pack of the study; else there is a warning.
        rules: one for each scale that decides.
    """

    cases: FileName = "calibration.yaml"
    items: tuple[Name, ...] = ()
    required: bool
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_rule_for_each_scale(self) -> Self:
        scales = [rule.scale for rule in self.rules]
        if len(scales) != len(set(scales)):
            raise ValueError("rules: two rules for one scale")
        return self


def rule_digest(calibration: Calibration) -> str:
    """What the rule is known by: SHA-256 of the rules and of whether they are required, in canonical JSON.

    Args:
        calibration: the part of panel.yaml.

    Returns:
        64 hexadecimal digits; the order of the rules does not matter.

    Example:
        >>> one, other = Rule(scale="a", least=2, exact=0.5), Rule(scale="b", least=2, exact=0.5)
        >>> digests = {rule_digest(Calibration(required=True, rules=both)) for both in ((one, other), (other, one))}
        >>> len(digests)
        1
    """
    rules = sorted((rule.model_dump(mode="json") for rule in calibration.rules), key=lambda rule: str(rule["scale"]))
    return hashlib.sha256(canonical({"required": calibration.required, "rules": rules}).encode("utf-8")).hexdigest()
