"""Validates an RO-Crate with roc-validator, without a network: PYTHON validate_crate.py FOLDER; ends with 0 if valid.

Run by the Python named in DUALTRACK_ROCRATE_PYTHON, of an environment of its own that holds roc-validator and rocrate
(`pip install roc-validator rocrate`): the validator asks for an older rich than the project's environment has. It
fetches the JSON-LD context; here the copy that rocrate carries stands for it.
"""

import json
import sys
from importlib.resources import files
from pathlib import Path

import rdflib.plugins.parsers.jsonld as parser
import rdflib.plugins.shared.jsonld.context as shared
import requests
import requests_cache
from rdflib.plugins.shared.jsonld.util import source_to_json
from rocrate_validator import models, services

CONTEXT = files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
PLACE = "w3id.org/ro/crate"


def from_here(source, *more, **named):
    return (json.loads(CONTEXT), None) if PLACE in str(source) else source_to_json(source, *more, **named)


def answered(_session, _method, url, **_named):
    answer = requests.Response()
    answer.status_code, answer.url = (200, url) if PLACE in url else (404, url)
    answer._content = CONTEXT if PLACE in url else b""
    answer.headers["Content-Type"] = "application/ld+json"
    return answer


def main():
    shared.source_to_json = parser.source_to_json = from_here
    requests.sessions.Session.request = requests_cache.CachedSession.request = answered
    settings = services.ValidationSettings(
        rocrate_uri=Path(sys.argv[1]),
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.REQUIRED,
    )
    result = services.validate(settings)
    for issue in result.get_issues():
        sys.stderr.write(f"{issue.check.identifier} {issue.message}\n")
    return 1 if result.has_issues() else 0


if __name__ == "__main__":
    sys.exit(main())
