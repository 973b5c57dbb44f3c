"""From sections to one self-contained HTML file: the template environment, the page frame and its content policy.

It exists so that every report has the same frame and the same defences: autoescaping, no undefined name, nothing
printed but text, no script, no style but the one whose digest the policy names, nothing fetched. Knows nothing of
the domain; may import ``render`` and jinja2. A report brings its own templates as a package.
"""

import base64
import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined, Undefined
from markupsafe import Markup

from dualtrack.render.text import visible

__all__ = [
    "Data",
    "Fact",
    "FrameWords",
    "Link",
    "Page",
    "Picture",
    "Section",
    "content_policy",
    "environment",
    "page_style",
    "render_page",
    "split_page",
]

FRAME = "render/frame.html.j2"
NOT_RUNNING = re.compile(r"[^A-Za-z0-9 ._:-]+")


@dataclass(frozen=True, slots=True)
class Section:
    """One section: where it is, what it says, and the one template that draws its view."""

    anchor: str
    title: str
    template: str
    view: object


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another page of the same set, or to a place in this one."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the list of facts under the title."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside the page: its media type, its bytes as base64, and words for those who do not see it."""

    type: str
    base64: str
    alt: str

    @property
    def address(self) -> str:
        """The picture as a data address."""
        return f"data:{self.type};base64,{self.base64}"


@dataclass(frozen=True, slots=True)
class FrameWords:
    """The few words that the frame itself prints."""

    skip: str
    pages: str
    contents: str


@dataclass(frozen=True, slots=True)
class Data:
    """Data that travel in the page for its script: JSON text in which no character means anything in HTML.

    What is ``late`` stands behind the script, which can begin before the browser has read all of a large page.

    Raises:
        ValueError: the text holds a character of markup.
    """

    id: str
    json: str
    late: bool = False

    def __post_init__(self) -> None:
        if set(self.json) & set("<>&"):
            raise ValueError(f"data {self.id}: the text must hold no character of markup")

    @property
    def markup(self) -> Markup:
        """The text for the template."""
        return Markup(self.json)  # noqa: S704 -- no character of markup is in it


@dataclass(frozen=True, slots=True)
class Beside:
    """A file beside a split page, and its digest as the page names it."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """For the attribute ``integrity``."""
        return _digest(self.text)


@dataclass(frozen=True, slots=True)
class Split:
    """The files of one split page."""

    style: Beside
    script: Beside


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page before it is drawn.

    ``running`` stands at the foot of every printed sheet beside the page number; letters, digits and ``. _ : -``
    alone, everything else is left out. ``banner`` is a warning above everything, "" for none. ``styles`` names style
    sheets of ours that follow the common one. ``picture`` is a logo, drawn from the page itself. ``script`` is the one
    script of ours that may run, "" for none; ``data`` is what it reads.
    """

    file: str
    language: str
    title: str
    heading: str
    kicker: str
    banner: str
    claim: str
    about: tuple[str, ...]
    facts: tuple[Fact, ...]
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    running: str
    words: FrameWords
    styles: tuple[str, ...] = ()
    picture: Picture | None = None
    script: str = ""
    data: tuple[Data, ...] = ()


def environment(packages: Mapping[str, str]) -> Environment:
    """The template environment: autoescape on, undefined names refused, only text printed.

    Args:
        packages: prefix of template names -> importable package with a folder ``templates``; ``render`` is added.

    Returns:
        An environment in which ``{{ … }}`` prints text and finished markup, and raises ``TypeError`` for anything
        else: numbers are made text by ``render.numbers`` before they reach a template.
    """
    loaders = {prefix: PackageLoader(package) for prefix, package in {"render": "dualtrack.render", **packages}.items()}
    return Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_text_only,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render_page(page: Page, templates: Environment) -> str:
    """One HTML file, complete in itself.

    Args:
        page: what it says.
        templates: an environment that finds the templates of its sections.

    Returns:
        The text of the file; the same for the same page.

    Raises:
        ValueError: two places of the page have the same anchor.
    """
    style = page_style(page.running, page.styles)
    policy = content_policy(style, page.script or None, pictures=page.picture is not None)
    return _framed(page, templates, policy=policy, style=style)


def split_page(page: Page, templates: Environment) -> dict[str, str]:
    """The same page for hosts that forbid code inside a page: style and script stand in files beside it.

    Args:
        page: what it says.
        templates: an environment that finds the templates of its sections.

    Returns:
        File name -> text: the page, its style sheet and, where it has one, its script. The page names both digests, so
        that a browser uses neither after a change. A browser checks a digest only of what a server hands out, so
        these pages do not open from a disk.
    """
    stem = page.file.removesuffix(".html")
    style = page_style(page.running, page.styles)
    files = Split(Beside(f"{stem}.css", style), Beside(f"{stem}.js", page.script))
    drawn = " img-src data:;" if page.picture is not None else ""
    runs = " script-src 'self';" if page.script else ""
    policy = f"default-src 'none';{runs}{drawn} style-src 'self'; base-uri 'none'; form-action 'none'"
    made = {page.file: _framed(page, templates, policy=policy, style=style, split=files)}
    return made | {each.name: each.text for each in (files.style, files.script) if each.text}


def _framed(page: Page, templates: Environment, *, policy: str, style: str, split: Split | None = None) -> str:
    anchors = [section.anchor for section in page.sections]
    if len(anchors) != len(set(anchors)):
        raise ValueError(f"page {page.file}: two sections have the same anchor")
    return templates.get_template(FRAME).render(
        page=page,
        policy=policy,
        split=split,
        script=Markup(page.script),  # noqa: S704 -- our own file
        style=Markup(style),  # noqa: S704 -- our own file and cleaned text
    )


def content_policy(style: str, script: str | None = None, *, pictures: bool = False) -> str:
    """The content security policy of a page with one style element and no script, or one script of ours.

    Args:
        style: the exact text between the style tags.
        script: the exact text between the script tags; None where nothing may run.
        pictures: whether pictures that stand in the page itself may be drawn.

    Example:
        >>> content_policy("").split("; ")[1]
        "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    runs = "" if script is None else f" script-src {_source(script)};"
    drawn = " img-src data:;" if pictures else ""
    return f"default-src 'none';{runs}{drawn} style-src {_source(style)}; base-uri 'none'; form-action 'none'"


def _source(text: str) -> str:
    return f"'{_digest(text)}'"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _text_only(value: object) -> object:
    """What ``{{ … }}`` may print; called by the environment on every expression."""
    if isinstance(value, Markup | Undefined):
        return value  # an undefined name raises its own error, with the name, when it is printed
    if isinstance(value, str):
        return visible(value)
    raise TypeError(f"a template may print only text, got {type(value).__name__}: {value!r}")


@functools.cache
def _style_sheet(name: str) -> str:
    return resources.files("dualtrack.render").joinpath("static", name).read_text(encoding="utf-8")


def page_style(running: str, more: tuple[str, ...] = ()) -> str:
    """The style sheets, with the line that runs at the foot of printed sheets.

    Args:
        running: that line; characters that could end it are left out.
        more: names of style sheets of ours that follow the common one.

    Returns:
        The text of the style element.

    Raises:
        ValueError: a style sheet holds a closing tag.
    """
    line = NOT_RUNNING.sub("", running).strip()
    sheets = "".join(_style_sheet(name) for name in ("report.css", *more))
    style = f'{sheets}@page {{ @bottom-left {{ content: "{line}" }} }}\n'
    if "</" in style:
        raise ValueError("the style sheet must not hold a closing tag")
    return style
