"""The files of one pack: the form, the workbook, tasks for Label Studio, the pack as data, and how to send it back.

May import the panel's own ground.
"""

import json

from dualtrack.panel.calibration import PURPOSE
from dualtrack.panel.form import form_page
from dualtrack.panel.label_studio import label_studio_config, label_studio_tasks
from dualtrack.panel.pack import Pack
from dualtrack.panel.parts import pack_words
from dualtrack.panel.workbook import workbook

__all__ = ["data_of", "files_of"]


def files_of(pack: Pack, made: str | None = None) -> dict[str, bytes]:
    """Name and content of each file of a pack; the same for the same pack.

    Calibration has the form alone, for nothing else can show what was agreed after each answer and not before.

    Args:
        pack: the pack, sealed.
        made: when it was made, as it shall be printed; left out when None.

    Raises:
        FileNotFoundError: no words ship in the pack's language.
    """
    form = {"README.txt": _readme(pack, made).encode(), "form.html": form_page(pack).encode("utf-8", "surrogatepass")}
    return form if pack.purpose == PURPOSE else form | _others(pack)


def data_of(pack: Pack) -> bytes:
    """A pack as data.

    Args:
        pack: the pack.
    """
    content = json.dumps(pack.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1, sort_keys=True)
    return (content + "\n").encode("utf-8", "surrogatepass")


def _others(pack: Pack) -> dict[str, bytes]:
    return {
        "label-studio-config.xml": label_studio_config(pack).encode("utf-8"),
        "label-studio-tasks.json": label_studio_tasks(pack).encode("utf-8", "surrogatepass"),
        "pack.json": data_of(pack),
        "workbook.xlsx": workbook(pack),
    }


def _readme(pack: Pack, made: str | None) -> str:
    words = pack_words(pack.language)
    cover = pack.cover
    facts = {"study": cover.study, "rater": pack.rater_id, "contact": cover.contact, "hours": f"{cover.hours:.1f}"}
    lines = [words["title"].format(**facts), "", words["text"].format(**facts)]
    lines += [words["calibration"]] if pack.purpose == PURPOSE else []
    lines += [words["deadline"].format(deadline=cover.deadline)] if cover.deadline else []
    lines += [words["made"].format(made=made)] if made else []
    return "\n".join(lines).rstrip() + "\n"
