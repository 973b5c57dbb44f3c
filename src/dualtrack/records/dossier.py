"""dossier.yaml: what only people can state about a study and its systems, each statement with who said it and when.

May import the study schema and pydantic. It stands beside study.yaml, outside what is scored: nothing here moves a
number. Pages quote it; what is absent they print as not supplied.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from dualtrack.records.hazards import Day, Hazard, Measure, Person
from dualtrack.records.hazards import Said as Text
from dualtrack.records.study import Name, Schema, Share

__all__ = [
    "DOSSIER",
    "Attribute",
    "Control",
    "Deviation",
    "Dossier",
    "Hazard",
    "Mark",
    "Measure",
    "Member",
    "Person",
    "PopulationShare",
    "Proposal",
    "Statement",
    "SystemFacts",
]

DOSSIER = "dossier.yaml"

SaidBy = Literal["vendor", "independent", "us"]


class Statement(Schema):
    """One statement: the text, where it comes from, who made it, when."""

    text: Text
    source: Text
    by: Text
    date: Day


class Control(Schema):
    """Document control. Approvals are signed on paper or elsewhere; the pages leave room for them."""

    id: Text
    version: Text
    status: Literal["draft", "for_review", "issued", "superseded"] = "draft"
    authors: tuple[Person, ...] = ()
    supersedes: Text | None = None
    distribution: Text | None = None
    retention: Text | None = None


class Statements(Schema):
    """What is said about the study as a whole."""

    funding: Statement | None = None
    conflicts: Statement | None = None
    custody: Statement | None = None
    data_sources: Statement | None = None
    inclusion: Statement | None = None
    separation: Statement | None = None
    not_represented: Statement | None = None
    intended_use: Statement | None = None
    population: Statement | None = None
    workflow: Statement | None = None
    automation: Statement | None = None
    misuse: Statement | None = None
    protocol: Statement | None = None
    registration: Statement | None = None
    objectives: Statement | None = None
    sample_size: Statement | None = None
    missing_data: Statement | None = None
    reference_standard: Statement | None = None
    rater_training: Statement | None = None
    adjudication: Statement | None = None
    local_population: Statement | None = None
    cautions: Statement | None = None
    monitoring: Statement | None = None
    change_control: Statement | None = None
    human_factors: Statement | None = None
    security: Statement | None = None
    transfer: Statement | None = None
    changed_since: Statement | None = None
    weights_set: Statement | None = None
    raters_who: Statement | None = None
    blinding: Statement | None = None
    panel_procedure: Statement | None = None
    local_check: Statement | None = None
    reproducibility: Statement | None = None
    error_patterns: Statement | None = None


class Claim(Schema):
    """A claim about a system: who made it, who tested it, on which version, and what it rests on.

    ``rests_on`` names results of the study: a metric, ``metric.gate``, or a track. ``limits`` is what the sentence must
    not be read without, ``left_out`` the groups of patients that it does not speak of.
    """

    text: Text
    said_by: SaidBy
    tester: Text
    date: Day
    version: Text | None = None
    expires: Day | None = None
    link: Text | None = None
    rests_on: tuple[Text, ...] = ()
    limits: Text | None = None
    left_out: Text | None = None


class Attribute(Schema):
    """One attribute of the list that ships (source_attributes.yaml): what the vendor discloses, and where.

    ``attribute`` is its id there; absent is what the vendor says does not exist, refused what it will not tell.
    """

    attribute: Name
    state: Literal["present", "partial", "absent", "refused"]
    link: Text | None = None
    said_by: SaidBy = "vendor"
    date: Day


class SystemFacts(Schema):
    """What is stated about one system."""

    architecture: Statement | None = None
    base_model: Statement | None = None
    prompts: Statement | None = None
    retrieval: Statement | None = None
    tools: Statement | None = None
    post_processing: Statement | None = None
    endpoint: Statement | None = None
    settings: Statement | None = None
    tested_is_offered: Statement | None = None
    regulatory_status: Statement | None = None
    assurance: Statement | None = None
    cautions: Statement | None = None
    contract: Statement | None = None
    claims: tuple[Claim, ...] = ()
    transparency: tuple[Attribute, ...] = ()


class Member(Schema):
    """A member of the buying panel, by pseudonym or name as the panel has agreed."""

    name: Text
    role: Text
    conflicts: Text
    recused_from: tuple[Name, ...] = ()
    minority_opinion: Text | None = None
    abstained: Text | None = None


class Proposal(Schema):
    """What the panel recommends for one system; the tool proposes none."""

    system: Name
    recommendation: Literal["select", "conditional", "do_not_select", "no_recommendation"]
    conditions: tuple[Text, ...] = ()
    by: Text
    date: Day


class Mark(Schema):
    """A mark that a person gave a system on a criterion, with its reason, for the feedback to that vendor."""

    system: Name
    criterion: Text
    mark: Text
    reason: Text
    by: Text
    date: Day
    moderated_from: Text | None = None


class PopulationShare(Schema):
    """Share of one level of a stratum among the patients of the site, 0 to 1."""

    stratum: Text
    level: Text
    share: Share
    source: Text
    date: Day


class Deviation(Schema):
    """What was done otherwise than planned."""

    planned: Text
    done: Text
    size: Literal["minor", "major"]
    effect: Text
    by: Text
    date: Day


class Dossier(Schema):
    """The whole of dossier.yaml.

    Attributes:
        control: document control of the reports.
        statements: about the study as a whole.
        systems: about each system, by its id.
        panel, proposals, marks: of the buying panel.
        population: the site's own patients, by stratum.
        deviations, hazards: from the protocol, and the hazard log.
        risk_matrix: the one matrix of the rubric that the hazard log uses; without it no level is looked up.
    """

    schema_: Literal["dualtrack.dossier/1"] = Field(alias="schema")
    control: Control | None = None
    statements: Statements = Statements()
    systems: dict[Name, SystemFacts] = Field(default_factory=dict)
    panel: tuple[Member, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    marks: tuple[Mark, ...] = ()
    population: tuple[PopulationShare, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    risk_matrix: Name | None = None

    @model_validator(mode="after")
    def _nobody_marks_what_they_left(self) -> Self:
        recused = {(member.name, system) for member in self.panel for system in member.recused_from}
        for mark in self.marks:
            if (mark.by, mark.system) in recused:
                raise ValueError(f"{mark.by} is recused from {mark.system} and gives it a mark")
        return self

    @property
    def marked_without_conflicts(self) -> tuple[str, ...]:
        """Who gave marks and is no member of the panel, so that nothing is stated about conflicts of interest."""
        members = {member.name for member in self.panel}
        return tuple(dict.fromkeys(mark.by for mark in self.marks if mark.by not in members))

    @model_validator(mode="after")
    def _once(self) -> Self:
        lists: dict[str, list[object]] = {
            "hazard": [hazard.id for hazard in self.hazards],
            "proposal for a system": [proposal.system for proposal in self.proposals],
            "mark": [(mark.system, mark.criterion, mark.by) for mark in self.marks],
            "attribute of a system": [
                (name, each.attribute) for name, facts in self.systems.items() for each in facts.transparency
            ],
        }
        for what, keys in lists.items():
            if len(set(keys)) < len(keys):
                raise ValueError(f"the same {what} stands twice")
        return self

    def named_systems(self) -> frozenset[str]:
        """Ids of every system that the dossier names, so that a wrong one can be told."""
        hazards = (system for hazard in self.hazards for system in hazard.systems)
        recused = (system for member in self.panel for system in member.recused_from)
        proposed = (each.system for each in self.proposals)
        marked = (each.system for each in self.marks)
        return frozenset((*self.systems, *hazards, *recused, *proposed, *marked))

    def named_attributes(self) -> frozenset[str]:
        """Ids of every attribute that the dossier names, so that a wrong one can be told."""
        return frozenset(each.attribute for facts in self.systems.values() for each in facts.transparency)
