"""A document with hostile text in every field that may hold text, names and identifiers included."""

from dualtrack.terms import Reason
from tests.unit.report import results

TEXTS = (
    "<script>document.title='PWNED'</script>",
    "<img src=x onerror=\"document.title='PWNED'\">",
    '"><svg onload="document.title=\'PWNED\'">',
    "' onmouseover='alert(1)' x='",
    "</title></style></table><style>body{display:none}</style>",
    '<a href="javascript:alert(1)" style="position:fixed">click</a>',
    '<iframe src="https://attacker.example"></iframe><link rel=stylesheet href=//attacker.example>',
    '<meta http-equiv=refresh content="0;url=https://attacker.example"><base href=//attacker.example>',
    "{{ 7 * 7 }} {% include 'x' %} {name} %s ${x} #{x}",
    "turned \u202eround\u202c and \u2066isolated\u2069",
    "nul \x00 bell \x07 escape \x1b[31m delete \x7f",
    "half \ud83d a surrogate",
    "x" * 400,
    "漢字" * 80,
    "عربي then english 123",
    "e\u0301\u0300\u0302\u0303" * 20,
    "line\nbreak\r\nand\ttab\u2028\u2029",
    "<!-- --!> <![CDATA[ ]]> &amp; &lt; &#0;",
    '=HYPERLINK("https://attacker.example")',
    "\ufeff\u200b\u00ad",
)
WORDS = {
    *(
        "schema",
        "track",
        "state",
        "kind",
        "role",
        "lifecycle",
        "combine",
        "aggregate",
        "type",
        "data_kind",
        "data_class",
    ),
    *(
        "missing",
        "rule",
        "subject",
        "interval_reason",
        "covers",
        "reasons",
        "proof",
        "stage",
        "pairs",
        "show",
        "threshold",
        "leads",
    ),
    *("comparison_kind", "estimator", "p_method", "adjustment", "reversal", "assay"),
}
"""Fields that hold one of a closed list of words; anything else in them is refused on reading."""
IDENTIFIERS = {
    *("id", "system_id", "subject_id", "gate_id", "system_a", "system_b", "scale", "metric", "basis", "decided_by"),
    *("baseline", "comparator", "metric_id", "ahead_of", "behind", "tied_with", "open_with"),
}
"""Fields that name the same thing in several places, so that the same text must stand in all of them."""
KEPT = {"", "safety", "effectiveness", "primary", "score", "planned", "common"}


def document():
    """The handmade document with every open text spoilt."""
    raw = results.document()
    raw["study"]["credits"] = "credits"
    rows = [{"text": "in a row"}]
    raw["notes"] = [{"code": "new", "track": None, "facts": {"text": "plain", "texts": ["one", "two"], "rows": rows}}]
    turn = iter(range(10**6))
    identifiers = {}

    def identifier(text):
        for separator in (":", "."):
            if separator in text:
                return separator.join(map(identifier, text.split(separator)))
        if text in KEPT:
            return text
        spoiled = TEXTS[len(identifiers) % len(TEXTS)].replace(".", "").replace(":", "")
        return identifiers.setdefault(text, spoiled + text)

    def spoilt(key, value):
        if isinstance(value, dict):
            return {each: spoilt(each, inner) for each, inner in value.items()}
        if isinstance(value, list):
            return [spoilt(key, inner) for inner in value]
        if not isinstance(value, str) or key in WORDS or (key == "reason" and value in set(Reason)):
            return value
        return identifier(value) if key in IDENTIFIERS else TEXTS[next(turn) % len(TEXTS)] + value

    return spoilt("", raw)
