"""The rating form in a real browser: rated by keyboard alone, saved, closed, resumed, changed, handed in."""

import datetime as dt
import json

import pytest

from tests.browser.forms import answers, begin, downloaded, press, read_back, saved_now, written
from tests.unit.panel import packs

GOOD = "1 Enter 1 Enter 1 Enter"


@pytest.fixture
def opened(visit, tmp_path):
    """Opens the form of a pack and begins."""

    def open_form(pack, **options):
        page = visit(written(tmp_path, pack), **options)
        begin(page)
        return page

    return open_form


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def rate_six(page):
    """Six responses, the second of them failing, and the beginning of a seventh."""
    press(page, GOOD)
    # Two questions with failure modes and their severities, a passage of three words, a comment.
    press(page, "4 Enter ArrowDown Space Tab 2")
    press(page, "m ArrowRight ArrowRight Shift+ArrowRight Shift+ArrowRight Enter Escape")
    page.keyboard.press("c")
    page.keyboard.type("Check the INR \U0001f9ea; s and ? are letters here.")
    press(page, "Control+Enter 2 Enter 4 Enter Enter")
    assert page.locator("#task-title").inner_text() == "Response 3 of 10"
    press(page, " ".join([GOOD] * 4))
    assert page.locator(".how-far").inner_text().startswith("6 of 10 done, about ")
    press(page, "2 Enter")


def resume(page, path):
    """Load a progress file and rate the rest, without a guess about the second product."""
    page.set_input_files("#load", path)
    page.wait_for_function("() => document.activeElement.id === 'start'")
    assert "Loaded: 6 of 10 done." in page.inner_text("#begin")
    page.keyboard.press("Enter")
    assert page.locator("#task-title").inner_text() == "Response 7 of 10"
    press(page, "Enter 1 Enter 1 Enter")
    press(page, " ".join([GOOD] * 3))
    assert page.locator("#end-title").inner_text() == "You have rated everything"
    press(page, "Enter 1 Enter 2 Enter 0 Enter")
    assert page.locator("#end-title").inner_text() == "Hand in"


def check_handed_in(back, pack):
    """Everything that was answered stands in the return."""
    assert (back.pack_id, back.of, back.rater_id, back.medium) == ("k7m2x9", pack.digest, "dr_ash", "form")
    assert len(back.answers) == 30
    assert {answer.state for answer in back.answers} == {"done"}
    given = answers(back)
    failing = given["resp0001", "correctness"]
    assert (failing.level, failing.modes) == ("misleading", ("interaction_missed",))
    assert failing.severities == {"interaction_missed": "moderate"}
    assert failing.comment == "Check the INR \U0001f9ea; s and ? are letters here."
    assert [pack.tasks[1].sides[0].text[start:end] for start, end in failing.spans] == ["400 mg three"]
    assert given["resp0001", "completeness"].level == "minor_gaps"
    assert given["resp0001", "harm_extent"].level == "H3"
    assert given["resp0006", "correctness"].level == "slip"
    assert [(guess.code, guess.system, guess.sure) for guess in back.guesses] == [
        ("resp0001", "Aster Health", "fairly"),
        ("resp0004", None, None),
    ]
    assert back.locked_at <= back.finished_at


def test_ten_responses_are_rated_by_keyboard_saved_closed_resumed_and_handed_in(visit, tmp_path):
    pack = packs.pack()
    address = written(tmp_path, pack)
    page = visit(address)
    begin(page)
    rate_six(page)
    page.keyboard.press("s")
    text, name = downloaded(page)
    assert name == "progress-k7m2x9-06-of-10.json"
    first = read_back(text)
    assert first.finished_at is None
    assert {answer.state for answer in first.answers if answer.code == "resp0006"} == {"draft"}
    assert page.said == []
    page.context.close()
    (tmp_path / name).write_text(text, encoding="utf-8")

    page = visit(address)
    resume(page, tmp_path / name)
    text, name = downloaded(page)
    assert name == "return-k7m2x9.json"
    assert page.said == []
    back = read_back(text)
    check_handed_in(back, pack)
    assert {back.pack_id, back.of, back.digest} <= set(page.locator("#sealed dd").all_inner_texts())


