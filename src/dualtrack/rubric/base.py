"""What every rubric schema shares: strictness and the words for identifiers.

May import errors and terms. Schemas are validated in JSON mode, so lists become tuples and words become enum
members, while a number where text belongs stays an error.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = ["ID_PATTERN", "Id", "Schema", "Text", "UnitValue"]

ID_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"


class Schema(BaseModel):
    """Base of all rubric schemas: frozen, strict, unknown keys refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=True)


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""A rubric identifier: snake_case, equal to the name of the file that defines it."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""A sentence or word that must not be empty."""

UnitValue = Annotated[float, Field(ge=0, le=1)]
"""A proportion or mapped level in 0..1; 1 is best."""
