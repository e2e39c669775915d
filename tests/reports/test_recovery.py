"""A run that was killed: the next start finds it, finishes or closes it, and tidies up after it."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from tests.places import REPOSITORY
from tests.reports import quick
from tests.reports.workspaces import code, make, report
from tpm_analytics import reports, workspace
from tpm_analytics.reports import execution, owner, publish, recovery
from tpm_analytics.reports.ledger import ledger, receipt
from tpm_analytics.reports.ledger.entry import Start
from tpm_analytics.reports.page import index

WAIT_SECONDS = 60


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(times):
    """Replace files, and die in place of the next that is ready to be published."""
    replace, done = Path.replace, []

    def replacing(path, target):
        if publish.READY in path.parts:
            if len(done) == times:
                die()
            done.append(path)
        return replace(path, target)

    return replacing


# Each kills the run at another moment: what is put in place of what, and what stands then
MOMENTS = {
    "while a cell runs": (execution, "execute", die, "lost"),
    "before the receipt is written": (receipt, "to_text", die, "lost"),
    "when all is ready": (publish, "finish", die, "complete"),
    "between notebook and page": (Path, "replace", dying_after(1), "complete"),
    "between page and receipt": (Path, "replace", dying_after(2), "complete"),
    "before the ledger is told": (ledger, "end", die, "complete"),
}


def killed(space, moment):
    """Run in a process of its own, which is killed at that moment."""
    owner_, name, deadly, _ = MOMENTS[moment]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that a fork leaves behind
        process = os.fork()
    if process == 0:
        execution.execute = quick.executed
        setattr(owner_, name, deadly)
        reports.run_all(space, ["velocity"])
        os._exit(1)
    assert os.waitpid(process, 0)[1] == signal.SIGKILL


def start(script, root):
    return subprocess.Popen(
        [sys.executable, "-c", script, str(root)], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    )


def run(space, **options):
    (done,) = reports.run_all(space, ["velocity"], **options)
    return done


def entries(space):
    return ledger.entries(space.output / ledger.FILE)


def hidden(space):
    folder = space.output / "velocity"
    return sorted(path.name for path in folder.glob(".*") if path.name != publish.STATE)


def assert_consistent(space):
    """Page, receipt and ledger tell of the same run, and nothing is left on its way."""
    folder = space.output / "velocity"
    good = receipt.of(folder)
    newest = ledger.last(space.output / ledger.FILE, "velocity", outcome="complete")
    assert good.entry.id == newest.id
    assert good.entry.figures == newest.figures
    assert publish.fingerprint(folder) == good.published
    assert not [entry for entry in entries(space) if entry.outcome == "running"]
    assert hidden(space) == []
    assert not [path for path in space.output.glob(".*~*")]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A workspace with one good run, over data that has changed since."""
    with pytest.MonkeyPatch.context() as patch:
        quick.without_kernel(patch)
        space = quick.space_with(
            tmp_path_factory.mktemp("ran"), figures=[("velocity", 31, "points")]
        )
        run(space)
    quick.write_data(space, "later")
    quick.leave(space, figures=[("velocity", 34, "points")])
    return space


@pytest.mark.parametrize("moment", MOMENTS)
def test_whenever_it_is_killed_ledger_and_page_agree_after_the_next_start(ran, tmp_path, moment):
    root = tmp_path / "space"
    shutil.copytree(ran.root, root)
    space = workspace.read(root)
    killed(space, moment)
    assert entries(space)[0].outcome == "running"

    recovery.tidy(space)
    index.write(space)

    assert_consistent(space)
    outcome = MOMENTS[moment][-1]
    assert entries(space)[0].outcome == outcome
    page = (space.output / "velocity" / publish.PAGE).read_text()
    assert ("34 points" in page) == (outcome == "complete")
    assert ('class="stale"' in page) == (outcome == "lost")
    told = (space.output / index.FILE).read_text()
    assert ("was lost: The process that ran it was killed" in told) == (outcome == "lost")


def test_the_next_run_of_the_same_report_tidies_up_by_itself(ran, tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    root = tmp_path / "space"
    shutil.copytree(ran.root, root)
    space = workspace.read(root)
    killed(space, "while a cell runs")
    (definition,) = reports.definitions(space).values()
    assert reports.run(definition, space).outcome == "complete"
    assert [entry.outcome for entry in entries(space)] == ["complete", "lost", "complete"]
    assert_consistent(space)


def test_twelve_at_once_make_the_page_once(ran, tmp_path):
    root = tmp_path / "space"
    shutil.copytree(ran.root, root)
    space = workspace.read(root)
    started = []
    for _ in range(12):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
        if process == 0:
            execution.execute = quick.executed
            outcomes = [done.outcome for done in reports.run_all(space)]
            os._exit(["complete", "reused"].index(outcomes[0]))
        started.append(process)
    codes = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in started]
    assert sorted(codes) == [0] + [1] * 11
    assert [entry.outcome for entry in entries(space)] == ["reused"] * 11 + ["complete"] * 2
    assert_consistent(space)