def test_what_is_changed_later_keeps_what_was_said_before_with_its_time(opened):
    page = opened(packs.pack())
    press(page, GOOD)
    before = answers(saved_now(page))["resp0000", "correctness"]
    press(page, "b 2")
    assert page.locator(".question.open .sub").first.inner_text() == "Before: Right; I would let it stand."
    unsettled = answers(saved_now(page))["resp0000", "correctness"]
    assert (unsettled.level, unsettled.before) == ("slip", (("right", before.rated_at),))
    press(page, "Enter Enter Enter")
    press(page, "b 1 2")
    press(page, "Enter Enter Enter")
    after = answers(saved_now(page))["resp0000", "correctness"]
    assert (after.level, after.state, after.before) == ("slip", "done", (("right", before.rated_at),))
    assert after.rated_at > before.rated_at
    assert answers(saved_now(page))["resp0000", "completeness"].before == ()


def test_a_draft_stays_a_draft_and_a_skipped_response_gives_its_reason(opened):
    page = opened(packs.pack())
    press(page, "1 Enter 2 l ArrowDown Enter")
    assert page.locator("#task-title").inner_text() == "Response 2 of 10"
    press(page, "x Tab Tab Tab Enter")
    assert page.locator("dialog .message").inner_text() == "Choose a reason."
    page.locator("#skip-1").focus()
    press(page, "Space Tab")
    page.keyboard.type("paediatric dosing")
    press(page, "Tab Tab Enter")
    assert page.locator("#task-title").inner_text() == "Response 3 of 10"
    given = answers(saved_now(page))
    assert [given["resp0000", scale].state for scale in ("correctness", "completeness")] == ["draft", "draft"]
    assert given["resp0000", "completeness"].rated_at is None
    skipped = [answer for (code, _), answer in given.items() if code == "resp0001"]
    assert [(answer.state, answer.level, answer.reason) for answer in skipped] == [
        ("cancelled", None, "It lies outside my field: paediatric dosing")
    ] * 3
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Rate it after all").click()
    press(page, GOOD)
    assert answers(saved_now(page))["resp0001", "correctness"].state == "done"


def test_failure_modes_are_asked_for_after_a_failing_answer_only_and_severity_for_what_is_ticked(opened):
    page = opened(packs.pack())
    page.keyboard.press("1")
    assert page.locator(".modes").count() == 0
    page.keyboard.press("3")
    assert [each.inner_text() for each in page.locator(".group > legend").all()] == [
        "What the answer did",
        "What it left out",
    ]
    assert page.locator(".severity").count() == 0
    press(page, "Enter Space")
    assert page.locator(".severity").count() == 1
    page.keyboard.press("Enter")
    assert page.locator(".message:visible").inner_text() == "Say how serious it is."
    assert focused(page) == "q0-severity-0-0"
    press(page, "2")  # among the failure modes digits say how serious
    given = answers(saved_now(page))["resp0000", "correctness"]
    assert (given.level, given.severities) == ("wrong", {"overdose": "moderate"})
    press(page, "q 2")
    assert page.locator(".modes").count() == 0
    given = answers(saved_now(page))["resp0000", "correctness"]
    assert (given.level, given.modes, given.severities, given.spans) == ("slip", (), {}, ())


def test_only_the_modes_of_a_question_are_offered_and_all_where_it_names_none(opened):
    page = opened(packs.pack())
    page.keyboard.press("3")
    assert page.locator(".mode").count() == 6
    press(page, "1 Enter 1 Enter 4")
    assert page.locator(".mode").count() == 4


