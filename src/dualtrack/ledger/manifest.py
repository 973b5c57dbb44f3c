"""The manifest of a run: digests of all that went in and came out, and everything needed to make it again.

May import errors and its own package. It holds no path, no user name and no name of a machine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.canonical import canonical, digest, without

__all__ = [
    "MANIFEST",
    "MANIFEST_SCHEMA",
    "FileFacts",
    "RunInputs",
    "make_manifest",
    "manifest_faults",
    "manifest_text",
    "whole_manifest",
    "with_pages",
]

MANIFEST = "manifest.json"
MANIFEST_SCHEMA = "dualtrack.manifest/1"
_KEYS = (
    "schema", "study", "engine", "versions", "clock", "settings", "rubric", "seals", "history", "inputs", "outputs",
    "pages", "sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: its name relative to its folder, size in bytes (null where it is not known) and SHA-256."""

    file: str
    bytes: int | None
    sha256: str

    def plain(self) -> dict[str, Any]:
        """As it stands in a manifest."""
        return {"file": self.file, "bytes": self.bytes, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a manifest needs beside the document of the run.

    Attributes:
        inputs: the files that were read.
        seals: digests of the seals, in order.
        results_sha256: digest of everything in the rubric that can move a number.
        texts: whether prompts and responses are in the results.
    """

    inputs: tuple[FileFacts, ...]
    seals: tuple[str, ...]
    results_sha256: str
    texts: bool


def make_manifest(document: Mapping[str, Any], run: RunInputs, outputs: tuple[FileFacts, ...]) -> dict[str, Any]:
    """The manifest of a run whose pages are still to come.

    Args:
        document: the document of the results.
        run: inputs and seals.
        outputs: the files that were written.

    Returns:
        Plain data with its digest.
    """
    facts = document["run"]
    rubric = document["rubric"]
    return _signed(
        {
            "schema": MANIFEST_SCHEMA,
            "study": {name: document["study"][name] for name in ("id", "title")},
            "engine": dict(document["engine"]),
            "versions": dict(facts["versions"]),
            "clock": facts["clock"],
            "settings": {**{name: facts[name] for name in ("seed", "resamples", "confidence")}, "texts": run.texts},
            "rubric": {
                **{name: rubric[name] for name in ("id", "version", "sha256")},
                "results_sha256": run.results_sha256,
            },
            "seals": list(run.seals),
            "history": facts["history"],
            "inputs": [each.plain() for each in _by_name(run.inputs)],
            "outputs": [each.plain() for each in _by_name(outputs)],
            "pages": [],
        }
    )


def with_pages(manifest: Mapping[str, Any], pages: tuple[FileFacts, ...]) -> dict[str, Any]:
    """A manifest with the pages that were made from the results.

    Args:
        manifest: as it was.
        pages: the pages; earlier ones are replaced.
    """
    return _signed({**without(manifest, "sha256"), "pages": [each.plain() for each in _by_name(pages)]})


def manifest_text(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of its file."""
    return canonical(dict(manifest)) + b"\n"


def manifest_faults(data: bytes, plain: Any) -> Iterator[Problem]:  # noqa: ANN401 -- parsed JSON
    """What is wrong with a manifest in itself.

    Args:
        data: the bytes of the file.
        plain: what a JSON parser made of them, None where they are no JSON.

    Yields:
        LED010 it is no manifest, or a byte of it was changed.
    """
    if not isinstance(plain, dict) or plain.get("schema") != MANIFEST_SCHEMA or set(plain) != set(_KEYS):
        yield _fault("something else", f"a manifest ({MANIFEST_SCHEMA}) with all its keys")
        return
    stated, found = plain["sha256"], digest(without(plain, "sha256"))
    if stated != found:
        yield _fault(f"digest {found}", f"digest {stated}, as it states itself")
    elif manifest_text(plain) != data:
        yield _fault("other bytes for the same values", "the form in which it was written")


def whole_manifest(data: bytes, plain: Any) -> dict[str, Any]:  # noqa: ANN401 -- parsed JSON
    """A manifest that is as it was written.

    Raises:
        LedgerError: LED010.
    """
    faults = list(manifest_faults(data, plain))
    if faults:
        raise LedgerError(faults)
    return dict(plain)


def _by_name(files: tuple[FileFacts, ...]) -> list[FileFacts]:
    return sorted(files, key=lambda each: each.file)


def _signed(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "sha256": digest(body)}


def _fault(found: str, expected: str) -> Problem:
    return Problem(
        "LED010",
        "the manifest of the run is not as it was written",
        Place(MANIFEST),
        found=found,
        expected=expected,
        fix="restore it from a copy, or score the study again",
    )
