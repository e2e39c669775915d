"""All flow metrics of a million items, against the same answers by DuckDB.

Both sides start from the tables of a loaded program. DuckDB takes them over into tables of its own
in memory first, with items as numbers and statuses as enums, which its queries are fastest on; the
line of that stands first, and the ratio is told with it and without. From there on counted is
everything up to the answers, the stays in the statuses and other helping tables too, which each
side makes once. DuckDB works on two cores, ours on one. Every answer is compared. Making the
program, which reads start and finish of every item off its moves, is told beside.
"""

from __future__ import annotations

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import flow_history

ITEMS = 1_000_000
ROUNDS = 3
THREADS = 2
SECONDS_GOAL = 5.0
MEMORY_GOAL = 3 * 2**30
RATIO_GOAL = 4.0
_COPY = "(tables into DuckDB)"
# columns by which rows of an answer are told apart
_KEYS = (
    "item",
    "team",
    "group",
    "status",
    "from_status",
    "to_status",
    "reason",
    "kind",
    "period_on",
    "day_on",
    "from_on",
    "from_days",
    "place",
)

Answers = dict[str, pd.DataFrame]
Times = dict[str, float]


def run(arguments: Sequence[str]) -> int:
    """Measure both sides and compare their answers; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks flow")
    parser.add_argument("--items", type=int, default=ITEMS, help="items in the history")
    parser.add_argument("--measure", nargs=2, metavar=("SIDE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        side, file = options.measure
        Path(file).write_bytes(pickle.dumps(_SIDES[side](options.items)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        ours = _measured("ours", options.items, Path(folder))
        theirs = _measured("duckdb", options.items, Path(folder))
    unequal = [name for name, told in theirs["answers"].items() if not _same(ours, name, told)]
    return 0 if _told(ours, theirs, unequal) else 1


def _measured(side: str, items: int, folder: Path) -> dict[str, Any]:
    """Run one side in a process of its own, so that neither holds memory of the other's."""
    file = folder / f"{side}.pickle"
    command = [sys.executable, "-m", "benchmarks", "flow", "--items", str(items)]
    subprocess.run([*command, "--measure", side, str(file)], check=True)
    found: dict[str, Any] = pickle.loads(file.read_bytes())
    return found


def _told(ours: dict[str, Any], theirs: dict[str, Any], unequal: list[str]) -> bool:
    print(f"{ours['what']}, made in {ours['loading']:.1f} s (not counted)")
    print(f"{'':24}  ours [s]  DuckDB [s]")
    for name in dict.fromkeys([*ours["times"], *theirs["times"]]):
        pair = [side["times"].get(name) for side in (ours, theirs)]
        shown = ["" if took is None else f"{took:.3f}" for took in pair]
        print(f"{name:24}  {shown[0]:>8}  {shown[1]:>10}{'  DIFFERS' if name in unequal else ''}")
    seconds, reference = (sum(side["times"].values()) for side in (ours, theirs))
    answering = reference - theirs["times"][_COPY]
    goals = {
        f"time    {seconds:.2f} s, goal {SECONDS_GOAL:.0f} s": seconds <= SECONDS_GOAL,
        f"memory  {ours['peak'] / 2**30:.2f} GiB at most, the program's own tables too, goal "
        f"{MEMORY_GOAL / 2**30:.0f} GiB": ours["peak"] <= MEMORY_GOAL,
        f"ratio   DuckDB {reference:.2f} s by ours {seconds:.2f} s: {reference / seconds:.1f}, "
        f"goal {RATIO_GOAL:.0f}; once its "
        f"tables are filled {answering:.2f} s: {answering / seconds:.1f}": (
            reference / seconds >= RATIO_GOAL
        ),
        f"answers {len(theirs['answers']) - len(unequal)} of {len(theirs['answers'])} equal": (
            not unequal
        ),
    }
    print(
        f"processor time of all threads: ours {ours['busy']:.2f} s, DuckDB's answers "
        f"{theirs['busy']:.2f} s"
    )
    for told, met in goals.items():
        print(f"{told}   {'met' if met else 'MISSED'}")
    return all(goals.values())