def test_a_long_list_of_modes_can_be_searched_by_keyboard(opened):
    modes = [{"id": f"m{i}", "title": f"Failure number {i}", "act": "commission"} for i in range(40)]
    questions = [packs.QUESTIONS[0]]
    tasks = [task | {"questions": ["correctness"]} for task in packs.plain()["tasks"]]
    page = opened(packs.pack(modes=modes, questions=questions, tasks=tasks, severities=[]))
    press(page, "3 Enter")
    page.keyboard.type("number 37")
    assert page.locator(".filter [role=status]").inner_text() == "1 shown"
    press(page, "Enter Space Enter")
    assert answers(saved_now(page))["resp0000", "correctness"].modes == ("m37",)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_marked_passage_is_counted_in_code_points_of_the_text_as_it_came(opened, by):
    text = "\U0001f6a8\U0001f468\u200d\U0001f469 one\r\ntwo \u202ehid\u202c three \U00020000 four\x00 five"
    task = packs.plain()["tasks"][0] | {"sides": [{"text": text}]}
    page = opened(packs.pack(tasks=[task], guesses=[], severities=[]))
    page.keyboard.press("3")
    if by == "mouse":
        page.evaluate(
            """() => {
                const nodes = [];
                const walk = document.createTreeWalker(document.getElementById('response'), NodeFilter.SHOW_TEXT);
                while (walk.nextNode()) nodes.push(walk.currentNode);
                const [first, last] = ['hid', 'four'].map(word => nodes.find(node => node.data.includes(word)));
                document.getSelection().setBaseAndExtent(first, 0, last, last.data.indexOf('four') + 4);
            }"""
        )
        page.get_by_role("button", name="Mark these words").click()
        assert focused(page) == "begin-marking"
    else:
        page.keyboard.press("m")
        for _ in range(20):
            if page.locator(".ahead").first.inner_text().startswith("hid"):
                break
            page.keyboard.press("ArrowRight")
        for _ in range(20):
            if "four" in "".join(page.locator(".ahead").all_inner_texts()):
                break
            page.keyboard.press("Shift+ArrowRight")
        press(page, "Enter Escape")
    (span,) = answers(saved_now(page))["resp0000", "correctness"].spans
    assert text[span[0] : span[1]] == "hid\u202c three \U00020000 four"
    assert "".join(page.locator("#response mark").all_inner_texts()) == "hid[U+202C] three \U00020000 four"
    press(page, "m Home")
    for _ in range(20):
        if page.locator(".ahead").first.inner_text().startswith("hid"):
            break
        page.keyboard.press("ArrowRight")
    press(page, "Delete Escape")
    assert answers(saved_now(page))["resp0000", "correctness"].spans == ()


def test_cannot_judge_and_a_comment_are_always_there(opened):
    page = opened(packs.pack())
    press(page, "1 Enter 1 Enter")
    own = page.locator(".question.open .apart")
    assert own.inner_text().split("\n") == ["I cannot judge this.", "0"]  # the scale has no such level; the form has
    press(page, "0")
    assert page.locator(".question.open .quiet-button").first.inner_text().startswith("Add a comment")
    press(page, "Enter")
    assert answers(saved_now(page))["resp0000", "harm_extent"].level == "cannot_judge"


def test_a_number_is_typed_checked_and_kept_as_a_number(opened):
    question = {"scale_id": "risk", "title": "Risk", "ask": "How many in a hundred?", "least": 0, "most": 100}
    task = packs.plain()["tasks"][0] | {"questions": ["risk"]}
    page = opened(packs.pack(questions=[question], tasks=[task], guesses=[]))
    press(page, "q")
    page.keyboard.type("250")
    press(page, "Enter")
    assert page.locator(".message:visible").inner_text() == "Enter a number from 0 to 100."
    press(page, "Control+a")
    page.keyboard.type("2,50")
    assert answers(saved_with_mouse(page))["resp0000", "risk"].level == "2.5"


def saved_with_mouse(page):
    page.get_by_role("button", name="Stop for tonight").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the progress file").click()
    page.keyboard.press("Escape")
    return read_back(waiting.value.path().read_text(encoding="utf-8"))


