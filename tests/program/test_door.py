"""The door turns raw columns into declared types, or says which rows it cannot."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from tpm_analytics.errors import InvalidTableError, MissingColumnsError, TpmError
from tpm_analytics.program.door import conform
from tpm_analytics.program.tables import (
    TABLES,
    Absences,
    Activities,
    Allocations,
    Deployments,
    Items,
    Milestones,
    People,
    Risks,
    Sprints,
    Stakeholders,
)


def through(table, time_zone="UTC", **columns):
    return conform(
        table, pd.DataFrame(columns), name="plan", origin="plan.csv", time_zone=time_zone
    )


def refused(table, time_zone="UTC", **columns):
    with pytest.raises(InvalidTableError) as caught:
        through(table, time_zone, **columns)
    return str(caught.value)


def utc(text):
    return pd.Timestamp(text, tz="UTC")


@pytest.mark.parametrize(
    ("given", "time_zone", "expected"),
    [
        ("2025-03-07T14:30:00Z", "Asia/Tokyo", "2025-03-07 14:30"),
        ("2025-03-07T14:30:00.000+0800", "Asia/Tokyo", "2025-03-07 06:30"),
        ("2025-03-07 14:30:00 +08:00", "Asia/Tokyo", "2025-03-07 06:30"),
        ("2025-03-07 14:30:00+00", "Asia/Tokyo", "2025-03-07 14:30"),
        ("2025-03-07T14:30-05", "Asia/Tokyo", "2025-03-07 19:30"),
        ("2025-03-07T14:30:00", "Asia/Tokyo", "2025-03-07 05:30"),
        ("2025-03-07", "Asia/Tokyo", "2025-03-06 15:00"),
        (datetime(2025, 3, 7, 14, 30), "Asia/Tokyo", "2025-03-07 05:30"),
        (date(2025, 3, 7), "UTC", "2025-03-07 00:00"),
        (pd.Timestamp("2025-03-07 14:30", tz="Europe/Madrid"), "UTC", "2025-03-07 13:30"),
    ],
)
def test_a_moment_is_read_with_its_offset_or_in_the_programs_zone(given, time_zone, expected):
    read = through(Items, time_zone, item_id=["A-1"], created_at=[given])
    assert read["created_at"][0] == utc(expected)


def test_moments_with_and_without_offset_may_stand_in_one_column():
    read = through(
        Items,
        "Asia/Tokyo",
        item_id=["A-1", "A-2", "A-3"],
        created_at=["2025-03-07T14:30Z", "2025-03-07 14:30", None],
    )
    assert read["created_at"].tolist()[:2] == [utc("2025-03-07 14:30"), utc("2025-03-07 05:30")]
    assert read["created_at"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        pytest.param("2025-03-30T02:30", "2025-03-30 01:00", id="a time that was skipped"),
        pytest.param("2025-10-26T02:30", "2025-10-26 00:30", id="a time that came twice: first"),
        pytest.param("2025-03-30T03:00", "2025-03-30 01:00", id="the first time after the skip"),
    ],
)
def test_hours_that_the_clock_skips_or_repeats_are_read_alike_as_text_and_as_stamps(
    local, expected
):
    for given in (local, pd.Timestamp(local)):
        read = through(Items, "Europe/Madrid", item_id=["A-1"], created_at=[given])
        assert read["created_at"][0] == utc(expected)


@pytest.mark.parametrize("given", ["07/03/2025", "7. 3. 2025", "Mar 7, 2025"])
@pytest.mark.parametrize(
    ("table", "key", "column", "noun"),
    [
        (Items, "item_id", "created_at", "is not a moment such as 2025-03-07T14:30:00Z"),
        (Milestones, "milestone_id", "due_on", "is not a day such as 2025-03-07"),
    ],
)
def test_dates_in_other_formats_are_named_not_guessed(given, table, key, column, noun):
    text = refused(table, **{key: ["A", "B"], column: ["2025-03-07", given]})
    assert text == (
        "plan.csv: table plan breaks its declaration in 1 place:\n"
        f"  - row 2, {column}: {noun} (found {given!r})\n"
        "Hint: mend the rows at the source; nothing was loaded"
    )


@pytest.mark.parametrize("given", ["2025-02-30", "0000-00-00", "NaN", 45000, 1741357800000])
def test_what_is_no_date_is_refused(given):
    assert "is not a moment" in refused(Items, item_id=["A-1"], created_at=[given])


def test_a_day_written_as_a_moment_is_the_day_it_has_in_the_programs_zone():
    read = through(
        Milestones,
        "Asia/Tokyo",
        milestone_id=["a", "b", "c", "d"],
        due_on=["2025-03-07T23:30:00Z", "2025-03-07T23:30:00+09:00", "2025-03-07T23:30", None],
    )
    assert read["due_on"].dt.strftime("%d").tolist()[:3] == ["08", "07", "07"]
    assert read["due_on"].isna()[3]


def test_a_day_that_the_zone_skipped_stays_the_day_it_was_written_as():
    read = through(Milestones, "Pacific/Apia", milestone_id=["a"], due_on=["2011-12-30"])
    assert read["due_on"][0] == pd.Timestamp("2011-12-30")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        pytest.param([7, 8], ["7", "8"], id="whole numbers"),
        pytest.param([7, None], ["7", None], id="whole numbers that a gap made floats"),
        pytest.param([7.5, 8.0], ["7.5", "8.0"], id="numbers with a fraction"),
        pytest.param(["007", " "], ["007", None], id="leading zeros, and blanks"),
        pytest.param([2**60, 2**60 + 1], [str(2**60), str(2**60 + 1)], id="long keys"),
        pytest.param(pd.Categorical([7, 8]), ["7", "8"], id="categories of numbers"),
    ],
)
def test_keys_are_text_however_a_file_wrote_them(given, text):
    read = through(Items, item_id=["A-1", "A-2"], parent_id=given)
    assert [None if pd.isna(key) else key for key in read["parent_id"]] == text


@pytest.mark.parametrize(
    ("given", "names"),
    [
        pytest.param(["Open", "  "], ["Open", None], id="blank text is no status"),
        pytest.param([1, 2], ["1", "2"], id="numbers are names"),
        pytest.param(pd.Categorical([1.0, None]), ["1", None], id="categories of numbers"),
        pytest.param(pd.Categorical(["", "Open"]), [None, "Open"], id="a blank category"),
        pytest.param(
            pd.Categorical(["b", "a"], categories=["b", "a"], ordered=True), ["b", "a"], id="order"
        ),
    ],
)
def test_categories_are_names_without_order(given, names):
    read = through(Items, item_id=["A-1", "A-2"], status=given)["status"]
    assert [None if pd.isna(name) else name for name in read] == names
    assert read.cat.categories.dtype == "str"
    assert not read.cat.ordered


def test_yes_and_no_are_read_in_the_usual_spellings():
    given = ["Yes", "n", "TRUE", "0", 1, False, None, ""]
    read = through(
        Deployments,
        deployment_id=list("abcdefgh"),
        deployed_at=["2025-03-07"] * 8,
        succeeded=given,
    )
    flags = read["succeeded"]
    assert flags.dtype == "boolean"
    assert flags[:6].tolist() == [True, False, True, False, True, False]
    assert flags[6:].isna().all()
    assert "is not a yes or no (found 'maybe')" in refused(
        Deployments, deployment_id=["a"], deployed_at=["2025-03-07"], succeeded=["maybe"]
    )


def test_numbers_are_read_and_what_is_none_is_refused():
    read = through(Items, item_id=list("abc"), points=["3", 0.5, " "])
    assert read["points"][:2].tolist() == [3.0, 0.5]
    assert np.isnan(read["points"][2])
    for given in ("3,5", "three", float("inf"), ["3"]):
        assert "is not a number" in refused(Items, item_id=["a"], points=[given])


def test_counts_are_whole():
    read = through(Stakeholders, stakeholder_id=["a", "b"], interest=["3.0", None])
    assert read["interest"].dtype == "Int64"
    assert read["interest"][0] == 3
    assert "is not a whole number (found 2.5)" in refused(
        Stakeholders, stakeholder_id=["a"], interest=[2.5]
    )


@pytest.mark.parametrize(
    ("table", "columns", "line"),
    [
        (
            Risks,
            {"risk_id": ["R-1"], "probability": [30]},
            "row 1, probability: is above 1, and 1 is all of it. Did you mean 0.3? (found 30.0)",
        ),
        (
            Allocations,
            {
                "person_id": ["ada"],
                "workstream": ["api"],
                "from_on": ["2025-03-03"],
                "to_on": ["2025-03-04"],
                "share": [80],
            },
            "row 1, share: is above 4, and 1 is all of it. Did you mean 0.8? (found 80.0)",
        ),
        (Items, {"item_id": ["A"], "points": [-1]}, "row 1, points: is below 0 (found -1.0)"),
        (
            People,
            {"person_id": ["ada"], "hours_per_week": [400]},
            "row 1, hours_per_week: is above 168 (found 400.0)",
        ),
        (
            Stakeholders,
            {"stakeholder_id": ["a"], "influence": [9]},
            "row 1, influence: is above 5 (found 9)",
        ),
        (Items, {"item_id": ["A", None]}, "row 2, item_id: is missing"),
        (Items, {"item_id": ["A", " "]}, "row 2, item_id: is missing"),
        (
            Absences,
            {"person_id": ["ada"], "from_on": ["2025-03-04"], "to_on": ["2025-03-03"]},
            "row 1: to_on lies before from_on",
        ),
        (
            Activities,
            {"activity_id": ["a"], "optimistic_days": [5], "pessimistic_days": [4]},
            "row 1: pessimistic_days lies below optimistic_days",
        ),
        (
            Activities,
            {
                "activity_id": ["a"],
                "baseline_start_on": ["2025-03-04"],
                "baseline_finish_on": ["2025-03-03"],
            },
            "row 1: baseline_finish_on lies before baseline_start_on",
        ),
    ],
)
def test_a_broken_rule_is_told_with_row_column_and_value(table, columns, line):
    assert f"  - {line}\n" in refused(table, **columns)


def test_every_row_of_a_repeated_key_is_named():
    text = refused(Items, item_id=["A-1", "A-2", "A-1"])
    assert "  - row 1, item_id: stands more than once (found 'A-1')" in text
    assert "  - row 3, item_id: stands more than once (found 'A-1')" in text
    assert "row 2" not in text


def test_two_columns_missing_in_one_row_are_both_named():
    text = refused(Absences, person_id=[None], from_on=[None], to_on=["2025-03-03"])
    assert "row 1, person_id: is missing" in text
    assert "row 1, from_on: is missing" in text


def test_many_failures_are_counted_and_the_first_are_shown():
    text = refused(Items, item_id=[str(n) for n in range(8)], points=["x"] * 8)
    assert "in 8 places" in text
    assert "row 5, points" in text
    assert "row 6, points" not in text
    assert "... and 3 more" in text


def test_a_missing_column_is_told_with_its_meaning_and_what_was_found():
    with pytest.raises(MissingColumnsError) as caught:
        through(Items, key=["A-1"], title=["x"])
    assert str(caught.value) == (
        "plan.csv: table plan lacks 1 column read here:\n"
        "  - item_id: Key in the tracker\n"
        "Found: key, title.\n"
        "Hint: rename your columns, or map them in [programs.NAME.fields] of tpm.toml"
    )


def test_a_column_that_stands_twice_is_refused():
    frame = pd.DataFrame([["A-1", "x", "y"]], columns=["item_id", "title", "title"])
    with pytest.raises(TpmError, match="more than one column named title"):
        conform(Items, frame, name="items", origin="plan.csv", time_zone="UTC")


def test_columns_not_declared_pass_through_behind_the_declared_ones():
    read = through(Sprints, board_id=[7, 8], sprint_id=["1", "2"])
    assert list(read.columns) == [*Sprints.declared(), "board_id"]
    assert read["board_id"].tolist() == [7, 8]


@pytest.mark.parametrize("name", list(TABLES))
def test_an_empty_table_gets_every_declared_type(name):
    table = TABLES[name]
    required = {c.name: [] for c in table.declared().values() if not c.optional}
    typed = through(table, **required)
    assert list(typed.columns) == list(table.declared())
    assert typed.empty
    table.validate(typed)


def test_the_raw_table_is_left_as_it_was():
    raw = pd.DataFrame(
        {"item_id": [1, 2], "status": [" ", "Open"], "created_at": ["2025-03-07", None]},
        index=[5, 9],
    )
    before = raw.copy(deep=True)
    read = conform(Items, raw, name="items", origin="plan.csv", time_zone="Asia/Tokyo")
    pd.testing.assert_frame_equal(raw, before)
    assert read.index.tolist() == [0, 1]


def test_what_came_out_of_the_door_goes_through_it_unchanged():
    once = through(
        Items,
        "Asia/Tokyo",
        item_id=[1, 2],
        status=["Open", None],
        created_at=["2025-03-07", None],
        points=["3", None],
    )
    again = conform(Items, once, name="items", origin="plan.csv", time_zone="Asia/Tokyo")
    pd.testing.assert_frame_equal(once, again)


def test_blanks_around_keys_and_names_are_no_part_of_them():
    teams = pd.Series(["core", "core ", " apps"])
    for given in (teams, teams.astype("category")):
        items = through(Items, item_id=["A-1", "A-2 ", " A-3"], team=given)
        assert items["item_id"].tolist() == ["A-1", "A-2", "A-3"]
        assert items["team"].tolist() == ["core", "core", "apps"]
    assert "stands more than once" in refused(Items, item_id=["A-1", "A-1 "])


@pytest.mark.parametrize("share", [0.0, 1.0, 1.5, 4.0])
def test_too_much_work_is_let_in_to_be_told_as_a_finding(share):
    told = through(
        Allocations,
        person_id=["ada"],
        workstream=["api"],
        from_on=["2025-03-03"],
        to_on=["2025-03-04"],
        share=[share],
    )
    assert told["share"].tolist() == [share]


def test_a_person_in_two_teams_at_once_is_told_what_is_meant_by_work_for_another():
    told = refused(People, person_id=["ada", "ada"], team=["Core", "Edge"])
    assert "person_id: stands more than once (found 'ada')" in told
    assert "Hint: give each person one row, with the home team" in told
    assert "allocation" not in refused(Items, item_id=["A", "A"])
