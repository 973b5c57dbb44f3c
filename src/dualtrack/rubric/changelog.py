"""Whether the changelog of a rubric knows its newest results change.

A rubric's ``CHANGELOG.md`` has one entry for each version, the newest first::

    ## 1.1.0 (2026-11-24)
    Results digest: 9f86d0…

    ### Results change
    - Gate rate of S02: the limit falls from 0.05 to 0.02, because …

    ### Other
    - The definition of S02 is easier to read.

The digest is that of everything that can move a number or a state (``dualtrack rubric digest``), so a results change
that nobody wrote down does not match. Pure: texts in, a sentence out. May import the rubric schemas.
"""

import re
from dataclasses import dataclass

from dualtrack.rubric.effects import results_digest
from dualtrack.rubric.header import Rubric

__all__ = ["OTHER", "RESULTS_CHANGE", "Entry", "changelog_problem", "newest_entry"]

RESULTS_CHANGE = "Results change"
OTHER = "Other"
_HEADING = re.compile(r"^## (?P<version>\d+\.\d+\.\d+) \((?P<date>\d{4}-\d{2}-\d{2})\)[ \t]*$", re.MULTILINE)
_DIGEST = re.compile(r"^Results digest: (?P<digest>[0-9a-f]{64})[ \t]*$", re.MULTILINE)
_PART = re.compile(r"^### (?P<part>[^\n]*?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """The newest entry of a changelog; ``digest`` is None where the line is missing."""

    version: str
    date: str
    digest: str | None
    parts: tuple[str, ...]


def newest_entry(text: str) -> Entry | None:
    r"""The first entry of a changelog.

    Args:
        text: the changelog.

    Returns:
        The entry, None where there is none of that form.

    Example:
        >>> newest_entry("# Changes\n\n## 1.0.0 (2026-11-24)\n\n### Other\n- First version.\n").version
        '1.0.0'
    """
    text = text.replace("\r\n", "\n")
    headings = list(_HEADING.finditer(text))
    if not headings:
        return None
    newest = headings[0]
    body = text[newest.end() : headings[1].start() if len(headings) > 1 else None]
    digest = _DIGEST.search(body)
    parts = tuple(found["part"] for found in _PART.finditer(body))
    return Entry(newest["version"], newest["date"], digest["digest"] if digest else None, parts)


def changelog_problem(rubric: Rubric, changelog_text: str) -> str:
    """What is wrong with the newest entry of a rubric's changelog.

    Args:
        rubric: as ``load_rubric`` gives it.
        changelog_text: the whole ``CHANGELOG.md``.

    Returns:
        A sentence with the way to mend it; "" where the entry is of this version and has the digest of this rubric.
    """
    entry, version, digest = newest_entry(changelog_text), rubric.header.version, results_digest(rubric)
    if entry is None:
        return f"the changelog has no entry of the form: ## {version} (YYYY-MM-DD); add one"
    if entry.version != version:
        return (
            f"the newest entry is of version {entry.version} and the rubric says {version}; add an entry for {version}"
        )
    if entry.digest is None:
        return f"the entry {version} has no line with its digest; add: Results digest: {digest}"
    if entry.digest != digest:
        return (
            f"a results change is not written down: the entry {version} has the digest {entry.digest}, the rubric "
            f"{digest}. Raise the version and say under '### {RESULTS_CHANGE}' what can move and why"
        )
    unknown = [part for part in entry.parts if part not in (RESULTS_CHANGE, OTHER)]
    if unknown or not entry.parts:
        found = ", ".join(unknown) or "none"
        return f"the entry {version} needs the headings '### {RESULTS_CHANGE}' or '### {OTHER}'; found: {found}"
    return ""
