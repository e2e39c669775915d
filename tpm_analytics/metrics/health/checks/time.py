"""Checks of the day the program is seen from, against the days its data tells of."""

from __future__ import annotations

import pandas as pd

from tpm_analytics.calendars import day_of
from tpm_analytics.metrics.health.checks.check import Check, Found
from tpm_analytics.program import TABLES, Program

SILENT_DAYS = 14
LONE_DAYS = 90


def _set_aside(program: Program) -> Found:
    """Count the rows that the source delivered and that are not known yet on this day."""
    everything = program.latest.tables()
    later = {name: len(table) - len(program.tables()[name]) for name, table in everything.items()}
    dated = {name: count for name, count in later.items() if count > 0}
    labels = [f"{name} ({count:,} rows)" for name, count in dated.items()]
    total = sum(len(everything[name]) for name in dated)
    return Found(pd.Series(labels, dtype="str"), total, sum(dated.values()))


def _silent(program: Program) -> Found:
    last = program.latest.as_of
    days = (program.as_of - last).days
    labels = [f"last known day {last:%Y-%m-%d}, {days:,} days before"] * (days > SILENT_DAYS)
    return Found(pd.Series(labels, dtype="str"), 1)


def _lone_last_day(program: Program) -> Found:
    """Find a last day that stands alone: as a typing error in a year does."""
    if program.as_of < program.latest.as_of:
        return Found(pd.Series(dtype="str"), 0)
    days = pd.concat(_days(program)).drop_duplicates().sort_values(ignore_index=True)
    gaps = days.diff().dt.days
    lone = (gaps > LONE_DAYS) & (gaps.index == len(days) - 1)
    labels = [
        f"{day:%Y-%m-%d}, {gap:,.0f} days after the day before it"
        for day, gap in zip(days[lone], gaps[lone], strict=True)
    ]
    return Found(pd.Series(labels, dtype="str"), len(days))


def _days(program: Program) -> list[pd.Series]:
    found = []
    for name, table in program.tables().items():
        for column in TABLES[name].declared().values():
            if column.known is None or name == "people":
                continue
            values = table[column.name].dropna()
            in_days = day_of(values, program.time_zone) if column.dtype == "instant" else values
            found.append(in_days.drop_duplicates())
    return found


CHECKS = (
    Check(
        slug="dated-later",
        severity="note",
        table="every table",
        find=_set_aside,
        meaning="They are dated after the day the program is seen from, and were set aside.",
        remedy="Nothing, if an earlier day was asked for; else look for days in the future.",
    ),
    Check(
        slug="data-ends-early",
        severity="warning",
        table="every table",
        find=_silent,
        meaning="Nothing is known of the days before the one asked for: open items look older "
        "and throughput lower than they were.",
        remedy="Export again, or ask for the last day that the data knows.",
    ),
    Check(
        slug="last-day-alone",
        severity="warning",
        table="every table",
        find=_lone_last_day,
        meaning="The program is seen from a day far after all others, so that every age is "
        "counted up to it.",
        remedy="Mend that date if it is wrong, or give the day to see the program from.",
    ),
)
