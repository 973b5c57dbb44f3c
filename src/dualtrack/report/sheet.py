"""The part of the document that one track's page may see.

It exists so that the tracks cannot mix: views of a scorecard are given a sheet, and a sheet holds nothing of the other
track, no digest and no version that a change of the other track would move. May import terms and ``report.document``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dualtrack.report.document import Document, Metric, Note, Run, Scale, Source, Study, System
from dualtrack.report.rows import (
    Agreement,
    CheckProof,
    Comparison,
    Estimate,
    Gate,
    Rank,
    RaterEffect,
    Robustness,
    Verdict,
    VetoCurve,
)
from dualtrack.terms import Fill, QuantityType, Reason, State, Track

__all__ = ["PRIMARY", "Sheet", "sheet_of"]

PRIMARY, MISSING = "primary", "missing_share"
EstimateKey = tuple[str, str, str, str, str]
SubgroupKey = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything of one track, and what both tracks share.

    ``metrics`` are all of the track, also those out of scope; ``scales`` those that they read; ``notes`` those of this
    track and of none; ``study`` holds only what concerns this track of its scope, overrides and plan. ``estimates`` are
    those over all items, ``subgroups`` the observed primary ones of each stratum level; ``comparisons`` compare scores,
    ``missingness`` what is missing.
    """

    track: Track
    study: Study
    rubric: str
    coverage_floor: float
    metrics: tuple[Metric, ...]
    scales: Mapping[str, Scale]
    run: Run
    engine: str
    engine_version: str
    notes: tuple[Note, ...]
    estimates: Mapping[EstimateKey, Estimate]
    subgroups: Mapping[SubgroupKey, Estimate]
    gates: tuple[Gate, ...]
    verdicts: Mapping[str, Verdict]
    comparisons: tuple[Comparison, ...]
    missingness: tuple[Comparison, ...]
    check_proof: tuple[CheckProof, ...]
    agreement: tuple[Agreement, ...]
    rater_effects: tuple[RaterEffect, ...]
    veto_curves: tuple[VetoCurve, ...]
    ranks: tuple[Rank, ...]
    robustness: tuple[Robustness, ...]

    @property
    def scoped(self) -> tuple[Metric, ...]:
        """Metrics in scope."""
        return tuple(metric for metric in self.metrics if metric.in_scope)

    def estimate(
        self, subject: str, system: System, show: str, *, fill: Fill = Fill.observed, basis: str = PRIMARY
    ) -> Estimate | None:
        """The estimate over all items, None where the results hold none.

        Args:
            subject: metric id, or the track.
            system: the system.
            show: what the number is.
            fill: how missing cells were filled.
            basis: which evidence.
        """
        return self.estimates.get((subject, system.id, show, basis, fill))

    def system_name(self, system_id: str) -> str:
        """Name of a system."""
        return next(system.name for system in self.study.systems if system.id == system_id)

    def source(self, source_id: str) -> Source | None:
        """What the study says about a source."""
        return next((source for source in self.study.sources if source.id == source_id), None)


def sheet_of(document: Document, track: Track) -> Sheet:
    """What the page of one track may see of a document.

    Args:
        document: the results.
        track: the track.

    Returns:
        The sheet; changing anything of the other track leaves it as it is.
    """
    metrics = tuple(metric for metric in document.metrics if metric.track == track)
    scales = {metric.scale: document.scales[metric.scale] for metric in metrics if metric.scale is not None}
    study = document.study
    return Sheet(
        track=track,
        study=_study_of(document, metrics, track),
        rubric=document.rubric.id,
        coverage_floor=max(study.plan.coverage_floor, document.rubric.floors.coverage),
        metrics=metrics,
        scales=scales,
        run=_run_of(document.run, track),
        engine=document.engine,
        engine_version=document.engine_version,
        notes=tuple(note for note in document.notes if note.track in (None, track)),
        estimates={
            (row.subject_id, row.system_id, row.show, row.basis, row.missing): row
            for row in document.estimates
            if row.track == track and not row.stratum
        },
        subgroups={
            (row.subject_id, row.system_id, row.show, row.stratum, row.stratum_level): row
            for row in document.estimates
            if row.track == track and row.stratum and (row.basis, row.missing) == (PRIMARY, Fill.observed)
        },
        gates=tuple(row for row in document.gates if row.track == track),
        verdicts={system.id: _verdict(document, system, track) for system in study.systems},
        comparisons=tuple(row for row in document.comparisons if row.track == track and row.show != MISSING),
        missingness=tuple(row for row in document.comparisons if row.track == track and row.show == MISSING),
        check_proof=tuple(row for row in document.check_proof if row.track == track),
        agreement=tuple(row for row in document.agreement if (row.scale_id, row.grain) in _asked(metrics)),
        rater_effects=tuple(
            row
            for row in document.rater_effects
            if row.scale_id in scales and row.metric_id in {"", *(metric.id for metric in metrics)}
        ),
        veto_curves=tuple(row for row in document.veto_curves if row.track == track),
        ranks=tuple(row for row in document.ranks if row.track == track),
        robustness=tuple(row for row in document.robustness if row.track == track),
    )


def _run_of(run: Run, track: Track) -> Run:
    record = None if run.record is None else run.record.of_track(track)
    return replace(run, versions=(), record=record)


def _asked(metrics: tuple[Metric, ...]) -> set[tuple[str, str]]:
    """Scale and grain of what raters are asked for the metrics in scope; pairs are rated response by response."""
    return {
        (metric.scale, "response" if metric.quantity.type == QuantityType.paired_difference else metric.quantity.per)
        for metric in metrics
        if metric.scale is not None and metric.in_scope
    }


def _study_of(document: Document, metrics: tuple[Metric, ...], track: Track) -> Study:
    study, known = document.study, {metric.id for metric in metrics}
    owed = {metric.scale for metric in metrics} | {"default"}
    plan = replace(
        study.plan,
        ratings_per_unit={scale: n for scale, n in study.plan.ratings_per_unit.items() if scale in owed},
        margins={name: margin for name, margin in study.plan.margins.items() if name in known | {track}},
    )
    return replace(
        study,
        plan=plan,
        scope_out=tuple(each for each in study.scope_out if each.metric in known),
        overrides=tuple(each for each in study.overrides if each.metric in known),
    )


def _verdict(document: Document, system: System, track: Track) -> Verdict:
    """The verdict on record; a track without any metric in scope has none and is not assessed."""
    for verdict in document.verdicts:
        if (verdict.system_id, verdict.track) == (system.id, track):
            return verdict
    return Verdict(system.id, track, State.not_assessed, (), (Reason.no_gate,), None)