def _same(ours: dict[str, Any], name: str, told: pd.DataFrame) -> bool:
    """Whether our answer has, in the columns of `told`, the same values in the same rows."""
    mine = ours["answers"][name]
    keys = [key for key in _KEYS if key in told.columns]
    left, right = (
        _plain(table[list(told.columns)]).sort_values(keys, ignore_index=True) if keys else table
        for table in (mine, _plain(told))
    )
    if len(left) != len(right):
        return False
    return all(_equal(left[column], right[column]) for column in told.columns)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Text, days and floats only, whatever types they came in."""
    return pd.DataFrame({name: _plain_column(table[name]) for name in table.columns})


def _plain_column(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    first = column.dropna().head(1)
    if len(first) and isinstance(first.iloc[0], Decimal):
        return column.astype("float64").to_numpy()
    if len(first) and not isinstance(first.iloc[0], str):
        return pd.to_datetime(column).to_numpy().astype("datetime64[s]")
    return column.astype("str").fillna("").to_numpy(dtype=object)


def _equal(left: pd.Series, right: pd.Series) -> bool:
    if left.dtype.kind == "f":
        return bool(np.allclose(left, right, rtol=1e-9, atol=1e-6, equal_nan=True))
    return bool((left.to_numpy() == right.to_numpy()).all())


def _best(work: Callable[[], tuple[Answers, Times]]) -> tuple[Answers, Times, float]:
    """Answers and times of the quickest round, and the least processor time of any."""
    rounds, busy = [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        rounds.append(work())
        busy.append(time.process_time() - began)
    return *min(rounds, key=lambda found: sum(found[1].values())), min(busy)


class _Clock:
    """Times of named steps."""

    def __init__(self) -> None:
        self.times: Times = {}

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = work()
        self.times[name] = time.perf_counter() - began
        return answer


def _ours(count: int) -> dict[str, Any]:
    began = time.perf_counter()
    program = flow_history.program(count)
    loading = time.perf_counter() - began
    Path("/proc/self/clear_refs").write_text("5")  # the most memory is counted from here on
    answers, times, busy = _best(lambda: _our_answers(program))
    peak = _peak()
    return {
        "what": f"{len(program.items):,} items, {len(program.transitions):,} transitions, "
        f"{len(program.blocks):,} blocks",
        "loading": loading,
        "times": times,
        "busy": busy,
        "peak": peak,
        "answers": _comparable(answers),
    }


def _peak() -> int:
    """Bytes this process held at most; Linux only."""
    status = Path("/proc/self/status").read_text()
    line = next(text for text in status.splitlines() if text.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _our_answers(program: Any) -> tuple[Answers, Times]:
    from tpm_analytics.metrics import (
        flow,
    )

    clock, until = _Clock(), program.as_of
    items = clock("leaves", lambda: flow.leaves(program.items))
    times = clock("cycle_time", lambda: flow.cycle_time(items))
    clock("thinned", lambda: flow.thinned(times))
    stays = clock("stays", lambda: flow.stays(program, items))
    efficiency = clock("efficiency", lambda: flow.efficiency(items, stays, program.blocks))
    found = clock("bottlenecks", lambda: flow.bottlenecks(stays, until=until))
    work: dict[str, Callable[[], pd.DataFrame]] = {
        "percentiles": lambda: flow.percentiles(times),
        "times_by_team": lambda: flow.times_by(times, by="team"),
        "times_by_kind": lambda: flow.times_by(times, by="kind"),
        "histogram": lambda: flow.histogram(times),
        "throughput": lambda: flow.throughput(items, until=until),
        "work_in_progress": lambda: flow.work_in_progress(items, until=until),
        "age": lambda: flow.age(items, until=until),
        "unmeasured": lambda: flow.unmeasured(items),
        "time_in_status": lambda: flow.time_in_status(stays),
        "paces": lambda: flow.paces(stays),
        "ageing": lambda: flow.ageing(items, stays, until=until),
        "team_efficiency": lambda: flow.team_efficiency(efficiency),
        "blocked_time": lambda: flow.blocked_time(program, items),
        "queues": lambda: flow.queues(stays, found, until=until),
        "handovers": lambda: flow.handovers(stays),
        "moves_back": lambda: flow.moves_back(stays),
        "arrivals_and_departures": lambda: flow.arrivals_and_departures(items, until=until),
        "distribution": lambda: flow.distribution(items, until=until),
        "cumulative_flow": lambda: flow.cumulative_flow(stays, until=until),
        "littles_law": lambda: flow.littles_law(items, until=until),
        "conventions": lambda: flow.conventions(program, items),
    }
    answers = {name: clock(name, one) for name, one in work.items()}
    answers |= {"cycle_time": times, "efficiency": efficiency, "bottlenecks": found}
    return answers, clock.times


def _comparable(answers: Answers) -> Answers:
    """Our answers with items as numbers, and with what SQL calls by another name."""
    told = {name: table.copy() for name, table in answers.items()}
    for name in ("cycle_time", "age", "ageing", "efficiency"):
        told[name]["item"] = told[name]["item_id"].str.removeprefix("A-").astype("int64")
    told["conventions"]["place"] = np.arange(len(told["conventions"]))
    reasons = told["unmeasured"]
    counts = dict(zip(reasons["reason"], reasons["items"], strict=True))
    told["unmeasured"] = pd.DataFrame(
        {
            "unstarted": [counts.get("because no move to an active status is known", 0)],
            "turned": [counts.get("because they finished before they started", 0)],
        }
    )
    return told


def _duckdb(count: int) -> dict[str, Any]:
    clock = _Clock()
    base = _loaded(flow_history.program(count), clock)
    answers, times, busy = _best(lambda: _their_answers(base))
    return {"times": clock.times | times, "busy": busy, "answers": answers}


def _loaded(program: Any, clock: _Clock) -> Any:
    """Our tables in DuckDB: items as numbers, names as enums, statuses in their order."""
    import duckdb

    base = duckdb.connect(config={"threads": min(THREADS, os.cpu_count() or 1)})
    base.execute("SET TimeZone = 'UTC'")
    clock(_COPY, lambda: _fill(base, program))
    return base


def _fill(base: Any, program: Any) -> None:
    stages = program.workflow.stages
    base.execute(f"CREATE TYPE status AS ENUM ({', '.join(map(repr, stages))})")
    base.execute("CREATE TABLE statuses (status status, stage VARCHAR)")
    base.executemany("INSERT INTO statuses VALUES (?, ?)", [list(pair) for pair in stages.items()])
    for name in ("kind", "team"):
        names = program.items[name].cat.categories
        base.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(map(repr, names))})")
    number = program.transitions["item_id"].cat.codes.to_numpy()
    moves = program.transitions.assign(item=number).drop(columns="item_id")
    items = program.items.assign(item=np.arange(len(program.items), dtype=np.int32))
    blocks = program.blocks.assign(
        item=program.blocks["item_id"].str.removeprefix("A-").astype("int32")
    )
    named = "kind::VARCHAR::kind AS kind, team::VARCHAR::team AS team, status::VARCHAR::status"
    days = ", ".join(f"{name}_on::DATE AS {name}_on" for name in ("created", "started", "finished"))
    moments = "created_at, started_at, finished_at"
    for table, source, columns in (
        ("items", items, f"item, item_id, title, {named} AS status, {moments}, {days}, points"),
        (
            "transitions",
            moves,
            'item, "at" AS moved_at, from_status::VARCHAR::status AS from_status, '
            "to_status::VARCHAR::status AS to_status",
        ),
        ("blocks", blocks, "item, blocked_at, unblocked_at, reason"),
    ):
        base.register("given", source)
        base.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM given")
        base.unregister("given")


def _their_answers(base: Any) -> tuple[Answers, Times]:
    from benchmarks import flow_sql
    from tpm_analytics import calendars

    clock = _Clock()
    until = pd.Timestamp(flow_history.AS_OF)
    now = calendars.end_of(until, flow_history.ZONE) + pd.Timedelta(1, "us")
    filled = {"until": flow_history.AS_OF, "zone": flow_history.ZONE, "now": f"{now:%F %T}+00"}
    for name, statement in flow_sql.PREPARED.items():
        clock(name, lambda sql=statement: base.execute(sql.format(**filled)))
    answers: Answers = {}
    for name, statement in flow_sql.QUERIES.items():
        sql = statement.format(**filled, worst=_worst(answers))
        # Arrow is what DuckDB hands over fastest; the table for comparing is not counted
        handed = clock(name, lambda sql=sql: base.sql(sql).to_arrow_table())
        answers[name] = handed.to_pandas()
    return answers, clock.times


def _worst(answers: Answers) -> str:
    if "bottlenecks" not in answers:
        return ""
    found = answers["bottlenecks"].sort_values(["held_up", "mean_items"], ascending=False)
    return str(found["status"].iloc[0])


_SIDES = {"ours": _ours, "duckdb": _duckdb}
