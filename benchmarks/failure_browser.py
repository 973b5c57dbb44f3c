"""What the failure browser costs: size of the file, first rows, a facet, a search, in a real Chromium.

Makes up failures whose answers are sentences of the answers in examples/, in an order drawn once, so that they compress
as real prose does, and opens the page from disk without network. Needs Playwright and a Chromium on the path.

    python benchmarks/failure_browser.py [--n 100000] [--characters 500]
"""

import argparse
import functools
import json
import random
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import Page, sync_playwright

from dualtrack.render import render_page
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.pages import clinical_pages
from dualtrack.report.document import Document
from dualtrack.report.drawing import templates
from dualtrack.report.pages import _reader_page
from dualtrack.report.source import parse_document
from dualtrack.report.words import load_words
from dualtrack.verbs import score

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
LIMITS = {"file, MB": "25", "first rows, s": "1.0", "facet, s": "0.2", "search, s": "4", "open one, s": "0.5"}
STATES = ("confirmed", "open", "failing", "failing", "failing", "flagged", "cleared")
HARMS = ("H4", "H3", "H2", "H1", "H0", None)
RATERS = ("dr_ash", "dr_elm", "dr_oak", "ph_fir")
PROMPT = 160  # characters
SENTENCE = range(20, 300)  # characters
MARKED = 40  # characters
FINDING = (
    "system_id", "item_id", "sample", "unit_id", "probe_id", "source_id", "occasion", "source_kind", "outcome", "level",
    "value", "failure_mode", "spans", "reason",
)  # fmt: skip
NOTHING = pd.DataFrame({name: [] for name in (*FINDING, "comment", "gate_id", "why", "settled", "scale_id")})
FACET = """async (n) => {
    const box = document.querySelectorAll('#facets input')[n];
    const begun = performance.now();
    box.click();
    document.body.offsetHeight;
    return performance.now() - begun;
}"""


class Prose:
    """Texts of real sentences in an order drawn by a seed."""

    def __init__(self, seed: int) -> None:
        """Read every answer in the examples."""
        self.chance = random.Random(seed)  # noqa: S311 -- made-up data, nothing secret
        found: dict[str, None] = {}
        for path in sorted(EXAMPLES.glob("*/responses.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                answer = json.loads(line).get("text") or ""
                parts = re.split(r"(?<=[.!?])\s+", answer)
                found.update(dict.fromkeys(part for part in parts if len(part) in SENTENCE))
        self.sentences = list(found)

    def text(self, length: int) -> str:
        """A text of a length in characters."""
        parts: list[str] = []
        while sum(map(len, parts)) < length:
            parts.append(self.chance.choice(self.sentences))
        return " ".join(parts)[:length]


def made_up(document: Document, n: int, characters: int, seed: int = 1) -> Cases:
    """Failures of n answers, each with a check's finding, two ratings and its text."""
    prose = Prose(seed)
    choice = prose.chance.choice
    systems = [each.id for each in document.study.systems]
    metrics = [each for each in document.metrics if each.in_scope]
    items = [f"case_{number:06d}" for number in range(-(-n // len(systems)))]
    prompts = {item: prose.text(PROMPT) for item in items}
    places = [(system, item) for item in items for system in systems][:n]
    chosen = [choice(metrics) for _ in places]
    modes = [choice(metric.failure_modes).id if metric.failure_modes else None for metric in chosen]
    key: dict[str, Any] = {"system_id": [each for each, _ in places], "item_id": [each for _, each in places]}
    key["sample"] = 1
    drawn: dict[str, tuple[Any, ...]] = {
        "state": STATES,
        "acts": ("omission", "commission", None),
        "harm": HARMS,
        "high_risk": (True, False),
        "sources": ("rater", "check", "check rater"),
        "strata.age_band": ("child", "adult", "65_and_over"),
    }
    columns = {name: [choice(words) for _ in places] for name, words in drawn.items()}
    fixed = {"reason": None, "harm_from": "rating", "gates": None, "failure_modes": modes}
    told = {"metric_id": [each.id for each in chosen], "track": [str(each.track) for each in chosen]}
    failures = pd.DataFrame({**key, **told, **columns, **fixed})
    answers = [prose.text(characters) for _ in places]
    asked = [prompts[item] for _, item in places]
    texts = pd.DataFrame({**key, "prompt": asked, "text": answers, "context": None, "turns": None, "expected": None})
    said: list[tuple[Any, ...]] = []
    for place, metric, mode in zip(places, chosen, modes, strict=True):
        at = prose.chance.randrange(characters - MARKED)
        probe = (*place, 1, "", f"{metric.id}.check", "a_kind", 1, "check", "fail", None, None, mode)
        said.append((*probe, f"[[{at},{at + MARKED}]]", None))
        said += [
            (*place, 1, "", "harm_extent", rater, 1, "rater", None, choice(HARMS[:5]), *([None] * 4))
            for rater in prose.chance.sample(RATERS, 2)
        ]
    return Cases(failures, pd.DataFrame(said, columns=list(FINDING)), NOTHING, texts, NOTHING, NOTHING)


def main() -> None:
    """Build, open, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--characters", type=int, default=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        score(EXAMPLES / "thirty").save(Path(folder) / "results")
        document = parse_document((Path(folder) / "results" / "scorecards.json").read_bytes())
        cases = made_up(document, asked.n, asked.characters)
        begun = time.process_time()
        pages = clinical_pages(document, cases, functools.partial(_reader_page, document, load_words(), None))
        page = render_page(pages[1], templates())
        built = time.process_time() - begun
        path = Path(folder) / "failures.html"
        path.write_text(page, encoding="utf-8")
        measured = {"file, MB": path.stat().st_size / 1e6, **opened(path)}
    print(f"{asked.n:,} failures of {asked.characters} characters; both pages made in {built:.1f} s of the processor\n")
    print("| measure | value | limit |\n|---|---|---|")
    for name, value in measured.items():
        print(f"| {name} | {value:.2f} | {LIMITS.get(name, '')} |")


def opened(path: Path) -> dict[str, float]:
    """Times in a browser, in seconds, and its memory."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=program, args=options)
        page = browser.new_context(offline=True).new_page()
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_selector("#rows tr")
        first = page.evaluate("performance.now()") / 1000
        facet = max(page.evaluate(FACET, n) for n in (0, 7, 12)) / 1000
        narrowed = page.inner_text("#status")
        page.click("#clear")
        begun = time.perf_counter()
        page.fill("#search", "pain tablets")
        _until(page, " of ")
        searched = time.perf_counter() - begun
        hits = page.inner_text("#status")
        begun = time.perf_counter()
        page.locator("#rows a").first.click()
        page.wait_for_selector("#detail-title")
        one = time.perf_counter() - begun
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        browser.close()
    print(f"after three choices {narrowed}; after a search {hits}")
    return {"first rows, s": first, "facet, s": facet, "search, s": searched, "open one, s": one, "heap, MB": heap}


def _until(page: Page, text: str) -> None:
    """Wait for the status line, polling from outside: the policy of the page lets no text be run."""
    for _ in range(1200):
        said = page.inner_text("#status")
        if text in said and "Searching" not in said:
            return
        time.sleep(0.05)
    raise TimeoutError(text)


if __name__ == "__main__":
    main()
