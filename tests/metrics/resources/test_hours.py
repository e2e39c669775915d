"""How much time people have, and what it is promised to."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics import MissingColumnsError, ParameterError, Program
from tpm_analytics.metrics import resources

MARCH = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-16"))
ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})


def staffed(people, absences=(), allocations=()):
    """A program of people, each a mapping, absences and allocations, each a tuple."""
    return Program.from_tables(
        {
            "items": ITEMS,
            "people": pd.DataFrame(
                [
                    {"team": "Core", "role": "Engineer", "hours_per_week": 40.0} | one
                    for one in people
                ]
            ),
            "absences": pd.DataFrame(absences, columns=["person_id", "from_on", "to_on"]),
            "allocations": pd.DataFrame(
                allocations, columns=["person_id", "workstream", "from_on", "to_on", "share"]
            ),
        }
    )


def hours(program, **options):
    told = resources.capacity(program.people, program.absences, during=MARCH, **options)
    return told["capacity_hours"].tolist()


def promised(program, **options):
    return resources.allocation(
        program.allocations, program.people, program.absences, during=MARCH, **options
    )


def used(program, by="grouped"):
    capacity = resources.capacity(program.people, program.absences, during=MARCH)
    return resources.utilisation(capacity, promised(program), by=by)


@pytest.mark.parametrize(
    ("person", "absences", "expected"),
    [
        pytest.param({}, [], [40, 40], id="two whole weeks"),
        pytest.param({"hours_per_week": 32}, [], [32, 32], id="part time"),
        pytest.param({"joined_on": "2025-03-06"}, [], [16, 40], id="joined on a Thursday"),
        pytest.param({"joined_on": "2025-03-10"}, [], [40], id="no row before joining"),
        pytest.param({"left_on": "2025-03-04"}, [], [16], id="no row after leaving"),
        pytest.param({}, [("P", "2025-03-03", "2025-03-07")], [0, 40], id="a week away is 0 hours"),
        pytest.param({}, [("P", "2025-03-07", "2025-03-10")], [32, 32], id="weekend costs nothing"),
        pytest.param(
            {},
            [("P", "2025-03-03", "2025-03-05"), ("P", "2025-03-04", "2025-03-04")],
            [16, 40],
            id="overlapping absences count once",
        ),
        pytest.param({"country": "IN"}, [], [40, 32], id="Holi is on 14 March 2025 in India"),
        pytest.param(
            {"country": "IL", "joined_on": "2025-03-09"},
            [],
            [8, 40],
            id="Sunday is worked in Israel",
        ),
        pytest.param(
            {"country": "ES", "joined_on": "2025-03-09"}, [], [0, 40], id="and is not in Spain"
        ),
        pytest.param(
            {"country": "EG", "left_on": "2025-03-07"}, [], [32], id="Friday is free in Egypt"
        ),
        pytest.param(
            {"country": "AE", "left_on": "2025-03-07"}, [], [40], id="and is not in the Emirates"
        ),
        pytest.param(
            {"country": "HK"}, [], [40, 40], id="hours a week are spread over six days there"
        ),
    ],
)
def test_capacity_is_contract_less_holidays_less_absences(person, absences, expected):
    program = staffed([{"person_id": "P"} | person], absences)
    assert hours(program) == expected


def test_capacity_of_unknown_hours_is_unknown_and_not_zero():
    program = staffed([{"person_id": "P", "hours_per_week": None}])
    told = resources.capacity(program.people, program.absences, during=MARCH)
    assert told["capacity_hours"].isna().all()
    assert told["working_days"].tolist() == [5, 5]


def test_a_month_that_is_touched_is_counted_whole():
    assert hours(staffed([{"person_id": "P"}]), every="month") == [21 * 8]


def test_months_hold_the_hours_of_their_days():
    program = staffed([{"person_id": "P", "country": "ES"}], [("P", "2025-02-03", "2025-02-14")])
    quarter = (pd.Timestamp("2025-01-01"), pd.Timestamp("2025-03-31"))
    total = {
        every: resources.capacity(program.people, program.absences, during=quarter, every=every)[
            "capacity_hours"
        ].sum()
        for every in ("day", "month", "quarter")
    }
    assert total["day"] == total["month"] == total["quarter"]


def test_a_country_without_known_holidays_is_told():
    program = staffed([{"person_id": "P", "country": "XX"}])
    with pytest.raises(ParameterError, match="No holidays are known for country 'XX'"):
        hours(program)


def test_days_in_the_wrong_order_are_told():
    program = staffed([{"person_id": "P"}])
    with pytest.raises(ParameterError, match="give the first day first"):
        resources.capacity(program.people, program.absences, during=MARCH[::-1])


def test_allocation_is_a_share_of_the_time_there_is():
    program = staffed(
        [{"person_id": "P"}],
        [("P", "2025-03-05", "2025-03-05")],
        [("P", "Payments", "2025-03-04", "2025-03-11", 0.5)],
    )
    told = promised(program)
    # Tuesday, Thursday, Friday in the first week; Monday, Tuesday in the second
    assert told["allocated_hours"].tolist() == [12, 8]


def test_allocations_to_one_workstream_are_summed_and_others_kept_apart():
    program = staffed(
        [{"person_id": "P"}],
        allocations=[
            ("P", "Payments", "2025-03-03", "2025-03-09", 0.5),
            ("P", "Ledger", "2025-03-03", "2025-03-09", 0.2),
            ("P", "Payments", "2025-03-03", "2025-03-04", 0.25),
        ],
    )
    told = promised(program).set_index("workstream")["allocated_hours"]
    assert told.to_dict() == {"Payments": 24.0, "Ledger": 8.0}


def test_allocations_of_strangers_and_of_other_months_are_left_out():
    program = staffed(
        [{"person_id": "P"}],
        allocations=[
            ("Stranger", "Payments", "2025-03-03", "2025-03-09", 1.0),
            ("P", "Payments", "2025-05-01", "2025-05-09", 1.0),
        ],
    )
    assert promised(program).empty


def test_an_absence_does_not_change_utilisation():
    busy = [("P", "Payments", "2025-01-01", "2025-12-31", 0.8)]
    there = used(staffed([{"person_id": "P"}], (), busy))
    away = used(staffed([{"person_id": "P"}], [("P", "2025-03-03", "2025-03-05")], busy))
    assert there["utilisation"].tolist() == pytest.approx([0.8, 0.8])
    assert away["utilisation"].tolist() == pytest.approx([0.8, 0.8])
    assert away["allocated_hours"].tolist() == pytest.approx([12.8, 32])


def test_utilisation_of_a_week_in_which_nobody_can_work_is_unknown():
    program = staffed(
        [{"person_id": "P"}],
        [("P", "2025-03-03", "2025-03-09")],
        [("P", "Payments", "2025-03-03", "2025-03-16", 1.0)],
    )
    told = used(program)["utilisation"]
    assert told.isna().tolist() == [True, False]


def test_people_of_unknown_hours_are_in_neither_sum():
    program = staffed(
        [{"person_id": "P"}, {"person_id": "Q", "hours_per_week": None}],
        allocations=[
            ("P", "Payments", "2025-03-03", "2025-03-16", 0.5),
            ("Q", "Payments", "2025-03-03", "2025-03-16", 1.0),
        ],
    )
    told = used(program)
    assert told["people"].tolist() == [1, 1]
    assert told["utilisation"].tolist() == [0.5, 0.5]


def test_a_group_of_nobody_with_known_hours_is_left_out():
    assert used(staffed([{"person_id": "P", "hours_per_week": None}])).empty


@pytest.mark.parametrize("by", ["program", "team", "grouped"])
def test_grouped_figures_name_no_person(by):
    people = [{"person_id": f"secret.{n}", "role": "Engineer" if n else None} for n in range(3)]
    busy = [(one["person_id"], "Payments", "2025-03-03", "2025-03-16", 0.9) for one in people]
    told = used(staffed(people, (), busy), by=by)
    assert "secret" not in told.to_csv()
    assert told["person_id"].isna().all()


def test_named_figures_name_each_person():
    told = used(staffed([{"person_id": "a"}, {"person_id": "b"}]), by="named")
    assert told["group"].unique().tolist() == ["a", "b"]


def test_groups_are_named_by_team_and_role_and_the_missing_is_said():
    told = used(staffed([{"person_id": "a", "role": None}, {"person_id": "b"}]))
    assert sorted(told["group"].unique()) == ["Core · Engineer", "Core · no role"]


@given(
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=6),
    begin=st.integers(0, 20),
    length=st.integers(0, 20),
)
@settings(max_examples=40)
def test_every_grouping_holds_the_same_hours(shares, begin, length):
    first = pd.Timestamp("2025-02-24") + pd.Timedelta(days=begin)
    people = [
        {"person_id": f"P{n}", "team": f"T{n % 2}", "role": f"R{n % 3}"} for n in range(len(shares))
    ]
    program = staffed(
        people,
        [("P0", "2025-03-05", "2025-03-12")],
        [
            (f"P{n}", "Payments", first, first + pd.Timedelta(days=length), share)
            for n, share in enumerate(shares)
        ],
    )
    total = promised(program)["allocated_hours"].sum()
    for by in ("program", "team", "grouped", "named"):
        told = used(program, by=by)
        assert told["allocated_hours"].sum() == pytest.approx(total)
        assert told["capacity_hours"].sum() == pytest.approx(len(shares) * 80 - 6 * 8)


def test_a_grouping_nobody_knows_is_told():
    with pytest.raises(ParameterError, match="program, team, grouped, named"):
        used(staffed([{"person_id": "P"}]), by="everybody")


def test_overall_share_is_that_of_the_sums_and_unknown_of_nothing():
    program = staffed(
        [{"person_id": "P"}, {"person_id": "Q", "hours_per_week": 20}],
        allocations=[("P", "Payments", "2025-03-03", "2025-03-16", 0.75)],
    )
    assert resources.overall(used(program)) == pytest.approx(0.5)
    assert pd.isna(resources.overall(used(program).head(0)))


def test_the_busiest_groups_keep_all_their_periods():
    people = [{"person_id": name, "role": name} for name in "abc"]
    busy = [
        (name, "Payments", "2025-03-03", "2025-03-09", share)
        for name, share in zip("abc", (0.2, 0.9, 0.5), strict=True)
    ]
    kept = resources.busiest(used(staffed(people, (), busy)), groups=2)
    assert kept["role"].tolist() == ["b", "b", "c", "c"]


def test_weeks_around_are_whole_and_a_negative_number_of_them_is_told():
    first, last = resources.weeks_around(pd.Timestamp("2025-03-09"), before=0, after=1)
    assert (first, last) == MARCH
    with pytest.raises(ParameterError, match="0 or more"):
        resources.weeks_around(pd.Timestamp("2025-03-09"), before=-1)


def test_nothing_in_nothing_out():
    program = Program.from_tables({"items": ITEMS})
    capacity = resources.capacity(program.people, program.absences, during=MARCH)
    told = resources.utilisation(capacity, promised(program))
    assert capacity.empty and promised(program).empty and told.empty
    assert {"group", "period_on", "utilisation"} <= set(told.columns)


def test_a_missing_column_is_named_with_its_meaning():
    program = staffed([{"person_id": "P"}])
    with pytest.raises(MissingColumnsError, match="hours_per_week: Contracted working time"):
        resources.capacity(
            program.people.drop(columns="hours_per_week"), program.absences, during=MARCH
        )


def test_hours_of_many_people_stay_with_the_one_they_are_promised_of():
    people = [{"person_id": f"P-{number:03}"} for number in range(300)]
    program = staffed(people, allocations=[("P-299", "A", *MARCH, 0.5), ("P-000", "B", *MARCH, 1)])
    told = used(program, by="named").set_index(["group", "period_on"])["utilisation"]
    assert told[told > 0].groupby("group").max().to_dict() == {"P-000": 1.0, "P-299": 0.5}


def test_two_allocations_to_one_workstream_are_one_row_in_each_week():
    program = staffed(
        [{"person_id": "P"}], allocations=[("P", "A", *MARCH, 0.5), ("P", "A", *MARCH, 0.25)]
    )
    assert promised(program)["allocated_hours"].tolist() == [30.0, 30.0]
