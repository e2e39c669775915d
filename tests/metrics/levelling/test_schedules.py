"""The plan that the people there can do, what one more person buys, and what cannot be done."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics import ParameterError, Program
from tpm_analytics.charts import levelling as charts
from tpm_analytics.metrics import levelling, schedule
from tpm_analytics.metrics.levelling import schedules, shared_work
from tpm_analytics.models import levelling as model
from tpm_analytics.readings import levelling as readings

ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-02-03T09:00Z"]})
# a Friday: the first working day to come is Monday, 3 March
FRIDAY = pd.Timestamp("2025-02-28")


def program_of(work, people=1, links=(), **tables):
    """Activities as (key, days, units of an engineer), and so many engineers of one team."""
    staff = people if isinstance(people, list) else [{} for _ in range(people)]
    keys = [key for key, *_ in work]
    return Program.from_tables(
        {
            "items": ITEMS,
            "people": pd.DataFrame(
                [
                    {"person_id": f"P-{number}", "team": "Core", "role": "Engineer"} | one
                    for number, one in enumerate(staff)
                ]
            ),
            "activities": pd.DataFrame(
                {
                    "activity_id": keys,
                    "name": [f"Do {key}" for key in keys],
                    "team": "Core",
                    "duration_days": [float(days) for _, days, _ in work],
                    "optimistic_days": [days * 0.5 for _, days, _ in work],
                    "pessimistic_days": [days * 2.0 for _, days, _ in work],
                    "baseline_start_on": "2025-03-03",
                }
            ),
            "activity_demand": pd.DataFrame(
                {
                    "activity_id": keys,
                    "resource": "engineer",
                    "units": [float(units) for *_, units in work],
                }
            ),
            "links": pd.DataFrame(links, columns=["from_id", "to_id", "kind"]),
            **tables,
        },
        as_of=FRIDAY,
    )


def ends(told):
    row = told.iloc[0]
    return row["today_end_on"].day, row["end_on"].day, bool(row["proved"])


def test_two_that_need_the_same_person_are_done_one_after_the_other():
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    told = levelling.levelled(shared_work(program))
    assert sorted(told["today_finish_on"].dt.day) == [4, 5]
    assert told["finish_on"].dt.day.max() == 7
    assert told["moved_days"].tolist() == [0, 2], "the one that moves the plan least waits"
    assert told["needs"].tolist() == ["1 Core · engineer"] * 2
    assert ends(levelling.summary(told)) == (5, 7, True)


def test_one_more_person_wins_the_days_that_people_cost():
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    more = levelling.one_more(shared_work(program), levelling.levelled(shared_work(program)))
    row = more.drop(columns="end_on").to_dict("records")
    assert row == [{"resource": "Core · engineer", "heads": 1, "days_won": 2, "proved": True}]


def test_where_the_chain_is_the_limit_one_more_person_wins_nothing():
    program = program_of([("A", 3, 1), ("B", 2, 1)], links=[("A", "B", "FS")])
    told = levelling.levelled(shared_work(program))
    assert told["moved_days"].tolist() == [0, 0]
    assert levelling.one_more(shared_work(program), told)["days_won"].tolist() == [0]
    assert "can do today's plan" in str(
        readings.plan(
            levelling.summary(told),
            levelling.shortages(shared_work(program)),
            program.activities,
            program.activity_demand,
            program.people,
        )
    )


def test_parts_of_a_person_add_up_until_the_person_is_full():
    assert ends(
        levelling.summary(
            levelling.levelled(shared_work(program_of([("A", 3, 0.5), ("B", 2, 0.5)])))
        )
    )[:2] == (5, 5)
    assert ends(
        levelling.summary(
            levelling.levelled(shared_work(program_of([("A", 3, 0.6), ("B", 2, 0.6)])))
        )
    )[:2] == (5, 7)


def test_the_load_stands_above_the_people_today_and_not_when_levelled():
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    load = levelling.resource_load(shared_work(program), levelling.levelled(shared_work(program)))
    assert load[["capacity", "today", "levelled"]].to_numpy().tolist() == [[1.0, 2.0, 1.0]]
    assert load["period_on"].tolist() == [pd.Timestamp("2025-03-03")]


def test_work_waits_for_who_joins_and_for_who_is_long_away():
    joins = program_of([("A", 2, 1)], [{"joined_on": "2025-03-05"}])
    assert levelling.levelled(shared_work(joins))["start_on"].dt.day.tolist() == [5]
    absences = pd.DataFrame(
        {"person_id": ["P-0"], "from_on": ["2025-02-15"], "to_on": ["2025-03-16"]}
    )
    away = program_of([("A", 2, 1)], absences=absences)
    assert levelling.levelled(shared_work(away))["start_on"].dt.day.tolist() == [17]
    holiday = absences.assign(from_on="2025-03-01")
    short = program_of([("A", 2, 1)], absences=holiday)
    assert levelling.levelled(shared_work(short))["start_on"].dt.day.tolist() == [3], (
        "holidays are in the plan"
    )


def test_a_role_that_one_team_lacks_is_shared_by_all():
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    other = program.activities.assign(team=["Core", "Edge"])
    shared = Program.from_tables(program.tables() | {"activities": other}, as_of=FRIDAY)
    told = levelling.levelled(shared_work(shared))
    assert set(told["needs"]) == {"1 engineer"}
    assert told["finish_on"].dt.day.max() == 7


def test_more_than_there_are_is_a_shortage_that_names_who_and_what():
    program = program_of([("A", 3, 2), ("B", 2, 1)])
    short = levelling.shortages(shared_work(program))
    assert short.to_dict("records") == [
        {
            "resource": "Core · engineer",
            "needed": 2.0,
            "there": 1.0,
            "lasting": 1.0,
            "activities": "Do A",
        }
    ]
    assert levelling.levelled(shared_work(program)).empty
    said = str(
        readings.plan(
            levelling.summary(levelling.levelled(shared_work(program))),
            short,
            program.activities,
            program.activity_demand,
            program.people,
        )
    )
    assert "No plan can be made" in said
    assert "Core · engineer: 2 needed at once, 1 there at most, 1 in the end, for Do A" in said
    assert "Do A" in charts.shortage_table(short)._repr_html_()


def test_a_role_nobody_has_is_a_shortage_of_all_that_is_needed():
    program = program_of([("A", 3, 1)], [{"role": "Tester"}])
    assert levelling.shortages(shared_work(program))[["there", "resource"]].to_numpy().tolist() == [
        [0.0, "engineer"]
    ]


def test_who_leaves_too_early_for_the_work_is_a_shortage():
    program = program_of([("A", 6, 1)], [{"left_on": "2025-03-05"}])
    assert levelling.shortages(shared_work(program))["lasting"].tolist() == [0.0]


def test_without_the_solver_a_search_answers_and_says_so(monkeypatch):
    monkeypatch.setattr(model, "available", lambda: False)
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    told = levelling.levelled(shared_work(program))
    assert set(told["method"]) == {"heuristic search"}
    assert ends(levelling.summary(told)) == (5, 7, True)
    work = shared_work(program)
    said = str(
        readings.plan(
            levelling.summary(told),
            levelling.shortages(work),
            program.activities,
            program.activity_demand,
            program.people,
        )
    )
    assert "Found by a heuristic search; the solver may move fewer activities" in said
    assert "pip install" in said
    assert told["moved_days"].tolist() == [0, 3], "a day more than the solver, which exchanges them"


def test_of_very_many_activities_the_serial_rule_answers(monkeypatch):
    monkeypatch.setattr(schedules, "SEARCHED_ACTIVITIES", 10)
    program = program_of([(f"A-{number}", 1, 1) for number in range(20)], 5)
    told = levelling.levelled(shared_work(program))
    assert set(told["method"]) == {"serial rule"}
    last = np.busday_offset("2025-03-03", 20 // 5 - 1)
    assert told["finish_on"].max() == pd.Timestamp(last)


def test_futures_with_few_people_end_later_than_those_that_forget_them():
    program = program_of([("A", 10, 1), ("B", 10, 1)])
    told = levelling.levelled(shared_work(program))
    chances = levelling.feasible_finish(shared_work(program), told, trials=200, seed=3)
    assert chances["chance"].tolist() == [0.5, 0.8, 0.85, 0.95]
    assert (chances["later_days"] >= 7).all()
    assert chances["feasible_on"].is_monotonic_increasing
    again = levelling.feasible_finish(shared_work(program), told, trials=200, seed=3)
    pd.testing.assert_frame_equal(chances, again)
    assert "too early" in str(readings.chances(chances))


def test_futures_with_people_enough_end_as_if_they_were_no_limit():
    program = program_of([("A", 10, 1), ("B", 10, 1)], 2)
    chances = levelling.feasible_finish(
        shared_work(program), levelling.levelled(shared_work(program)), trials=50
    )
    assert chances["later_days"].tolist() == [0, 0, 0, 0]


def test_futures_of_fixed_durations_end_when_the_levelled_plan_does():
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    plain = program.activities.assign(optimistic_days=np.nan, pessimistic_days=np.nan)
    fixed = Program.from_tables(program.tables() | {"activities": plain}, as_of=FRIDAY)
    chances = levelling.feasible_finish(
        shared_work(fixed), levelling.levelled(shared_work(fixed)), trials=20
    )
    assert chances["feasible_on"].dt.day.tolist() == [7] * 4
    assert chances["blind_on"].dt.day.tolist() == [5] * 4


@settings(max_examples=6)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 2)), min_size=1, max_size=6),
    st.integers(2, 3),
)
def test_no_levelled_plan_needs_more_people_than_there_are(work, people):
    named = [(f"A-{number}", *each) for number, each in enumerate(work)]
    program = program_of(named, people, links=[("A-0", "A-1", "FS")] if len(work) > 1 else [])
    told = levelling.levelled(shared_work(program))
    load = levelling.resource_load(shared_work(program), told)
    assert (load["levelled"] <= load["capacity"]).all()
    row = levelling.summary(told).iloc[0]
    assert row["today_end_on"] <= row["end_on"]
    assert row["bound_on"] <= row["end_on"]


def test_bad_options_are_refused():
    program = program_of([("A", 3, 1)])
    with pytest.raises(ParameterError, match="trials=0 is below 1"):
        levelling.feasible_finish(
            shared_work(program), levelling.levelled(shared_work(program)), trials=0
        )


def test_without_activities_there_is_nothing_to_level_and_charts_say_so():
    program = Program.from_tables({"items": ITEMS})
    told = levelling.levelled(shared_work(program))
    load = levelling.resource_load(shared_work(program), told)
    assert "nothing to level" in str(
        readings.plan(
            levelling.summary(told),
            levelling.shortages(shared_work(program)),
            program.activities,
            program.activity_demand,
            program.people,
        )
    )
    assert charts.load_histogram(load).to_dict()["mark"]["type"] == "text"
    assert charts.moves(told).to_dict()["mark"]["type"] == "text"
    assert "cannot be said" in str(
        readings.one_more(levelling.one_more(shared_work(program), told))
    )
    assert "cannot be said" in str(
        readings.chances(levelling.feasible_finish(shared_work(program), told))
    )


def test_two_runs_tell_the_same_to_the_byte(monkeypatch):
    """What the search tries is counted, not timed: no proof is needed for the same answer."""
    monkeypatch.setattr(schedules, "SOLVING", 0.02)
    work = [(f"A-{number}", 1 + number * 7 % 5, 1 + number % 3) for number in range(20)]
    links = [(f"A-{number}", f"A-{number + 7}", "FS") for number in range(0, 12, 3)]
    program = program_of(work, 5, links=links)
    tables = []
    for _ in range(2):
        shared = shared_work(program)
        told = levelling.levelled(shared)
        rest = (levelling.one_more, levelling.resource_load, levelling.feasible_finish)
        tables.append([told, *(measure(shared, told) for measure in rest)])
    first, second = ([table.to_csv().encode() for table in run] for run in tables)
    assert first == second


def test_no_clock_is_asked_when_levelling(monkeypatch):
    for name in ("time", "perf_counter", "monotonic", "process_time"):
        monkeypatch.setattr(f"time.{name}", lambda: pytest.fail("the clock was asked"))
    program = program_of([(f"A-{number}", 2, 1) for number in range(8)], 3)
    told = levelling.levelled(shared_work(program))
    assert len(told) == 8
    assert len(levelling.one_more(shared_work(program), told)) == 1


def test_charts_draw_each_resource_and_each_activity():
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    told = levelling.levelled(shared_work(program))
    drawn = charts.load_histogram(levelling.resource_load(shared_work(program), told)).to_dict()
    assert drawn["facet"]["field"] == "resource"
    assert len(charts.moves(told).to_dict()["layer"]) == 2
    assert "Do B" in charts.move_table(told)._repr_html_()
    more = levelling.one_more(shared_work(program), told)
    assert "Core · engineer" in charts.one_more_table(more)._repr_html_()
    assert "wins 2 working days" in str(readings.one_more(more))


def test_the_histogram_folds_names_that_a_page_can_read():
    program = program_of([("A", 3, 1), ("B", 2, 1)])
    load = levelling.resource_load(shared_work(program), levelling.levelled(shared_work(program)))
    layers = charts.load_histogram(load).to_dict()["spec"]["layer"]
    folded = {name for layer in layers for name in layer["transform"][0]["fold"]}
    assert len(folded) == 3
    assert not any("'" in name or "." in name for name in folded)


def test_people_of_another_country_are_levelled_over_their_own_week():
    # two of two and three days for one person in Egypt: Mon and Tue, then Wed, Thu and Sunday
    program = program_of([("A", 2, 1), ("B", 3, 1)], [{"country": "EG"}])
    off = schedule.days_off(program.people, until=program.as_of)
    work = shared_work(program, days_off=off)
    told = levelling.levelled(work)
    assert told["finish_on"].dt.day.max() == 9
    slow = program_of([("A", 60, 1), ("B", 60, 1)], [{"country": "EG"}])
    told = levelling.levelled(shared_work(slow, days_off=off))
    assert not pd.concat([told["start_on"], told["finish_on"]]).dt.day_of_week.isin([4, 5]).any()
