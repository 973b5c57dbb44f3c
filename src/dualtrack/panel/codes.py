"""Names that tell nothing: codes of tasks and ids of packs.

May import the panel's own ground. They are made by a hash, so the same panel gives the same names, and neither order
nor system can be told from them. Whoever has panel.yaml can compute them; it stays with the study office.
"""

from hashlib import sha256

__all__ = ["CALIBRATION_PREFIX", "is_calibration", "pack_id_of", "sealed_name"]

CALIBRATION_PREFIX = "cal"  # l is no hexadecimal digit, and all other names are hexadecimal
_CODE, _PACK = 12, 8  # hexadecimal digits


def sealed_name(seed: int, *parts: object) -> str:
    """A code for something.

    Args:
        seed: the panel's seed.
        parts: what it is for, such as rater, response and occasion.

    Example:
        >>> sealed_name(1, "r1", "q1", "s1", 1, 1) == sealed_name(1, "r1", "q1", "s2", 1, 1)
        False
    """
    return _hash(seed, *parts)[:_CODE]


def pack_id_of(seed: int, study_id: str, rater_id: str, purpose: str) -> str:
    """Id of the pack of a rater.

    Args:
        seed: the panel's seed.
        study_id: id of the study.
        rater_id: the rater.
        purpose: what the pack is for.

    Example:
        >>> len(pack_id_of(1, "study", "r1", "ratings"))
        8
    """
    return _hash(seed, "pack", study_id, rater_id, purpose)[:_PACK]


def is_calibration(name: str) -> bool:
    """Whether an id of a pack or a code of a task belongs to calibration.

    Args:
        name: the id or code.

    Example:
        >>> is_calibration("cal0a1b2c3d"), is_calibration(pack_id_of(1, "study", "r1", "ratings"))
        (True, False)
    """
    return name.startswith(CALIBRATION_PREFIX)


def _hash(seed: int, *parts: object) -> str:
    told = "\x1f".join(str(part) for part in (seed, *parts))
    return sha256(told.encode("utf-8")).hexdigest()
