"""How often forecasts of real teams held: every four weeks of their past, nothing known ahead.

The references are what teams do without a model: twice what the last two weeks brought, and days
drawn from a fixed window of the last 13 weeks. Coverage is by the randomised probability integral
transform, because counts are whole; the plain share of promises that held stands beside it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from benchmarks import series
from tpm_analytics.models import convolution, scoring
from tpm_analytics.models.forecasting import Outlook, past_outlooks
from tpm_analytics.models.views import STRETCH, YEAR

PLACE = "TPM_BENCHMARK_DATA"
DEFAULT = Path(__file__).parents[2] / "shared" / "data"
# Below an item a month nobody forecasts, and a loss relative to the year says nothing
LEAST_YEARLY = 12
LAST_SPRINT = 10
WINDOW = 65

LEAST_FORECASTS = 1000
COVERED = {0.5: (0.48, 0.52), 0.85: (0.83, 0.87)}
SERIES_COVERED = (0.75, 0.95)
SERIES_FORECASTS = 40
SERIES_SHARE = 0.8
LOSS_BELOW = 0.14
# Working days of the spans that --spans looks at beside the four weeks
SPANS = (10, 20, 40, 60, 120)
SPANS_EVERY = 3


@dataclass(frozen=True)
class Scores:
    """Scored forecasts, an entry each."""

    data_set: np.ndarray
    series: np.ndarray
    below: np.ndarray
    up_to: np.ndarray
    held: np.ndarray
    loss: np.ndarray
    window_loss: np.ndarray
    sprint_loss: np.ndarray

    def where(self, chosen: np.ndarray) -> Scores:
        """Only the chosen forecasts."""
        return Scores(**{name: values[chosen] for name, values in vars(self).items()})

    def coverage(self, share: float) -> float:
        """Share of the promises that held, freed from the wholeness of counts."""
        return scoring.coverage(self.below, self.up_to, share)

    @property
    def below_naive(self) -> float:
        """By how much the loss lies below that of the better naive forecast."""
        naive = min(self.window_loss.mean(), self.sprint_loss.mean())
        return float(1 - self.loss.mean() / naive) if naive else float("nan")

    def series_coverage(self) -> np.ndarray:
        """Coverage at 85 % of each series with enough forecasts."""
        names = _named(self)
        each = (self.where(names == one) for one in np.unique(names))
        return np.array([one.coverage(0.85) for one in each if len(one.loss) >= SERIES_FORECASTS])


def run(arguments: Sequence[str]) -> int:
    """Print coverage and loss by data set; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks calibration")
    place = Path(os.environ.get(PLACE, DEFAULT))
    parser.add_argument(
        "--data", type=Path, default=place, help=f"folder of data sets, or ${PLACE}"
    )
    parser.add_argument(
        "--finished", type=Path, help="instead: a CSV with series and finished_on of each item"
    )
    parser.add_argument("--spans", action="store_true", help="also spans of 2 to 24 weeks")
    parser.add_argument("--by-series", action="store_true", help="also a line per series")
    options = parser.parse_args(arguments)
    known = (
        series.read_file(options.finished) if options.finished else series.read_all(options.data)
    )
    if not known:
        print(f"No data set is in {options.data}; there should be: {', '.join(series.DATA_SETS)}")
        return 2
    scores = _scored(_score(key, history) for key, history in known.items())
    if not len(scores.loss):
        print(f"No series has a year with {LEAST_YEARLY} items or more, and four weeks after it.")
        return 2
    _print_table(scores, by_series=options.by_series)
    if options.spans:
        _print_spans(known)
    return 0 if _goals_met(scores) else 1


def _score(
    key: tuple[str, str], history: np.ndarray, span: int = STRETCH, every: int = 1
) -> Iterator[tuple[object, ...]]:
    """Score each past forecast of a series for which a year is known."""
    for number, (origin, outlook) in enumerate(past_outlooks(history)):
        year = history[max(0, origin - YEAR) : origin]
        known = len(year) == YEAR and year.sum() >= LEAST_YEARLY
        if known and number % every == 0 and origin + span <= len(history):
            outcome = int(history[origin : origin + span].sum())
            usual = span * year.mean()
            yield (*key, *_scores(outlook, history[:origin], span, outcome, usual))


