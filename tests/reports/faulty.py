"""Faults done to runs of real notebooks. Each says what is wrong afterwards: nothing, if all held.

The tests do each once or a few times, `python -m benchmarks faults` does them many times.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tests.places import REPOSITORY
from tests.reports import quick
from tests.reports.workspaces import code, make, report
from tpm_analytics import reports, workspace
from tpm_analytics.reports import execution, publish, recovery
from tpm_analytics.reports.ledger import ledger, receipt

GONE_SECONDS = 20
PAGE_LIMIT = 1_500_000
MEMORY_LIMIT = 400 * 2**20
DISK_BYTES = 8 * 2**20
MARK = "TPM_TEST_OF_FAULTS"
NAMES = ("flow", "risk", "velocity")
FIGURE = """
import pathlib, subprocess
value = int(pathlib.Path("value.txt").read_text())
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
display({"application/vnd.tpm.figure+json":
    {"name": "velocity", "value": value, "unit": "points"}, "text/plain": "x"}, raw=True)
"""


def wrong_for_readers(space) -> list[str]:
    """What a reader would stumble over, at any moment: half a page, half a notebook, no ledger."""
    found = []
    for page in space.output.glob(f"*/{publish.PAGE}"):
        if not page.read_text().rstrip().endswith("</html>"):
            found.append(f"{page} is half a page")
        json.loads((page.parent / publish.NOTEBOOK).read_text())
    path = space.output / ledger.FILE
    if path.exists():
        with closing(sqlite3.connect(path)) as opened:
            said = opened.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            found.append(f"the ledger is broken: {said}")
    return found


def wrong_after_tidying(space) -> list[str]:
    """Where pages, receipts and the ledger do not tell of the same runs, or something is left."""
    found = wrong_for_readers(space)
    path = space.output / ledger.FILE
    for page in space.output.glob(f"*/{publish.PAGE}"):
        folder = page.parent
        good, newest = receipt.of(folder), ledger.last(path, folder.name, outcome="complete")
        if good is None or newest is None:
            found.append(f"{folder.name} has no receipt, or no complete run")
            continue
        if (good.entry.id, good.entry.figures) != (newest.id, newest.figures):
            found.append(f"{folder.name}: receipt of {good.entry.id}, ledger of {newest.id}")
        if publish.fingerprint(folder) != good.published:
            found.append(f"{folder.name}: the page is not the one of its receipt")
        if any(str(figure.value) not in page.read_text() for figure in newest.figures):
            found.append(f"{folder.name}: a figure of the ledger is not on the page")
    running = [entry.id for entry in ledger.entries(path) if entry.outcome == "running"]
    left = [str(path) for path in space.output.rglob(".*~*")]
    return found + [f"the runs {running} never ended"] * bool(running) + left


def left_alive(mark: str) -> list[str]:
    """Processes that carry `mark` in their environment and do not end in a while."""
    sought = f"{MARK}={mark}".encode()
    deadline = time.monotonic() + GONE_SECONDS
    while found := [place for place in Path("/proc").glob("[0-9]*") if _carries(place, sought)]:
        if time.monotonic() > deadline:
            return [f"process {place.name} is left" for place in found]
        time.sleep(0.05)
    return []


def _carries(place: Path, sought: bytes) -> bool:
    with suppress(OSError):
        return sought in (place / "environ").read_bytes().split(b"\0")
    return False


def three_reports(root: Path):
    """A workspace of three reports, each with a figure and a process that it leaves behind."""
    space = make(root, {name: report(code(FIGURE)) for name in NAMES}, "")
    toml = "".join(f'[reports.{name}]\nparameters = {{ program = "sample" }}\n' for name in NAMES)
    (root / "tpm.toml").write_text('[programs.sample]\nsource = "folder:data"\n' + toml)
    quick.write_data(space, "first")
    return workspace.read(root)


def command(space, mark: str, *options: str) -> subprocess.Popen:
    """Begin `tpm run` of all reports."""
    return subprocess.Popen(
        [sys.executable, "-m", "tpm_analytics", "run", *options],
        cwd=space.root,
        env={**os.environ, MARK: mark, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def set_value(space, value: int) -> None:
    """Let all that runs from now on report `value`."""
    (space.root / "value.txt").write_text(str(value))
    quick.write_data(space, str(value))
    quick.leave(space, figures=[("velocity", value, "points")])


def kills_of_commands(root: Path, times: int, seed: int = 0) -> Iterator[list[str]]:
    """Kill `tpm run` with signal 9 at random moments; yields what is wrong after each."""
    space, chance = three_reports(root), random.Random(seed)
    set_value(space, 100)
    began = time.monotonic()
    _, said = command(space, "first").communicate()
    whole = time.monotonic() - began
    if wrong_after_tidying(space) or len(ledger.entries(space.output / ledger.FILE)) != len(NAMES):
        raise RuntimeError(said)
    for trial in range(1, times + 1):
        set_value(space, 100 + trial)
        running = command(space, f"trial {trial} {os.getpid()}", "--force")
        time.sleep(chance.uniform(0, whole))
        running.kill()
        running.communicate()
        found = wrong_for_readers(space)
        found += left_alive(f"trial {trial} {os.getpid()}")
        recovery.tidy(space)
        yield found + wrong_after_tidying(space)
    set_value(space, 999)
    done = command(space, "last")
    _, said = done.communicate()
    found = [said] if done.returncode else wrong_after_tidying(space)
    if found:
        raise RuntimeError(f"the run after all kills did not heal: {found}")


def kills_without_kernel(root: Path, times: int, seed: int = 0) -> Iterator[list[str]]:
    """Kill runs whose cells take no time: most moments are of writing, not of computing."""
    space, chance = three_reports(root), random.Random(seed)
    set_value(space, 100)
    began = time.monotonic()
    os.waitpid(_forked(space), 0)
    whole = time.monotonic() - began
    for trial in range(1, times + 1):
        set_value(space, 100 + trial)
        process = _forked(space)
        time.sleep(chance.uniform(0, whole))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        found = wrong_for_readers(space)
        recovery.tidy(space)
        yield found + wrong_after_tidying(space)


def _forked(space) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that a fork leaves behind
        process = os.fork()
    if process == 0:
        execution.execute = quick.executed
        reports.run_all(space, force=True)
        os._exit(0)
    return process


FORKS = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open(PIDS, "a").write(f"{os.getpid()}\\n")
            time.sleep(600)
        os._exit(0)
while len(open(PIDS).read().split()) < 4: time.sleep(0.02)
"""
FILLS = """
import resource
here = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (here + 2**28, here + 2**28))
held = []
while True: held.append(bytearray(2**24))
"""
SHOWS = """
from IPython.display import HTML
for _ in range(100): display(HTML("<p>" + "z" * 1_000_000 + "</p>"))
while True: pass
"""
DISK_FILLS = """
with open("ballast", "wb", buffering=0) as file:
    while True: file.write(bytes(2**16))
"""
# What a cell does: its source, how the run is to end, and what is said of it
CELLS = {
    "a notebook that forks processes into sessions of their own": (FORKS, "complete", ""),
    "a notebook that fills memory": (FILLS, "out of memory", "memory ran out"),
    "a kernel that the system kills": (
        "import signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "kernel died",
        "its kernel died",
    ),
    "a notebook that prints 100 MB": (
        "for _ in range(100): print('x' * 1_000_000)",
        "complete",
        "",
    ),
    "a notebook that prints 100 MB in lines": (
        "line = 'y' * 99\nfor _ in range(100): print('\\n'.join([line] * 10_000))",
        "complete",
        "",
    ),
    "a notebook that shows 100 MB": (SHOWS, "failed", "it showed more than the 32 MB"),
    "a notebook that fails with 20 MB of words": (
        "raise ValueError('w' * 20_000_000)",
        "failed",
        "ValueError: www",
    ),
    "a notebook that loops for ever": ("while True: pass", "timeout", "took longer than the"),
    "a notebook that deletes the folder of its report": (
        "import shutil\nshutil.rmtree('reports/velocity')",
        "complete",
        "",
    ),
    "a notebook that deletes all reports": (
        "import shutil\nshutil.rmtree('reports')",
        "complete",
        "",
    ),
}


