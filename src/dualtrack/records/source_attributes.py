"""The list of source attributes that a vendor may disclose: what the dossier refers to and the pages print.

One of the places where files are read: a file of its own package and nothing else. May import pyyaml.
"""

import functools
from dataclasses import dataclass
from importlib import resources

import yaml

__all__ = ["AttributeGroup", "AttributeList", "source_attributes"]


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """Attributes that belong together: id -> short title, in order."""

    id: str
    title: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class AttributeList:
    """The whole list, with the edition that it follows, how that stands, and how far it was read."""

    title: str
    edition: str
    status: str
    verified: str
    groups: tuple[AttributeGroup, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all attributes, in order."""
        return tuple(name for group in self.groups for name in group.attributes)


@functools.cache
def source_attributes() -> AttributeList:
    """The list as it ships.

    Returns:
        Its groups in order.

    Example:
        >>> len(source_attributes().ids)
        31
    """
    text = resources.files("dualtrack.records").joinpath("source_attributes.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    groups = tuple(AttributeGroup(each["id"], each["title"], dict(each["attributes"])) for each in raw["groups"])
    about = {name: " ".join(str(raw[name]).split()) for name in ("title", "edition", "status", "verified")}
    return AttributeList(**about, groups=groups)
