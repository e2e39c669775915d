"""A full disk: it is said in a sentence, the old page stays whole, and the ledger knows."""

import errno
import os
import shutil
import subprocess

import pytest

from tests.reports import quick
from tpm_analytics import reports, workspace
from tpm_analytics.errors import ReportError
from tpm_analytics.reports import execution, publish
from tpm_analytics.reports.ledger import ledger, ledger_file, receipt
from tpm_analytics.reports.ledger.ledger_file import LedgerError
from tpm_analytics.reports.page import index

DISK_BYTES = 8 * 1024 * 1024


def run(space, **options):
    (done,) = reports.run_all(space, ["velocity"], **options)
    return done


@pytest.fixture(autouse=True)
def _quickly(monkeypatch):
    quick.without_kernel(monkeypatch)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes that really is one; only root may have it."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    mounted = shutil.which("mount") and subprocess.run(command, check=False, capture_output=True)
    if not mounted or mounted.returncode:
        pytest.skip("a small disk can be mounted by root on Linux only")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk, *, but=0):
    """Fill the disk to the last byte, or leave `but` bytes."""
    with (disk / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC
        file.truncate(max(0, file.tell() - but))


@pytest.mark.parametrize("left", [0, 64 * 1024, 300 * 1024])
def test_a_disk_that_fills_while_the_notebook_runs(small_disk, monkeypatch, left):
    space = quick.space_with(small_disk, figures=[("velocity", 31, "points")])
    assert run(space).outcome == "complete"
    before = publish.fingerprint(space.output / "velocity")
    quick.write_data(space, "later")

    def filling(asked):
        fill(small_disk, but=left)
        made = quick.executed(asked)
        made.cells[0].source = "x" * 600_000
        return made

    monkeypatch.setattr(execution, "execute", filling)
    done = run(space)

    assert done.outcome == "disk full"
    assert "The disk is full" in str(done.error)
    assert publish.fingerprint(space.output / "velocity") == before
    page = done.page.read_text()
    assert page.endswith("</html>") or page.rstrip().endswith("</html>")
    assert 'class="stale"' in page
    assert [entry.outcome for entry in ledger.entries(space.output / ledger.FILE)] == [
        "disk full",
        "complete",
    ]
    (small_disk / "ballast").unlink()
    quick.without_kernel(monkeypatch)
    assert run(space).outcome == "complete"


@pytest.mark.parametrize("shared", ["", "1"])  # a ledger that machines share is written otherwise
def test_a_disk_that_is_full_from_the_start_is_told_and_nothing_is_touched(
    small_disk, monkeypatch, shared
):
    monkeypatch.setenv(ledger_file.SHARED_VARIABLE, shared)
    space = quick.space_with(small_disk, figures=[("velocity", 31, "points")])
    run(space)
    before = (space.output / "velocity" / publish.PAGE).read_bytes()
    fill(small_disk)
    with pytest.raises(ReportError, match="[Tt]he disk is full"):
        run(space, force=True)
    assert (space.output / "velocity" / publish.PAGE).read_bytes() == before
    (small_disk / "ballast").unlink()
    assert run(space).outcome == "reused"


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["to_text", "finish", "fsync"])
def test_wherever_the_disk_is_found_full_the_old_page_stays(tmp_path, monkeypatch, step):
    space = quick.space_with(tmp_path, figures=[("velocity", 31, "points")])
    run(space)
    before = publish.fingerprint(space.output / "velocity")
    quick.write_data(space, "later")
    quick.leave(space, figures=[("velocity", 34, "points")])

    def full(*_):
        raise FULL

    place = {"to_text": receipt, "finish": publish, "fsync": os}[step]
    with monkeypatch.context() as patch:
        patch.setattr(place, step, full)
        (definition,) = reports.definitions(space).values()
        done = reports.run(definition, space)
    assert done.outcome == "disk full"
    assert publish.fingerprint(space.output / "velocity") == before
    assert ledger.last(space.output / ledger.FILE, "velocity").outcome == "disk full"


def test_a_ledger_that_cannot_be_written_at_the_end_is_told_and_found_at_the_next_start(
    tmp_path, monkeypatch, caplog
):
    space = quick.space_with(tmp_path, figures=[("velocity", 31, "points")])

    def locked(*_):
        raise LedgerError("The ledger was locked by another program.")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "end", locked)
        (definition,) = reports.definitions(space).values()
        assert reports.run(definition, space).outcome == "complete"
    assert "How the run 1 of velocity ended (complete) could not be written down." in caplog.text
    assert ledger.last(space.output / ledger.FILE, "velocity").outcome == "running"


def test_an_output_folder_that_is_a_file_is_told_in_a_sentence(tmp_path):
    space = quick.space_with(tmp_path)
    space.output.write_text("not a folder")
    (definition,) = reports.definitions(workspace.read(tmp_path)).values()
    done = reports.run(definition, space)
    assert (done.id, done.outcome) == (0, "failed")
    assert "could not be written" in str(done.error)
    assert not (tmp_path / index.FILE).exists()
