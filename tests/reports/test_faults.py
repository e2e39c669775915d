"""Whatever is done to a run: pages are whole, the ledger agrees, nothing is left over."""

from pathlib import Path

import pytest

from tests.reports import faulty
from tpm_analytics import head_start
from tpm_analytics.reports.ledger import ledger_file

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc here"),
    pytest.mark.skipif(
        not head_start.can_fork(), reason="kernels end with all they start on Linux only"
    ),
]


@pytest.mark.faults
def test_killed_at_twenty_random_moments_of_writing_ledger_and_pages_agree(tmp_path):
    assert list(faulty.kills_without_kernel(tmp_path, 20, seed=1)) == [[]] * 20


@pytest.mark.faults
def test_the_command_killed_at_random_moments_leaves_no_process_and_heals(tmp_path):
    assert list(faulty.kills_of_commands(tmp_path, 3, seed=2)) == [[]] * 3


@pytest.mark.parametrize("name", faulty.CELLS)
def test_a_notebook_that_does_harm_harms_its_own_run_only(tmp_path, name):
    assert faulty.cell(tmp_path, name) == []


def test_a_notebook_that_fills_the_disk_leaves_the_old_page_whole(tmp_path):
    try:
        with faulty.small_disk(tmp_path / "disk") as place:
            assert faulty.full_disk(place) == []
    except faulty.CannotMountError as reason:
        pytest.skip(str(reason))


def test_reports_that_cannot_be_written_stay_as_they_are_and_that_is_said(tmp_path):
    try:
        assert faulty.read_only(tmp_path) == []
    except faulty.CannotMountError as reason:
        pytest.skip(str(reason))


def test_a_ledger_that_is_locked_for_a_moment_is_waited_for(tmp_path):
    assert faulty.locked_ledger(tmp_path, seconds=1) == []


def test_a_ledger_that_stays_locked_is_told_and_the_next_run_is_good(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger_file, "BUSY_SECONDS", 1)
    said = "was locked by another program for 1 seconds"
    assert faulty.locked_ledger(tmp_path, seconds=60, ends="failed", said=said) == []
