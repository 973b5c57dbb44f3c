"""Rows of a hazard log as people state them, and what such a row may not say.

May import the study schema and pydantic. Severity, likelihood, what remains and who closes a hazard are judgements of
people; a row only has to say what it rests on. Nothing here computes a risk.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dualtrack.records.study import Name, Schema

__all__ = ["Day", "Hazard", "Measure", "Person", "RowChange", "Said"]

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something: blanks alone are none."""
Side = Literal["manufacturer", "deployer"]
INFORMATION = "information"
_CHAIN = ("title", "cause", "effect", "situation", "harm")


class Person(Schema):
    """A person with a role, as a document names its authors."""

    name: Said
    role: Said


class Measure(Schema):
    """Something that controls a hazard, who runs it, and what shows that it works."""

    text: Said
    type: Literal["design", "test", "training", "process", "information"]
    owner: Side
    state: Literal["existing", "proposed"] = "proposed"
    evidence: Said | None = None
    verified: bool = False
    requirement: Said | None = None
    due: Day | None = None

    @model_validator(mode="after")
    def _verified_by_something(self) -> Self:
        if self.verified and self.evidence is None:
            raise ValueError("a control that is verified names its evidence")
        return self


class RowChange(Schema):
    """What was changed in a row of the log: old and new words, who, when, why."""

    field: Said
    old: Said
    new: Said
    by: Said
    date: Day
    why: Said


class Hazard(Schema):
    """A row of a hazard log. Severity, likelihood and what remains are a safety officer's judgement.

    Attributes:
        versions: the version of each system that the row was written for.
        owner: who answers for the row; ``kept_by`` says on which side the log is kept.
        condition: whether it arises in normal use or under a fault; ``misuse`` says whether by foreseeable misuse.
        incidents: events of practice that are linked to it.
        history: what was changed in the row, oldest first.
        reviewed, next_review: days.
        closed_by: who closed it, in which role.
    """

    id: Name
    title: Said
    systems: Annotated[tuple[Name, ...], Field(min_length=1)]
    versions: dict[Name, Said] = Field(default_factory=dict)
    failure_modes: tuple[Said, ...] = ()
    cause: Said
    effect: Said
    situation: Said
    harm: Said
    condition: Literal["normal", "fault"] | None = None
    misuse: bool | None = None
    many_patients: bool = False
    severity: Said | None = None
    likelihood: Said | None = None
    likelihood_basis: Said | None = None
    controls: tuple[Measure, ...] = ()
    residual_severity: Said | None = None
    residual_likelihood: Said | None = None
    reason: Said | None = None
    status: Literal["proposed", "open", "transferred", "closed"] = "proposed"
    transferred_to: Said | None = None
    closed_by: Person | None = None
    owner: Said | None = None
    kept_by: Side | None = None
    by: Said
    date: Day
    reviewed: Day | None = None
    next_review: Day | None = None
    incidents: tuple[Said, ...] = ()
    history: tuple[RowChange, ...] = ()

    @property
    def controlled_by_information_alone(self) -> bool:
        """Whether controls are stated and all of them only tell people something."""
        return bool(self.controls) and all(each.type == INFORMATION for each in self.controls)

    @property
    def _verified(self) -> tuple[Measure, ...]:
        return tuple(each for each in self.controls if each.verified)

    @model_validator(mode="after")
    def _closed_with_evidence(self) -> Self:
        if self.status == "closed" and not self._verified:
            raise ValueError("a hazard is closed only with a control that is verified and names its evidence")
        if self.status == "closed" and all(each.type == INFORMATION for each in self._verified):
            raise ValueError("a hazard is not closed by telling people about it: no other kind of control is verified")
        if self.status == "closed" and self.closed_by is None:
            raise ValueError("closed_by must name the person who closed the hazard, and in which role")
        if self.status == "transferred" and self.transferred_to is None:
            raise ValueError("transferred_to must name who has accepted the hazard")
        return self

    @model_validator(mode="after")
    def _remains_after_something_was_done(self) -> Self:
        stated = (self.residual_severity, self.residual_likelihood) != (None, None)
        if stated and not self._verified:
            raise ValueError("what remains can be stated only after a control is verified")
        changed = self.residual_severity not in (None, self.severity)
        if changed and all(each.type == INFORMATION for each in self._verified):
            raise ValueError("a warning changes no severity: another kind of control must be verified first")
        return self

    @model_validator(mode="after")
    def _cause_hazard_and_harm_differ(self) -> Self:
        said: dict[str, str] = {}
        for name in _CHAIN:
            text = " ".join(getattr(self, name).casefold().split()).rstrip(".")
            if text in said:
                raise ValueError(f"{said[text]} and {name} say the same; cause, hazard and harm are different things")
            said[text] = name
        return self

    @model_validator(mode="after")
    def _versions_of_its_own_systems(self) -> Self:
        if not set(self.versions) <= set(self.systems):
            raise ValueError("versions names a system that the hazard does not")
        return self
