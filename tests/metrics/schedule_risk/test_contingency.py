"""Contingency held and needed: by hand, over time, and where nobody tells of it."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.schedule_risk.test_futures import plan_of, risks
from tests.metrics.schedules import SUNDAY, program_of, work
from tpm_analytics.errors import InvalidTableError, ParameterError
from tpm_analytics.metrics import schedule_risk as futures
from tpm_analytics.metrics.schedule_risk import contingency as metric

CHANGES = ["changed_on", "added_days", "drawn_days", "added_cost", "drawn_cost"]
CERTAIN = {"probability": 1.0, "impact_days": 2.0, "impact_cost": 50.0, "affects_id": "a"}


def changes(*rows):
    return pd.DataFrame(rows, columns=CHANGES)


def reserve_of(program, **options):
    return metric.reserve(program, **{"months": 0, "trials": 200} | options)


def test_the_need_is_what_certainty_asks_for_on_top_of_the_plain_plan():
    told = reserve_of(program_of([work("a", 5, budget=100)], risks=risks(CERTAIN))).iloc[0]
    assert told["needed_days"] == 2
    # the risk, and two more days at 20
    assert told["needed_cost"] == 90
    assert told["plain_on"] == pd.Timestamp("2025-03-07")
    assert told["finish_on"] == pd.Timestamp("2025-03-11")
    assert pd.isna(told["held_days"])
    assert pd.isna(told["kept_cost"])


def test_held_is_what_was_set_aside_less_what_was_drawn_by_that_day():
    held = changes(
        ("2025-01-06", 10, None, 500, None),
        ("2025-02-03", None, 4, None, 120),
        ("2025-02-10", 1, None, None, None),
        ("2025-03-03", None, 6, None, 300),
    )
    told = reserve_of(program_of([work("a", 5, budget=100)], contingency=held)).iloc[0]
    assert (told["held_days"], told["held_cost"]) == (7, 380)


def test_the_share_kept_is_that_of_the_futures_within_what_is_held():
    half = {"probability": 0.5, "impact_days": 4.0, "impact_cost": 100.0, "affects_id": "a"}
    for days, cost, kept in [(3, 99, 0.5), (4, 180, 1.0)]:
        program = program_of(
            [work("a", 5, budget=100)],
            risks=risks(half),
            contingency=changes(("2025-01-06", days, None, cost, None)),
        )
        told = reserve_of(program, trials=4000).iloc[0]
        # a future in which it happens takes 4 days more, and 100 and four days at 20
        assert told["kept_days"] == pytest.approx(kept, abs=0.03)
        assert told["kept_cost"] == pytest.approx(kept, abs=0.03)


def test_more_drawn_than_set_aside_is_below_nothing_and_said_to_be():
    held = changes(("2025-01-06", 5, None, None, None), ("2025-02-03", None, 9, None, None))
    program = program_of([work("a", 5, budget=100)], contingency=held)
    told = reserve_of(program)
    assert told["held_days"].iloc[0] == -4
    assert told["held_cost"].isna().all()
    cover = metric.cover(told, program.contingency)
    assert cover["of"].tolist() == ["time"]
    assert cover["spare"].tolist() == [-4]
    assert cover["short_since"].tolist() == [SUNDAY]


def test_a_change_to_come_is_planned_and_counts_on_its_day():
    held = changes(("2025-01-06", 5, None, None, None), ("2026-01-05", None, 5, None, None))
    program = program_of([work("a", 5)], contingency=held)
    assert program.latest.as_of < pd.Timestamp("2026-01-01")
    assert reserve_of(program)["held_days"].tolist() == [5]


def reserve_table(held, needed):
    days = pd.date_range("2025-01-31", periods=len(held), freq="30D", unit="us")
    table = pd.DataFrame({"day_on": days, "held_days": held, "needed_days": needed})
    return metric.Reserve.validate(
        metric.Reserve.empty()
        .reindex(table.index)
        .assign(**table, certainty=0.8, kept_days=0.7, plain_on=days)
        .assign(finish_on=pd.Timestamp("2025-12-31"))
    )


def test_a_spare_that_falls_ten_a_month_is_gone_after_two_months_more():
    told = metric.cover(reserve_table([60.0, 50, 40], [20.0, 20, 20]), changes()).iloc[0]
    assert told["spare"] == 20
    assert told["enough_until"] == told["day_on"] + pd.Timedelta(days=60)
    assert pd.isna(told["short_since"])


def test_what_was_added_is_taken_to_have_been_there_from_the_first():
    added = changes(("2025-02-15", 100.0, None, None, None))
    items = pd.DataFrame({"item_id": ["I-1"], "created_at": ["2025-01-01T09:00Z"]})
    program = tpm.Program.from_tables({"items": items, "contingency": added})
    # to spare: 40, 130, 130, and without what was added 140, 130, 130
    told = metric.cover(reserve_table([60.0, 150, 150], [20.0, 20, 20]), program.contingency)
    assert told["spare"].tolist() == [130]
    # through the three the line falls by 5 in 30 days: 780 days, which is after the finish
    assert told["enough_until"].isna().all()
    told = metric.cover(reserve_table([60.0, 110, 60], [20.0, 20, 20]), program.contingency)
    # 140, 90, 40: 50 in 30 days
    assert told["enough_until"].iloc[0] == told["day_on"].iloc[0] + pd.Timedelta(days=24)


def test_a_spare_that_grows_or_outlasts_the_work_has_no_end():
    for held in ([20.0, 30, 40], [60.0, 59.9, 59.8]):
        told = metric.cover(reserve_table(held, [10.0, 10, 10]), changes())
        assert told["enough_until"].isna().all()


def test_the_day_it_fell_short_is_the_first_of_the_last_run_of_short_days():
    table = reserve_table([10.0, 30, 15, 12], [20.0, 20, 20, 20])
    told = metric.cover(table, changes()).iloc[0]
    assert told["short_since"] == table["day_on"].iloc[2]


def test_a_row_that_tells_no_amount_is_refused():
    with pytest.raises(InvalidTableError, match="tells no amount") as caught:
        program_of([work("a", 5)], contingency=changes(("2025-01-06", None, None, None, None)))
    assert caught.value.failures["row"].tolist() == [0]


def test_drawing_less_than_nothing_is_refused():
    with pytest.raises(InvalidTableError, match="drawn_days: is below 0"):
        program_of([work("a", 5)], contingency=changes(("2025-01-06", 5, -3, None, None)))


def test_the_sample_ran_short_of_time_in_may_and_runs_short_of_money():
    program = tpm.load("sample:")
    told = metric.cover(
        metric.reserve(program, trials=500, correlation=0.3), program.contingency
    ).set_index("of")
    assert told.loc["time", "held"] == 50
    assert told.loc["time", "short_since"] == pd.Timestamp("2025-05-31")
    assert told.loc["money", "held"] == 1_115_000
    assert told.loc["money", "enough_until"] < told.loc["money", "finish_on"]


def test_the_reserve_now_is_that_of_the_outlook_now():
    program = tpm.load("sample:")
    told = metric.reserve(program, months=1, trials=500)
    assert told["day_on"].is_monotonic_increasing
    assert told["day_on"].iloc[-1] == program.as_of
    off = tpm.metrics.schedule.days_off(
        program.people, until=program.as_of, absences=program.absences
    )
    kept = futures.outlook(futures.trials(plan_of(program, days_off=off), trials=500))
    assert told["finish_on"].iloc[-1] == kept["finish_on"].iloc[1]


@pytest.mark.parametrize("months", [-1, 61])
def test_a_number_of_months_that_cannot_be_meant_is_refused(months):
    with pytest.raises(ParameterError, match="half a year is 6"):
        metric.reserve(program_of([work("a", 5)]), months=months)
