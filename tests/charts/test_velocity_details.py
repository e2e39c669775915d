"""Charts of sprints: drawn of the sample program, blank of nothing, never headed null."""

import pytest

import tpm_analytics as tpm
from tpm_analytics.charts import velocity as charts
from tpm_analytics.metrics import flow, velocity
from tpm_analytics.results import velocity as results

TABLES = {
    "committed_and_completed": results.SprintVelocity,
    "fates": results.SprintAmounts,
    "burn": results.Burn,
    "burn_up": results.ProgramBurn,
    "carry_counts": results.CarryCounts,
    "size_times": results.SizeTimes,
}


@pytest.fixture(scope="module")
def tables():
    data = tpm.load("sample:")
    by_sprint = velocity.sprint_velocity(
        data.sprints, data.sprint_scope, data.items, until=data.as_of
    )
    in_sprints = velocity.sprint_items(
        data.sprints, data.sprint_scope, data.items, until=data.as_of
    )
    return {
        "committed_and_completed": by_sprint,
        "fates": velocity.fates(by_sprint),
        "burn": velocity.burn(data),
        "burn_up": velocity.burn_up(data.items, until=data.as_of),
        "carry_counts": velocity.carry_counts(in_sprints),
        "size_times": velocity.size_times(flow.cycle_time(data.items), data.items),
    }


@pytest.mark.parametrize("name", TABLES)
def test_every_field_that_a_chart_names_is_in_its_data_or_made_by_it(name, tables):
    spec = getattr(charts, name)(tables[name]).to_dict()
    fields = set(_all(spec, "field"))
    made = set(_all(spec, "calculate", "as")) | {"low", "high", "layer"}
    columns = {key for rows in spec["datasets"].values() for row in rows[:1] for key in row}
    assert fields - made <= columns
    assert fields & columns


@pytest.mark.parametrize("name", TABLES)
def test_of_nothing_a_chart_says_why_it_is_blank(name):
    spec = getattr(charts, name)(TABLES[name].empty()).to_dict()
    assert spec["mark"]["type"] == "text"
    assert spec["mark"]["text"].endswith(".")


@pytest.mark.parametrize("name", ["committed_and_completed", "fates", "burn"])
def test_teams_share_a_time_axis_so_that_the_page_gives_them_its_width(name, tables):
    spec = getattr(charts, name)(tables[name]).to_dict()
    assert spec["columns"] == 1
    assert spec["resolve"]["scale"] == {"y": "independent"}


def _all(spec, *names):
    """Find every value under one of these names, at any depth."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in names and isinstance(value, str):
                yield value
            elif key != "datasets":
                yield from _all(value, *names)
    elif isinstance(spec, list):
        for value in spec:
            yield from _all(value, *names)
