"""Speed of forecasts: exact curves and rolling-origin records, against Monte Carlo in NumPy.

Time is that of the processor, the least of some rounds, so that other work on the machine does not
count. The histories are invented: about an item a working day, in bursts, ten years of it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from tpm_analytics.models import convolution
from tpm_analytics.models.forecasting import learn, track_record
from tpm_analytics.models.views import STRETCH, YEAR

ITEMS = 1000
FORECASTS = 1000
TRIALS = 10_000
ROUNDS = 3
SEED = 7
YEARS = 10
WINDOW = 65
CURVE_GOAL = 0.050
RECORD_GOAL = 5.0
# Monte Carlo of 10,000 trials is off by no more than this, in 9,999 of 10,000 tries
MONTE_CARLO_ERROR = 0.02

Answer = TypeVar("Answer")


def run(arguments: Sequence[str]) -> int:
    """Measure curve and record; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks forecast")
    parser.add_argument("--items", type=int, default=ITEMS, help="items ahead")
    parser.add_argument("--forecasts", type=int, default=FORECASTS, help="past forecasts")
    options = parser.parse_args(arguments)
    met = [_curves(options.items), _records(options.forecasts)]
    return 0 if all(met) else 1


def _curves(items: int) -> bool:
    """Chance for each day that so many items are done: ours learned, ours plain, and drawn."""
    history = _history(SEED)
    outlook = learn(history)
    window = history[-WINDOW:]
    days = int(1.6 * items / history[-YEAR:].mean())
    day = convolution.observed(window)
    learned, _ = _least(lambda: outlook.finished_within(items, days))
    plain, exact = _least(
        lambda: convolution.finished_within([day], np.zeros(days, dtype=np.int64), items)
    )
    drawn, trials = _least(lambda: _drawn_curve(window, items, days))
    apart = float(np.abs(exact - trials).max())
    print(f"curve of {days:,} days for {items:,} items ahead")
    print(
        f"  learned, exact {learned * 1000:7.1f} ms   goal {CURVE_GOAL * 1000:.0f} ms   "
        f"{_verdict(learned <= CURVE_GOAL)}"
    )
    print(
        f"  days of 13 weeks, exact {plain * 1000:7.1f} ms   Monte Carlo of {TRIALS:,} trials "
        f"{drawn * 1000:,.0f} ms   ratio {drawn / plain:.0f}   "
        f"they differ by {apart:.3f} at most, goal {MONTE_CARLO_ERROR}"
    )
    return max(learned, plain) <= CURVE_GOAL and apart <= MONTE_CARLO_ERROR


def _records(forecasts: int) -> bool:
    """Forecasts at past days with all that is learned, and one window drawn at as many days."""
    each = track_record(_history(SEED)).count
    histories = [_history(SEED + number) for number in range(-(-forecasts // each))]
    ours, records = _least(lambda: [track_record(history) for history in histories])
    done = sum(record.count for record in records)
    drawn, _ = _least(lambda: [_drawn_totals(history) for history in histories])
    seconds = ours * forecasts / done
    print(f"{forecasts:,} rolling-origin forecasts of four weeks")
    print(
        f"  five views, weighed and corrected {seconds:.2f} s   "
        f"Monte Carlo of one window, {TRIALS:,} trials {drawn * forecasts / done:.2f} s   "
        f"ratio {drawn / ours:.1f}   goal {RECORD_GOAL:.0f} s   {_verdict(seconds <= RECORD_GOAL)}"
    )
    return seconds <= RECORD_GOAL


def _history(seed: int) -> np.ndarray:
    days: np.ndarray = np.random.default_rng(seed).negative_binomial(0.5, 0.33, YEARS * YEAR)
    return days


def _drawn_curve(window: np.ndarray, items: int, days: int) -> np.ndarray:
    """The same curve from trials, a day at a time for all trials at once."""
    draw = np.random.default_rng(SEED)
    total = np.zeros(TRIALS, dtype=np.int64)
    chance = np.zeros(days + 1)
    for day in range(1, days + 1):
        total += draw.choice(window, TRIALS)
        chance[day] = (total >= items).mean()
    return chance


def _drawn_totals(history: np.ndarray) -> np.ndarray:
    """Four weeks from trials at each past day that `track_record` forecasts from."""
    draw = np.random.default_rng(SEED)
    origins = _origins(history)
    return np.array(
        [
            np.percentile(
                draw.choice(history[max(0, day - WINDOW) : day], (TRIALS, STRETCH)).sum(axis=1),
                [5, 15, 30, 50],
            )
            for day in origins
        ]
    )


def _origins(history: np.ndarray) -> range:
    """Every four weeks, as `track_record` goes."""
    return range(3 * STRETCH + len(history) % STRETCH, len(history) - STRETCH + 1, STRETCH)


def _least(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Least processor time of some rounds, and the answer."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        answer = work()
        best = min(best, time.process_time() - began)
    return best, answer


def _verdict(met: bool) -> str:  # noqa: FBT001
    return "met" if met else "MISSED"
