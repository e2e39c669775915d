"""Whether several teams keep their promises at once as often as is said.

Groups of teams are drawn from each data set of the benchmark `calibration`. At each past month of
each team four weeks' work is promised at 50, 70, 85 or 95 %, and the chance is told that all of
them keep theirs: as if they were independent, and with the luck in common that the months before
showed. Both are held against what came by the Brier score.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import calibration, series
from tpm_analytics.models import luck, scoring
from tpm_analytics.models.forecasting import past_outlooks
from tpm_analytics.models.views import STRETCH, YEAR

SIZES = (2, 3, 5, 8)
GROUPS = 40
SEED = 3
# Months of history without which nothing is known of common luck
LEAST_MONTHS = 6
# Fewer forecasts of a group size say nothing of which way is better
LEAST_FORECASTS = 100


@dataclass(frozen=True)
class Past:
    """One team's months, the last one first: where outcomes lay, what was sure, what was kept."""

    below: np.ndarray
    up_to: np.ndarray
    sure: np.ndarray
    kept: np.ndarray
    usable: np.ndarray


def run(arguments: Sequence[str]) -> int:
    """Print both ways by group size; return 1 if common luck does worse on the held-out half."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks together")
    place = Path(os.environ.get(calibration.PLACE, calibration.DEFAULT))
    parser.add_argument("--data", type=Path, default=place, help="folder of data sets")
    options = parser.parse_args(arguments)
    known = series.read_all(options.data)
    if not known:
        print(f"No data set is in {options.data}; there should be: {', '.join(series.DATA_SETS)}")
        return 2
    pasts = {name: _past(history) for name, history in known.items()}
    names = sorted(pasts)
    halves = {"chosen on": names[::2], "held out": names[1::2]}
    print("all keep theirs at 50, 70, 85, 95 %  |  Brier score independent, common luck")
    worse = []
    for half, members in halves.items():
        for size in SIZES:
            told = _asked({name: pasts[name] for name in members}, size)
            if len(told.kept) < LEAST_FORECASTS:
                continue
            alone, common = (_brier(chances, told.kept) for chances in (told.alone, told.common))
            print(
                f"{half:10} groups of {size}, {len(told.kept):5,} forecasts: "
                f"came {_shares(told.kept)}, independent {_shares(told.alone)}, "
                f"common luck {_shares(told.common)}  |  {alone:.4f}, {common:.4f}"
            )
            worse += [size] if half == "held out" and common > alone else []
    print(f"{'MISSED' if worse else 'met   '}  common luck is no worse on the held-out half")
    return 1 if worse else 0


def _past(history: np.ndarray) -> Past:
    rows = []
    for origin, outlook in past_outlooks(history):
        year = history[max(0, origin - YEAR) : origin]
        cumulative = np.cumsum(outlook.total(STRETCH))
        outcome = int(history[origin : origin + STRETCH].sum())
        promise = scoring.promised(cumulative)
        sure = 1 - np.where(promise > 0, cumulative[np.maximum(promise - 1, 0)], 0.0)
        usable = len(year) == YEAR and year.sum() >= calibration.LEAST_YEARLY
        month = (len(history) - origin) // STRETCH - 1
        rows.append((month, *scoring.place(cumulative, outcome), sure, outcome >= promise, usable))
    months = 1 + max((row[0] for row in rows), default=-1)
    below, up_to = np.full((2, months), np.nan)
    sure, kept = np.full((2, months, len(scoring.SHARES)), np.nan)
    usable = np.zeros(months, dtype=bool)
    for month, low, high, chance, held, enough in rows:
        below[month], up_to[month], usable[month] = low, high, enough
        sure[month], kept[month] = chance, held
    return Past(below, up_to, sure, kept, usable)


@dataclass(frozen=True)
class Told:
    """Chances that all keep theirs in both ways, and whether they did: a row per forecast."""

    alone: np.ndarray
    common: np.ndarray
    kept: np.ndarray


def _asked(pasts: dict[tuple[str, str], Past], size: int) -> Told:
    draw = np.random.default_rng(SEED)
    rows = []
    for data_set in sorted({name[0] for name in pasts}):
        members = [name for name in pasts if name[0] == data_set]
        if len(members) < size:
            continue
        for _ in range(GROUPS if len(members) > size else 1):
            chosen = draw.choice(len(members), size, replace=False)
            rows += _of_group([pasts[members[place]] for place in chosen])
    columns = list(zip(*rows, strict=True)) or [()] * 3
    return Told(*(np.array(column).reshape(-1, len(scoring.SHARES)) for column in columns))


def _of_group(group: list[Past]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Both chances and what came, for each month in which all of the group could be forecast."""
    months = max(len(one.below) for one in group)
    lucks = np.full((len(group), months), np.nan)
    for row, one in enumerate(group):
        lucks[row, : len(one.below)] = luck.as_numbers(one.below, one.up_to)
    rows = []
    for month in range(min(len(one.below) for one in group)):
        before = lucks[:, month + 1 :]
        if not all(one.usable[month] for one in group):
            continue
        enough = (~np.isnan(before)).sum() >= LEAST_MONTHS * len(group)
        common = luck.alike(before)[1] if enough else 0.0
        sure = [one.sure[month] for one in group]
        kept = np.prod([one.kept[month] for one in group], axis=0)
        rows.append((luck.all_reach(sure, 0.0), luck.all_reach(sure, common), kept))
    return rows


def _brier(chances: np.ndarray, kept: np.ndarray) -> float:
    return float(((chances - kept) ** 2).mean())


def _shares(chances: np.ndarray) -> str:
    return " ".join(f"{mean:.0%}" for mean in chances.mean(axis=0))
