"""Crashing, PERT and schedules out of epics: by hand, as properties, and on real input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpm_analytics as tpm
from tests.metrics.schedules import by_activity, program_of, work
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics import schedule as epics
from tpm_analytics.metrics import schedule as metric
from tpm_analytics.metrics import schedule as plans
from tpm_analytics.program.tables import People
from tpm_analytics.results.schedule import DaysOff


def crash(key, days, least, cost, **more):
    return work(key, days, crash_days=least, crash_cost_per_day=cost, **more)


def bought(program, win):
    plan = metric.crashing(program.activities, program.links, until=program.as_of, win=win)
    return plan, metric.crash_costs(plan)


def test_the_cheapest_days_are_bought_first_and_both_paths_where_they_meet():
    program = program_of(
        [crash("a", 4, 2, 10), crash("b", 3, 2, 5), crash("c", 6, 3, 20)], [("a", "b")]
    )
    plan, costs = bought(program, win=3)
    assert costs["won_days"].tolist() == [1, 2, 3]
    assert costs["cost"].tolist() == [5, 35, 65]
    assert costs["next_day_cost"].tolist() == [5, 30, 30]
    assert costs["names"].tolist()[1] == "a by 1; b by 1; c by 1"
    assert costs["end_on"].dt.strftime("%m-%d").tolist() == ["03-10", "03-07", "03-06"]
    assert plan.loc[plan["won_days"] == 3, "bought_days"].sum() == 5


def test_days_that_no_money_buys_have_no_row():
    program = program_of([crash("a", 4, 3, 10), work("b", 2)], [("a", "b")])
    _, costs = bought(program, win=5)
    assert costs["won_days"].tolist() == [1]


def test_of_begun_work_what_is_left_can_be_shortened_in_proportion():
    program = program_of(
        [crash("a", 10, 6, 10, actual_start_on="2025-02-24", percent_complete=0.5)]
    )
    _, costs = bought(program, win=3)
    assert costs["cost"].tolist() == [10, 20]


@pytest.mark.parametrize("win", [0, -1, 261])
def test_a_number_of_days_that_cannot_be_meant_is_refused(win):
    with pytest.raises(ParameterError, match="a week is 5"):
        bought(program_of([work("a", 1)]), win=win)


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=4
    ),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=5),
)
@settings(max_examples=25)
def test_no_choice_of_whole_days_is_cheaper(rows, pairs):
    names = [f"t{number}" for number in range(len(rows))]
    links = sorted({(min(p), max(p)) for p in pairs if p[0] != p[1] and max(p) < len(rows)})
    tied = [(names[before], names[after]) for before, after in links]
    program = program_of(
        [
            crash(name, days, max(days - less, 0), cost)
            for name, (days, less, cost) in zip(names, rows, strict=True)
        ],
        tied,
    )
    plan = plans.schedule(program.activities, program.links, until=program.as_of)
    end = plan["early_finish"].max()
    _, costs = bought(program, win=2)
    told = dict(zip(costs["won_days"], costs["cost"], strict=True))
    least = {}
    choices = np.indices([min(less, days) + 1 for days, less, _ in rows]).reshape(len(rows), -1).T
    for choice in choices:
        finish = np.zeros(len(rows))
        for number, (days, _, _) in enumerate(rows):
            start = max([finish[before] for before, after in links if after == number], default=0)
            finish[number] = start + days - choice[number]
        spent = float((choice * [cost for _, _, cost in rows]).sum())
        for won in (1, 2):
            if finish.max() <= end - won:
                least[won] = min(spent, least.get(won, np.inf))
    assert told == pytest.approx(least)


def test_pert_of_two_paths_takes_the_longer_and_of_two_as_long_the_one_that_varies_more():
    def points(key, low, likely, high):
        return work(key, likely, optimistic_days=low, pessimistic_days=high)

    program = program_of(
        [points("a", 1, 4, 7), points("b", 3, 4, 5), points("c", 1, 1, 1)], [("a", "c"), ("b", "c")]
    )
    told = metric.pert(program.activities, program.links, until=program.as_of, deadlines=[5, 6])
    assert told["expected_days"].tolist() == [5, 5]
    assert told["sigma_days"].iloc[0] == pytest.approx(1)
    assert told["probability"].tolist() == pytest.approx([0.5, 0.8413447], abs=1e-6)
    assert told["expected_on"].dt.strftime("%m-%d").iloc[0] == "03-07"


def test_without_three_points_the_duration_is_certain():
    program = program_of([work("a", 4)])
    told = metric.pert(program.activities, program.links, until=program.as_of, deadlines=[3, 4])
    assert told["probability"].tolist() == [0, 1]


def tracker(*items, links=()):
    return tpm.Program.from_tables(
        {
            "items": pd.DataFrame([{"created_at": "2025-01-01T09:00Z"} | item for item in items]),
            "links": pd.DataFrame(links, columns=["from_id", "to_id"]).assign(kind="blocks"),
        },
        as_of="2025-06-30",
    )


def children(epic, done, going):
    return [
        {"item_id": f"{epic}-{n}", "parent_id": epic}
        | (
            {"finished_at": "2025-06-02T09:00Z", "started_at": "2025-05-05T09:00Z"}
            if n < done
            else {}
        )
        for n in range(done + going)
    ]


def derived(program):
    durations = epics.epic_durations(program.items, until=program.as_of)
    activities = epics.epic_activities(program.items, durations, until=program.as_of)
    return durations, activities, epics.epic_links(program.items, program.links, activities)


def test_epics_take_as_long_as_their_items_at_the_pace_of_the_half_year():
    program = tracker(
        {"item_id": "E", "kind": "Epic", "title": "Engine"},
        {"item_id": "F", "kind": "Epic"},
        {"item_id": "G", "kind": "Epic"},
        *children("E", 10, 10),
        *children("F", 0, 5),
    )
    durations, activities, _ = derived(program)
    assert durations["item_id"].tolist() == ["E", "F"]
    # 130 weekdays from 31 December 2024 to 30 June 2025, 10 items finished in them
    assert durations["duration_days"].tolist() == pytest.approx([260, 65])
    assert durations["basis"].tolist() == ["its own pace", "pace of the other epics"]
    assert by_activity(activities, "percent_complete") == {"E": 0.5, "F": 0}
    assert activities["name"].tolist()[0] == "Engine"
    assert activities["actual_start_on"].notna().tolist() == [True, False]


def test_an_epic_has_the_pace_of_the_days_on_which_its_team_worked():
    program = tracker(
        {"item_id": "E", "kind": "Epic", "team": "Madrid"},
        {"item_id": "F", "kind": "Epic", "team": "Nowhere"},
        *children("E", 10, 10),
        *children("F", 10, 10),
    )
    days = ["2025-01-01", "2025-01-06", "2025-04-18", "2025-05-01", "2025-07-25"]
    off = (
        DaysOff.empty()
        .reindex(range(5))
        .assign(team="Madrid", day_on=pd.to_datetime(days), weekly=False)
    )
    durations = epics.epic_durations(program.items, until=program.as_of, days_off=off)
    # of the 130 weekdays Madrid had four off; the fifth lies ahead. Paces a day: 10/126 and 10/130,
    # each weighed with the median of the two
    usual = (10 / 126 + 10 / 130) / 2
    assert durations["duration_days"].tolist() == pytest.approx(
        [20 / ((10 / 126 + usual) / 2), 20 / ((10 / 130 + usual) / 2)]
    )


def test_a_team_that_works_on_sundays_has_as_many_days_as_any_other():
    program = tracker({"item_id": "E", "kind": "Epic", "team": "Cairo"}, *children("E", 10, 10))
    off = plans.days_off(
        People.empty().reindex([0]).assign(person_id="P", team="Cairo", country="EG"),
        until=program.as_of,
    )
    # 26 weeks, Sunday to Thursday, less the holidays of Egypt on those days
    weekdays = np.busday_count("2024-12-31", "2025-07-01", weekmask="Sun Mon Tue Wed Thu")
    free = off.loc[~off["weekly"], "day_on"].between("2024-12-31", "2025-06-30").sum()
    assert (weekdays, free > 0) == (130, True)
    told = epics.epic_durations(program.items, until=program.as_of, days_off=off)
    assert told["duration_days"].tolist() == pytest.approx([20 / 10 * (130 - free)])


def test_a_team_that_was_away_all_the_half_year_counts_its_weekdays():
    program = tracker({"item_id": "E", "kind": "Epic", "team": "Away"}, *children("E", 10, 10))
    days = pd.date_range("2024-12-01", "2025-07-31")
    off = DaysOff.empty().reindex(range(len(days))).assign(team="Away", day_on=days, weekly=False)
    told = epics.epic_durations(program.items, until=program.as_of, days_off=off)
    assert told["duration_days"].tolist() == pytest.approx([260])


def test_links_of_epics_bind_and_those_of_their_items_bind_the_finish():
    program = tracker(
        *({"item_id": key, "kind": "Epic"} for key in "EFGHI"),
        *(child for key in "EFGHI" for child in children(key, 1, 1)),
        links=[("E", "F"), ("F-1", "G-1"), ("E-0", "G-1"), ("H", "I"), ("I", "H")],
    )
    _, activities, links = derived(program)
    told = links[["from_id", "to_id", "kind"]].astype("str").to_numpy().tolist()
    assert told == [["E", "F", "FS"], ["F", "G", "FF"]]
    plan = plans.schedule(activities, links, until=program.as_of)
    assert plan["state"].tolist() == ["begun"] * 5


def test_a_tracker_without_recent_finishes_makes_no_schedule():
    program = tracker({"item_id": "E", "kind": "Epic"}, {"item_id": "A", "parent_id": "E"})
    durations, activities, links = derived(program)
    assert durations.empty
    assert activities.empty
    assert links.empty


@needs_shared_data
def test_the_epics_of_a_real_tracker_make_a_schedule():
    program = tpm.load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    _, activities, links = derived(program)
    plan = plans.schedule(activities, links, until=program.as_of)
    assert plan["activity_id"].tolist() == ["TIMOB-26570", "TIMOB-28470"]
    assert (plan["finish_on"] > program.as_of).all()
    earlier = program.at("2016-06-30")
    _, then, waits = derived(earlier)
    assert len(then) >= 10
    assert len(plans.schedule(then, waits, until=earlier.as_of)) == len(then)


@needs_shared_data
def test_the_derived_schedule_of_a_real_tracker_by_hand():
    program = tpm.load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}").at("2016-06-30")
    plan = plans.program_schedule(program).set_index("activity_id")
    assert len(plan) == 12
    # 12 items, 5 of them done, all within the half year of 130 weekdays; the median epic had 5 too
    daemon = plan.loc["DAEMON-48"]
    assert daemon["duration_days"] == pytest.approx(12 / (5 / 130))
    assert daemon["remaining_days"] == pytest.approx(7 / 12 * 312)
    assert daemon["finish_on"] == pd.Timestamp(np.busday_offset("2016-06-30", 182))
    # "Appcelerator Daemon v1" blocks "Appcelerator Daemon", 2 items, none done: 2 / (5 / 130) days
    follower = plan.loc["TIMOB-20330"]
    assert follower["remaining_days"] == pytest.approx(52)
    assert follower["finish_on"] == pd.Timestamp(np.busday_offset("2017-03-13", 52))
    assert set(plan.index[plan["critical"]]) == {"DAEMON-48", "TIMOB-20330"}
    assert plan["finish_on"].max() == follower["finish_on"]
