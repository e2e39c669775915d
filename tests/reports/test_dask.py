"""A Dask cluster does each run once, also when one of its workers is killed in the middle."""

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.places import REPOSITORY
from tests.reports.kernels.test_warm import gone
from tests.reports.workspaces import RECORD, code, make, report
from tpm_analytics import reports
from tpm_analytics.errors import ReportError
from tpm_analytics.reports import cluster as clusters
from tpm_analytics.reports import facts, fan_out, notebooks, publish
from tpm_analytics.reports.ledger import ledger, ledger_file, receipt
from tpm_analytics.reports.ledger.entry import Start

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")

START_SECONDS = 60
REPORTS = 6
# Long enough to be in the middle of, and a line for each time the notebook ran
SLOW = """
import os, pathlib, time
with open("ran.txt", "a") as ran:
    ran.write(f"{team} {os.getpid()}\\n")
time.sleep(1.5)
"""


class Cluster:
    """A scheduler and its workers on loopback, each a process of its own."""

    def __init__(self, folder: Path, *, threads: int = 1, workers: int = 2) -> None:
        self.file = folder / "scheduler.json"
        self.folder = folder
        self.environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        self.processes = []
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.workers = [
            self.start(
                "worker",
                "--nthreads",
                str(threads),
                "--no-nanny",
                "--no-dashboard",
                "--local-directory",
                str(folder / f"worker{number}"),
            )
            for number in range(workers)
        ]
        with distributed.Client(scheduler_file=str(self.file), timeout=START_SECONDS) as client:
            if workers:
                client.wait_for_workers(workers, timeout=START_SECONDS)
            self.address = client.scheduler.address

    def start(self, kind, *options):
        """Start a part of the cluster."""
        started = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_" + kind,
                "--scheduler-file",
                str(self.file),
                *options,
            ],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(started)
        return started

    def stop(self):
        """End it."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made
    made.stop()


def slow_space(root):
    toml = "".join(
        f'[reports.r{number}]\nnotebook = "slow.ipynb"\nparameters = {{ team = "t{number}" }}\n'
        for number in range(REPORTS)
    )
    return make(root, {"slow": report(code(RECORD), code(SLOW))}, toml)


@pytest.mark.faults
def test_a_killed_worker_repeats_no_finished_run_and_breaks_no_page(tmp_path, cluster):
    (tmp_path / "space").mkdir()
    space = slow_space(tmp_path / "space")
    ran = space.root / "ran.txt"
    killed = []

    def kill(report_, done, of):  # noqa: ARG001
        finished = [path for path in space.output.glob("*/page.html")]
        began = ran.read_text().split() if ran.exists() else []
        if not killed and finished and len(began) // 2 > len(finished):
            cluster.workers[0].kill()
            killed.append([path.parent.name for path in finished])

    done = reports.run_all(space, workers=cluster.address, on_cell=kill, force=True)

    assert killed, "no worker was killed"
    assert [(run.report, run.outcome) for run in done] == [
        (f"r{number}", "complete") for number in range(REPORTS)
    ]
    times = [line.split()[0] for line in ran.read_text().splitlines()]
    assert all(times.count(name.replace("r", "t")) == 1 for name in killed[0])
    assert len(times) <= REPORTS + 1
    known = ledger.entries(space.output / ledger.FILE)
    complete = [entry.report for entry in known if entry.outcome == "complete"]
    assert sorted(complete) == [f"r{number}" for number in range(REPORTS)]
    assert {entry.outcome for entry in known} <= {"complete", "lost"}
    for run in done:
        folder = space.output / run.report
        assert sorted(path.name for path in folder.iterdir() if path.name[0] != ".") == sorted(
            {publish.NOTEBOOK, publish.PAGE}
            | {path.name for path in folder.glob("*.json")}
            | {path.name for path in folder.glob("*.parquet")}
        )
        assert receipt.of(folder).published == publish.fingerprint(folder)
        assert facts.never_ran(notebooks.read(folder / publish.NOTEBOOK)) is None
        assert run.page.read_text().endswith("</html>\n") or "</html>" in run.page.read_text()
    assert f"All {REPORTS} reports are up to date" in reports.index_path(space).read_text()
    assert not list(space.output.glob("cluster-*"))
    kernels = [int(line.split()[1]) for line in ran.read_text().splitlines()]
    assert all(gone(process) for process in kernels)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("lost", "said"), [("workers", "All workers of the Dask scheduler"), ("scheduler", "has gone")]
)
def test_a_cluster_that_is_lost_is_told_and_its_good_pages_stay(
    tmp_path, cluster, monkeypatch, lost, said
):
    monkeypatch.setattr(clusters, "WORKERLESS_SECONDS", 3)
    (tmp_path / "space").mkdir()
    space = slow_space(tmp_path / "space")
    killed = []

    def kill(report_, done, of):  # noqa: ARG001
        if not killed and list(space.output.glob("*/page.html")):
            killed.extend(cluster.workers if lost == "workers" else cluster.processes[:1])
            for process in killed:
                process.kill()

    with pytest.raises(ReportError, match=said) as told:
        reports.run_all(space, workers=cluster.address, on_cell=kill)
    assert "not redone" in told.value.hint
    assert ledger_file.SHARED_VARIABLE not in os.environ
    good = [path.parent for path in space.output.glob("*/page.html")]
    assert killed and good
    assert all(receipt.of(folder).published == publish.fingerprint(folder) for folder in good)
    assert not list(space.output.glob("cluster-*"))


@pytest.mark.faults
def test_an_interrupt_ends_the_kernels_of_the_cluster(tmp_path, cluster):
    (tmp_path / "space").mkdir()
    space = slow_space(tmp_path / "space")
    began = []

    def interrupt(report_, done, of):  # noqa: ARG001
        if done >= 4 and not began:
            began.append(report_)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reports.run_all(space, workers=cluster.address, on_cell=interrupt)
    lines = (space.root / "ran.txt").read_text().splitlines()
    assert all(gone(int(line.split()[1])) for line in lines)
    time.sleep(1)
    assert len((space.root / "ran.txt").read_text().splitlines()) <= 3
    assert not list(space.output.glob("cluster-*"))


@pytest.mark.faults
def test_a_worker_of_several_threads_is_refused(tmp_path):
    (tmp_path / "space").mkdir()
    made = Cluster(tmp_path, threads=2)
    try:
        with pytest.raises(ReportError, match="--nthreads 1"):
            reports.run_all(slow_space(tmp_path / "space"), workers=made.address)
    finally:
        made.stop()


def test_a_scheduler_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1)
    (tmp_path / "space").mkdir()
    with pytest.raises(ReportError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        reports.run_all(slow_space(tmp_path / "space"), workers="tcp://127.0.0.1:9")
    assert ledger_file.SHARED_VARIABLE not in os.environ


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp//127.0.0.1:9", "no address of a Dask scheduler"),
        ("tcp://127.0.0.1", "no address of a Dask scheduler"),
        ("http://127.0.0.1:9", "no address of a Dask scheduler"),
        ("tls://127.0.0.1:9", "asks for TLS"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_before_anything_is_waited_for(
    tmp_path, address, said
):
    with pytest.raises(ReportError, match=said):
        reports.run_all(make(tmp_path, {"a": report()}), workers=address)


@pytest.mark.faults
def test_a_scheduler_without_workers_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 3)
    (tmp_path / "space").mkdir()
    made = Cluster(tmp_path, workers=0)
    try:
        with pytest.raises(ReportError, match="has no worker") as told:
            reports.run_all(slow_space(tmp_path / "space"), workers=made.address)
    finally:
        made.stop()
    assert f"dask worker {made.address} --nthreads 1" in told.value.hint


def test_without_the_extra_the_line_that_installs_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    (tmp_path / "space").mkdir()
    with pytest.raises(ReportError, match=r"tpm-analytics\[dask\]"):
        reports.run_all(slow_space(tmp_path / "space"), workers="tcp://127.0.0.1:9")


def test_the_ledger_of_a_cluster_needs_no_shared_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("TPM_SHARED_LEDGER", "1")
    path = tmp_path / ledger.FILE
    ledger.begin(path, Start(report="a", asked_at=ledger.now(), started_at=ledger.now()))
    assert not path.with_name(path.name + "-wal").exists()
    assert len(ledger.entries(path)) == 1


def test_tasks_cross_machines_as_plain_words(tmp_path):
    task = fan_out.Task(root=tmp_path, config="ab", report="a", asked=fan_out.Asked())
    assert pickle.loads(pickle.dumps(task)) == task
