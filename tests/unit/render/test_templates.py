"""Templates draw: they compute nothing, format nothing and decide by presence or equality alone."""

import pytest
from jinja2 import nodes

from dualtrack.render import environment

ENVIRONMENT = environment({"report": "dualtrack.report", "panel": "dualtrack.panel"})
TEMPLATES = sorted(name for name in ENVIRONMENT.list_templates() if name.endswith(".j2"))
ARITHMETIC = (
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Mod,
    nodes.Pow,
    nodes.Neg,
    nodes.Pos,
    nodes.Concat,
)
FORMATTING = (nodes.Filter, nodes.FilterBlock, nodes.MarkSafe, nodes.MarkSafeIfAutoescape)
ESCAPES = (nodes.ScopedEvalContextModifier, nodes.EvalContextModifier, nodes.Extends)


def tree(name):
    return ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0])


def problems(parsed):
    """What a template does beyond drawing."""
    macros = {macro.name for macro in parsed.find_all(nodes.Macro)}
    imported = {found.target for found in parsed.find_all(nodes.Import)}
    for node in parsed.find_all((*ARITHMETIC, *FORMATTING, *ESCAPES)):
        yield f"{type(node).__name__} in line {node.lineno}"
    for compare in parsed.find_all(nodes.Compare):
        yield from (f"comparison {each.op} in line {compare.lineno}" for each in compare.ops if each.op != "eq")
    for call in parsed.find_all(nodes.Call):
        own = isinstance(call.node, nodes.Name) and call.node.name in macros
        ours = (
            isinstance(call.node, nodes.Getattr)
            and isinstance(call.node.node, nodes.Name)
            and call.node.node.name in imported
        )
        if not own and not ours:
            yield f"call in line {call.lineno}"


def test_there_are_templates_of_both_packages():
    assert "render/frame.html.j2" in TEMPLATES
    assert any(name.startswith("report/sections/") for name in TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_does_no_arithmetic_no_formatting_and_calls_only_macros(name):
    assert list(problems(tree(name))) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ a + 1 }}",
        "{{ a ~ b }}",
        "{{ a|round }}",
        "{{ a|safe }}",
        "{% if a > 1 %}x{% endif %}",
        "{{ a.format(1) }}",
        "{{ '%d' % a }}",
        "{% autoescape false %}{{ a }}{% endautoescape %}",
        "{{ -a }}",
    ],
)
def test_the_walk_finds_what_it_looks_for(source):
    assert list(problems(ENVIRONMENT.parse(source)))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_sentence_of_its_own(name):
    """Words are data: templates hold markup, and no text that a reader would read."""
    texts = [
        data.data
        for output in tree(name).find_all(nodes.Output)
        for data in output.nodes
        if isinstance(data, nodes.TemplateData)
    ]
    joined = "".join(texts)
    inside, visible_text = False, []
    for character in joined:
        inside = character == "<" or (inside and character != ">")
        if not inside and character != ">":
            visible_text.append(character)
    assert "".join(visible_text).strip() == ""
