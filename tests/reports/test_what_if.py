"""A report seen in a what-if lies beside the real one, and touches nothing of it."""

import json

import pytest

from tests.reports import quick
from tests.reports.workspaces import PARAMETERS, make, report
from tpm_analytics import reports
from tpm_analytics.errors import ParameterError
from tpm_analytics.reports import WhatIf, publish, what_ifs
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.page import index, trends

SCENARIO = 'scenario: str = ""  # a file with what-ifs\n'
TWO_MORE = WhatIf(name="Two more", file="two.toml", said="What if: 2 people join core.")


@pytest.fixture
def space(tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    space = quick.space_with(tmp_path, figures=[("velocity", 31.4, "points")])
    make(tmp_path, {"velocity": report(parameters=PARAMETERS + SCENARIO)}, quick.TOML)
    (tmp_path / "two.toml").write_text('name = "Two more"\n')
    return space


def run(space, what_if=None, **options):
    (done,) = reports.run_all(space, ["velocity"], what_if=what_if, **options)
    assert done.error is None, done.error
    return done


def entries(space, name, **asked):
    return ledger.entries(space.output / ledger.FILE, name, **asked)


def test_it_is_published_beside_the_real_page_and_the_real_one_is_not_touched(space):
    real = run(space)
    before = {path: path.read_bytes() for path in real.page.parent.rglob("*") if path.is_file()}
    seen = run(space, TWO_MORE)
    assert seen.page == space.output / "velocity~two-more" / publish.PAGE
    assert before == {
        path: path.read_bytes() for path in real.page.parent.rglob("*") if path.is_file()
    }
    page = seen.page.read_text()
    assert "Velocity, what if: Two more" in page
    assert "What if: 2 people join core. This page is not the program as it is." in page
    assert "not the program as it is" not in real.page.read_text()


def test_it_is_a_series_of_its_own_and_never_reused_for_the_real_one(space):
    real, seen = run(space), run(space, TWO_MORE)
    assert run(space).outcome == "reused"
    assert run(space, TWO_MORE).outcome == "reused"
    assert [entry.id for entry in entries(space, "velocity", outcome="complete")] == [real.id]
    (own,) = entries(space, "velocity~two-more", outcome="complete")
    assert (own.id, own.question != entries(space, "velocity")[0].question) == (seen.id, True)


def test_what_changed_is_told_against_the_same_what_if(space):
    run(space)
    run(space, TWO_MORE)
    quick.write_data(space, "later")
    quick.leave(space, figures=[("velocity", 40.0, "points")])
    run(space, TWO_MORE)
    (real,) = entries(space, "velocity", outcome="complete")
    assert [figure.value for figure in real.figures] == [31.4]
    first, last = entries(space, "velocity~two-more", outcome="complete")[::-1]
    assert [first.figures[0].value, last.figures[0].value] == [31.4, 40.0]


def test_another_content_of_the_file_is_another_page(space):
    run(space, TWO_MORE)
    (space.root / "two.toml").write_text('name = "Two more"\nhistory_weeks = 8\n')
    assert run(space, TWO_MORE).outcome == "complete"


def test_the_notebook_is_told_the_file(space):
    seen = run(space, TWO_MORE)
    told = json.loads(seen.notebook.read_text())["metadata"]["papermill"]["parameters"]
    assert told["scenario"] == "two.toml"


def test_the_index_lists_it_apart_and_counts_the_real_ones(space):
    run(space)
    run(space, TWO_MORE)
    text = (space.output / index.FILE).read_text()
    real, apart = text.split('<section class="assumed">')
    assert 'href="velocity/page.html"' in real
    assert "velocity~two-more" not in real
    assert "These pages show assumptions, not the program as it is." in apart
    assert 'href="velocity~two-more/page.html"' in apart
    assert "What if: 2 people join core." in apart
    history = (space.output / trends.FILE).read_text()
    assert history.count("Velocity, what if: Two more") == 1  # among the runs, not the figures


def test_each_figure_stands_beside_what_it_is_without_the_what_if(space):
    run(space)
    quick.leave(space, figures=[("velocity", 40.0, "points"), ("other", 1, None)])
    seen = run(space, TWO_MORE)
    page = seen.page.read_text()
    assert page.count("as it is: 31.4 points") == 1
    assert page.count("as it is:") == 1
    assert "as it is: 31.4 points" in (space.output / index.FILE).read_text()


@pytest.mark.parametrize("real", [{"as_of": "2025-02-28"}, {"overrides": {"weeks": "6"}}])
def test_only_a_real_run_that_asked_the_same_is_held_against_it(space, real):
    run(space, **real)
    quick.leave(space, figures=[("velocity", 40.0, "points")])
    assert "as it is:" not in run(space, TWO_MORE).page.read_text()


def test_a_report_that_always_assumes_something_says_so_too(space):
    quick.leave(space, assumed="What if: a <b> joins.")
    page = run(space).page.read_text()
    assert "What if: a &lt;b&gt; joins. This page is not the program as it is." in page


def test_an_index_without_what_ifs_says_nothing_of_them(space):
    run(space)
    body = (space.output / index.FILE).read_text().partition("<body>")[2]
    assert "assumed" not in body.partition("<script>")[0]


def test_a_what_if_whose_report_is_gone_or_whose_note_is_broken_is_not_listed(space):
    run(space, TWO_MORE)
    assert list(reports.published_what_ifs(space)) == ["velocity~two-more"]
    note = space.output / "velocity~two-more" / publish.STATE / what_ifs.NOTE
    told = note.read_text()
    for broken in ("{", "[]", told.replace("Two more", "Three more"), '{"name": "Two more"}'):
        note.write_text(broken)
        assert reports.published_what_ifs(space) == {}


def test_a_notebook_without_the_parameter_is_told_before_anything_runs(tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    space = quick.space_with(tmp_path)
    with pytest.raises(ParameterError, match=r"velocity\.ipynb takes no scenario"):
        reports.run_all(space, ["velocity"], what_if=TWO_MORE)
    assert not space.output.exists()
    with pytest.raises(ParameterError, match="No report of the workspace takes scenario"):
        reports.taking(space, "scenario")


def test_the_parameter_is_not_set_by_hand_over_the_real_page(space):
    with pytest.raises(ParameterError, match="in the place of the report velocity"):
        reports.run_all(space, ["velocity"], overrides={"scenario": "two.toml"})
    assert reports.taking(space, "scenario") == ["velocity"]


def test_it_is_delivered_nowhere_and_not_for_readers_outside(tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    toml = f'{quick.TOML}publish = ["folder:{tmp_path / "out"}"]\n'
    space = make(tmp_path, {"velocity": report(parameters=PARAMETERS + SCENARIO)}, toml)
    quick.write_data(space, "first")
    quick.leave(space)
    (tmp_path / "two.toml").write_text("")
    run(space, TWO_MORE)
    assert not (tmp_path / "out").exists()
    outside = make(
        tmp_path,
        {"velocity": report(parameters=PARAMETERS + SCENARIO)},
        f'{quick.TOML}audience = "external"\n',
    )
    with pytest.raises(ParameterError, match="readers outside"):
        reports.run_all(outside, ["velocity"], what_if=TWO_MORE)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("../../etc", "velocity~etc-"),
        ("Zwei mehr, ä", "velocity~zwei-mehr-a-"),
        ("日本", "velocity~"),
    ],
)
def test_any_name_becomes_a_safe_folder(name, folder):
    made = WhatIf(name=name, file="x", said="").of("velocity")
    assert made.startswith(folder)
    assert made.isascii()
    assert "/" not in made
