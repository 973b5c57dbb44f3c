"""The page of a self-test: a record that people sign, in the frame of all pages.

May import ``render`` and report. Takes the plain data of the JSON file and nothing else; does no arithmetic but
counting rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dualtrack.render.numbers import numeral
from dualtrack.render.page import Fact, FrameWords, Page, Section, render_page
from dualtrack.render.table import Cell, Column, Mark, Row, Table
from dualtrack.report.drawing import templates
from dualtrack.report.view import FACTS, TABLES, FactsView, TablesView
from dualtrack.report.words import Words, load_words

__all__ = ["selftest_page"]

_BLANK = " "


def selftest_page(plain: Mapping[str, Any], *, file: str, language: str = "en") -> str:
    """The HTML of a record.

    Args:
        plain: the self-test as it stands in its JSON file.
        file: name of the page.
        language: language of its words.
    """
    words = load_words(language, "selftest")
    version = plain["installation"]["version"]
    title = words.say("selftest.title", version=version)
    clock = plain["clock"] or words.say("selftest.no_clock")
    page = Page(
        file=file,
        language=words.language,
        title=title,
        heading=title,
        kicker=words.say("selftest.kicker"),
        banner="",
        claim=_claim(plain, words),
        about=(words.say("selftest.about"),),
        facts=(Fact(words.say("selftest.clock"), clock),),
        links=(),
        sections=tuple(_sections(plain, words)),
        footer=(),
        running=title,
        words=FrameWords(words.say("frame.skip"), words.say("frame.pages"), words.say("frame.contents")),
    )
    return render_page(page, templates())


def _claim(plain: Mapping[str, Any], words: Words) -> str:
    n, n_fail = len(plain["outcomes"]), sum(not each["holds"] for each in plain["outcomes"])
    said = [
        words.say("selftest.claim_fails", n=numeral(n), n_fail=numeral(n_fail))
        if n_fail
        else words.say("selftest.claim_holds", n=numeral(n))
    ]
    changed = plain["installation"]["changed"]
    said += [words.say("selftest.claim_changed", n=numeral(len(changed)))] if changed else []
    return " ".join(said)


def _sections(plain: Mapping[str, Any], words: Words) -> list[Section]:
    def section(name: str, template: str, view: object) -> Section:
        return Section(name, words.say(f"selftest.sections.{name}"), template, view)

    return [
        section("laws", TABLES, _outcomes(plain, words, "law", ("laws", "law", "says"))),
        section("reference", TABLES, _outcomes(plain, words, "reference", ("reference", "function", "source"))),
        section("installation", FACTS, _installation(plain["installation"], words)),
        section("defects", TABLES, _defects(plain["known_defects"], words)),
        section("signatures", TABLES, _signatures(plain["signatures"], words)),
    ]


def _columns(words: Words, names: Sequence[str], *, wide: Sequence[str] = ()) -> tuple[Column, ...]:
    return tuple(
        Column(words.say(f"selftest.columns.{name}"), head=place == 0, wide=name in wide)
        for place, name in enumerate(names)
    )


def _outcomes(plain: Mapping[str, Any], words: Words, area: str, names: tuple[str, str, str]) -> TablesView:
    anchor, name, source = names
    chosen = [each for each in plain["outcomes"] if each["area"] == area]
    rows = tuple(
        Row((Cell(each["name"]), Cell(each["source"]), Cell(mark=_mark(each, words), lines=_found(each))))
        for each in chosen
    )
    caption = words.say(f"selftest.captions.{anchor}", n=numeral(len(chosen)))
    columns = _columns(words, (name, source, "outcome"), wide=(source,))
    return TablesView(words.say(f"selftest.{anchor}_lead"), (Table(f"{anchor}-table", caption, columns, rows),))


def _mark(each: Mapping[str, Any], words: Words) -> Mark:
    holds = each["holds"]
    word = words.say(f"selftest.outcomes.{'holds' if holds else 'fails'}")
    return Mark("check", word, "good") if holds else Mark("cross", word, "bad")


def _found(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (each["found"],) if each["found"] else ()


def _installation(facts: Mapping[str, Any], words: Words) -> FactsView:
    held = facts["files"]
    files = (
        words.say("selftest.facts.files_unknown")
        if held is None
        else words.say("selftest.facts.files_of", n=numeral(held[0]), of=numeral(held[1]))
    )
    said = [
        Fact(words.say(f"selftest.facts.{name}"), facts[name]) for name in ("version", "system", "machine", "python")
    ]
    said.append(Fact(words.say("selftest.facts.files"), files))
    if facts["changed"]:
        said.append(Fact(words.say("selftest.facts.changed"), ", ".join(facts["changed"])))
    rows = tuple(Row((Cell(name), Cell(version))) for name, version in facts["packages"].items())
    columns = _columns(words, ("package", "version"))
    packages = Table("packages-table", words.say("selftest.captions.packages"), columns, rows)
    return FactsView(tuple(said), (packages,))


def _defects(defects: Sequence[Mapping[str, str]], words: Words) -> TablesView:
    names = ("id", "what", "effect", "until")
    rows = tuple(Row(tuple(Cell(each[name]) for name in names)) for each in defects)
    caption = words.say("selftest.captions.defects", n=numeral(len(defects)))
    table = Table("defects-table", caption, _columns(words, names, wide=names[1:]), rows)
    return TablesView(words.say("selftest.defects_lead"), (table,))


def _signatures(signatures: Mapping[str, Mapping[str, str | None]], words: Words) -> TablesView:
    """An empty block: whatever stands in the data, a person signs on paper or in a system of their own."""
    names = ("name", "role", "date", "signature")
    rows = tuple(
        Row((Cell(words.say(f"selftest.parts.{part}")), *(Cell(_BLANK) for _ in names))) for part in signatures
    )
    table = Table(
        "signatures-table", words.say("selftest.captions.signatures"), _columns(words, ("part", *names)), rows
    )
    return TablesView(words.say("selftest.signatures_lead"), (table,))
