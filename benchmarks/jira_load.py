"""A large Jira export, from file to checked tables and cycle times, against orjson alone.

The reference parses the same bytes and does nothing else: `orjson.loads` of the whole document, or
of one line after the other, with the garbage collector off because ours runs with it off too.
Time is that of the processor, in a single thread on both sides, so that other work on the machine
does not count. Memory is the most that the process ever held, less what it held when Python and the
imports were ready.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks import jira_export

ISSUES = 100_000
ROUNDS = 3
MEBIBYTE = 2**20
TIME_GOAL = 6.0
MEMORY_GOALS = {"JSON": 8.0, "JSON Lines": 3.0}


@dataclass(frozen=True)
class Measured:
    """Time and memory that one way of reading a file needs, the best of its rounds."""

    seconds: float
    peak_bytes: float
    result: str


def run(arguments: Sequence[str]) -> int:
    """Measure both shapes of export; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks jira_load")
    parser.add_argument("--issues", type=int, default=ISSUES, help="issues in the export")
    parser.add_argument("--measure", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        way, file = options.measure
        print(json.dumps(_measure_here(WAYS[way], Path(file))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        print(f"writing {options.issues:,} issues ...", flush=True)
        files = jira_export.write(Path(folder), options.issues)
        met = [_compare(shape, file) for shape, file in files.items()]
    return 0 if all(met) else 1


def _compare(shape: str, file: Path) -> bool:
    size = file.stat().st_size
    reference = _measure("orjson lines" if shape == "JSON Lines" else "orjson document", file)
    ours = _measure("ours", file)
    slower, larger = ours.seconds / reference.seconds, ours.peak_bytes / size
    goal = MEMORY_GOALS[shape]
    print(f"{shape}, {size / MEBIBYTE:,.0f} MiB: {ours.result}")
    print(
        f"  time    ours {ours.seconds:6.2f} s   orjson alone {reference.seconds:6.2f} s   "
        f"ratio {slower:4.2f}   goal {TIME_GOAL:.0f}   {_verdict(slower, TIME_GOAL)}"
    )
    print(
        f"  memory  ours {ours.peak_bytes / MEBIBYTE:,.0f} MiB   orjson alone "
        f"{reference.peak_bytes / MEBIBYTE:,.0f} MiB   ours by file size {larger:4.2f}   "
        f"goal {goal:.0f}   {_verdict(larger, goal)}",
        flush=True,
    )
    return slower <= TIME_GOAL and larger <= goal


def _verdict(ratio: float, goal: float) -> str:
    return "met" if ratio <= goal else "MISSED"


def _measure(way: str, file: Path) -> Measured:
    """Least time and least memory of some rounds, each in a process of its own."""
    command = [sys.executable, "-m", "benchmarks", "jira_load", "--measure", way, str(file)]
    rounds = [
        Measured(**json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        for _ in range(ROUNDS)
    ]
    return Measured(
        seconds=min(one.seconds for one in rounds),
        peak_bytes=min(one.peak_bytes for one in rounds),
        result=rounds[0].result,
    )


def _measure_here(way: Callable[[], Callable[[Path], str]], file: Path) -> dict[str, object]:
    """Run one way in this process: imports first, so that neither they nor Python itself count."""
    work = way()
    before = _memory("VmRSS")
    began = time.process_time()
    result = work(file)
    seconds = time.process_time() - began
    return {"seconds": seconds, "peak_bytes": _memory("VmHWM") - before, "result": result}


def _memory(line: str) -> int:
    """Bytes of memory this process holds (``VmRSS``) or held at most (``VmHWM``); Linux only."""
    status = Path("/proc/self/status").read_text()
    found = next(text for text in status.splitlines() if text.startswith(f"{line}:"))
    return int(found.split()[1]) * 1024


def _ours() -> Callable[[Path], str]:
    from tpm_analytics.metrics.flow import cycle_time
    from tpm_analytics.sources import load

    def work(file: Path) -> str:
        program = load(f"jira:{file}")
        times = cycle_time(program.items)
        return (
            f"{len(program.items):,} items, {len(program.transitions):,} transitions, "
            f"{len(program.sprint_scope):,} sprint entries, {len(times):,} cycle times"
        )

    return work


def _orjson_document() -> Callable[[Path], str]:
    def work(file: Path) -> str:
        gc.disable()
        return f"{len(orjson.loads(file.read_bytes()))} keys"

    return work


def _orjson_lines() -> Callable[[Path], str]:
    def work(file: Path) -> str:
        gc.disable()
        with file.open("rb") as lines:
            return f"{sum(1 for line in lines if orjson.loads(line))} lines"

    return work


WAYS = {"ours": _ours, "orjson document": _orjson_document, "orjson lines": _orjson_lines}
