"""Milestones: trend, slips and punctuality by hand, and on real portfolios."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics import portfolios
from tests.metrics.schedules import program_of, work
from tests.places import needs_shared_data
from tpm_analytics.errors import InvalidTableError
from tpm_analytics.metrics import schedule as metric
from tpm_analytics.metrics import schedule as plans

UNTIL = pd.Timestamp("2025-06-30")


def told(milestones, forecasts, until=UNTIL):
    program = program_of(
        [work("a", 1)],
        milestones=pd.DataFrame(milestones),
        milestone_forecasts=pd.DataFrame(
            forecasts, columns=["milestone_id", "reported_on", "forecast_on"]
        ),
        until=until,
    )
    trend = metric.milestone_trend(
        program.milestones, program.milestone_forecasts, until=program.as_of
    )
    return trend, metric.milestone_slips(program.milestones, trend, until=program.as_of)


MILESTONES = [
    {"milestone_id": "M-1", "baseline_on": "2025-03-31", "done_on": "2025-04-30"},
    {"milestone_id": "M-2", "name": "Launch", "baseline_on": "2025-08-31"},
    {"milestone_id": "M-3", "due_on": "2025-05-31"},
]
FORECASTS = [
    ("M-1", "2025-01-31", "2025-03-31"),
    ("M-1", "2025-02-28", "2025-04-15"),
    ("M-1", "2025-05-31", "2025-09-30"),
    ("M-2", "2025-02-28", "2025-08-31"),
    ("M-2", "2025-03-31", "2025-08-15"),
    ("M-2", "2025-05-31", "2025-10-31"),
    ("M-2", "2025-07-31", "2025-12-31"),
]


def test_a_trend_tells_every_report_up_to_the_day_it_was_reached_or_seen_from():
    trend, _ = told(MILESTONES, FORECASTS)
    first = trend[trend["milestone_id"] == "M-1"]
    assert first["forecast_on"].dt.strftime("%m-%d").tolist() == ["03-31", "04-15", "04-30"]
    assert first["moved_days"].tolist() == [0, 15, 15]
    assert first["slip_days"].tolist() == [0, 15, 30]
    second = trend[trend["milestone_id"] == "M-2"]
    assert second["moved_days"].tolist() == [0, -16, 77]
    assert second["name"].unique().tolist() == ["Launch"]


def test_slips_tell_moves_recent_ones_and_how_long_before_they_were_told():
    _, slips = told(MILESTONES, FORECASTS)
    row = slips.set_index("milestone_id")
    assert slips["milestone_id"].tolist() == ["M-2", "M-1", "M-3"]
    assert row["state"].tolist() == ["ahead", "reached", "overdue"]
    assert row["slip_days"].tolist() == [61, 30, 0]
    assert row.loc["M-2", ["moves", "later_moves", "largest_move_days"]].tolist() == [2, 1, 77]
    assert row.loc["M-2", "recent_days"] == 77
    assert row.loc["M-1", "notice_days"] == 31


def test_without_a_baseline_the_first_forecast_is_what_was_planned():
    _, slips = told(
        [{"milestone_id": "M-1"}, {"milestone_id": "M-2"}],
        [("M-1", "2025-01-31", "2025-03-31"), ("M-1", "2025-02-28", "2025-04-07")],
    )
    row = slips.set_index("milestone_id")
    assert row.loc["M-1", "slip_days"] == 7
    assert row.loc["M-2", "state"] == "without a date"
    assert pd.isna(row.loc["M-2", "slip_days"])


def test_of_two_reports_on_a_day_the_last_counts_and_unknown_milestones_are_left_out():
    trend, _ = told(
        [{"milestone_id": "M-1"}],
        [
            ("M-1", "2025-01-31", "2025-03-31"),
            ("M-1", "2025-01-31", "2025-04-01"),
            ("M-9", "2025-01-31", "2025-04-01"),
        ],
    )
    assert trend["forecast_on"].dt.strftime("%m-%d").tolist() == ["04-01"]


def test_those_not_reached_count_as_late_and_periods_that_run_are_left_out():
    milestones = [
        {"milestone_id": f"M-{number}", "baseline_on": planned, "done_on": done}
        for number, (planned, done) in enumerate(
            [
                ("2025-01-31", "2025-03-31"),
                ("2025-02-28", "2025-04-01"),
                ("2025-03-31", None),
                ("2025-04-30", "2025-04-01"),
                ("2025-08-31", None),
            ]
        )
    ]
    _, slips = told(milestones, [])
    kept = metric.punctuality(slips, until=UNTIL)
    assert kept["planned"].tolist() == [3, 1]
    assert kept["reached"].tolist() == [2, 1]
    assert kept["on_time"].tolist() == [1, 1]
    assert kept["share_on_time"].tolist() == [pytest.approx(1 / 3), 1]
    assert kept["median_slip_days"].tolist() == [45.5, -29]
    daily = metric.punctuality(slips, until=UNTIL, every="day")
    assert daily["on_time"].tolist() == [0, 0, 0, 1]


def test_the_chart_gets_the_open_milestones_that_slip_most():
    trend, slips = told(MILESTONES, FORECASTS)
    assert set(metric.moving(trend, slips, last=1)["milestone_id"]) == {"M-2"}
    assert set(metric.moving(trend, slips)["milestone_id"]) == {"M-1", "M-2"}


def test_reports_are_held_against_what_the_links_say():
    program = program_of(
        [work("a", 5)],
        milestones=pd.DataFrame(
            [{"milestone_id": "M-1", "activity_id": "a", "due_on": "2025-03-05"}]
        ),
    )
    plan = plans.schedule(program.activities, program.links, until=program.as_of)
    check = metric.milestone_check(program.milestones, plan)
    assert check["gap_days"].tolist() == [2]


def test_the_slipping_milestones_of_the_sample_are_found():
    program = tpm.load("sample:")
    trend = metric.milestone_trend(
        program.milestones, program.milestone_forecasts, until=program.as_of
    )
    slips = metric.milestone_slips(program.milestones, trend, until=program.as_of)
    assert slips["milestone_id"].head(4).tolist() == ["M-13", "M-14", "M-10", "M-09"]
    certified = slips.set_index("milestone_id").loc["M-09"]
    assert certified["slip_days"] == 42
    assert certified["later_moves"] == 3


@needs_shared_data
def test_the_enhancements_of_kubernetes_keep_three_of_five_releases_first_planned():
    program = portfolios.kubernetes()
    trend = metric.milestone_trend(
        program.milestones, program.milestone_forecasts, until=program.as_of
    )
    slips = metric.milestone_slips(program.milestones, trend, until=program.as_of)
    kept = metric.punctuality(slips, until=program.as_of, every="day")
    releases = portfolios.release_days()
    assert set(kept["period_on"]) == {day for day in releases.values() if day < program.as_of}
    first = program.milestone_forecasts.drop_duplicates("milestone_id").set_index("milestone_id")
    planned = first["forecast_on"]
    done = program.milestones.set_index("milestone_id")["done_on"]
    past = planned[planned < program.as_of]
    assert kept["planned"].sum() == len(past)
    assert kept["on_time"].sum() == (done[past.index] <= past).sum()
    assert 0.55 < kept["on_time"].sum() / kept["planned"].sum() < 0.65
    assert slips["moves"].sum() == 602
    assert (slips["later_moves"] <= slips["moves"]).all()
    assert slips.loc[slips["later_moves"] > 0, "largest_move_days"].min() > 0


@needs_shared_data
def test_each_release_of_kubernetes_says_how_much_of_what_was_planned_for_it_came_in_it():
    program = portfolios.kubernetes()
    trend = metric.milestone_trend(
        program.milestones, program.milestone_forecasts, until=program.as_of
    )
    slips = metric.milestone_slips(program.milestones, trend, until=program.as_of)
    kept = metric.punctuality(slips, until=program.as_of, every="day")
    numbers = {day: number for number, day in portfolios.release_days().items()}
    kept = kept.set_index(kept["period_on"].map(numbers))
    assert kept[["planned", "on_time"]].sum().tolist() == [1000, 587]
    assert kept.loc["1.18", "share_on_time"] == 1
    assert kept.loc["1.25", ["planned", "reached", "on_time"]].tolist() == [54, 46, 20]
    # of those planned for 1.25 half came a release later or more, 108 days
    assert kept.loc["1.25", "median_slip_days"] == 108
    assert kept["share_on_time"].idxmin() == "1.25"


@needs_shared_data
def test_every_dated_move_of_the_portfolio_is_read():
    changes = pd.read_csv(portfolios.KEPS / "kep_changelog.csv", dtype="str", keep_default_na=False)
    moved = changes[(changes["field"] == "latest-milestone") & (changes["from"] != "")]
    assert len(moved) == 887
    program = portfolios.kubernetes()
    reports = program.milestone_forecasts
    assert len(reports) == 1677
    assert reports["milestone_id"].nunique() == len(program.milestones) == 1062
    assert reports["reported_on"].max() <= program.as_of


@needs_shared_data
def test_capital_projects_of_melbourne_are_scheduled_and_unknown_stages_named():
    program = portfolios.melbourne()
    assert program.items["created_on"].between("2008-01-01", "2024-10-28").sum() >= 440
    with pytest.raises(InvalidTableError, match="'Q06969 Stage1'") as caught:
        plans.schedule(program.activities, program.links, until=program.as_of)
    unknown = (
        program.activities["activity_id"].iloc[caught.value.failures["row"]].str.split().str[0]
    )
    known = ~program.activities["activity_id"].str.split().str[0].isin(unknown)
    activities = program.activities[known]
    links = program.links[program.links["to_id"].isin(activities["activity_id"])]
    plan = plans.schedule(activities, links, until=program.as_of)
    assert (plan["state"] == "finished").sum() == activities["actual_finish_on"].notna().sum()
    over = plan[plan["state"] == "finished"]
    assert (over["finish_on"] == over["baseline_finish_on"]).all()
    ahead = plan[plan["state"] == "to come"].set_index("activity_id")["finish_on"]
    for before, after in zip(links["from_id"], links["to_id"], strict=True):
        if before in ahead.index:
            assert ahead[after] >= ahead[before]
