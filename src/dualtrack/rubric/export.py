"""JSON Schema of the rubric files, so that an editor completes keys and underlines mistakes while they are written.

May import the rubric schemas. What no JSON Schema can say (that a level is on its scale, that a gate has evidence)
is said when the rubric is loaded.
"""

import json
from typing import Any, Literal

from dualtrack.rubric.base import Schema
from dualtrack.rubric.header import Header
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.profile import Profile
from dualtrack.rubric.rehearsal import Rehearsal
from dualtrack.rubric.risk import HarmLadder, RiskMatrix
from dualtrack.rubric.scale import Scale

__all__ = ["KINDS", "SCHEMAS", "Kind", "json_schema", "json_schema_text", "json_schemas"]

Kind = Literal["metric", "scale", "rubric", "lexicon", "profile", "risk", "ladder", "rehearsal"]
SCHEMAS: dict[Kind, type[Schema]] = {
    "metric": Metric,
    "scale": Scale,
    "rubric": Header,
    "lexicon": Lexicon,
    "profile": Profile,
    "risk": RiskMatrix,
    "ladder": HarmLadder,
    "rehearsal": Rehearsal,
}
KINDS: tuple[Kind, ...] = tuple(SCHEMAS)


def json_schema(kind: Kind) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one kind of rubric file.

    Args:
        kind: of the file; ``rubric`` is the header, ``risk`` a matrix.

    Returns:
        The schema as plain data.

    Raises:
        KeyError: there is no such kind.

    Example:
        >>> json_schema("scale")["required"][:3]
        ['schema', 'id', 'title']
    """
    generated = SCHEMAS[kind].model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated, "title": f"dualtrack {kind}"}


def json_schema_text(kind: Kind) -> str:
    """The schema as it stands in ``rubric/schema/KIND.schema.json``: sorted keys, two spaces, one line feed at the end.

    Raises:
        KeyError: there is no such kind.
    """
    return json.dumps(json_schema(kind), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def json_schemas() -> dict[str, str]:
    """Name and text of every schema file, as they stand in ``rubric/schema``.

    Example:
        >>> list(json_schemas())[:3]
        ['metric.schema.json', 'scale.schema.json', 'rubric.schema.json']
    """
    return {f"{kind}.schema.json": json_schema_text(kind) for kind in KINDS}
