"""Schedules: dates and floats by hand, calendars, progress, reasons, and input that cannot be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpm_analytics as tpm
from tests.metrics.schedules import SUNDAY, by_activity, days_of, program_of, work
from tpm_analytics.errors import InvalidTableError, ParameterError
from tpm_analytics.metrics import schedule as metric
from tpm_analytics.metrics import schedule as paths
from tpm_analytics.metrics import schedule as views
from tpm_analytics.results.schedule import DaysOff


def planned(program, **options):
    return metric.schedule(program.activities, program.links, until=program.as_of, **options)


def why(program, **options):
    return paths.driving_path(program.activities, program.links, until=program.as_of, **options)


DIAMOND = program_of(
    [work("design", 3), work("build", 5), work("write", 2), work("ship", 1)],
    [("design", "build"), ("design", "write"), ("build", "ship"), ("write", "ship")],
)


def test_dates_and_floats_of_a_small_plan_by_hand():
    plan = planned(DIAMOND)
    assert days_of(plan, "start_on") == {
        "design": "03-03",
        "build": "03-06",
        "write": "03-06",
        "ship": "03-13",
    }
    assert days_of(plan, "finish_on") == {
        "design": "03-05",
        "build": "03-12",
        "write": "03-07",
        "ship": "03-13",
    }
    assert by_activity(plan, "total_float_days") == {"design": 0, "build": 0, "write": 3, "ship": 0}
    assert by_activity(plan, "free_float_days") == {"design": 0, "build": 0, "write": 3, "ship": 0}
    assert plan["critical"].tolist() == [True, True, False, True]
    assert days_of(plan, "late_finish_on")["write"] == "03-12"


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [
        ("FS", 1, "03-11"),
        ("SS", 2, "03-05"),
        ("FF", 1, "03-07"),
        ("SF", 7, "03-10"),
        ("blocks", 0, "03-10"),
        ("fs", -1, "03-07"),
    ],
)
def test_each_kind_of_link_and_lag_gives_its_day(kind, lag, start):
    plan = planned(program_of([work("a", 5), work("b", 2)], [("a", "b", kind, lag)]))
    assert days_of(plan, "start_on")["b"] == start


def test_holidays_of_a_team_delay_its_work_only():
    off = DaysOff.validate(
        pd.DataFrame({"team": ["Ledger", None], "day_on": ["2025-03-04", "2025-03-07"]})
    )
    plan = planned(
        program_of([work("a", 3, team="Ledger"), work("b", 3, team="Data"), work("c", 5)]),
        days_off=off,
    )
    assert days_of(plan, "finish_on") == {"a": "03-06", "b": "03-05", "c": "03-10"}


def test_public_holidays_come_from_the_country_most_people_of_a_team_work_in():
    people = pd.DataFrame(
        {
            "person_id": ["p", "q", "r", "s"],
            "team": ["Ledger", "Ledger", "Ledger", "Data"],
            "country": ["ES", "US", "ES", None],
        }
    )
    program = program_of([work("a", 1)], people=people)
    off = metric.days_off(program.people, until=program.as_of)
    assert set(off["team"]) == {"Ledger"}
    days = set(off["day_on"].dt.strftime("%Y-%m-%d"))
    assert "2025-10-13" not in days
    assert "2025-12-08" in days
    assert (off["day_on"].dt.day_of_week < 5).all()


def in_countries(**country):
    """Days off of teams, all of whose people work in one country each."""
    people = pd.DataFrame(
        {"person_id": list(country), "team": list(country), "country": list(country.values())}
    )
    program = program_of([work("a", 1)], people=people)
    return metric.days_off(program.people, until=program.as_of)


@pytest.mark.parametrize(
    ("country", "finish"),
    [
        # five days from Monday, 3 March: Friday and Saturday are free in Israel and Egypt
        ("IL", "03-09"),
        ("EG", "03-09"),
        # the Emirates have rested on Saturday and Sunday since 2022
        ("AE", "03-07"),
        ("ES", "03-07"),
        # Paraguay kept Heroes' Day on the Monday, and works on Saturdays
        ("PY", "03-08"),
    ],
)
def test_a_team_rests_on_the_weekend_of_its_country(country, finish):
    program = program_of([work("a", 5, team="Core")])
    off = in_countries(Core=country)
    assert days_of(planned(program, days_off=off), "finish_on") == {"a": finish}


def test_work_is_handed_over_between_weekends():
    # Cairo ends on Thursday, 6 March, Madrid takes over on Friday and ends on Monday; what Cairo
    # has from Madrid on a Friday begins on Sunday
    program = program_of(
        [
            work("a", 4, team="Cairo"),
            work("b", 2, team="Madrid"),
            work("c", 1, team="Cairo"),
            work("x", 5, team="Madrid"),
            work("y", 1, team="Cairo"),
        ],
        [("a", "b"), ("b", "c"), ("x", "y")],
    )
    plan = planned(program, days_off=in_countries(Cairo="EG", Madrid="ES"))
    assert days_of(plan, "finish_on") == {
        "a": "03-06",
        "b": "03-10",
        "c": "03-11",
        "x": "03-07",
        "y": "03-09",
    }
    path = why(program, days_off=in_countries(Cairo="EG", Madrid="ES"))
    assert path["days_off"].tolist() == [0, 0, 0], "a weekend is no holiday"


def test_a_weekend_of_its_own_can_be_given_to_a_program():
    friday_too = pd.DataFrame(
        {"team": None, "day_on": pd.date_range("2025-03-07", periods=3), "weekly": True}
    )
    program = program_of([work("a", 5), work("b", 5, team="Core")])
    own = DaysOff.validate(pd.concat([in_countries(Core="EG"), friday_too]))
    finish = days_of(planned(program, days_off=own), "finish_on")
    assert finish == {"a": "03-10", "b": "03-09"}, "a team's own weekend holds before that of all"


def test_a_week_of_days_off_is_refused():
    every = DaysOff.validate(
        pd.DataFrame(
            {"team": None, "day_on": pd.date_range("2025-03-03", periods=7), "weekly": True}
        )
    )
    with pytest.raises(ParameterError, match="all seven days"):
        planned(program_of([work("a", 5)]), days_off=every)


def test_finished_work_stands_and_what_is_left_goes_on_after_the_report():
    program = program_of(
        [
            work("a", 5, actual_start_on="2025-03-03", actual_finish_on="2025-03-12"),
            work("b", 10, actual_start_on="2025-03-10", percent_complete=0.7),
            work("c", 2),
            work("d", 4, actual_start_on="2025-03-12"),
        ],
        [("a", "b"), ("b", "c")],
        until=pd.Timestamp("2025-03-14"),
    )
    plan = planned(program)
    assert plan["state"].tolist() == ["finished", "begun", "to come", "begun"]
    assert by_activity(plan, "remaining_days") == pytest.approx({"a": 0, "b": 3, "c": 2, "d": 1})
    assert days_of(plan, "start_on") == {"a": "03-03", "b": "03-10", "c": "03-20", "d": "03-12"}
    assert days_of(plan, "finish_on") == {"a": "03-12", "b": "03-19", "c": "03-21", "d": "03-17"}
    assert np.isnan(by_activity(plan, "total_float_days")["a"])


def test_what_is_left_of_begun_work_waits_for_what_is_not_finished():
    program = program_of(
        [work("a", 5), work("b", 4, actual_start_on="2025-03-12", percent_complete=0.5)],
        [("a", "b")],
        until=pd.Timestamp("2025-03-14"),
    )
    assert days_of(planned(program), "finish_on") == {"a": "03-21", "b": "03-25"}


def test_a_day_not_to_start_before_and_a_deadline_make_slack_and_lack_of_it():
    program = program_of(
        [
            work("a", 2, start_no_earlier_on="2025-03-06"),
            work("b", 3, finish_no_later_on="2025-03-10"),
        ],
        [("a", "b")],
    )
    plan = planned(program)
    assert days_of(plan, "start_on")["a"] == "03-06"
    assert by_activity(plan, "total_float_days") == {"a": -2, "b": -2}
    assert why(program)["cause"].tolist() == ["constraint", "link"]


def test_a_milestone_is_reached_on_the_day_that_what_it_waits_for_ends():
    milestones = pd.DataFrame(
        {
            "milestone_id": ["M-1", "M-2", "M-3"],
            "name": ["Ready", "Gone", "Loose"],
            "activity_id": ["a", "b", None],
            "baseline_on": ["2025-03-05", "2025-02-21", "2025-03-05"],
            "done_on": [None, "2025-02-21", None],
        }
    )
    done = {"actual_start_on": "2025-02-20", "actual_finish_on": "2025-02-21"}
    program = program_of([work("a", 5), work("b", 2) | done], milestones=milestones)
    activities = metric.with_milestones(program.activities, program.milestones)
    links = metric.milestone_links(program.links, program.activities, program.milestones)
    plan = metric.schedule(activities, links, until=program.as_of)
    assert plan["activity_id"].tolist() == ["a", "b", "M-1", "M-2"]
    assert days_of(plan, "finish_on")["M-1"] == "03-07"
    assert days_of(plan, "start_on")["M-1"] == "03-07"
    assert by_activity(plan, "slip_days")["M-1"] == 2
    slack = paths.slack_to(activities, links, until=program.as_of)
    assert slack[["target_id", "activity_id"]].to_numpy().tolist() == [["M-1", "M-1"], ["M-1", "a"]]
    assert paths.slack_of(slack)["activity_id"].tolist() == ["a"]
    gaps = views.schedule_gaps(plan, program.milestones)
    assert gaps["cases"].tolist() == [1, 2, 4]


def test_slack_is_told_for_any_target_and_not_for_what_does_not_lead_to_it():
    slack = paths.slack_to(
        DIAMOND.activities, DIAMOND.links, until=SUNDAY, targets=("write", "ship")
    )
    told = {(row.target_id, row.activity_id): row.slack_days for row in slack.itertuples()}
    assert told == {
        ("write", "write"): 0,
        ("write", "design"): 0,
        ("ship", "ship"): 0,
        ("ship", "design"): 0,
        ("ship", "build"): 0,
        ("ship", "write"): 3,
    }
    with pytest.raises(ParameterError, match="'sell' is no activity"):
        paths.slack_to(DIAMOND.activities, DIAMOND.links, until=SUNDAY, targets=("sell",))


def test_the_chain_that_sets_a_date_is_told_from_its_beginning():
    path = why(DIAMOND)
    assert path["activity_id"].tolist() == ["design", "build", "ship"]
    assert path["cause"].tolist() == ["begin", "link", "link"]
    assert path["from_id"].tolist()[1:] == ["design", "build"]
    assert why(DIAMOND, target="write")["activity_id"].tolist() == ["design", "write"]


def test_the_chain_goes_back_to_where_the_delay_arose_and_adds_up():
    plan = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-07"}
    program = program_of(
        [
            work("early", 5, actual_start_on="2025-02-24", actual_finish_on="2025-02-28")
            | {"baseline_start_on": "2025-02-24", "baseline_finish_on": "2025-02-28"},
            work("late", 5, actual_start_on="2025-03-03", actual_finish_on="2025-03-14") | plan,
            work("next", 5, actual_start_on="2025-03-17", percent_complete=0.2)
            | {"baseline_start_on": "2025-03-10", "baseline_finish_on": "2025-03-14"},
        ],
        [("early", "late"), ("late", "next")],
        until=pd.Timestamp("2025-03-18"),
    )
    path = why(program)
    assert path["activity_id"].tolist() == ["late", "next"]
    assert path["cause"].tolist() == ["done", "begun"]
    assert path["slip_days"].tolist() == [7, 10]
    assert path["added_days"].tolist() == [7, 3]


def test_holidays_on_the_way_are_counted():
    off = DaysOff.validate(pd.DataFrame({"team": [None], "day_on": ["2025-03-05"]}))
    path = why(program_of([work("a", 5), work("b", 2)], [("a", "b")]), days_off=off)
    assert path["days_off"].tolist() == [1, 0]


def test_links_tell_their_room_and_which_of_them_drive():
    links = paths.driving_links(DIAMOND.activities, DIAMOND.links, until=SUNDAY)
    assert links["gap_days"].tolist() == [0, 0, 0, 3]
    assert links["driving"].tolist() == [True, True, True, False]
    assert links["critical"].tolist() == [True, False, True, False]


def test_a_circle_names_its_activities_and_its_links():
    program = program_of(
        [work("a", 1), work("b", 1), work("c", 1), work("d", 1)],
        [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")],
    )
    with pytest.raises(InvalidTableError, match=r"circle b -> c -> b") as caught:
        planned(program)
    assert caught.value.failures["row"].tolist() == [1, 2]


def test_a_link_to_an_unknown_activity_names_its_row():
    program = program_of([work("a", 1)], [("a", "a2"), ("x", "y", "blocks", 0)])
    with pytest.raises(InvalidTableError, match=r"row 1, to_id: names no activity.*'a2'") as caught:
        planned(program)
    assert len(caught.value.failures) == 1


def test_a_link_between_items_of_the_tracker_is_no_link_of_the_schedule():
    program = program_of([work("a", 1)], [("I-1", "I-1", "blocks", 0), ("I-1", "a", "relates", 0)])
    assert len(planned(program)) == 1


def test_an_activity_of_unknown_duration_is_refused_unless_its_baseline_tells_it():
    told = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-06"}
    program = program_of([work("a", None) | told, work("b", None)])
    with pytest.raises(InvalidTableError, match=r"row 2, duration_days: is missing"):
        planned(program)
    assert days_of(planned(program_of([work("a", None) | told])), "finish_on") == {"a": "03-06"}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"optimistic_days": 5, "pessimistic_days": 3}, "pessimistic_days lies below"),
        (
            {"baseline_start_on": "2025-03-07", "baseline_finish_on": "2025-03-03"},
            "baseline_finish_on lies before",
        ),
    ],
)
def test_figures_in_the_wrong_order_never_come_through_the_door(wrong, problem):
    with pytest.raises(InvalidTableError, match=f"row 2: {problem}"):
        program_of([work("a", 1), work("b", 4) | wrong])


def test_a_duration_of_a_thousand_years_is_a_slip_of_the_keyboard():
    with pytest.raises(InvalidTableError, match="longer than a hundred years"):
        planned(program_of([work("a", 250_000)]))


def test_empty_tables_make_an_empty_schedule():
    nothing = DIAMOND.activities.head(0)
    assert metric.schedule(nothing, DIAMOND.links, until=SUNDAY).empty
    assert why(DIAMOND).shape[0] == 3


@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12),
    st.sets(st.integers(0, 20), max_size=6),
)
@settings(max_examples=40)
def test_no_activity_begins_before_what_it_waits_for_has_ended_whatever_the_holidays(
    lengths, pairs, off
):
    names = [f"t{number}" for number in range(len(lengths))]
    links = sorted({(min(p), max(p)) for p in pairs if p[0] != p[1] and max(p) < len(lengths)})
    program = program_of(
        [work(name, days, team=f"T{days % 3}") for name, days in zip(names, lengths, strict=True)],
        [(names[before], names[after]) for before, after in links],
    )
    free = pd.DataFrame(
        {"team": "T1", "day_on": [SUNDAY + pd.Timedelta(days=day) for day in sorted(off)]}
    )
    free = DaysOff.validate(free.astype({"day_on": "datetime64[us]"}))
    plan = planned(program, days_off=free).set_index("activity_id")
    for before, after in links:
        assert plan.loc[names[after], "start_on"] > plan.loc[names[before], "finish_on"]
    assert (plan["total_float_days"] >= 0).all()
    assert plan["critical"].any()
    slowed = set(free["day_on"])
    for name in names:
        if plan.loc[name, "team"] == "T1":
            assert plan.loc[name, "start_on"] not in slowed
            assert plan.loc[name, "finish_on"] not in slowed


@pytest.mark.parametrize(
    ("country", "start", "finish", "took"),
    [
        # Sunday to Tuesday
        ("EG", "2025-03-02", "2025-03-04", 3),
        ("ES", "2025-03-02", "2025-03-04", 2),
        (None, "2025-03-02", "2025-03-04", 2),
        # Thursday before Easter to Tuesday: Friday and Monday are holidays in Germany
        ("DE", "2025-04-17", "2025-04-22", 2),
        (None, "2025-04-17", "2025-04-22", 4),
    ],
)
def test_how_long_work_took_is_counted_by_the_calendar_of_the_team(country, start, finish, took):
    people = {"person_id": ["P-1"], "team": ["Core"], "country": [country]}
    done = work("a", 2, actual_start_on=start, actual_finish_on=finish, team="Core")
    program = program_of([done], until=pd.Timestamp("2025-05-04"), people=pd.DataFrame(people))
    off = metric.days_off(program.people, until=program.as_of)
    plan = planned(program, days_off=off)
    told = views.team_slips(plan, until=program.as_of, days_off=off).iloc[0]
    assert told["took_days"] == took
    assert told["longer_share"] == took / 2 - 1


def test_the_sample_tells_that_mobile_slips_and_how_general_availability_comes_about():
    program = tpm.load("sample:")
    off = metric.days_off(program.people, until=program.as_of)
    plan = planned(program, days_off=off)
    teams = views.team_slips(plan, until=program.as_of, days_off=off)
    assert teams["team"].iloc[0] == "Mobile"
    assert teams["longer_share"].iloc[0] > 0.25
    assert (teams["longer_share"].iloc[1:].dropna() < 0.1).all()
    path = why(program, days_off=off)
    assert path["activity_id"].tolist() == [
        "A-MOB-06",
        "A-MOB-07",
        "A-MOB-08",
        "A-MOB-09",
        "A-MOB-10",
        "A-CRT-10",
    ]
    assert path["added_days"].sum() == path["slip_days"].iloc[-1]


def test_the_baseline_of_the_sample_is_what_the_critical_path_method_gives():
    program = tpm.load("sample:")
    unbegun = program.activities.assign(
        actual_start_on=pd.NaT, actual_finish_on=pd.NaT, percent_complete=0.0
    ).astype({"actual_start_on": "datetime64[us]", "actual_finish_on": "datetime64[us]"})
    plan = metric.schedule(unbegun, program.links, until=pd.Timestamp("2024-01-07"))
    assert (plan["start_on"] == plan["baseline_start_on"]).all()
    assert (plan["finish_on"] == plan["baseline_finish_on"]).all()
    assert (plan["slip_days"] == 0).all()


def test_open_activities_are_told_with_the_largest_slip_first():
    plan = planned(
        program_of(
            [
                work("a", 5, baseline_start_on="2025-03-03", baseline_finish_on="2025-03-06"),
                work("b", 5, baseline_start_on="2025-03-03", baseline_finish_on="2025-03-04"),
                work("c", 5),
            ]
        )
    )
    assert paths.latest_first(plan)["activity_id"].tolist() == ["b", "a", "c"]
    assert paths.latest_first(plan)["slip_days"].tolist()[:2] == [3, 1]


def test_for_one_picture_the_open_activities_with_the_least_room_are_kept():
    done = {"actual_start_on": "2025-02-24", "actual_finish_on": "2025-02-28"}
    plan = planned(program_of([work("a", 5), work("b", 1), work("c", 5) | done]))
    assert paths.critical_first(plan, last=1)["activity_id"].tolist() == ["a"]
    assert paths.critical_first(plan, last=9)["activity_id"].tolist() == ["c", "b", "a"]


def test_the_curve_ends_at_everything_and_passes_through_what_is_done():
    begun = {"actual_start_on": "2025-03-03", "percent_complete": 0.5}
    told = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-07"}
    program = program_of([work("a", 4) | begun | told, work("b", 6) | told], until="2025-03-07")
    curve = views.progress_curve(planned(program), until=program.as_of)
    last = curve.groupby("curve", observed=True)["share"].last()
    assert last["baseline"] == 1
    assert last["expected"] == 1
    assert last["done"] == pytest.approx(0.2)
    assert (
        curve.groupby("curve", observed=True)["share"]
        .apply(lambda share: share.is_monotonic_increasing)
        .all()
    )


def test_work_whose_length_only_the_baseline_tells_weighs_in_the_curve():
    week = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-07"}
    done = {"actual_start_on": "2025-03-03", "actual_finish_on": "2025-03-07"}
    program = program_of(
        [work("a", 5) | done, {"activity_id": "b"} | week, {"activity_id": "c"} | week],
        until="2025-03-09",
    )
    plan = planned(program)
    assert by_activity(plan, "duration_days") == {"a": 5, "b": 5, "c": 5}
    curve = views.progress_curve(plan, until=program.as_of)
    assert curve.loc[curve["curve"] == "done", "share"].iloc[-1] == pytest.approx(1 / 3)


def test_a_roadmap_names_what_each_workstream_finishes_in_each_quarter():
    program = program_of(
        [work("a", 30, name="Design", workstream="X"), work("b", 2, name="Buy", workstream="Y")]
    )
    bars = views.roadmap(planned(program))
    assert bars[["workstream", "activities", "finishing"]].to_numpy().tolist() == [
        ["X", 1, 0],
        ["Y", 1, 1],
        ["X", 1, 1],
    ]
    assert bars["names"].tolist()[1:] == ["Buy", "Design"]
    assert len(views.roadmap(planned(program), since=pd.Timestamp("2025-04-01"))) == 1


def test_a_drawn_network_runs_from_left_to_right_and_no_two_boxes_share_a_place():
    plan = planned(DIAMOND)
    links = paths.driving_links(DIAMOND.activities, DIAMOND.links, until=SUNDAY)
    nodes = views.network_nodes(plan, links)
    assert by_activity(nodes, "depth") == {"design": 0, "build": 1, "write": 1, "ship": 2}
    assert not nodes.duplicated(["depth", "place"]).any()
    edges = views.network_edges(nodes, links)
    assert (edges["from_depth"] < edges["to_depth"]).all()
    assert len(edges) == 4
    assert len(views.network_nodes(plan, links, last=2)) == 2


def test_the_activities_of_one_team_keep_the_dates_of_the_whole_program():
    program = program_of([work("a", 5, team="X"), work("b", 1, team="Y")], [("a", "b")])
    ours = views.of_team(planned(program), team="Y")
    assert days_of(ours, "start_on") == {"b": "03-10"}
    assert len(views.of_team(planned(program))) == 2


def test_what_ends_last_by_the_calendar_is_the_end_though_it_took_fewer_working_days():
    program = program_of([work("a", 5, team="Core"), work("b", 6, team="Other")])
    off = pd.DataFrame(
        {"team": "Core", "day_on": pd.to_datetime(["2025-03-04", "2025-03-05", "2025-03-06"])}
    )
    off = DaysOff.validate(off.astype({"day_on": "datetime64[us]"}))
    plan = planned(program, days_off=off)
    # a: the 3rd, 7th, 10th, 11th, 12th; b: the 3rd to the 7th and the 10th
    assert days_of(plan, "finish_on") == {"a": "03-12", "b": "03-10"}
    assert days_of(plan, "late_finish_on") == {"a": "03-12", "b": "03-12"}
    assert by_activity(plan, "total_float_days") == {"a": 0, "b": 2}
    assert why(program, days_off=off)["activity_id"].tolist() == ["a"]