def _scores(
    outlook: Outlook, past: np.ndarray, span: int, outcome: int, usual: float
) -> Iterator[object]:
    cumulative = np.cumsum(outlook.total(span))
    promise = scoring.promised(cumulative)
    window = scoring.promised(
        np.cumsum(convolution.total(convolution.observed(past[-WINDOW:]), span))
    )
    sprint = np.full(len(scoring.SHARES), past[-LAST_SPRINT:].mean() * span)
    yield from scoring.place(cumulative, outcome)
    yield outcome >= promise
    for told in (promise, window, sprint):
        yield scoring.pinball(told, outcome).mean() / usual


def _scored(rows: Iterable[Iterator[tuple[object, ...]]]) -> Scores:
    columns = list(zip(*(row for one in rows for row in one), strict=True))
    return Scores(*(np.array(column) for column in columns or [()] * len(fields(Scores))))


def _print_table(scores: Scores, *, by_series: bool) -> None:
    print(
        f"{'':34} series forecasts | covered at 50 %, 70 %, 85 %, 95 % | plain 50 %, 85 % |"
        " loss, of 13 weeks, of last sprint, below the better\n"
        f"{'four weeks ahead':34}"
    )
    for name in np.unique(scores.data_set):
        of_set = scores.where(scores.data_set == name)
        _print_line(name, of_set)
        if by_series:
            for one in np.unique(of_set.series):
                _print_line(f"  {one}", of_set.where(of_set.series == one))
    names = np.unique(_named(scores))
    chosen = np.isin(_named(scores), names[::2])
    _print_line("every other series: chosen on", scores.where(chosen))
    _print_line("the others: held out", scores.where(~chosen))
    _print_line("all", scores)


def _named(scores: Scores) -> np.ndarray:
    return np.char.add(np.char.add(scores.data_set, "/"), scores.series)


def _print_line(name: str, scores: Scores) -> None:
    if not len(scores.loss):
        return
    covered = " ".join(f"{scores.coverage(share):7.1%}" for share in scoring.SHARES)
    print(
        f"{name:34} {len(np.unique(_named(scores))):6} {len(scores.loss):9,} | {covered}   | "
        f"{scores.held[:, 0].mean():7.1%} {scores.held[:, 2].mean():7.1%}  | "
        f"{scores.loss.mean():5.3f} {scores.window_loss.mean():12.3f} "
        f"{scores.sprint_loss.mean():16.3f} {scores.below_naive:17.1%}",
        flush=True,
    )


def _print_spans(known: series.Series) -> None:
    """The law for other spans than the one it learns from; outcomes may share days."""
    for span in SPANS:
        scored = _scored(_score(key, past, span, SPANS_EVERY) for key, past in known.items())
        _print_line(f"{span // 5} weeks ahead", scored)


def _goals_met(scores: Scores) -> bool:
    each = scores.series_coverage()
    low, high = SERIES_COVERED
    inside = float(((each >= low) & (each <= high)).mean()) if len(each) else 0.0
    goals = [
        (
            f"{len(scores.loss):,} forecasts, goal {LEAST_FORECASTS:,}",
            len(scores.loss) >= LEAST_FORECASTS,
        ),
        *(
            (
                f"{scores.coverage(share):.1%} covered at {share:.0%}, "
                f"goal {least:.0%} to {most:.0%}",
                least <= scores.coverage(share) <= most,
            )
            for share, (least, most) in COVERED.items()
        ),
        (
            f"{inside:.0%} of {len(each)} series with {SERIES_FORECASTS} forecasts are covered in "
            f"{low:.0%} to {high:.0%} at 85 %, goal {SERIES_SHARE:.0%}",
            inside >= SERIES_SHARE,
        ),
        (
            f"loss {scores.below_naive:.1%} below the better naive forecast, goal {LOSS_BELOW:.0%}",
            scores.below_naive >= LOSS_BELOW,
        ),
    ]
    for text, met in goals:
        print(f"{'met   ' if met else 'MISSED'}  {text}")
    return all(met for _, met in goals)
