"""What the failure browser costs: size of the file, first rows, a facet, a search, in a real Chromium.

Makes up failures whose answers are sentences of the answers in examples/, so that they compress as real prose does, and
opens the page from disk without network. Needs Playwright and a Chromium on the path.

    python benchmarks/failure_browser.py [--n 100000] [--characters 500]
"""

import argparse
import random
import re
import shutil
import tempfile
import time
from pathlib import Path

import orjson
import pandas as pd
from playwright.sync_api import sync_playwright

from dualtrack.render import environment, render_page
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.pages import Frame, clinical_pages
from dualtrack.report.pages import TEMPLATES, _page
from dualtrack.report.source import parse_document
from dualtrack.report.words import load_words
from dualtrack.render import Link
from dualtrack.verbs import score

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
LIMITS = {"file, MB": 25.0, "first rows, s": 1.5, "facet, s": 0.2, "search, s": 4.0, "open one, s": 0.5}
STATES = ("confirmed", "open", "failing", "failing", "failing", "flagged", "cleared")
HARMS = ("H4", "H3", "H2", "H1", "H0", None)


def sentences():
    """Sentences of every answer in the examples, each once."""
    found = {}
    for path in sorted(EXAMPLES.glob("*/responses.*")):
        text = path.read_text(encoding="utf-8")
        answers = [orjson.loads(line).get("text") or "" for line in text.splitlines()] if path.suffix == ".jsonl" else [text]
        for answer in answers:
            found.update(dict.fromkeys(part for part in re.split(r"(?<=[.!?])\s+", answer) if 20 < len(part) < 300))
    return list(found)


def made_up(document, n, characters, seed=1):
    """Failures, judgements and texts of n answers."""
    chance, prose = random.Random(seed), sentences()

    def words(length):
        parts = []
        while sum(map(len, parts)) < length:
            parts.append(chance.choice(prose))
        return " ".join(parts)[:length]

    systems = [each.id for each in document.study.systems]
    metrics = [each for each in document.metrics if each.in_scope]
    items = [f"case_{number:06d}" for number in range(-(-n // len(systems)))]
    prompts = {item: words(160) for item in items}
    places = [(system, item) for item in items for system in systems][:n]
    chosen = [chance.choice(metrics) for _ in places]
    modes = [chance.choice(metric.failure_modes).id if metric.failure_modes else None for metric in chosen]
    key = {"system_id": [system for system, _ in places], "item_id": [item for _, item in places], "sample": 1}
    failures = pd.DataFrame({
        **key, "metric_id": [each.id for each in chosen], "track": [str(each.track) for each in chosen],
        "state": [chance.choice(STATES) for _ in places], "reason": None, "failure_modes": modes,
        "acts": [chance.choice(("omission", "commission", None)) for _ in places],
        "harm": [chance.choice(HARMS) for _ in places], "harm_from": "rating",
        "sources": [chance.choice(("rater", "check", "check rater")) for _ in places], "gates": None,
        "high_risk": [chance.random() < 0.2 for _ in places],
        "strata.age_band": [chance.choice(("child", "adult", "65_and_over")) for _ in places],
    })  # fmt: skip
    texts = pd.DataFrame({**key, "prompt": [prompts[item] for _, item in places], "text": [words(characters) for _ in places],
                          "context": None, "turns": None, "expected": None})  # fmt: skip
    said = []
    for (system, item), metric, mode in zip(places, chosen, modes, strict=True):
        at = chance.randrange(characters - 60)
        said.append((system, item, 1, "", f"{metric.id}.check", "a_kind", 1, "check", "fail", None, None, mode, f"[[{at},{at + 40}]]", None))
        said += [(system, item, 1, "", "harm_extent", rater, 1, "rater", None, chance.choice(HARMS[:5]), 0.5, None, None, None)
                 for rater in chance.sample(("dr_ash", "dr_elm", "dr_oak", "ph_fir"), 2)]  # fmt: skip
    names = ["system_id", "item_id", "sample", "unit_id", "probe_id", "source_id", "occasion", "source_kind", "outcome",
             "level", "value", "failure_mode", "spans", "reason"]  # fmt: skip
    nothing = pd.DataFrame({name: [] for name in ("system_id", "item_id", "sample", "unit_id", "probe_id", "source_id", "occasion", "comment", "gate_id", "why", "settled", "scale_id")})
    return Cases(failures, pd.DataFrame(said, columns=names), nothing, texts, nothing, nothing)


def main():
    """Build, open, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--characters", type=int, default=500)
    asked = parser.parse_args()
    words = load_words("en", "clinical")
    with tempfile.TemporaryDirectory() as folder:
        score(EXAMPLES / "thirty").save(Path(folder) / "results")
        document = parse_document((Path(folder) / "results" / "scorecards.json").read_bytes())
        cases = made_up(document, asked.n, asked.characters)
        begun = time.perf_counter()
        frame = Frame(lambda **given: _page(words, document.study, **given), {"facts": (), "footer": ()}, Link("Overview", "index.html"))
        pages = clinical_pages(document, cases, frame)
        page = render_page(pages[1], environment(TEMPLATES))
        built = time.perf_counter() - begun
        path = Path(folder) / "failures.html"
        path.write_text(page, encoding="utf-8")
        measured = {"file, MB": path.stat().st_size / 1e6, **opened(path)}
    print(f"{asked.n:,} failures of {asked.characters} characters; both pages built in {built:.1f} s\n")
    print("| measure | value | limit |\n|---|---|---|")
    for name, value in measured.items():
        print(f"| {name} | {value:.2f} | {LIMITS.get(name, '')} |")


def opened(path):
    """Times in a browser."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--enable-precise-memory-info"])
        page = browser.new_context(offline=True).new_page()
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_selector("#rows tr")
        first = page.evaluate("performance.now()") / 1000
        click = "async (n) => { const box = document.querySelectorAll('#facets input')[n]; const t = performance.now(); box.click(); document.body.offsetHeight; return performance.now() - t; }"
        facet = max(page.evaluate(click, n) for n in (0, 7, 12)) / 1000
        status = page.inner_text("#status")
        page.click("#clear")
        begun = time.perf_counter()
        page.fill("#search", "pain tablets")
        page.wait_for_function("() => / of /.test(document.getElementById('status').textContent)", timeout=60_000) if False else _until(page, " of ")
        searched = time.perf_counter() - begun
        hits = page.inner_text("#status")
        begun = time.perf_counter()
        page.locator("#rows a").first.click()
        page.wait_for_selector("#detail-title")
        one = time.perf_counter() - begun
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        browser.close()
    print(f"facets: {status}; search: {hits}")
    return {"first rows, s": first, "facet, s": facet, "search, s": searched, "open one, s": one, "heap, MB": heap}


def _until(page, text):
    """Wait until the status line says so; polling from outside, since the policy of the page lets nothing be evaluated."""
    for _ in range(600):
        if text in page.inner_text("#status") and "Searching" not in page.inner_text("#status"):
            return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
