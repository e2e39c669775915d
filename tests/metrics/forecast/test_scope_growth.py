"""Work that grows while it is done."""

import numpy as np
import pandas as pd
import pytest

from tests.metrics.forecasts import FIRST, asked, program_of, steady
from tpm_analytics import ParameterError
from tpm_analytics.metrics import forecast

DAY = pd.Timedelta(days=1)


def growing(a_week, *, weeks=24, open_items=20):
    """One item finished each working day; so many added each week, some of them finished."""
    items = steady(weeks * 5, open_items=open_items)
    mondays = [FIRST + 7 * n * DAY for n in range(weeks) for _ in range(a_week)]
    created = items["created_at"].tolist()
    created[: len(mondays)] = [day.tz_localize("UTC") for day in mondays]
    return program_of(items.assign(created_at=created, started_at=None))


def test_growth_is_what_was_created_and_finished_in_a_week():
    program = growing(2)
    # the last day is a Friday, so the week it lies in has not ended
    told = forecast.growth(program.items, until=program.as_of, last=4)
    assert told["added"].tolist() == [2.0] * 4
    assert told["finished"].tolist() == [5.0] * 4
    rates = forecast.growth_rates(told)
    assert rates["ratio"].tolist() == [0.4, 0.4]
    with pytest.raises(ParameterError, match="Growth over 0 weeks"):
        forecast.growth(program.items, until=program.as_of, last=0)


def test_a_week_before_the_first_item_is_no_quiet_week():
    program = growing(0)
    told = forecast.growth(program.items, until=program.as_of, last=1000)
    assert told["period_on"].min() >= program.items["created_on"].min() - 6 * DAY


def even(program, seed=0):
    pace, left, calendar = asked(program)
    growth = forecast.growth(program.items, until=program.as_of)
    told = forecast.when_growing(pace, growth, left, calendar, seed=seed)
    plain = forecast.finish_days(forecast.when(pace, left, calendar))
    return (
        told,
        forecast.day_for(forecast.finish_days(told), share=0.5),
        forecast.day_for(plain, share=0.5),
    )


def test_work_that_grows_is_done_later_as_arithmetic_says():
    # 5 finished and 2 added a week: 20 items shrink by 3 a week, about 6 or 7 weeks
    program = growing(2)
    _, day, plain = even(program)
    assert 5 * 7 <= (day - program.as_of).days <= 9 * 7
    assert day > plain


def test_without_growth_it_is_the_exact_answer_told_by_the_week():
    _, day, plain = even(growing(0))
    assert 0 <= (day - plain).days <= 7


def test_work_that_grows_as_fast_as_it_is_done_never_ends():
    told, day, _ = even(growing(5))
    assert pd.isna(day)
    assert told["chance"].iloc[-1] < 0.5


def test_the_same_seed_gives_the_same_and_another_nearly_so():
    program = growing(2)
    first, again, other = (even(program, seed)[0]["chance"] for seed in (1, 1, 2))
    assert first.equals(again)
    assert float(np.abs(first - other).max()) < 0.03


def test_parts_are_counted_and_those_that_came_later():
    items = pd.DataFrame(
        {
            "item_id": ["E-1", "A-1", "A-2", "A-3", "E-2", "B-1"],
            "kind": ["Epic", "Story", "Story", "Story", "Epic", "Story"],
            "parent_id": [None, "E-1", "E-1", "E-1", None, "E-2"],
            "created_at": ["2025-03-03T09:00Z"] * 3
            + ["2025-03-20T09:00Z"]
            + ["2025-03-03T09:00Z"] * 2,
            "started_at": [None, "2025-03-10T09:00Z"] + [None] * 4,
        }
    )
    (row,) = forecast.splits(program_of(items).items).itertuples()
    # E-2 is not begun, so nobody knows yet into how many parts it falls
    assert (row.kind, row.parents, row.parts) == ("Epic", 1, 3.0)
    assert row.added_later == pytest.approx(1 / 3)


def test_pictures_show_the_busiest_teams():
    program = program_of(steady(60, team="idle", open_items=0), steady(60, team="busy", a_day=2))
    told = forecast.growth(program.items, until=program.as_of)
    assert set(forecast.busiest(told, teams=1)["team"]) == {"busy"}
