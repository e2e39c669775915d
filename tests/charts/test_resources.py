"""Charts of people's time can be drawn from any table, and show what they say they show."""

import pandas as pd
import pytest
import vl_convert

from tpm_analytics import MissingColumnsError, Program
from tpm_analytics.charts import resources as charts
from tpm_analytics.metrics import resources
from tpm_analytics.results.resources import SprintRanges

DURING = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-30"))
TODAY = pd.Timestamp("2025-03-17")
ITEMS = pd.DataFrame(
    {"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"], "assignee_id": ["P"]}
)


RANGES = SprintRanges.validate(
    pd.DataFrame(
        {
            "team": "Core",
            "name": ["Sprint <1>", "the next sprint"],
            "starts_on": DURING,
            "ends_on": DURING,
            "capacity_days": 20.0,
            "measure": "points",
            "low": 8.0,
            "middle": 10.0,
            "high": 12.0,
            "completed": [7.0, None],
            "result": ["below the range", "the next sprint"],
        }
    )
)


@pytest.fixture(scope="module")
def program():
    people = pd.DataFrame(
        {
            "person_id": ["P", "Q"],
            "team": "Core",
            "role": ["<b>Lead</b>", "Engineer"],
            "hours_per_week": 40.0,
            "cost_per_hour": [50.0, 60.0],
        }
    )
    allocations = pd.DataFrame(
        [("P", "A", *DURING, 1.0), ("P", "B", *DURING, 0.5), ("Q", "A", *DURING, 0.5)],
        columns=["person_id", "workstream", "from_on", "to_on", "share"],
    )
    worklogs = pd.DataFrame({"person_id": ["P"], "worked_on": ["2025-03-05"], "hours": [30.0]})
    return Program.from_tables(
        {"items": ITEMS, "people": people, "allocations": allocations, "worklogs": worklogs}
    )


def computed(data):
    capacity = resources.capacity(data.people, data.absences, during=DURING)
    allocated = resources.allocation(data.allocations, data.people, data.absences, during=DURING)
    return capacity, allocated


def drawn(data):
    """Every chart of the page for one program."""
    capacity, allocated = computed(data)
    named = resources.utilisation(capacity, allocated, by="named")
    overall = resources.utilisation(capacity, allocated, by="program")
    worked = resources.worked(data.worklogs, allocated, until=DURING[1])
    ranges = SprintRanges.empty() if allocated.empty else RANGES
    return {
        "heat_map": charts.utilisation_heat_map(
            resources.utilisation(capacity, allocated), today=TODAY
        ),
        "lines": charts.capacity_and_allocation(overall, today=TODAY),
        "overloads": charts.overload_bars(resources.overloads(named, allocated)),
        "actuals": charts.actuals_bars(
            resources.actuals(data.worklogs, allocated, data.people, until=DURING[1])
        ),
        "load": charts.load_bars(resources.load(named, until=TODAY)),
        "workstreams": charts.focus_heat_map(resources.workstreams(allocated)),
        "commitments": charts.commitment_ranges(ranges),
        "costs": charts.cost_bars(resources.costs(allocated, data.people)),
        "worked": charts.worked_and_promised(worked),
        "holdings": charts.holdings_bars(resources.holdings(data.items)),
    }


def test_every_chart_can_be_drawn(program):
    for chart in drawn(program).values():
        assert vl_convert.vegalite_to_svg(chart.to_json()).startswith("<svg")


def test_every_chart_of_nothing_is_a_line_that_says_why():
    nothing = Program.from_tables({"items": ITEMS.drop(columns="assignee_id")})
    for chart in drawn(nothing).values():
        assert vl_convert.vegalite_to_svg(chart.to_json()).startswith("<svg")
        assert chart.to_dict()["mark"]["text"].endswith(".")


def test_the_middle_of_the_colours_is_exactly_all_of_the_time(program):
    cells = drawn(program)["heat_map"].to_dict()["layer"][0]
    scale = cells["encoding"]["color"]["scale"]
    assert scale["domainMid"] == 1
    assert sum(scale["domain"]) / 2 == 1


def test_today_is_a_line_only_where_it_is_given(program):
    capacity, allocated = computed(program)
    usage = resources.utilisation(capacity, allocated)
    assert len(charts.utilisation_heat_map(usage).to_dict()["layer"]) == 1
    assert "today" in vl_convert.vegalite_to_svg(
        charts.utilisation_heat_map(usage, today=TODAY).to_json()
    )


def test_hours_have_their_unit_on_the_axis(program):
    line = drawn(program)["lines"].to_dict()["layer"][1]
    assert line["encoding"]["y"]["title"] == "Time [hours]"


def test_no_role_becomes_markup(program):
    capacity, allocated = computed(program)
    named = resources.utilisation(capacity, allocated, by="named")
    table = charts.overload_table(resources.overloads(named, allocated))._repr_html_()
    assert "&lt;b&gt;Lead" in table
    assert "<b>" not in vl_convert.vegalite_to_svg(drawn(program)["heat_map"].to_json())


def test_a_missing_column_is_told(program):
    usage = resources.utilisation(*computed(program)).drop(columns="utilisation")
    with pytest.raises(MissingColumnsError, match="utilisation: Time promised of the time"):
        charts.utilisation_heat_map(usage)


def test_the_skills_table_heads_columns_by_their_meaning(program):
    skills = resources.skills(
        program.people, program.activities, program.activity_demand, until=TODAY
    )
    assert "People who have it" in charts.skills_table(skills)._repr_html_()
