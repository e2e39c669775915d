"""Reports end to end, with their pages, against plain papermill and nbconvert on the same cores.

Each contender is a fresh process that gets the same notebooks with the same parameters and leaves
an executed notebook and an HTML page of each, two at a time:

- ours: ``tpm run --workers 2``;
- pool: a pool of two processes that call papermill and nbconvert's HTML exporter;
- commands: the command lines of papermill and nbconvert, two reports at a time.

All of their time counts, start and imports too. Each has run one report before it is measured, so
that all is compiled and no file is read from the disk for the first time. They take turns, each
time in a new workspace, and their mean times count: ours, much the shortest, comes before and
after each turn of another, so that a machine that grows faster or slower favours none. What else
the machine did meanwhile slows all of them; how busy it was before each is printed, and more than
half a core spoils the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

import nbformat

REPOSITORY = Path(__file__).parent.parent
REPORTS, WORKERS = 24, 2
NOTEBOOKS = (
    "velocity",
    "flow",
    "forecast",
    "risk",
    "resources",
    "schedule",
    "budget",
    "dependencies",
)
TEAMS = ("", "Ledger", "Platform", "Checkout", "Mobile", "Data")
DAYS = ("", "2025-03-31")
# Machines change their speed from minute to minute: contenders take turns, and their means count
ORDER = ("ours", "pool", "ours", "commands", "ours", "pool", "ours", "commands", "ours")
POOL_GOAL, COMMANDS_GOAL = 4.0, 7.0
PAGE_GOAL = 1_500_000
QUIET_LOAD = 0.5
MINUTE = 60.0


def run(arguments: Sequence[str]) -> int:
    """Measure all contenders in turn; 1 if a goal is missed."""
    options = _options(arguments)
    if options.contender:
        _contend(options.contender, Path(options.folder))
        return 0
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:WORKERS])
    times: dict[str, list[float]] = {contender: [] for contender in ORDER}
    with tempfile.TemporaryDirectory(prefix="tpm-benchmark-") as folder:
        for turn, contender in enumerate(ORDER):
            warm = bool(times[contender])
            for count in (options.reports,) if warm else (1, options.reports):
                cases = _cases(count, options.notebooks)
                space = _space(Path(folder) / f"{contender}{turn}-{count}", cases)
                load, seconds = _timed(contender, space)
            _check(contender, space, options.reports)
            times[contender].append(seconds)
            print(
                f"{contender:9} {options.reports / seconds * MINUTE:7.1f} reports a minute "
                f"({options.reports} in {seconds:.1f} s; {load:.1f} of a core was busy before)",
                flush=True,
            )
            if contender == "ours":
                pages = [path.stat().st_size for path in space.glob("reports/*/page.html")]
    taken = {contender: mean(seconds) for contender, seconds in times.items()}
    goals = (
        _goal("times the pool", taken["pool"] / taken["ours"], POOL_GOAL),
        _goal("times the command lines", taken["commands"] / taken["ours"], COMMANDS_GOAL),
        _goal("bytes in the largest page", max(pages), PAGE_GOAL, most=True),
    )
    return 0 if all(goals) else 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks reports")
    parser.add_argument("--reports", type=int, default=REPORTS, help="how many (default 24)")
    parser.add_argument(
        "--notebooks", nargs="+", default=NOTEBOOKS, metavar="NAME", help="which (default: all)"
    )
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _goal(what: str, value: float, goal: float, *, most: bool = False) -> bool:
    met = value < goal if most else value >= goal
    shown = f"{value:,.0f}" if most else f"{value:.2f}"
    bound = f"under {goal:,.0f}" if most else f"at least {goal:g}"
    print(f"{shown:>9} {what}; goal {bound}: {'met' if met else 'MISSED'}")
    return met


def _cases(count: int, notebooks: Sequence[str]) -> list[dict[str, str]]:
    every = [
        {"notebook": notebook, "team": team, "as_of": day}
        for day, team, notebook in product(DAYS, TEAMS, notebooks)
    ]
    return every[:count]


def _space(folder: Path, cases: list[dict[str, str]]) -> Path:
    """Make a workspace whose reports are the cases."""
    folder.mkdir()
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    shutil.copytree(REPOSITORY / "data", folder / "data")
    written = (REPOSITORY / "tpm.toml").read_text(encoding="utf-8")
    lines = [written[: written.index("[reports.")]]
    for number, case in enumerate(cases):
        lines.append(
            f'[reports.report{number}]\nnotebook = "{case["notebook"]}.ipynb"\n'
            f'parameters = {{ team = "{case["team"]}", as_of = "{case["as_of"]}" }}\n'
        )
    (folder / "tpm.toml").write_text("\n".join(lines), encoding="utf-8")
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    return folder


def _timed(contender: str, space: Path) -> tuple[float, float]:
    """Return how busy the machine was before, and how long the contender took."""
    load = _busy()
    python = [sys.executable, "-m"]
    command = (
        [*python, "tpm_analytics", "run", "--workspace", str(space), "--workers", str(WORKERS)]
        if contender == "ours"
        else [*python, "benchmarks", "reports", "--contender", contender, "--folder", str(space)]
    )
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "TPM_WORKSPACE": str(space),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        # Compiled by the run that is not measured, whatever the installation holds
        "PYTHONPYCACHEPREFIX": str(space.parent / "compiled"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run(
        command, env=environment, cwd=REPOSITORY, check=True, capture_output=True, timeout=3600
    )
    return load, time.perf_counter() - began


def _busy(seconds: float = 2.0) -> float:
    """Cores that others keep busy: those that would slow what is measured next."""
    try:
        first = _idle()
        time.sleep(seconds)
        idle = (_idle() - first) / os.sysconf("SC_CLK_TCK") / seconds
    except OSError:
        return 0.0
    return max((os.cpu_count() or 1) - idle, 0.0)


def _idle() -> int:
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    return int(fields[4]) + int(fields[5])


def _check(contender: str, space: Path, count: int) -> None:
    """See that each report left its page and a notebook that ran to its end with its charts."""
    pages = sorted(space.glob("reports/*/page.html" if contender == "ours" else "plain/*.html"))
    notebooks = sorted(
        space.glob("reports/*/notebook.ipynb" if contender == "ours" else "plain/*.ipynb")
    )
    assert len(pages) == len(notebooks) == count, f"{contender} left {len(pages)} pages"
    for path in notebooks:
        made = nbformat.read(path, 4)
        cells = [cell for cell in made.cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in cells), path
        shown = [output.get("data", {}) for cell in cells for output in cell.outputs]
        charts = [data for data in shown if any("vegalite" in mime for mime in data)]
        assert charts, path
        assert all(any(mime.startswith("image/") for mime in data) for data in charts), path


def _contend(contender: str, space: Path) -> None:
    (space / "plain").mkdir()
    cases = list(enumerate(json.loads((space / "cases.json").read_text(encoding="utf-8"))))
    os.chdir(space)
    if contender == "pool":
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
            list(pool.map(_by_calls, cases))
    else:
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(_by_commands, cases))


def _by_calls(numbered: tuple[int, dict[str, str]]) -> None:
    import papermill
    from nbconvert import HTMLExporter

    number, case = numbered
    target = Path(f"plain/{number}.ipynb")
    papermill.execute_notebook(
        f"notebooks/{case['notebook']}.ipynb",
        str(target),
        {"team": case["team"], "as_of": case["as_of"]},
        progress_bar=False,
    )
    page, _ = HTMLExporter().from_filename(str(target))
    target.with_suffix(".html").write_text(page, encoding="utf-8")


def _by_commands(numbered: tuple[int, dict[str, str]]) -> None:
    number, case = numbered
    target = f"plain/{number}.ipynb"
    python = [sys.executable, "-m"]
    given = ["-p", "team", case["team"], "-p", "as_of", case["as_of"]]
    source = f"notebooks/{case['notebook']}.ipynb"
    for command in (
        [*python, "papermill", "--no-progress-bar", source, target, *given],
        [*python, "nbconvert", "--to", "html", target],
    ):
        subprocess.run(command, check=True, capture_output=True)
