"""What is in a bundle: the files of a run, and beside them all that an inspector needs, as names and bytes.

May import errors, records, ledger and its own package. Nothing is read but files of the
package: everything beside the run is a function of the run, so that ``verify`` can make it again and compare.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from dualtrack.audit.bundle_crate import crate_metadata
from dualtrack.audit.bundle_dictionary import dictionary_csv
from dualtrack.audit.bundle_endpoints import endpoints_csv
from dualtrack.ledger.chain import HISTORY
from dualtrack.ledger.manifest import MANIFEST, FileFacts
from dualtrack.ledger.seal import FREEZE

__all__ = ["INPUTS", "LEFT_OUT", "RUBRICS", "RUN", "SUMS", "TEXTS", "Contents", "members", "stays_out"]

RUN, INPUTS, RUBRICS = "run", "inputs", "rubric"
SUMS, LEFT_OUT = "SHA256SUMS", "left-out.csv"
CRATE = "ro-crate-metadata.json"
TEXTS = tuple(f"tables/{name}.{form}" for name in ("comments", "rulings", "texts") for form in ("csv", "parquet"))
"""Tables of the results that hold words of patients, systems and raters."""
PAGES = "pages-without-texts"
_TABLES = ("csv", "jsonl", "parquet", "xlsx")
_WITHOUT_CASES = ("study.yaml", "SOURCE.txt", HISTORY, FREEZE)
_HERE = "dualtrack.audit.inspector"


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a run that go into a bundle.

    Attributes:
        run: bytes by name inside the run, with ``inputs/...`` and ``rubric/...``.
        left_out: files of the run that stay out, under the names of the manifest.
        pages: the pages drawn without texts, where some of those of the run hold texts and stay out.
    """

    run: Mapping[str, bytes]
    left_out: tuple[FileFacts, ...] = ()
    pages: Mapping[str, bytes] = field(default_factory=dict)


def stays_out(name: str) -> bool:
    """Whether a redacted bundle leaves out a file: texts of the results, and every table of the study.

    Args:
        name: as the manifest calls it.

    Example:
        >>> [stays_out(name) for name in ("tables/texts.csv", "items.jsonl", "study.yaml", "tables/gates.csv")]
        [True, True, False, False]
    """
    if name in TEXTS:
        return True
    kept = name in _WITHOUT_CASES or name.startswith(("amendment-", f"{RUBRICS}/", "tables/"))
    return not kept and name.rpartition(".")[2].lower() in _TABLES


def members(contents: Contents) -> dict[str, bytes]:
    """All files of a bundle.

    Args:
        contents: the files of the run.

    Returns:
        Name -> bytes, in the order in which they stand in the archive: the same for the same run.

    Raises:
        KeyError: a file that every run has is missing.
    """
    document = json.loads(contents.run["scorecards.json"])
    manifest = json.loads(contents.run[MANIFEST])
    files = {f"{RUN}/{name}": data for name, data in contents.run.items()}
    files |= {f"{PAGES}/{name}": data for name, data in contents.pages.items()}
    files["data-dictionary.csv"] = dictionary_csv(contents.run)
    files["recompute/endpoints.csv"] = endpoints_csv(document, contents.run["tables/observations.csv"])
    for name in ("recompute.py", "recompute.R"):
        files[f"recompute/{name}"] = _packaged(f"{name}.txt").encode("utf-8")
    files[LEFT_OUT] = _left_out(contents.left_out)
    files["README.txt"] = _readme(contents, document, manifest).encode("utf-8")
    files[CRATE] = crate_metadata(document, files, published(manifest, contents.run))
    files[SUMS] = "".join(f"{_sha(files[name])}  {name}\n" for name in sorted(files)).encode("utf-8")
    return {name: files[name] for name in sorted(files)}


def published(manifest: Mapping[str, Any], run: Mapping[str, bytes]) -> str | None:
    """Date of a bundle: time of the run, else that of the last record of the history, else none."""
    if manifest["clock"] is not None:
        return str(manifest["clock"])
    history = run.get(f"{INPUTS}/{HISTORY}")
    if manifest["history"] is None or history is None:
        return None
    return str(json.loads(history.splitlines()[manifest["history"]["n"] - 1])["at"])


def _packaged(name: str) -> str:
    return resources.files(_HERE).joinpath(name).read_text(encoding="utf-8")


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _left_out(files: Iterable[FileFacts]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("file", "bytes", "sha256"))
    writer.writerows(
        (each.file, "" if each.bytes is None else each.bytes, each.sha256)
        for each in sorted(files, key=lambda each: each.file)
    )
    return stream.getvalue().encode("utf-8")


def _readme(contents: Contents, document: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    said = (
        "\nREDACTED: texts and the tables of the study are left out. left-out.csv names each file with its SHA-256.\n"
        "  Numbers can be compared with the line data, and not be scored again from the inputs. Pages that hold texts\n"
        "  are left out as well; pages-without-texts/, where it is there, holds all pages drawn without them.\n"
        if contents.left_out
        else "\nNothing is left out.\n"
    )
    words = {
        "title": " ".join(str(document["study"]["title"]).split()),
        "study": document["study"]["id"],
        "engine": manifest["engine"]["name"],
        "version": manifest["engine"]["version"],
        "rubric": manifest["rubric"]["id"],
        "rubric_version": manifest["rubric"]["version"],
        "clock": manifest["clock"] or "not stated",
        "manifest": _sha(contents.run[MANIFEST]),
        "said": said,
    }
    lines = _packaged("README.txt")
    for name, text in words.items():
        lines = lines.replace(f"@{name}@", str(text))
    return lines
