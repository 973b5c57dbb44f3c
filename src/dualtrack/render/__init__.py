"""Drawing for readers, without knowledge of what is drawn: number format, tables, small charts, page frame.

May import the standard library, jinja2 and markupsafe.
"""

from dualtrack.render.chart import Axis, Bar, Tick, axis_over, interval_bar, rank_axis
from dualtrack.render.page import (
    Data,
    Fact,
    FrameWords,
    Link,
    Page,
    Picture,
    Section,
    content_policy,
    environment,
    page_style,
    render_page,
    split_page,
)
from dualtrack.render.plane import Plane, Point, plane
from dualtrack.render.style import Style, styled
from dualtrack.render.table import Cell, Column, Group, Mark, Row, Shape, Table, Tone
from dualtrack.render.text import anchor, listed, sentence, visible

__all__ = [
    "Axis",
    "Bar",
    "Cell",
    "Column",
    "Data",
    "Fact",
    "FrameWords",
    "Group",
    "Link",
    "Mark",
    "Page",
    "Picture",
    "Plane",
    "Point",
    "Row",
    "Section",
    "Shape",
    "Style",
    "Table",
    "Tick",
    "Tone",
    "anchor",
    "axis_over",
    "content_policy",
    "environment",
    "interval_bar",
    "listed",
    "page_style",
    "plane",
    "rank_axis",
    "render_page",
    "sentence",
    "split_page",
    "styled",
    "visible",
]
