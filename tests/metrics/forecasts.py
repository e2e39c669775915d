"""Small programs whose forecasts can be worked out by hand."""

import pandas as pd

from tpm_analytics import Program
from tpm_analytics.metrics import forecast

# a Monday
FIRST = pd.Timestamp("2025-01-06")


def steady(days=60, *, team="core", open_items=4, a_day=1, **columns):
    """A team that finishes so many items each working day, and has some left."""
    on = [day for day in pd.bdate_range(FIRST, periods=days) for _ in range(a_day)]
    moments = [day.tz_localize("UTC") + pd.Timedelta(hours=12) for day in on]
    count = len(on) + open_items
    return pd.DataFrame(
        {
            "item_id": [f"{team}-{number}" for number in range(count)],
            "team": team,
            "created_at": FIRST.tz_localize("UTC") - pd.Timedelta(days=30),
            "started_at": [*moments, *[None] * open_items],
            "finished_at": [*moments, *[None] * open_items],
            **columns,
        }
    )


def program_of(*items, **tables):
    return Program.from_tables({"items": pd.concat(items, ignore_index=True), **tables})


def asked(program, *, of="", measure="items"):
    """What every forecast needs: pace, what is left, and the calendar."""
    until, items = program.as_of, program.items
    span = forecast.from_first_to_last(items, until=until)
    calendar = forecast.working_days(program.people, program.absences, during=span)
    left = forecast.remaining(forecast.work(items, of=of), until=until, measure=measure)
    pace = forecast.pace(items, calendar, of=of, until=until, measure=measure)
    return pace, left, calendar
