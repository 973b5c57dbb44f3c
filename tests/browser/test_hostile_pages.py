"""Hostile text in every field of the study, the tables, dossier.yaml and report.yaml: every page stays inert."""

import itertools
import json
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from dualtrack.records.dossier import Dossier
from dualtrack.report import write_pages
from tests.unit.report import cases as made
from tests.unit.report import hostile, results

TEXTS = [text.encode("utf-8", "replace").decode() for text in hostile.TEXTS]
RUNS = "img:not(.logo), iframe, object, embed, base, link, meta[http-equiv=refresh]"
CODE = "[onerror], [onload], [onmouseover], [onclick], [style], a[href^='javascript' i], a[href*='//']"


def spoilt_dossier(checkout, systems):
    """The dossier of the example with hostile text wherever the schema takes any text, and how many places that is."""
    text = (checkout / "examples" / "thirty" / "dossier.yaml").read_text(encoding="utf-8")
    held = yaml.safe_load(text)
    names = dict(zip(("alder", "birch", "cedar"), systems, strict=False))
    turn = itertools.cycle(TEXTS)
    n = 0

    def renamed(value):
        if isinstance(value, dict):
            return {names.get(key, key): renamed(each) for key, each in value.items()}
        if isinstance(value, list):
            return [renamed(each) for each in value]
        return names.get(value, value) if isinstance(value, str) else value

    held = renamed(held)

    def places(value):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(each, dict | list):
                yield from places(each)
            elif isinstance(each, str) and each not in systems:
                yield value, key

    for parent, key in list(places(held)):
        before = parent[key]
        parent[key] = next(turn) + before
        try:
            Dossier.model_validate_json(json.dumps(held))
            n += 1
        except ValidationError:  # a word of a closed list, an id or a day
            parent[key] = before
    return held, n


@pytest.fixture(scope="module")
def folder(tmp_path_factory, checkout):
    systems = list(results.SYSTEMS)
    with pytest.MonkeyPatch.context() as patch:  # a dossier can name only ids that the schema allows
        patch.setattr(hostile, "KEPT", hostile.KEPT | set(systems))
        document = hostile.document()
    turn = itertools.cycle(TEXTS)
    held = made.cases(lambda text: f"{next(turn)}{text}", n=10)
    place = made.write(results.write(tmp_path_factory.mktemp("hostile") / "out", document), held)
    dossier, n = spoilt_dossier(checkout, systems)
    assert n > 40
    (place / "dossier.yaml").write_text(yaml.safe_dump(dossier, allow_unicode=False), encoding="utf-8")
    notes = [
        {"page": page, "text": text, "by": text, "date": text}
        for text in TEXTS
        for page in ("index", "safety", "effectiveness", "procurement", "clinical-safety", "regulatory")
    ]
    logo = {"type": "image/svg+xml", "base64": "PHN2Zy8+", "alt": TEXTS[2]}
    wishes = {"schema": "dualtrack.report/1", "title": TEXTS[0], "logo": logo, "notes": notes}
    (place / "report.yaml").write_text(yaml.safe_dump(wishes, allow_unicode=False), encoding="utf-8")
    write_pages(place)
    return place


def test_no_page_runs_draws_or_asks_for_what_people_wrote(visit, folder):
    pages = sorted(folder.glob("*.html"))
    assert len(pages) >= 9
    for path in map(Path, pages):
        page = visit(path.as_uri(), color_scheme="dark", viewport={"width": 320, "height": 640})
        if path.name == "failures.html":
            page.wait_for_selector("html[data-ready=yes]")
        assert page.asked[0] == path.as_uri()
        assert [each for each in page.asked[1:] if not each.startswith("data:image/svg+xml;base64,")] == []
        assert page.said == [], path.name
        assert page.title() != "PWNED"
        assert page.locator(RUNS).count() == 0, path.name
        assert page.locator(CODE).count() == 0, path.name
        scripts = page.evaluate("[...document.scripts].filter((each) => each.type !== 'application/json').length")
        assert scripts == (path.name == "failures.html")
        text = page.evaluate("document.body.textContent")
        assert "<script>document.title='PWNED'</script>" in text
        assert not {"\u202e", "\u2066", "\x07", "\x1b"} & set(text)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path.name