def test_focus_is_never_lost(opened):
    page = opened(packs.pack())
    keys = f"{GOOD} ? Escape l Escape s Escape x Escape 3 Enter Space m Enter Escape c Control+Enter"
    for key in keys.split():
        page.keyboard.press(key)
        page.wait_for_timeout(20)
        assert focused(page) != "BODY", key


def test_keys_can_be_switched_off_and_do_nothing_while_somebody_types(opened):
    page = opened(packs.pack())
    press(page, "? Tab Space Escape 1")
    assert page.locator("input:checked").count() == 0
    press(page, "? Tab Space Escape 1")
    assert page.locator("input:checked").count() == 1


def test_a_response_that_is_not_answered_says_what_is_missing(opened):
    page = opened(packs.pack())
    press(page, "Enter")
    assert page.locator(".message:visible").inner_text() == "Choose an answer first, or say that you cannot judge."
    press(page, "1 Enter")
    page.locator(".head").nth(2).click()
    press(page, "1 Enter")
    assert page.locator(".question.open .name").inner_text() == "Completeness"


def test_time_counts_while_somebody_works_and_pauses_when_nobody_does(visit, tmp_path):
    page = visit("about:blank")
    page.clock.install(time=dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC))
    page.goto(written(tmp_path, packs.pack()))
    begin(page)
    page.clock.run_for(20_000)
    press(page, "1 Enter")
    page.clock.run_for(10_000)
    press(page, "1")
    page.clock.run_for(30 * 60_000)  # gone for tea: two minutes count, then the clock pauses
    assert page.locator(".paused").is_visible()
    press(page, "2")
    page.clock.run_for(1_000)
    assert not page.locator(".paused").is_visible()
    press(page, "l")
    page.clock.run_for(60_000)  # a dialog is open
    press(page, "Escape")
    given = answers(saved_now(page))
    assert given["resp0000", "correctness"].seconds == pytest.approx(20, abs=2)
    assert given["resp0000", "completeness"].seconds == pytest.approx(10 + 120 + 1, abs=4)
    page.evaluate("() => { Object.defineProperty(document, 'hidden', {get: () => true}) }")
    for _ in range(10):
        page.clock.run_for(10_000)
        page.mouse.move(5, 5)
    assert answers(saved_now(page))["resp0000", "completeness"].seconds == pytest.approx(131, abs=4)


def test_the_browser_keeps_the_work_as_a_convenience_and_forgets_it_when_told(visit, tmp_path):
    address = written(tmp_path, packs.pack())
    page = visit(address)
    begin(page)
    press(page, f"{GOOD} 2")
    page.wait_for_timeout(600)
    page.goto("about:blank")
    page.goto(address)
    assert "1 of 10 done" in page.inner_text("#begin")
    page.get_by_role("button", name="Go on from there").click()
    assert page.locator("#task-title").inner_text() == "Response 2 of 10"
    assert page.locator("#q0-1").is_checked()
    page.goto("about:blank")
    page.goto(address)
    page.get_by_role("button", name="Forget it").click()
    page.reload()
    assert page.get_by_role("button", name="Go on from there").count() == 0


def test_everything_works_where_the_browser_keeps_nothing(visit, tmp_path):
    page = visit("about:blank")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })"
    )
    page.goto(written(tmp_path, packs.pack()))
    begin(page)
    press(page, GOOD)
    page.wait_for_timeout(600)
    assert answers(saved_now(page))["resp0000", "harm_extent"].state == "done"
    assert page.said == []


