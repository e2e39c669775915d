"""Sentences about chains, burn-downs, estimates, and what the tracker itself shows."""

import pandas as pd

from tests.metrics.sprints import DAY, FIRST, program_of, sprint_table, starts
from tpm_analytics import Program
from tpm_analytics.metrics import flow, velocity
from tpm_analytics.readings import velocity as readings
from tpm_analytics.results.velocity import Burn, CarryCounts, ProgramBurn, SprintItems

BEFORE = starts(1) - DAY


def two_sprints():
    """One item done in the second sprint, one never, one that came in late and was done."""
    items = {"A-1": (3, starts(2) + DAY), "A-2": (5, None), "A-3": (2, starts(2) + 2 * DAY)}
    scope = [(str(n), key, starts(n) - DAY, None) for n in (1, 2) for key in ("A-1", "A-2")]
    scope += [("2", "A-3", starts(2) + DAY, None)]
    return program_of(sprint_table(2), items, scope)


def in_sprints(program):
    return velocity.sprint_items(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    )


def by_sprint(program):
    return velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    )


def test_carry_over_is_told_in_shares_and_once_is_told_apart_from_more():
    program = two_sprints()
    found = in_sprints(program)
    carried = velocity.carried_items(program.sprint_scope, program.items, found)
    counts = velocity.carry_counts(found)
    assert str(readings.carry_over(carried, counts, by_sprint(program))) == (
        "67 % of the items that were in a sprint were carried over at least once and 1 item more "
        "than once; 1 of those is not known to be finished."
    )


def test_the_longest_chain_is_told_from_its_first_to_its_last_sprint():
    assert str(readings.chain(velocity.chain(in_sprints(two_sprints())))) == (
        "The longest chain: A-2 (Work on A-2) went through 2 sprints and was carried over 2 times, "
        "from Sprint 1 (2025-03-03) to Sprint 2 (2025-03-28). It is still open."
    )
    once = velocity.chain(in_sprints(two_sprints()), item_id="A-1")
    assert str(readings.chain(once)).endswith("It was done on 2025-03-18.")
    assert str(readings.chain(SprintItems.empty())) == "No item was carried over."


def test_unplanned_work_names_the_team_with_the_most_or_says_that_it_is_unknown():
    teams = velocity.team_velocity(by_sprint(two_sprints()))
    assert str(readings.unplanned(teams)) == (
        "40 % of what was completed came in after the sprint had begun."
    )
    program = program_of(sprint_table(1), {"A-1": (1, None)}, [("1", "A-1", None, None)])
    unknown = velocity.team_velocity(by_sprint(program))
    assert "unknown" in str(readings.unplanned(unknown))


def test_a_running_sprint_is_told_with_its_pace_and_its_scope():
    program = program_of(
        sprint_table(1, completed_at=pd.NaT),
        {"A-1": (6, FIRST + DAY), "A-2": (4, None), "A-3": (2, None)},
        [
            ("1", "A-1", BEFORE, None),
            ("1", "A-2", BEFORE, None),
            ("1", "A-3", FIRST + 2 * DAY, None),
        ],
        as_of="2025-03-07",
    )
    assert str(readings.burn(velocity.burn(program))) == (
        "Sprint 1: 6 of 12 points still to do, 7 days before its end. At an even pace it would "
        "be 5. Its scope has grown by 2 since it began."
    )


def test_a_sprint_that_ended_is_not_told_as_running():
    told = str(readings.burn(velocity.burn(two_sprints())))
    assert told.startswith("No sprint runs; this is how the last ended. Sprint 2: 5 of 10 points")
    assert readings.burn(Burn.empty()).plain == "No sprint runs, and none has ended lately."


def up_of(done_each_week):
    weeks = len(done_each_week)
    ends = pd.date_range("2025-01-05", periods=weeks, freq="7D", unit="us")
    scope = [100.0 + week for week in range(weeks)]
    done = pd.Series(done_each_week, dtype=float).cumsum()
    return ProgramBurn.validate(
        pd.DataFrame(
            {
                "period_on": ends - 6 * DAY,
                "ends_on": ends,
                "measure": "items",
                "scope": scope,
                "done": done,
                "remaining": scope - done,
            }
        )
    )


def test_the_program_is_told_with_what_came_new():
    assert str(readings.burn_up(up_of([2] * 20))) == (
        "40 of 119 items known of are done (34 %), 79 are left. In the last 13 weeks 26 were "
        "done and 13 came new. What is left shrinks."
    )
    assert str(readings.burn_up(up_of([1] * 20))).endswith("What is left hardly changes.")
    assert str(readings.burn_up(up_of([0] * 3))) == (
        "0 of 102 items known of are done (0 %), 102 are left."
    )


def test_estimates_are_told_by_how_much_they_tell():
    first = pd.Timestamp("2025-03-03T09:00Z")
    rows = [(1, d) for d in (1, 2, 2, 3, 3)] + [(5, d) for d in (8, 9, 9, 10, 20)]
    items = Program.from_tables(
        {
            "items": pd.DataFrame(
                {
                    "item_id": [f"A-{n}" for n in range(10)],
                    "points": [points for points, _ in rows],
                    "started_at": first,
                    "finished_at": [first + pd.Timedelta(days=d - 1) for _, d in rows],
                }
            )
        }
    ).items
    times = flow.cycle_time(items)
    sizes = velocity.size_times(times, items)
    told = str(readings.estimates(velocity.size_fit(times, items), sizes))
    assert told == (
        "The estimate tells much about how long an item takes (rank correlation 0.88 over 10 "
        "items): half of those of 1 point took up to 2 days, half of those of 5 points up to 9 "
        "days."
    )
    assert "cannot be said" in str(
        readings.estimates(velocity.size_fit(times, items), sizes.head(1))
    )


def test_the_tracker_is_told_to_show_more_or_the_same():
    def told(finish, closed):
        program = program_of(
            sprint_table(1, completed_at=closed),
            {"A-1": (3, finish)},
            [("1", "A-1", BEFORE, None)],
        )
        return str(readings.reconciliation(velocity.reconciliation(program)))

    end = FIRST + 11 * DAY
    assert "Nothing in the data makes" in told(FIRST + DAY, end)
    assert told(end + DAY, end + 60 * DAY) == (
        "Jira's own sprint reports would show 3 points more as completed than this page, in all "
        "sprints together. The reasons:"
    )


def test_a_source_without_sprints_says_so():
    program = Program.from_tables(
        {"items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})}
    )
    found = in_sprints(program)
    carried = velocity.carried_items(program.sprint_scope, program.items, found)
    told = readings.carry_over(carried, CarryCounts.empty(), by_sprint(program))
    assert "no sprints with dates" in str(told)
