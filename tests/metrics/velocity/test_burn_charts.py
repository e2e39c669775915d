"""Burn-down and burn-up, by hand, across time zones, and what must always hold."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metrics.sprints import DAY, FIRST, LATER, program_of, sprint_table, starts
from tpm_analytics import ParameterError, Program
from tpm_analytics.metrics import velocity

BEFORE = starts(1) - DAY


def running(*, as_of="2025-03-07", **changed):
    """The sprint began on Monday; on Wednesday one item came in and one left."""
    items = {"A-1": (3, FIRST + DAY), "A-2": (5, None), "A-3": (2, None), "A-4": (1, None)}
    scope = [
        ("1", "A-1", BEFORE, None),
        ("1", "A-2", BEFORE, None),
        ("1", "A-3", BEFORE, FIRST + 2 * DAY),
        ("1", "A-4", FIRST + 2 * DAY, None),
    ]
    return program_of(sprint_table(1, completed_at=pd.NaT, **changed), items, scope, as_of=as_of)


def test_burn_by_hand():
    found = velocity.burn(running()).set_index("day_on")
    week = found.loc["2025-03-02":"2025-03-07"]
    assert week["scope"].tolist() == [10, 10, 10, 9, 9, 9]
    assert week["done"].tolist() == [0, 0, 3, 3, 3, 3]
    assert week["remaining"].tolist() == [10, 10, 7, 6, 6, 6]


def test_the_guideline_falls_on_weekdays_only_and_reaches_nothing():
    found = velocity.burn(running()).set_index("day_on")["guideline"]
    assert found.iloc[0] == 10
    assert found["2025-03-07"] == found["2025-03-08"] == found["2025-03-09"] == 5
    assert found.iloc[-1] == 0


@pytest.mark.parametrize(
    ("country", "days"),
    [
        # Monday 3 to Friday 14 March 2025, of which Cairo works the nine from Sunday to Thursday
        ("EG", [3, 4, 5, 6, 9, 10, 11, 12, 13]),
        ("ES", [3, 4, 5, 6, 7, 10, 11, 12, 13, 14]),
        # 3 March is the day of liberation in Bulgaria
        ("BG", [4, 5, 6, 7, 10, 11, 12, 13, 14]),
    ],
)
def test_the_guideline_falls_on_the_days_on_which_the_team_works(country, days):
    people = {"person_id": ["P-1"], "team": ["core"], "country": [country]}
    there = Program.from_tables(
        running().tables() | {"people": pd.DataFrame(people)}, as_of="2025-03-07"
    )
    found = velocity.burn(there).set_index("day_on")["guideline"]
    assert found[found.diff() < 0].index.day.tolist() == days
    assert found.iloc[0] == 10
    assert found[pd.Timestamp(2025, 3, days[0])] == pytest.approx(10 - 10 / len(days))
    assert found.iloc[-1] == 0


def test_days_that_have_not_come_are_unknown():
    found = velocity.burn(running()).set_index("day_on")
    assert found.loc["2025-03-08":, "remaining"].isna().all()
    assert found.index[-1] == pd.Timestamp("2025-03-14")


def test_items_are_counted_where_points_are_not_asked_for():
    found = velocity.burn(running(), measure="items")
    assert found["scope"].iloc[0] == 3
    assert set(found["measure"]) == {"items"}


def test_an_item_that_left_and_came_back_is_there_once():
    program = program_of(
        sprint_table(1, completed_at=pd.NaT),
        {"A-1": (3, None)},
        [
            ("1", "A-1", BEFORE, FIRST + DAY),
            ("1", "A-1", FIRST + 2 * DAY, None),
        ],
        as_of="2025-03-07",
    )
    found = velocity.burn(program)["scope"].dropna()
    assert found.tolist() == [3, 3, 0, 3, 3, 3]


def test_work_done_at_night_in_tokyo_counts_on_its_own_day():
    # Friday 23:30 in Tokyo is Friday 14:30 in UTC; Saturday 00:30 there is Friday 15:30
    done = [pd.Timestamp("2025-03-07T14:30Z"), pd.Timestamp("2025-03-07T15:30Z")]
    program = running()
    tables = {
        "items": program.items[["item_id", "points"]].assign(finished_at=[*done, None, None]),
        "sprints": program.sprints.drop(columns=["starts_on", "ends_on", "completed_on"]),
        "sprint_scope": program.sprint_scope,
    }
    there = Program.from_tables(tables, as_of="2025-03-09", time_zone="Asia/Tokyo")
    found = velocity.burn(there).set_index("day_on")["done"]
    assert (found["2025-03-07"], found["2025-03-08"]) == (3, 8)


def test_at_its_end_a_sprint_burnt_down_to_what_it_carried_over():
    items = {"A-1": (3, FIRST + DAY), "A-2": (5, None), "A-3": (8, FIRST + 20 * DAY)}
    program = program_of(
        sprint_table(1), items, [("1", key, BEFORE, None) for key in items], as_of="2025-03-31"
    )
    burnt = velocity.burn(program).iloc[-1]
    row = velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    ).iloc[0]
    assert (burnt["remaining"], burnt["done"]) == (row["carried_over"], row["completed"])
    assert (burnt["remaining"], burnt["done"]) == (13, 3)


days = st.one_of(st.none(), st.integers(-4, 14))
entries = st.tuples(days, st.integers(-4, 14), st.integers(1, 9), st.booleans())


@given(st.lists(entries, min_size=1, max_size=10))
@settings(max_examples=30)
def test_whatever_befalls_its_items_a_sprint_ends_at_what_is_told_of_it(drawn):
    # an hour before the moment of the start, so that nothing happens after the sprint's last one
    def at(day):
        return None if day is None else FIRST + day * DAY - DAY / 24

    items = {f"A-{n}": (1, at(done)) for n, (done, *_) in enumerate(drawn)}
    scope = [
        ("1", f"A-{n}", at(added), at(added + stays) if leaves else None)
        for n, (_, added, stays, leaves) in enumerate(drawn)
    ]
    program = program_of(sprint_table(1), items, scope)
    found = velocity.burn(program, measure="items")
    assert (found["scope"] - found["done"] == found["remaining"]).all()
    row = velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=LATER, measure="items"
    ).iloc[0]
    told = row[["committed", "completed", "carried_over"]].fillna(0).tolist()
    last = found.iloc[-1]
    assert [found["scope"].iloc[0], last["done"], last["remaining"]] == told


def test_a_sprint_is_found_by_its_name_and_another_one_is_refused():
    program = running()
    named = velocity.burn(program, sprint="Sprint 1")
    pd.testing.assert_frame_equal(named, velocity.burn(program, sprint="1"))
    with pytest.raises(ParameterError, match="newest are: Sprint 1"):
        velocity.burn(program, sprint="Sprint 7")


def test_a_program_without_sprints_burns_nothing():
    program = Program.from_tables(
        {"items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})}
    )
    assert velocity.burn(program).empty


def items_of(days):
    return Program.from_tables(
        {
            "items": pd.DataFrame(
                {
                    "item_id": [f"A-{n}" for n in range(len(days))],
                    "points": [2.0 * n + 1 for n in range(len(days))],
                    "created_at": [made and f"{made}T09:00Z" for made, _ in days],
                    "finished_at": [done and f"{done}T09:00Z" for _, done in days],
                }
            )
        },
        as_of="2025-03-31",
    ).items


def test_burn_up_by_hand():
    items = items_of(
        [("2025-03-03", "2025-03-12"), ("2025-03-11", None), (None, "2025-03-19"), (None, None)]
    )
    found = velocity.burn_up(items, until=pd.Timestamp("2025-03-24"), measure="items")
    assert found["scope"].tolist() == [1, 2, 3]
    assert found["done"].tolist() == [0, 1, 2]
    assert found["ends_on"].dt.strftime("%d").tolist() == ["09", "16", "23"]
    in_points = velocity.burn_up(items, until=pd.Timestamp("2025-03-24"), measure="points")
    assert in_points["remaining"].tolist() == [1, 3, 3]


def test_finished_work_that_was_imported_later_is_never_more_than_is_known_of():
    items = items_of([("2025-03-20", "2025-03-04"), ("2025-03-03", None)])
    found = velocity.burn_up(items, until=pd.Timestamp("2025-03-30"), measure="items")
    assert (found["remaining"] >= 0).all()
    assert found["scope"].iloc[0] == 2


def test_months_end_where_they_end():
    items = items_of([("2025-01-03", "2025-02-12")])
    found = velocity.burn_up(items, until=pd.Timestamp("2025-03-31"), every="month")
    assert found["ends_on"].dt.strftime("%m-%d").tolist() == ["01-31", "02-28", "03-31"]
