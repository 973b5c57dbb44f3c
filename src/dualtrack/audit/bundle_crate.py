"""RO-Crate metadata of a bundle: what each file is, in the form that research archives read.

May import errors and its own package.

Source: RO-Crate Metadata Specification 1.1, doi:10.5281/zenodo.4031327.
"""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["NO_DATE", "crate_metadata"]

NO_DATE = "1980-01-01"
"""Date of a bundle for which no time was ever stated, as the files in its archive; its description says so."""
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_PROFILE = "https://w3id.org/ro/crate/1.1"
_TYPES = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "py": "text/x-python",
    "R": "text/x-r-source",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
}
_SAID = {
    "README.txt": "What is in the bundle and how to check it",
    "left-out.csv": "Files of the run that are not in the bundle, with their digests",
    "data-dictionary.csv": "Every column of every table",
    "recompute/endpoints.csv": "Primary endpoints, and what is needed to compute them again",
    "recompute/recompute.py": "Computes the primary endpoints again with pandas and scipy",
    "recompute/recompute.R": "Computes the primary endpoints again with base R",
    "run/manifest.json": "Digests of all that went in and came out, versions, seed, settings",
    "run/scorecards.json": "The results",
    "run/tables/observations.csv": "Line data: one answer on one metric",
    "run/tables/findings.csv": "Line data: one judgement, recorded once",
}


def crate_metadata(document: Mapping[str, Any], files: Mapping[str, bytes], at: str | None) -> bytes:
    """The bytes of ro-crate-metadata.json.

    Args:
        document: scorecards.json.
        files: all other files of the bundle but the checksums.
        at: date, ISO 8601; None where none was stated.

    Returns:
        JSON-LD, the same for the same bundle.
    """
    names = sorted(files)
    study, engine, rubric = document["study"], document["engine"], document["rubric"]
    made = f"{engine['name']} {engine['version']}, rubric {rubric['id']} {rubric['version']}"
    undated = "" if at else f" No time was stated; {NO_DATE} stands for that."
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": study["title"],
        "description": f"A scored study of clinical AI systems: inputs, results and record ({made}).{undated}",
        "datePublished": at or NO_DATE,
        "identifier": study["id"],
        "license": {"@id": "#terms"},
        "hasPart": [{"@id": _id(name)} for name in names],
        "mentions": {"@id": "#engine"},
    }
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": _PROFILE},
            "about": {"@id": "./"},
        },
        root,
        {
            "@id": "#terms",
            "@type": "CreativeWork",
            "name": "Terms of the sources",
            "description": study.get("credits") or "Those of the study's owner; nothing was stated.",
        },
        {"@id": "#engine", "@type": "SoftwareApplication", "name": engine["name"], "version": engine["version"]},
        *(_file(name, files[name]) for name in names),
    ]
    plain = {"@context": _CONTEXT, "@graph": graph}
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8") + b"\n"


def _id(name: str) -> str:
    """A file name as a relative reference: whatever a reference gives another meaning is written in per cent."""
    kept = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
    return "".join(each if each in kept else "".join(f"%{byte:02X}" for byte in each.encode()) for each in name)


def _file(name: str, data: bytes) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "@id": _id(name),
        "@type": "File",
        "name": name,
        "contentSize": str(len(data)),
        "encodingFormat": _TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
    }
    return entity | ({"description": _SAID[name]} if name in _SAID else {})
