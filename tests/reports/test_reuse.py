"""What has not changed is not made again, and what may have changed always is."""

import shutil

import pytest

from tests.reports import quick
from tests.reports.workspaces import code, make, report
from tpm_analytics import clock, reports, workspace
from tpm_analytics.reports import fingerprint, making, publish
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.page import index
from tpm_analytics.reports.readers import audience
from tpm_analytics.sources.load import PLACELESS

TODAY_TOML = quick.TOML.replace("source =", 'as_of = "today"\nsource =')


@pytest.fixture
def space(tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    return quick.space_with(tmp_path, figures=[("velocity", 31.4, "points")])


def run(space, **options):
    (done,) = reports.run_all(space, ["velocity"], **options)
    return done


def test_a_second_run_over_the_same_things_reuses_the_page_and_says_so(space):
    first, again = run(space), run(space)
    assert (first.outcome, again.outcome) == ("complete", "reused")
    assert again.unchanged_since == ledger.entries(space.output / ledger.FILE)[1].ended_at
    assert again.figures == first.figures
    told = ledger.last(space.output / ledger.FILE, "velocity")
    assert (told.outcome, told.reused, told.program) == ("reused", first.id, first.program)
    assert "Up to date" in (space.output / index.FILE).read_text()


def test_a_forced_run_runs(space):
    run(space)
    assert run(space, force=True).outcome == "complete"


def rewrite_data(space):
    quick.write_data(space, "later")


def add_a_file(space):
    (space.root / "data" / "sprints.csv").write_text("x")


def change_the_notebook(space):
    make(space.root, {"velocity": report(code("1 + 1"))}, quick.TOML)


def lose_the_page(space):
    (space.output / "velocity" / publish.PAGE).unlink()


def alter_the_page(space):
    page = space.output / "velocity" / publish.PAGE
    page.write_text(page.read_text().replace("Velocity", "Speed"))


def alter_the_notebook_that_was_published(space):
    (space.output / "velocity" / publish.NOTEBOOK).write_text("{}")


@pytest.mark.parametrize(
    "change",
    [
        rewrite_data,
        add_a_file,
        change_the_notebook,
        lose_the_page,
        alter_the_page,
        alter_the_notebook_that_was_published,
    ],
)
def test_whatever_changed_is_seen(space, change):
    run(space)
    change(space)
    assert run(space).outcome == "complete"
    assert run(space).outcome == "reused"


@pytest.mark.parametrize("options", [{"as_of": "2025-03-01"}, {"overrides": {"team": "Core"}}])
def test_other_parameters_are_another_page(space, options):
    run(space)
    assert run(space, **options).outcome == "complete"
    assert run(space, **options).outcome == "reused"
    assert run(space).outcome == "complete"


def test_another_workflow_or_threshold_in_the_workspace_is_a_change(space):
    run(space)
    with (space.root / "tpm.toml").open("a") as file:
        file.write("[thresholds]\noverload = 1.1\n")
    assert run(workspace.read(space.root)).outcome == "complete"


def test_another_salt_makes_other_pseudonyms_and_is_a_change(tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    space = quick.space_with(tmp_path, quick.TOML + 'audience = "external"\n')
    assert [run(space).outcome for _ in range(2)] == ["complete", "reused"]
    (space.root / audience.SALT_FILE).unlink()
    assert [run(space).outcome for _ in range(2)] == ["complete", "reused"]
    monkeypatch.setenv("TPM_SECRET_PSEUDONYM_SALT", "shared by three workspaces")
    assert [run(space).outcome for _ in range(2)] == ["complete", "reused"]


def test_another_package_is_a_change(space, monkeypatch):
    run(space)
    monkeypatch.setattr(fingerprint, "package", lambda: "another")
    assert run(space).outcome == "complete"


def test_a_program_of_today_is_another_one_tomorrow(tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    space = quick.space_with(tmp_path, TODAY_TOML)
    days = iter(["2025-04-01", "2025-04-01", "2025-04-02"])
    monkeypatch.setattr(clock, "today", lambda _: clock.day(next(days)))
    assert [run(space).outcome for _ in range(3)] == ["complete", "reused", "complete"]


@pytest.mark.parametrize("source", ["web:https://tracker.example/x", "folder:gone"])
def test_what_cannot_be_looked_at_beforehand_is_read_again(tmp_path, monkeypatch, source):
    quick.without_kernel(monkeypatch)
    space = quick.space_with(tmp_path, quick.TOML.replace("folder:data", source))
    assert [run(space).outcome for _ in range(2)] == ["complete", "complete"]


def test_data_that_changed_while_it_was_read_is_read_again(space, monkeypatch):
    def written_meanwhile(asked):
        quick.write_data(space, "written while it ran")
        return quick.executed(asked)

    monkeypatch.setattr(making.execution, "execute", written_meanwhile)
    run(space)
    assert ledger.last(space.output / ledger.FILE, "velocity").fingerprint.data is None
    assert run(space).outcome == "complete"
    assert run(space).outcome == "reused"


def test_a_reused_page_loses_the_banner_of_a_failure_between(space):
    run(space)
    (space.root / quick.LEFT).rename(space.root / "aside")
    assert run(space, force=True).outcome == "failed"
    page = space.output / "velocity" / publish.PAGE
    assert 'class="stale"' in page.read_text()
    (space.root / "aside").rename(space.root / quick.LEFT)
    assert run(space).outcome == "reused"
    assert 'class="stale"' not in page.read_text()


def test_a_copy_of_the_workspace_elsewhere_has_the_same_fingerprint(space, tmp_path):
    run(space)
    moved = tmp_path / "elsewhere"
    shutil.copytree(space.root, moved, ignore=shutil.ignore_patterns("elsewhere"))
    assert run(workspace.read(moved)).outcome == "reused"


def test_readers_that_need_no_place_are_the_same_here_and_where_programs_are_loaded():
    assert fingerprint.PLACELESS == PLACELESS


def test_the_sample_is_made_of_its_address(tmp_path):
    space = make(tmp_path, {}, "")
    known = [fingerprint.data(space, {"program": text}) for text in ("sample:", "sample:7")]
    assert None not in known
    assert known[0] != known[1]
    assert fingerprint.data(space, {"weeks": 12, "team": "Core"}) is None
