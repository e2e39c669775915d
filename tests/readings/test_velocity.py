"""Sentences about sprints: one team, many teams, no team, and nothing known of the contents."""

import pandas as pd

from tpm_analytics import Program
from tpm_analytics.metrics import velocity
from tpm_analytics.readings import velocity as readings

FIRST = pd.Timestamp("2025-01-06T09:00Z")
UNTIL = pd.Timestamp("2025-12-31")


def program_of(teams, *, scope=True):
    """Sprints of a fortnight: for each team, the share done of ten items in each sprint."""
    sprints, items, entries = [], [], []
    for team, done_in in teams.items():
        for number, done in enumerate(done_in):
            starts = FIRST + pd.Timedelta(weeks=2 * number)
            ends = starts + pd.Timedelta(days=11)
            key = f"{team}-{number}"
            sprints.append(
                {"sprint_id": key, "team": team or None, "starts_at": starts, "ends_at": ends}
            )
            for item in range(10):
                finish = ends - pd.Timedelta(days=1) if item < 10 * done else pd.NaT
                items.append(
                    {"item_id": f"{key}-{item}", "team": team or None, "finished_at": finish}
                )
                entries.append({"sprint_id": key, "item_id": f"{key}-{item}", "added_at": starts})
    tables = {"items": pd.DataFrame(items), "sprints": pd.DataFrame(sprints)}
    if scope:
        tables["sprint_scope"] = pd.DataFrame(entries)
    return Program.from_tables(tables, as_of=UNTIL)


def sprints_of(program):
    return velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=UNTIL
    )


def teams_of(teams):
    return velocity.team_velocity(sprints_of(program_of(teams)))


def test_one_team_is_not_called_every_team():
    assert str(readings.commitment(teams_of({"core": [0.9]}))) == (
        "core completed 90 % of what was committed to in the last sprint."
    )
    assert str(readings.commitment(teams_of({"core": [0.5, 0.5]}))) == (
        "core completed 50 % of what was committed to in the last 2 sprints."
    )


def test_of_several_teams_the_weakest_is_named_and_the_others_counted():
    assert str(readings.commitment(teams_of({"core": [0.5], "apps": [0.9], "data": [0.6]}))) == (
        "2 of 3 teams completed less than 80 % of what they committed to. "
        "The least: core, 50 % in the last sprint."
    )
    assert str(readings.commitment(teams_of({"core": [0.8], "apps": [0.9]}))) == (
        "Every team completed at least 80 % of what it committed to in its last sprints."
    )


def test_sprints_of_which_nothing_is_known_are_counted_and_no_carry_over_is_claimed():
    program = program_of({"core": [0.5, 0.5]}, scope=False)
    by_sprint = sprints_of(program)
    in_sprints = velocity.sprint_items(
        program.sprints, program.sprint_scope, program.items, until=UNTIL
    )
    carried = velocity.carried_items(program.sprint_scope, program.items, in_sprints)
    told = readings.carry_over(carried, velocity.carry_counts(in_sprints), by_sprint)
    assert "does not tell what was in its sprints" in str(told)
    aside = velocity.set_aside(program.sprints, program.sprint_scope, by_sprint, until=UNTIL)
    assert aside.to_dict("records") == [{"reason": "sprints of which no item is known", "count": 2}]


def test_what_was_left_out_is_right_in_number_for_one():
    program = program_of({"core": [0.5]}, scope=False)
    told = readings.set_aside(
        velocity.set_aside(program.sprints, program.sprint_scope, sprints_of(program), until=UNTIL)
    )
    assert str(told) == "Left out or unknown: sprints of which no item is known (1)."
