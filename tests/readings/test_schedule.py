"""Sentences about schedules: why a date, in words, and plain when nothing is known."""

import pandas as pd

from tests.metrics.schedules import SUNDAY, program_of, work
from tpm_analytics.metrics import schedule
from tpm_analytics.metrics import schedule as plans
from tpm_analytics.readings import schedule as more
from tpm_analytics.readings import schedule as readings
from tpm_analytics.results.schedule import DaysOff

OFF = DaysOff.validate(pd.DataFrame({"team": ["Core"], "day_on": ["2025-03-12"]}))


def why(program, **options):
    path = schedule.driving_path(program.activities, program.links, until=program.as_of, **options)
    return str(readings.why(path))


def test_why_this_date_names_links_lags_holidays_and_delays():
    baseline = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-05"}
    program = program_of(
        [
            work("a", 5, name="Design", team="Core", start_no_earlier_on="2025-03-04") | baseline,
            work("b", 3, name="Build", team="Core"),
            work("c", 0, name="Ready"),
        ],
        [("a", "b", "SS", 4), ("b", "c")],
    )
    assert why(program, days_off=OFF).splitlines() == [
        "Ready is finished on 2025-03-13 at the earliest. Why then?",
        "1. Design (Core) may not start before 2025-03-04 and takes 5 working days, to 2025-03-10. "
        "This adds 5 days to the delay.",
        "2. Build (Core) can start 4 working days after Design starts and takes 3 working days, to "
        "2025-03-13. 1 holiday is in the way.",
        "3. Ready is reached when Build is finished: 2025-03-13.",
        "No other work decides this date: only what is left of these steps does.",
    ]


def test_what_is_under_way_and_what_is_finished_are_told_as_such():
    begun = {"actual_start_on": "2025-02-24", "percent_complete": 0.5}
    program = program_of([work("a", 10, name="Design") | begun])
    assert "Design is under way since 2025-02-24; 5 working days are left" in why(program)
    done = {"actual_start_on": "2025-02-24", "actual_finish_on": "2025-02-28"}
    told = why(program_of([work("a", 5, name="Design") | done]))
    assert told.startswith("Design was finished on 2025-02-28. Why then?")
    assert "No other work" not in told


def test_names_are_never_live_markup():
    path = schedule.driving_path(
        *(
            getattr(program_of([work("a", 1, name="<b>*x*")]), name)
            for name in ("activities", "links")
        ),
        until=SUNDAY,
    )
    assert "<b>" not in readings.why(path).markdown


def test_a_step_that_wins_days_back_says_so():
    late = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-03"}
    short = {"baseline_start_on": "2025-03-04", "baseline_finish_on": "2025-03-14"}
    program = program_of(
        [work("a", 5, name="Build") | late, work("b", 4, name="Test") | short], [("a", "b")]
    )
    told = why(program).splitlines()
    assert told[1].endswith("This adds 4 days to the delay.")
    assert told[2].endswith("This wins back 5 days of it.")


def test_the_end_is_told_with_its_slip_and_its_deadlines():
    baseline = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-05"}
    program = program_of([work("a", 5, finish_no_later_on="2025-03-06") | baseline, work("b", 1)])
    plan = plans.schedule(program.activities, program.links, until=program.as_of)
    assert str(readings.end(plan)) == (
        "As planned, everything is finished on 2025-03-07 at the earliest, 2 days later than in "
        "the baseline. No risk and nobody's overload is in that day. Of "
        "2 activities and milestones 2 are not finished, and 1 of these has no room at all. "
        "1 misses a day fixed for it."
    )


def test_slack_and_crashing_are_told_in_working_days():
    program = program_of(
        [
            work("a", 5, name="Long", crash_days=4, crash_cost_per_day=100),
            work("b", 2, name="Short"),
            work("c", 1, name="End"),
        ],
        [("a", "c"), ("b", "c")],
    )
    both = (program.activities, program.links)
    slack = schedule.slack_to(*both, until=program.as_of, targets=("c",))
    assert str(readings.slack(schedule.slack_of(slack))) == (
        "Before End (2025-03-10) moves, 1 open activity has no room at all: Long. The next, Short, "
        "may end 3 working days later."
    )
    costs = schedule.crash_costs(schedule.crashing(*both, until=program.as_of))
    assert str(readings.crashing(costs, win=5)) == (
        "The cheapest way to win 1 working day costs 100: Long by 1. The end is then 2025-03-07. "
        "More cannot be bought."
    )


def test_of_nothing_every_reading_says_so():
    program = program_of([work("a", 1)])
    empty = program.activities.head(0)
    plan = plans.schedule(empty, program.links, until=SUNDAY)
    assert "no schedule" in str(readings.end(plan))
    assert "no schedule" in str(readings.teams(schedule.team_slips(plan, until=SUNDAY)))
    path = schedule.driving_path(empty, program.links, until=SUNDAY)
    assert "no schedule" in str(readings.why(path))
    trend = schedule.milestone_trend(program.milestones, program.milestone_forecasts, until=SUNDAY)
    slips = schedule.milestone_slips(program.milestones, trend, until=SUNDAY)
    assert "no milestones" in str(more.slips(slips))
    kept = schedule.punctuality(slips, until=SUNDAY)
    assert str(more.punctuality(kept)).startswith("No quarter")
    check = schedule.milestone_check(program.milestones, plan)
    assert "cannot be compared" in str(more.check(check))
    health = schedule.schedule_health(empty, program.links, program.activity_demand, until=SUNDAY)
    assert str(more.health(health)) == "There is no schedule to look into."
    cases = schedule.issue_graph_cases(program)
    graph = schedule.issue_graph(cases, program.items, program.links)
    assert str(more.graph(graph)) == "Nothing is wrong in the links of the tracker."
