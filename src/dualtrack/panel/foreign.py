"""A return whose pack was not handed out here, or not for this: calibration and study are told apart by the pack's id.

May import errors and the panel's own ground.
"""

from collections.abc import Mapping

from dualtrack.errors import PanelError, Place
from dualtrack.panel.codes import is_calibration
from dualtrack.panel.pack import Pack
from dualtrack.panel.received import refuse

__all__ = ["CALIBRATION", "foreign_pack"]

CALIBRATION = "calibration"


def foreign_pack(pack_id: object, place: Place, packs: Mapping[str, Pack]) -> PanelError:
    """The refusal of a return whose pack is not among those that were handed out.

    Args:
        pack_id: what the return says, a code of one of its tasks where it names no pack.
        place: where.
        packs: the packs that were handed out, by id.

    Returns:
        PAN129 it is a return of calibration; PAN130 the packs are those of calibration and it is not; else PAN104.
    """
    if is_calibration(str(pack_id)) and not any(is_calibration(each) for each in packs):
        return refuse(
            "PAN129",
            "a return of calibration is no return of the study",
            place,
            found=pack_id,
            expected="a pack of the study",
            fix="give it to `dualtrack panel calibrate`; its answers never enter the study",
        )
    if packs and all(pack.purpose == CALIBRATION for pack in packs.values()) and not is_calibration(str(pack_id)):
        return refuse(
            "PAN130",
            "this is no return of calibration",
            place,
            found=pack_id,
            expected="a pack of calibration",
            fix="give returns of the study to `dualtrack panel import`",
        )
    return refuse(
        "PAN104",
        "the pack is not one of this study",
        place,
        found=pack_id,
        expected="a pack that was handed out",
        fix="give the folder that the rater's pack came from with --packs",
    )
