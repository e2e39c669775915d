"""A program that several notebooks ask for at once is read by one of them."""

import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from tpm_analytics.program import Program
from tpm_analytics.sources import kept

SECONDS = 60
# Each notebook tells by a file of its own that it asks, and that it reads; it reads until told
NOTEBOOK = """
import sys, time
from pathlib import Path
from tpm_analytics.sources import kept
from tests.sources.test_kept import program

folder, name = Path(sys.argv[1]), sys.argv[2]

def read():
    (folder / f"{name}.reads").touch()
    while not (folder / "go").exists():
        time.sleep(0.01)
    return program()

(folder / f"{name}.asks").touch()
print(len(kept.program("asked", folder / "data", read).items))
"""


def program():
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
    return Program.from_tables({"items": items})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.FOLDER_VARIABLE, str(tmp_path / "programs"))
    (tmp_path / "data").write_text("of the program")
    return tmp_path


@pytest.fixture
def notebook(folder):
    started = []

    def start(name):
        command = [sys.executable, "-c", NOTEBOOK, str(folder), name]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def appears(path):
    deadline = time.monotonic() + SECONDS
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return path.exists()


def test_of_two_notebooks_that_ask_at_once_one_reads_and_the_other_waits(folder, notebook):
    first = notebook("first")
    assert appears(folder / "first.reads")
    second = notebook("second")
    assert appears(folder / "second.asks")
    time.sleep(0.2)
    (folder / "go").touch()
    assert [int(each.communicate(timeout=SECONDS)[0]) for each in (first, second)] == [1, 1]
    assert not (folder / "second.reads").exists()
    assert [path.suffix for path in (folder / "programs").iterdir()] == [".program"]


def test_who_waits_for_one_that_is_killed_reads_by_itself(folder, notebook):
    first = notebook("first")
    assert appears(folder / "first.reads")
    second = notebook("second")
    assert appears(folder / "second.asks")
    first.send_signal(signal.SIGKILL)
    assert appears(folder / "second.reads")
    (folder / "go").touch()
    assert int(second.communicate(timeout=SECONDS)[0]) == 1


def test_where_the_file_system_has_no_locks_each_reads(folder, monkeypatch):
    def refused(*_):
        raise OSError("no locks")

    monkeypatch.setattr(kept.fcntl, "lockf", refused)
    found = kept.program("asked", folder / "data", program)
    assert len(found.items) == 1
    assert kept.program("asked", folder / "data", pytest.fail).source == found.source


def test_who_cannot_read_leaves_the_lock_to_the_next(folder):
    def fails():
        raise ValueError("half of a file")

    with pytest.raises(ValueError, match="half"):
        kept.program("asked", folder / "data", fails)
    assert len(kept.program("asked", folder / "data", program).items) == 1
