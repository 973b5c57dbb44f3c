"""Check kind ``citations``: are the sources that an answer cites well-formed, and are they among the known ones?

Patterns are data (``citations.yaml``). Offline it cannot show that a source does not exist; a form that no registry
gives out, and a look-up in a frozen list, are arithmetic. May import errors, terms and the checks' own ground floor.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Span
from dualtrack.checks.folding import fold
from dualtrack.checks.kinds.citations.forms import Found, identifiers, templates
from dualtrack.checks.kinds.citations.known import Known, known_sources
from dualtrack.checks.kinds.citations.lists import Entry, dangling, entries, names_a_source
from dualtrack.checks.spans import joined, touches
from dualtrack.rubric.lexicon import Entry as KnownSource
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.terms import Outcome, Reason, ResponseStatus

__all__ = ["KIND", "CitationsParams"]

Form = Literal[
    "doi", "pmcid", "pmid", "arxiv", "isbn", "nct", "isrctn", "eudract", "nice", "sign", "who", "link", "list"
]

_MOST = 1000  # failing citations that are marked in one response


class CitationsParams(CheckParams):
    """Which citations are judged, and whether an answer owes one."""

    require: bool = Field(default=False, description="Whether an answer without any citation fails.")
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = Field(
        default=get_args(Form),
        description="What is judged: identifiers by their form, links, and lists of references; all by default.",
    )


def judge(given: CheckInput, params: CitationsParams) -> Judgement:
    """Pass when every citation is well-formed and, where known sources are given, one of them.

    Definition: a citation is an identifier (DOI, PMID, PMCID, arXiv, ISBN, trial number, guideline code), a link, an
    entry of a list of references, or a passage that cites an entry by number or by author and year. ``malformed``: the
    registry gives out no identifier of that form, the check digit is wrong, a template was left to be filled in, the
    link names no site, or the list has no such entry. ``unknown``: an identifier, or an entry without one, that is
    well-formed and not among the known sources. The value counts the failing citations, to 1,000.

    Example:
        >>> judge(CheckInput("See PMID: XXXXXXXX and ISBN 978-0-306-40615-7."), CitationsParams()).spans
        ((4, 18),)
    """
    folded = fold(given.text or "")
    known = known_sources(given.lexicons)
    found = [each for each in _whole(identifiers(folded.text), folded.text, given.status) if each.form in params.forms]
    listed = entries(folded.text) if "list" in params.forms else []
    malformed = [(each.start, each.end) for each in found if not each.sound]
    malformed += _malformed_in_lists(folded.text, listed, malformed)
    if "list" in params.forms:
        already = list(joined([*malformed, *((each.start, each.end) for each in listed)]))
        malformed += [span for span in templates(folded.text) if not touches(span, already)]
    unknown: list[Span] = []
    if known is not None:
        unknown = [(each.start, each.end) for each in found if each.sound and not known.has(each)]
        by_identifier = list(joined((each.start, each.end) for each in found))
        unknown += _unknown_entries(folded.text, listed, by_identifier, known)
    failing = sorted({*malformed, *unknown})[:_MOST]
    if not failing:
        return _without_failure(folded.text, params, cites=bool(found or listed))
    return Judgement(
        Outcome.failed,
        value=float(len(failing)),
        failure_mode="malformed_citation" if malformed else "unknown_citation",
        spans=tuple(sorted(folded.span(start, end) for start, end in failing)),
    )


def _whole(found: list[Found], text: str, status: ResponseStatus) -> list[Found]:
    """Without the identifier in which a truncated answer ends: the answer was cut there, not the identifier."""
    if status is ResponseStatus.truncated and found and not text[found[-1].end :].strip():
        return found[:-1]
    return found


def _without_failure(text: str, params: CitationsParams, *, cites: bool) -> Judgement:
    if cites or not params.require:
        return Judgement(Outcome.passed, value=0.0)
    if names_a_source(text):
        return Judgement.undecided(Reason.unparsed)
    return Judgement(Outcome.failed, value=0.0, failure_mode="citation_missing")


def _malformed_in_lists(text: str, listed: list[Entry], malformed: list[Span]) -> list[Span]:
    """Entries that are none (unless an identifier in them says so already), and passages that cite no entry."""
    already = list(joined(malformed))
    broken = [(each.start, each.end) for each in listed if not each.sound]
    return [*(span for span in broken if not touches(span, already)), *dangling(text, listed)]


def _unknown_entries(text: str, listed: list[Entry], by_identifier: list[Span], known: Known) -> list[Span]:
    """Entries without an identifier whose text holds no known title."""
    spans = [(each.start, each.end) for each in listed if each.sound]
    return [
        (start, end)
        for start, end in spans
        if not touches((start, end), by_identifier) and not known.has_title_in(text[start:end])
    ]


_BUNDLE = Lexicon.model_validate(
    {
        "schema": "dualtrack.lexicon/1",
        "id": "sources",
        "title": "Known sources",
        "about": "Sources that exist",
        "languages": ("en",),
        "source": "Made up for these examples",
        "edition": "1",
        "misses": "Nearly everything",
        "entries": (
            KnownSource(
                id="recovery",
                title="Dexamethasone in Hospitalized Patients with Covid-19",
                terms=("10.1056/NEJMoa2021436", "PMID 32678530"),
            ),
        ),
    }
)

KIND = CheckKind(
    name="citations",
    version=1,
    title="Citations: form, and look-up among known sources",
    claim="A failing finding shows citations that no registry gives out in that form, that cite an entry which is not "
    "there, or that are not among the known sources.",
    blind_spots=(
        "A well-formed citation may still be invented; without a list of known sources only the form is judged.",
        "Whether the source says what the answer claims is for people to judge.",
        "An author and year in running text without a list of references is not judged, nor is a number in brackets.",
        "A true source that is not in the list of known sources is flagged, and so is a link that was given as help.",
        "A known identifier beside the title of another source passes.",
        "Other trial registries, guidelines named in words and the check digits of EudraCT numbers are not read.",
    ),
    unit="citations that fail, lower is better",
    params=CitationsParams,
    judge=judge,
    failure_modes=(
        FailureMode("malformed_citation", "commission", "A citation that cannot exist as written"),
        FailureMode("unknown_citation", "commission", "A citation that is not among the known sources"),
        FailureMode("citation_missing", "omission", "The answer cites nothing"),
    ),
    examples=(
        Example(
            "Dexamethasone helped ventilated patients (doi:10.1056/NEJMoa2021436; PMID 32678530).",
            Outcome.passed,
            "Both identifiers are those of a known source.",
            params={"require": True},
            lexicons={"sources": _BUNDLE},
            value=0.0,
        ),
        Example(
            "Dexamethasone helped ventilated patients (PMID 32678531).",
            Outcome.failed,
            "Well-formed, and not among the known sources.",
            lexicons={"sources": _BUNDLE},
            failure_mode="unknown_citation",
            value=1.0,
        ),
        Example(
            "See PMID: XXXXXXXX, NCT12345 and ISBN 978-0-306-40615-8.",
            Outcome.failed,
            "A template that was not filled in, a number that is too short, a wrong check digit.",
            failure_mode="malformed_citation",
            value=3.0,
        ),
        Example(
            "It helps [1] and is cheap [3].\n\nReferences\n1. Bally M. BMJ 2017;357:j1909.\n2. NHS. Gout. 2022.",
            Outcome.failed,
            "The list has no third entry.",
            failure_mode="malformed_citation",
            value=1.0,
        ),
        Example(
            "Rest, ice and paracetamol.",
            Outcome.passed,
            "Nothing is cited and nothing is owed.",
            value=0.0,
        ),
        Example(
            "Studies show that rest helps.",
            Outcome.failed,
            "A source is owed and none is named.",
            params={"require": True},
            failure_mode="citation_missing",
            value=0.0,
        ),
        Example(
            "Rest helps (Okafor et al., 2020).",
            Outcome.not_assessable,
            "A source is owed; one is named, in a way that cannot be judged.",
            params={"require": True},
            reason=Reason.unparsed,
        ),
    ),
)