BODY = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
open("pids", "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600)
"""
RUN = """
import sys
from pathlib import Path
from tpm_analytics import reports, workspace
reports.run_all(workspace.read(Path(sys.argv[1])))
"""


def alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(holds):
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert holds()


def begin(space):
    begun = start(RUN, space.root)
    pids = space.root / "pids"
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    return begun, [int(pid) for pid in pids.read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc here")
def test_what_a_killed_run_had_started_is_ended_at_the_next_start(tmp_path):
    space = make(tmp_path, {"velocity": report(code(BODY))})
    begun, processes = begin(space)
    begun.kill()
    begun.communicate()
    recovery.tidy(space)
    for process in processes:
        wait_until(lambda process=process: not alive(process))
    assert entries(space)[0].outcome == "lost"
    assert hidden(space) == []


def test_a_run_that_is_told_to_end_says_so_and_leaves_no_process(tmp_path):
    space = make(tmp_path, {"velocity": report(code(BODY.replace(", start_new_session=True", "")))})
    publish.publish(
        space.output / "velocity",
        page=f"<body>{publish.BANNER_START}{publish.BANNER_END}the good one",
        notebook="{}",
    )
    begun, processes = begin(space)
    begun.terminate()
    _, said = begun.communicate(timeout=WAIT_SECONDS)
    assert begun.returncode == 128 + signal.SIGTERM, said
    assert "Traceback" not in said
    for process in processes:
        wait_until(lambda process=process: not alive(process))
    assert entries(space)[0].outcome == "terminated"
    page = (space.output / "velocity" / publish.PAGE).read_text()
    assert "the good one" in page
    assert "was stopped: The run was told to end (SIGTERM)." in page
    assert hidden(space) == []


def test_what_a_living_process_is_working_on_is_left_alone(tmp_path):
    space = make(tmp_path, {"velocity": report()})
    path = space.output / ledger.FILE
    ledger.begin(path, Start(report="velocity", asked_at=ledger.now(), started_at=ledger.now()))
    mine = space.output / "velocity" / f".running~{owner.mark()}-00ff"
    mine.mkdir(parents=True)
    recovery.tidy(space)
    assert entries(space)[0].outcome == "running"
    assert mine.is_dir()


def test_a_process_of_the_same_number_is_not_the_one_that_died():
    process, machine, life = owner.mark().split("-")
    assert owner.alive(f"{process}-{machine}-{life}", seen_at=0)
    other = "0" * len(life) if life[0] != "0" else "1" * len(life)
    assert not owner.alive(f"{process}-{machine}-{other}", seen_at=time.time())


def test_another_machine_is_given_a_day():
    process, _, life = owner.mark().split("-")
    elsewhere = f"{process}-000000-{life}"
    assert owner.alive(elsewhere, seen_at=time.time() - 60)
    assert not owner.alive(elsewhere, seen_at=time.time() - 2 * owner.STRANGER_SECONDS)


def damage_the_head(path):
    path.write_bytes(b"no database, but long enough to be read as one" * 40)


def damage_the_middle(path):
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [damage_the_head, damage_the_middle])
def test_a_broken_ledger_is_set_aside_and_made_anew_from_what_is_published(
    tmp_path, monkeypatch, caplog, damage
):
    quick.without_kernel(monkeypatch)
    space = quick.space_with(tmp_path, figures=[("velocity", 31.5, "points"), ("none", None, None)])
    before = run(space)
    good = entries(space)[0]
    path = space.output / ledger.FILE
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    damage(path)

    assert run(space).outcome == "reused"

    (aside,) = [
        path for path in space.output.glob(f"{ledger.FILE}.broken-*") if path.suffix != "-wal"
    ]
    assert aside.name.startswith(f"{ledger.FILE}.broken-20")
    again, restored = entries(space)
    assert (restored.id, restored.outcome, restored.figures) == (
        before.id,
        "complete",
        good.figures,
    )
    assert (restored.program, restored.fingerprint) == (good.program, good.fingerprint)
    assert (again.outcome, again.reused) == ("reused", before.id)
    assert [record.message for record in caplog.records if "set aside" in record.message] == [
        f"The ledger was broken. It is set aside as {aside.name} "
        "and made anew from 1 published run."
    ]


def test_a_ledger_that_breaks_while_a_report_runs_still_learns_how_it_ended(tmp_path, monkeypatch):
    space = quick.space_with(tmp_path, figures=[("velocity", 31, "points")])
    path = space.output / ledger.FILE

    def breaking(asked):
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        damage_the_head(path)
        return quick.executed(asked)

    monkeypatch.setattr("tpm_analytics.reports.making.execution.execute", breaking)
    (definition,) = reports.definitions(space).values()
    reports.run(definition, space)
    assert [(entry.outcome, entry.figures[0].value) for entry in entries(space)] == [
        ("complete", 31)
    ]


def test_a_notebook_that_deletes_the_output_folder_is_known_to_have_run(tmp_path, monkeypatch):
    space = quick.space_with(tmp_path)

    def deleting(asked):
        shutil.rmtree(space.output)
        asked.staging.mkdir(parents=True)
        return quick.executed(asked)

    monkeypatch.setattr("tpm_analytics.reports.making.execution.execute", deleting)
    (definition,) = reports.definitions(space).values()
    done = reports.run(definition, space)
    assert [entry.outcome for entry in entries(space)] == [done.outcome] == ["complete"]
