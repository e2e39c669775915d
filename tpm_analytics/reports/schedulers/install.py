"""`tpm run --due` in the machine's own scheduler: cron, or systemd for the user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from tpm_analytics.reports.schedulers import crontab, units
from tpm_analytics.reports.schedulers.job import Job, SchedulerError

Into = Literal["cron", "systemd"]


@dataclass(frozen=True, kw_only=True)
class Scheduler:
    """What a scheduler of the machine can be asked."""

    is_there: Callable[[], bool]
    install: Callable[[Job], str]
    uninstall: Callable[[Job], bool]
    shown: Callable[[Job], str | None]


SCHEDULERS: Mapping[Into, Scheduler] = {
    "cron": Scheduler(
        is_there=crontab.is_there,
        install=crontab.install,
        uninstall=crontab.uninstall,
        shown=crontab.shown,
    ),
    "systemd": Scheduler(
        is_there=units.is_there,
        install=units.install,
        uninstall=units.uninstall,
        shown=units.shown,
    ),
}


def install(job: Job, *, into: str | None = None) -> tuple[Into, str]:
    """Let a scheduler of this machine run `job`; returns which, and what was written.

    To install again changes what was written and adds nothing. Where `job` is in the other
    scheduler already, it moves: both would wake, one of them for nothing.

    Raises
    ------
    SchedulerError
        If there is no scheduler, not the one asked for, or it refuses.
    """
    chosen = _chosen(into)
    written = SCHEDULERS[chosen].install(job)
    uninstall(job, keep=chosen)
    return chosen, written


def uninstall(job: Job, *, keep: Into | None = None) -> list[Into]:
    """Take `job` out of every scheduler but `keep`; returns those that had it."""
    return [
        name
        for name, scheduler in SCHEDULERS.items()
        if name != keep and scheduler.is_there() and scheduler.uninstall(job)
    ]


def shown(job: Job) -> dict[Into, str]:
    """Return what is installed of `job`, by scheduler, as it stands."""
    found = {
        name: scheduler.shown(job) for name, scheduler in SCHEDULERS.items() if scheduler.is_there()
    }
    return {name: text for name, text in found.items() if text}


def _chosen(into: str | None) -> Into:
    if into is not None and into not in get_args(Into):
        raise SchedulerError(
            f"{into} is no scheduler that is known.", hint="use --into cron or --into systemd"
        )
    candidates = [name for name in SCHEDULERS if into in (None, name)]
    found = next((name for name in candidates if SCHEDULERS[name].is_there()), None)
    if found is None:
        looked_for = " nor ".join(candidates)
        raise SchedulerError(
            f"This machine has no {looked_for} that you may use.",
            hint="leave tpm schedule running, or let another scheduler call tpm run --due",
        )
    return found
