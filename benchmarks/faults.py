"""Faults done to runs, many times each: a line per fault says how often all held.

A run of each kind of harm is one try; it holds if pages are whole, the ledger agrees with them, no
process is left, and the next run is good. Kill -9 comes at random moments, from a seed. What is
tested with a clock or a scheduler of its own is done by running its tests: each is one try.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.reports import faulty

KILLS = 20
TESTS = {
    "two schedulers at once": "schedulers/test_service_at_work.py::"
    "test_two_schedulers_at_once_run_each_slot_exactly_once",
    "kill -9 of a scheduler in the middle of a run": "schedulers/test_service_at_work.py::"
    "test_a_scheduler_killed_in_the_middle_of_a_run_loses_none_and_doubles_none",
    "clock set back and forward": "schedule/test_slots.py::"
    "test_a_clock_set_back_runs_nothing_twice_and_one_set_forward_starves_nothing",
    "a worker process killed in the middle of a run": "test_fan_out.py::"
    "test_a_worker_that_is_killed_takes_only_its_own_run_along",
    "a worker of a Dask cluster killed in the middle of a run": "test_dask.py::"
    "test_a_killed_worker_repeats_no_finished_run_and_breaks_no_page",
    "12 runs at once": "test_recovery.py::test_twelve_at_once_make_the_page_once",
    "ledger corrupt: set aside and rebuilt": "test_recovery.py::"
    "test_a_broken_ledger_is_set_aside_and_made_anew_from_what_is_published",
    "disk full at each step of a run": "test_disk_full.py",
}
"""Faults that a test does by itself."""


def run(arguments: Sequence[str]) -> int:
    """Do all faults and print how often each held; returns 1 if one did not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults")
    parser.add_argument("--kills", type=int, default=KILLS, help="kills at random moments")
    parser.add_argument("--times", type=int, default=1, help="tries of every other fault")
    parser.add_argument("--seed", type=int, default=0, help="chooses the moments of the kills")
    options = parser.parse_args(arguments)
    kills, seed = options.kills, options.seed
    held = [
        _kills(
            f"kill -9 at {kills} random moments of tpm run", faulty.kills_of_commands, kills, seed
        ),
        _kills(
            f"kill -9 at {kills} random moments of writing",
            faulty.kills_without_kernel,
            kills,
            seed,
        ),
    ]
    held += [_tries(name, _cell(name), options.times) for name in faulty.CELLS]
    held += [_tries(name, fault, options.times) for name, fault in FAULTS.items()]
    held += [_tested(name, place, options.times) for name, place in TESTS.items()]
    return 0 if all(held) else 1


Kills = Callable[[Path, int, int], Iterable[list[str]]]
Fault = Callable[[Path], list[str]]


def _kills(name: str, fault: Kills, times: int, seed: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return _told(name, list(fault(Path(folder), times, seed)))


def _tries(name: str, fault: Fault, times: int) -> bool:
    found = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            try:
                found.append(fault(Path(folder)))
            except faulty.CannotMountError as reason:
                print(f"{name}: not done, {reason}", flush=True)
                return True
    return _told(name, found)


def _told(name: str, found: list[list[str]]) -> bool:
    good = sum(not wrong for wrong in found)
    print(f"{name}: {good} of {len(found)} consistent", flush=True)
    for wrong in filter(None, found):
        print(f"  {'; '.join(wrong)}", flush=True)
    return good == len(found)


def _cell(name: str) -> Fault:
    return lambda folder: faulty.cell(folder, name)


def _full_disk(folder: Path) -> list[str]:
    with faulty.small_disk(folder / "disk") as place:
        return faulty.full_disk(place)


def _locked_for_long(folder: Path) -> list[str]:
    """The ledger is locked for longer than a run waits."""
    said = "was locked by another program"
    return faulty.locked_ledger(folder, seconds=60, ends="failed", said=said)


def _tested(name: str, place: str, times: int) -> bool:
    """Run the tests at `place`; each that was not left out is a try."""
    # Those that are faults themselves are marked so, and left out unless asked for
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-m", "", f"tests/reports/{place}"]
    found: list[list[str]] = []
    for _ in range(times):
        ended = subprocess.run(command, cwd=faulty.REPOSITORY, capture_output=True, text=True)
        lines = ended.stdout.splitlines()
        found += [[] for line in lines if line.startswith("PASSED tests/")]
        found += [[line] for line in lines if line.startswith(("FAILED tests/", "ERROR tests/"))]
        if ended.returncode and all(not wrong for wrong in found):
            found.append([f"pytest ended with {ended.returncode}: {lines[-1:]}"])
        for line in lines:
            if line.startswith("SKIPPED ["):
                print(f"{name}: not done, {line}", flush=True)
    return _told(name, found) if found else True


FAULTS: dict[str, Fault] = {
    "disk full, filled by the notebook": _full_disk,
    "output folder read-only": faulty.read_only,
    "ledger locked for 3 seconds": lambda folder: faulty.locked_ledger(folder, seconds=3),
    "ledger locked for longer than a run waits": _locked_for_long,
}
"""Faults that need a place or a program of their own."""