def test_leaving_with_unsaved_work_is_warned_of_and_not_after_saving(opened):
    page = opened(packs.pack())
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    press(page, "1")
    assert "Not yet saved to a file" in page.inner_text("#bar")
    page.reload()
    assert warned == ["beforeunload"]
    begin(page)
    press(page, "1")
    saved_now(page)
    assert "Saved to a file" in page.inner_text("#bar")
    page.reload()
    assert warned == ["beforeunload"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:-40], "cannot be read"),
        (lambda _: "[1, 2]", "not a progress file"),
        (lambda _: "null", "not a progress file"),
        (lambda text: text.replace('"right"', '"slip"', 1), "was changed after"),
        (lambda text: json.dumps(json.loads(text) | {"pack_id": "other1"}), "another pack (other1)"),
        (lambda text: json.dumps(json.loads(text) | {"of": "0" * 64}), "another version"),
    ],
)
def test_a_file_that_does_not_belong_here_is_refused_with_its_reason(visit, tmp_path, spoil, said):
    address = written(tmp_path, packs.pack())
    page = visit(address)
    begin(page)
    press(page, f"{GOOD} s")
    text, _ = downloaded(page)
    bad = tmp_path / "bad.json"
    bad.write_text(spoil(text), encoding="utf-8")
    other = visit(address)
    other.set_input_files("#load", bad)
    other.wait_for_selector("#begin .message:visible")
    assert said in other.inner_text("#begin .message")
    assert other.locator("#start").inner_text() == "Begin"


def test_guesses_come_after_the_lock_and_the_ratings_can_no_longer_be_changed(opened):
    page = opened(packs.pack())
    assert "Aster Health" not in page.inner_text("body")
    press(page, " ".join([GOOD] * 10))
    assert "Aster Health" not in page.inner_text("body")
    press(page, "Enter")
    assert "Aster Health" in page.inner_text("#asked")
    press(page, "1 Enter")
    assert page.locator(".message:visible").inner_text() == "Say how sure you are."
    press(page, "l Enter")
    assert page.locator("#asked input:enabled").count() == 0
    press(page, "2 x c Enter")
    assert page.locator("#task-title").inner_text() == "Your guess, 1 of 2"
    assert answers(saved_now(page))["resp0000", "correctness"].level == "right"


def test_practice_shows_what_was_agreed_and_why_after_the_answer_and_locks_it(opened):
    page = opened(packs.practice())
    assert "denies it" not in page.inner_text("#place")
    press(page, "3 Enter Enter 2 Enter 4 Enter Enter")
    agreed = page.inner_text("#asked")
    assert "Wrong and convincing; a reader would act on it." in agreed
    assert "the answer denies it" in agreed
    assert "different" in agreed
    assert "the same" in agreed
    press(page, "1 Enter")
    assert page.locator("#task-title").inner_text() == "Practice 2 of 2"
    press(page, f"{GOOD} Enter")
    assert page.locator("#end-title").inner_text() == "You have finished practice"
    press(page, "Enter")
    text, _ = downloaded(page)
    assert answers(read_back(text))["resp0001", "correctness"].level == "wrong"


def test_calibration_shows_what_was_agreed_only_after_the_answer_which_then_stays(opened):
    page = opened(packs.calibration())
    assert page.locator("#task-title").inner_text() == "Calibration 1 of 2"
    assert "your answers stay, and you see what was agreed" in page.inner_text("#commits")
    assert "denies it" not in page.inner_text("#place")
    press(page, "3 Enter Enter 2 Enter")
    assert "denies it" not in page.inner_text("#place")  # the case is committed as a whole, after its last question
    press(page, "3 Enter Enter")
    page.wait_for_function("document.activeElement.id === 'explained-title'")  # where a screen reader goes on reading
    agreed = page.inner_text("#asked")
    assert "the answer denies it" in agreed
    assert [mark.inner_text() for mark in page.locator("#asked .mark").all()] == ["different", "fits as well"]
    assert page.locator("#asked dt", has_text="Fits as well").count() == 2
    first = answers(saved_now(page))
    press(page, "1 0 c x m")  # keys that would change an answer that was not given yet
    page.keyboard.type("better")
    press(page, "l Enter 1")  # back by the list of all cases
    assert page.locator("#asked input:enabled, #asked textarea:enabled").count() == 0
    again = answers(saved_now(page))
    assert again == first
    assert again["resp0001", "correctness"].level == "wrong"
    assert again["resp0001", "correctness"].before == ()
    assert again["resp0001", "harm_extent"].state == "done"


