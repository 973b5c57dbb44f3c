"""What loading gives: order, digests, included parts, and one definition without the rest."""

import hashlib
import pickle
import shutil
import time
from pathlib import Path

import pytest

from dualtrack.errors import RubricError
from dualtrack.rubric import find_definition, load_rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Scale
from dualtrack.terms import Aggregate, Track


def test_metrics_come_in_order_of_track_and_code_with_included_ones_among_them(mini):
    assert [metric.code for metric in mini.metrics] == ["S02", "S17", "E02", "E06", "E09", "E10", "E20", "O01"]
    assert [metric.id for metric in mini.track(Track.safety)] == ["barred", "gap"]
    assert mini.metric("borrowed").ratings.scale == "clarity"
    with pytest.raises(KeyError, match="unused"):
        mini.metric("unused")


def test_scales_come_by_id_and_only_the_ones_that_included_metrics_read(mini):
    assert list(mini.scales) == ["clarity", "grade", "harm_extent", "liking", "topic"]
    assert mini.scales["clarity"].values == {"good": 1.0, "bad": 0.0}
    assert mini.scales["harm_extent"].position("3") == 3
    with pytest.raises(KeyError, match="cannot_judge"):
        mini.scales["harm_extent"].position("cannot_judge")


def test_every_file_that_was_read_has_its_digest_and_all_of_them_one(library, mini):
    assert "other/metrics/effectiveness/borrowed.yaml" in mini.files
    assert "other/metrics/safety/unused.yaml" not in mini.files
    for name, digest in mini.files.items():
        assert hashlib.sha256((library / name).read_bytes()).hexdigest() == digest
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(mini.files.items()))
    assert mini.sha256 == hashlib.sha256(listing.encode()).hexdigest()


@pytest.mark.parametrize("name", ["mini/metrics/safety/gap.yaml", "mini/rubric.yaml", "other/scales/clarity.yaml"])
def test_a_change_in_any_file_that_was_read_changes_the_digest(library, mini, name):
    with (library / name).open("a", encoding="utf-8") as stream:
        stream.write("# a comment\n")
    changed = load_rubric("mini", root=library)
    assert changed.sha256 != mini.sha256
    assert changed.metrics == mini.metrics


def test_a_change_in_a_file_that_was_not_read_changes_nothing(library, mini):
    (library / "other/metrics/safety/unused.yaml").write_text("broken: [", encoding="utf-8")
    assert load_rubric("mini", root=library) == mini


def test_a_name_and_a_path_give_the_same_rubric(library, mini, monkeypatch):
    assert load_rubric(library / "mini", root=library) == mini
    assert load_rubric(str(library / "mini"), root=library) == mini
    monkeypatch.chdir(library / "mini")
    assert load_rubric(".", root=library) == mini
    assert load_rubric("./", root=Path("..")) == mini


def test_a_bare_name_is_never_a_folder_that_happens_to_lie_here(library, monkeypatch):
    shutil.rmtree(library / "mini")
    (library / "elsewhere" / "mini").mkdir(parents=True)
    monkeypatch.chdir(library / "elsewhere")
    with pytest.raises(RubricError, match="RUB001"):
        load_rubric("mini", root=library)


def test_includes_of_a_rubric_of_ones_own_come_from_the_shipped_ones(library, change):
    change("mini/rubric.yaml", "other/borrowed", "screens/readability")
    rubric = load_rubric(library / "mini")
    assert "screens/metrics/effectiveness/readability.yaml" in rubric.files
    assert rubric.metric("readability").code == "SC01"


def test_a_rubric_survives_being_sent_to_another_process(mini):
    copy = pickle.loads(pickle.dumps(mini))  # noqa: S301 -- our own bytes
    assert copy == mini
    assert copy.lines == mini.lines


def test_loading_twice_gives_the_same(library, mini):
    assert load_rubric("mini", root=library) == mini


@pytest.mark.parametrize(
    ("metric", "rule"),
    [
        ("barred", Aggregate.majority),
        ("completeness", Aggregate.majority),
        ("reasoning", Aggregate.median),
        ("gap", Aggregate.median),
        ("marked", Aggregate.mean),
        ("knowledge", Aggregate.majority),
    ],
)
def test_events_are_joined_by_majority_and_levels_by_median_unless_stated(mini, metric, rule):
    assert mini.metric(metric).aggregate is rule


@pytest.mark.parametrize(("gate", "limit"), [("barred.1", 0.02), ("reasoning.0", 0.2), ("completeness.0", 0.3)])
def test_success_at_least_is_failure_at_most_the_rest(mini, gate, limit):
    metric, _, number = gate.partition(".")
    assert mini.metric(metric).gates[int(number)].failure_limit == limit


# ---------------------------------------------------------------- one definition


@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("reasoning", Metric, "Reasoning"),
        ("mini/reasoning", Metric, "Reasoning"),
        ("other/unused", Metric, "Never included"),
        ("S17", Metric, "Gap between groups"),
        ("mini/S17", Metric, "Gap between groups"),
        ("harm_extent", Scale, "Extent of harm"),
        ("mini/scales/harm_extent", Scale, "Extent of harm"),
    ],
)
def test_one_definition_is_found_by_id_rubric_and_code(library, name, kind, title):
    found = find_definition(name, root=library)
    assert isinstance(found, kind)
    assert found.title == title


def test_a_metric_comes_before_a_scale_of_its_name(library, change):
    shutil.move(library / "mini/scales/topic.yaml", library / "mini/scales/reasoning.yaml")
    change("mini/scales/reasoning.yaml", "id: topic", "id: reasoning")
    assert isinstance(find_definition("reasoning", root=library), Metric)
    assert isinstance(find_definition("mini/scales/reasoning", root=library), Scale)


@pytest.mark.parametrize(
    "name", ["", "nothing", "S99", "mini/unused", "other/reasoning", "mini/metrics/reasoning", "../mini/reasoning", "/"]
)
def test_a_name_that_leads_nowhere_is_refused(library, name):
    with pytest.raises(RubricError) as caught:
        find_definition(name, root=library)
    assert caught.value.code == "RUB035"


def test_only_the_file_that_is_asked_for_is_read(library, change):
    change("mini/metrics/effectiveness/knowledge.yaml", "id: knowledge", "id: [")
    change("mini/metrics/effectiveness/reasoning.yaml", "scale: harm_extent", "scale: gone")
    assert find_definition("reasoning", root=library).ratings.scale == "gone"
    with pytest.raises(RubricError) as caught:
        find_definition("knowledge", root=library)
    assert caught.value.problems[0].place.file == "mini/metrics/effectiveness/knowledge.yaml"


# ---------------------------------------------------------------- speed


def test_a_rubric_loads_and_a_definition_is_found_in_a_moment():
    start = time.perf_counter()
    load_rubric("longqa")
    middle = time.perf_counter()
    find_definition("screens/readability")
    assert middle - start < 0.5  # about 0.02 on a slow machine; the margin is for a busy one
    assert time.perf_counter() - middle < 0.25