def cell(root: Path, name: str) -> list[str]:
    """Run a good notebook, then one that does harm; returns what is wrong then."""
    source, outcome, said = CELLS[name]
    seconds = 3 if outcome == "timeout" else 60
    space = _good(root, seconds)
    pids = root / "pids"
    first = f"import os\nPIDS = {str(pids)!r}\nopen(PIDS, 'a').write(f'{{os.getpid()}}\\n')"
    make(root, {"velocity": report(code(first), code(source), code("1"))}, _toml(seconds))
    before = publish.fingerprint(space.output / "velocity")
    (done,), grown = _measured(lambda: reports.run_all(space))
    found = _differences(done, outcome, said)
    found += wrong_after_tidying(space)
    stands = publish.fingerprint(space.output / "velocity") == before
    if stands == (outcome == "complete"):
        found.append("the page is not the one of the last good run")
    if (size := done.page.stat().st_size) > PAGE_LIMIT:
        found.append(f"the page has {size:,} bytes")
    if ledger.last(space.output / ledger.FILE, "velocity").outcome != outcome:
        found.append("the ledger does not know how it ended")
    if grown > MEMORY_LIMIT:
        found.append(f"the run took {grown / 2**20:,.0f} MiB")
    found += [f"process {pid} is left" for pid in pids.read_text().split() if not _gone(pid)]
    make(root, {"velocity": report(code("1"))}, _toml(seconds))
    (after,) = reports.run_all(space)
    return found + _differences(after, "complete", "") + wrong_after_tidying(space)