def test_a_loaded_file_keeps_committed_calibration_answers_as_they_are(opened, visit, tmp_path):
    page = opened(packs.calibration())
    press(page, "3 Enter Enter 2 Enter 3 Enter Enter s")
    text, name = downloaded(page)
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    page = visit(written(tmp_path, packs.calibration()))
    assert "does not count in the study" in page.inner_text("#cover")
    page.set_input_files("#load", path)
    page.wait_for_selector("#begin .loaded:visible")
    begin(page)
    assert page.locator("#task-title").inner_text() == "Calibration 2 of 2"
    press(page, "b")
    assert "the answer denies it" in page.inner_text("#asked")
    assert page.locator("#asked input:enabled").count() == 0
    press(page, f"Enter {GOOD} Enter")
    assert page.locator("#end-title").inner_text() == "You have finished calibration"
    press(page, "Enter")
    saved, _ = downloaded(page)
    assert answers(read_back(saved))["resp0001", "correctness"].level == "wrong"


def test_a_form_that_was_changed_refuses_to_be_rated_in(visit, tmp_path):
    address = written(tmp_path, packs.pack())
    path = tmp_path / "form.html"
    path.write_text(
        path.read_text(encoding="utf-8").replace("at most four times", "at most nine times"), encoding="utf-8"
    )
    page = visit(address)
    assert "not as it was made" in page.locator("[role=alert]").inner_text()
    assert page.locator("#start").count() == 0


def test_without_scripts_the_page_says_so_and_how_else_to_rate(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()), java_script_enabled=False)
    said = page.inner_text("#preview")
    assert "does not run scripts" in said
    assert "open it with a browser" in said
    assert "workbook" in said
    assert "Dr Hazel Rowan" in page.inner_text("#cover")


def test_with_scripts_that_sentence_is_gone(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()))
    assert page.locator("#preview").count() == 0
    assert "does not run scripts" not in page.inner_text("body")


def test_passages_can_be_marked_where_the_browser_knows_no_words(visit, tmp_path):
    page = visit("about:blank")
    page.add_init_script("delete Intl.Segmenter")
    page.goto(written(tmp_path, packs.pack()))
    begin(page)
    press(page, "3 Enter Space 1 m ArrowRight Shift+ArrowRight Enter Escape")
    (span,) = answers(saved_now(page))["resp0000", "correctness"].spans
    assert packs.CASES[0][1][span[0] : span[1]] == "single warm,"
    assert page.said == []


def test_what_a_browser_does_not_save_can_be_copied(opened):
    page = opened(packs.pack())
    press(page, f"{GOOD} s")
    page.get_by_text("If your browser saves nothing").click()
    page.wait_for_function("() => document.getElementById('by-hand').value.length > 100")
    assert len(read_back(page.input_value("#by-hand")).answers) >= 3


def test_work_that_was_handed_in_can_be_forgotten_and_handed_in_again_as_the_same_file(opened):
    page = opened(packs.pack(guesses=[], systems=[]))
    press(page, " ".join([GOOD] * 10))
    press(page, "Enter")
    first, _ = downloaded(page)
    second, _ = downloaded(page)
    assert first == second
    page.get_by_role("button", name="Let this browser forget my work").click()
    assert page.evaluate("() => localStorage.length") == 0
    assert focused(page) == "end-title"


def test_a_megabyte_of_text_can_be_read_answered_and_marked(opened):
    long = ("word " * 20 + ".\n") * 10_000
    task = packs.plain()["tasks"][0] | {"sides": [{"text": long}]}
    page = opened(packs.pack(tasks=[task], guesses=[], severities=[]))
    page.set_default_timeout(10_000)
    press(page, "3 Enter Space m ArrowDown Shift+ArrowDown Enter Escape")
    (span,) = answers(saved_now(page))["resp0000", "correctness"].spans
    assert long[span[0] : span[1]].startswith("word word")
