"""The page frame: nothing but text is printed, nothing of it runs, and the policy fits the page."""

import base64
import hashlib
import html
import re
from dataclasses import dataclass

import pytest
from jinja2 import DictLoader, UndefinedError

from dualtrack.render import (
    Cell,
    Column,
    Fact,
    FrameWords,
    Link,
    Mark,
    Page,
    Row,
    Section,
    Table,
    environment,
    render_page,
)

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7 * 7 }} </style>"


@dataclass(frozen=True)
class View:
    lead: str
    tables: tuple[Table, ...]


def page(**values):
    table = Table(
        "t",
        "Caption",
        (Column("System", head=True), Column("State")),
        (Row((Cell("A"), Cell(mark=Mark("ring", "open", "none")))),),
    )
    defaults = {
        "file": "a.html",
        "language": "en",
        "title": "Title",
        "heading": "Heading",
        "kicker": "",
        "banner": "",
        "claim": "Claim.",
        "about": ("About.",),
        "facts": (Fact("Use", "none"),),
        "links": (Link("Here", "a.html"), Link("There", "b.html")),
        "sections": (Section("one", "One", "report/sections/tables.html.j2", View("Lead.", (table,))),),
        "footer": ("End.",),
        "running": "study - page",
        "words": FrameWords("Skip", "Pages", "Contents"),
    }
    return Page(**{**defaults, **values})


@pytest.fixture(scope="module")
def templates():
    return environment({"report": "dualtrack.report"})


def rendered(templates, text):
    """A one-line template drawn by the environment of all pages."""
    own = templates.overlay(loader=DictLoader({"x": text}))
    return own.get_template("x").render(number=1.5, nothing=None, flag=True, text=HOSTILE)


@pytest.mark.parametrize("name", ["number", "nothing", "flag"])
def test_a_template_may_print_only_text(templates, name):
    with pytest.raises(TypeError, match="may print only text"):
        rendered(templates, "{{ " + name + " }}")


def test_an_undefined_name_is_an_error_and_not_a_blank(templates):
    with pytest.raises(UndefinedError, match="absent"):
        rendered(templates, "{{ absent }}")


def test_text_is_escaped_in_content_and_attribute(templates):
    drawn = rendered(templates, '<p title="{{ text }}">{{ text }}</p>')
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert drawn.count('"') == 2
    assert html.unescape(drawn[len('<p title="') :].split('">')[0]) == HOSTILE


def test_the_policy_names_the_very_bytes_of_the_style_and_allows_nothing_else(templates):
    drawn = render_page(page(), templates)
    style = re.search(r"<style>(.*?)</style>", drawn, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', drawn)[1])
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert drawn.count("<style") == 1
    assert "<script" not in drawn
    assert drawn.index("Content-Security-Policy") < drawn.index("<style>")


def test_no_attribute_holds_style_or_code_and_nothing_is_fetched(templates):
    drawn = render_page(page(heading=HOSTILE, claim=HOSTILE, banner=HOSTILE, title=HOSTILE), templates)
    tags = re.findall(r"<[a-zA-Z][^>]*>", re.sub(r"<style>.*?</style>", "", drawn, flags=re.DOTALL))
    assert tags
    assert not [tag for tag in tags if re.search(r"\s(style|on\w+|src|srcset|action|formaction|background)\s*=", tag)]
    assert {re.match(r"<(\w+)", tag)[1] for tag in tags} <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "p",
        "header",
        "nav",
        "ul",
        "li",
        "h1",
        "dl",
        "div",
        "dt",
        "dd",
        "main",
        "section",
        "h2",
        "table",
        "caption",
        "span",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "svg",
        "circle",
        "footer",
    }
    assert "url(" not in drawn
    assert "@import" not in drawn


def test_the_running_line_cannot_leave_its_string(templates):
    drawn = render_page(page(running='a"; } body { display: none } </style><script>é-1'), templates)
    assert 'content: "a  body  display: none  stylescript-1"' in drawn


def test_two_sections_with_one_anchor_are_refused(templates):
    section = page().sections[0]
    with pytest.raises(ValueError, match="same anchor"):
        render_page(page(sections=(section, section)), templates)


def test_a_row_with_too_few_cells_is_refused():
    with pytest.raises(ValueError, match="another number of cells"):
        Table("t", "c", (Column("a"), Column("b")), (Row((Cell("1"),)),))


def test_the_same_page_gives_the_same_bytes(templates):
    assert render_page(page(), templates) == render_page(page(), environment({"report": "dualtrack.report"}))