def full_disk(root: Path) -> list[str]:
    """Let a notebook fill the disk that holds the workspace; it must be a small one."""
    space = _good(root, 60)
    before = publish.fingerprint(space.output / "velocity")
    make(root, {"velocity": report(code(DISK_FILLS))}, _toml(60))
    (done,) = reports.run_all(space)
    found = _differences(done, "disk full", "The disk is full")
    if publish.fingerprint(space.output / "velocity") != before:
        found.append("the old page does not stand")
    return found + wrong_after_tidying(space)


def read_only(root: Path) -> list[str]:
    """Run where nothing can be written: the folder of the reports is mounted read-only."""
    space = _good(root, 60)
    before = {path: path.read_bytes() for path in space.output.rglob("*") if path.is_file()}
    with mounted("--bind", str(space.output), str(space.output)):
        _mount("-o", "remount,bind,ro", str(space.output))
        process = command(space, "read only", "--force")
        _, said = process.communicate()
        after = {path: path.read_bytes() for path in space.output.rglob("*") if path.is_file()}
    found = [] if process.returncode == 1 else [f"tpm run ended with {process.returncode}"]
    if "Traceback" in said or "read-only file system" not in said.lower():
        found.append(f"it was not said in a sentence: {said}")
    return found + ["a file has changed"] * (before != after)


def locked_ledger(root: Path, seconds: float, ends: str = "complete", said: str = "") -> list[str]:
    """Lock the ledger from another process for a while, with a run that needs it meanwhile."""
    space = _good(root, 60)
    lock = (
        "import sqlite3, sys, time\n"
        "opened = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "opened.execute('BEGIN EXCLUSIVE')\n"
        "print('locked', flush=True)\n"
        "time.sleep(float(sys.argv[2]))\n"
    )
    path = str(space.output / ledger.FILE)
    with subprocess.Popen(
        [sys.executable, "-c", lock, path, str(seconds)], stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        try:
            (done,) = reports.run_all(space, force=True)
        finally:
            holder.kill()
    (after,) = reports.run_all(space, force=True)
    found = _differences(done, ends, said) + _differences(after, "complete", "")
    return found + wrong_after_tidying(space)


def _toml(seconds: int) -> str:
    return f"[reports.velocity]\ntimeout_seconds = {seconds}\n"


def _good(root: Path, seconds: int):
    space = make(root, {"velocity": report(code("1"))}, _toml(seconds))
    (good,) = reports.run_all(space)
    if good.outcome != "complete":
        raise RuntimeError(str(good.error))
    return space


def _differences(done, outcome: str, said: str) -> list[str]:
    told = str(done.error or "")
    found = [] if done.outcome == outcome else [f"{done.outcome}, not {outcome}: {told[:300]}"]
    if said not in told or "Traceback" in told or len(told) > 2 * execution.showing.ERROR_LIMIT:
        found.append(f"it was not said in a sentence: {told[:300]}")
    return found


def _measured(work):
    """Do `work`; returns what it returns and by how many bytes this process grew meanwhile."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # forget what it held at most before
    before = _memory("VmRSS")
    result = work()
    return result, _memory("VmHWM") - before


def _memory(line: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(text.split()[1]) * 1024 for text in lines if text.startswith(f"{line}:"))


def _gone(process: str) -> bool:
    deadline = time.monotonic() + GONE_SECONDS
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


class CannotMountError(Exception):
    """Only root may mount, and not everywhere."""


@contextmanager
def mounted(*arguments: str) -> Iterator[None]:
    """Mount as `mount` is told to, the place last.

    Raises
    ------
    CannotMountError
        If that cannot be done here.
    """
    _mount(*arguments)
    try:
        yield
    finally:
        subprocess.run(["umount", arguments[-1]], check=True)


def _mount(*arguments: str) -> None:
    program = shutil.which("mount")
    if not program or subprocess.run([program, *arguments], capture_output=True).returncode:
        raise CannotMountError("only root may mount a disk, and not in every container")


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    place.mkdir()
    with mounted("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)):
        yield place
