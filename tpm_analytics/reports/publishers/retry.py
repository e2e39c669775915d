"""Try again what may pass: ever longer waits, spread by chance so that many do not come at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from tpm_analytics.errors import ReportError
from tpm_analytics.reports.publishers.parcel import TransientError

TRIES = 4
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 60.0


def retried(
    work: Callable[[], str],
    *,
    chance: Random,
    tries: int = TRIES,
    sleep: Callable[[float], None] | None = None,
) -> str:
    """Return what `work` returns, trying again after each `TransientError`.

    Parameters
    ----------
    work
        To be done; harmless to do twice.
    chance
        A seeded generator: a wait is between half of its length and all of it.
    tries
        How often at most.
    sleep
        Waits so many seconds.

    Raises
    ------
    ReportError
        If the last try failed too; other errors of `work` at once.

    Examples
    --------
    >>> answers = iter([TransientError("busy"), None])
    >>> def work():
    ...     if error := next(answers):
    ...         raise error
    ...     return "sent"
    >>> retried(work, chance=Random(1), sleep=lambda seconds: print(f"{seconds:.1f} s"))
    1.1 s
    'sent'
    """
    for attempt in range(1, tries + 1):
        try:
            return work()
        except TransientError as error:
            if attempt == tries:
                raise ReportError(f"{error}, {tries} times.") from error
            (sleep or time.sleep)(wait(attempt, chance, asked=error.wait_seconds))
    raise AssertionError


def wait(attempt: int, chance: Random, *, asked: float | None = None) -> float:
    """Return how many seconds to wait after the failure of try number `attempt`."""
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
    seconds = longest * (0.5 + 0.5 * chance.random())
    return min(LONGEST_WAIT_SECONDS, max(seconds, asked or 0.0))
