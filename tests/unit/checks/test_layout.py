"""The layout of texts that have hardly any; the rest is shown in test_assertion and test_ranked_diagnosis."""

import pytest

from dualtrack.checks.folding import fold
from dualtrack.checks.layout import layout


@pytest.mark.parametrize("text", ["", "\u200b", " ", "\n\n", "\u200b\n\u200b", "\n- \n", "#", "|"])
def test_a_text_without_a_word_has_lines_and_no_sentence_of_its_own(text):
    """Found by fuzzing: a text that folds to nothing broke the search for headings."""
    page = layout(fold(text))
    assert len(page.lines) == fold(text).text.count("\n") + 1
    assert page.line_at(0).labels == ()
    assert not page.quotes(0, 0)
