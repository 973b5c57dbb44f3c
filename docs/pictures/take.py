"""Take the pictures of the README from the rendered reports (python docs/pictures/take.py).

Needs Playwright and a Chromium, as the browser tests do. The pictures show reports/ as it is, so take them anew when a
page changes its looks.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
REPORTS = HERE.parents[1] / "reports"
SIZE = {"width": 1200, "height": 760}
PICTURES = {
    "overview": ("cqa-eval/index.html", ""),
    "safety": ("cqa-eval/safety.html", "score"),
    "effectiveness": ("cqa-eval/effectiveness.html", "verdicts"),
    "procurement": ("thirty/procurement.html", "decision"),
    "clinical-safety": ("thirty/clinical-safety.html", "critical"),
    "failures": ("thirty/failures.html", "failures"),
    "regulatory": ("thirty/regulatory.html", "evidence"),
    "preferences": ("real-pocqi/preferences.html", ""),
}
"""Name of the picture: page, and the section at its top ("" is the beginning of the page)."""


def take() -> None:
    """Write one JPEG for each page beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        for name, (file, section) in PICTURES.items():
            page.goto((REPORTS / file).as_uri() + (f"#{section}" if section else ""))
            page.wait_for_timeout(500)
            page.screenshot(path=HERE / f"{name}.jpg", type="jpeg", quality=72)
        browser.close()


if __name__ == "__main__":
    take()
