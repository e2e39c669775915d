"""Charts of dependencies draw what they are given, and say why where there is nothing."""

import pandas as pd
import pytest
import vl_convert

import tpm_analytics as tpm
from tpm_analytics import charts, readings
from tpm_analytics.program import Program
from tpm_analytics.results import dependencies as graphs
from tpm_analytics.results import dependencies as handovers
from tpm_analytics.results import dependencies as results
from tpm_analytics.results.schedule_risk import Removals

DRAWN = [
    (charts.dependencies.waiting_matrix, [results.TeamWaits]),
    (charts.dependencies.graph, [graphs.GraphNodes, graphs.GraphEdges]),
    (charts.dependencies.chain_strips, [graphs.ChainSteps]),
    (charts.dependencies.age_bars, [results.LinkAges]),
    (charts.dependencies.shared_hours_matrix, [handovers.SharedHours]),
]
TOLD = [
    (readings.dependencies.waits, [results.TeamWaits]),
    (readings.dependencies.open_links, [results.Dependencies]),
    (readings.dependencies.circles, [results.Circles]),
    (readings.dependencies.links, [results.LinkCounts]),
    (readings.dependencies.graph, [graphs.GraphNodes, graphs.GraphEdges]),
    (readings.dependencies.chains, [graphs.Chains]),
    (readings.dependencies.item_chains, [graphs.Chains]),
    (readings.dependencies.removals, [Removals]),
    (readings.dependencies.shared_hours, [handovers.SharedHours]),
    (readings.dependencies.handovers, [handovers.HandoverTimes]),
]


def named(rows):
    return [function.__name__ for function, _ in rows]


@pytest.mark.parametrize(("chart", "tables"), DRAWN, ids=named(DRAWN))
def test_of_nothing_a_chart_says_why_it_is_blank(chart, tables):
    assert chart(*(table.empty() for table in tables)).to_dict()["mark"]["text"].endswith(".")


@pytest.mark.parametrize(("reading", "tables"), TOLD, ids=named(TOLD))
def test_of_nothing_a_reading_is_one_whole_sentence(reading, tables):
    told = str(reading(*(table.empty() for table in tables)))
    assert told.endswith(".")
    assert "nan" not in told.lower()


def test_the_matrix_of_the_sample_has_a_cell_for_each_pair_with_a_link():
    program = tpm.load("sample:")
    waits = tpm.metrics.dependencies.team_waits(tpm.metrics.dependencies.dependencies(program))
    spec = charts.dependencies.waiting_matrix(waits).to_dict()
    (rows,) = spec["datasets"].values()
    assert len(rows) == len(waits)
    told = str(readings.dependencies.waits(waits))
    most = waits[waits["across"]].iloc[0]
    assert f"{most['to_team']} for {most['from_team']}" in told


def test_waiting_that_cannot_be_known_is_not_called_none():
    items = pd.DataFrame(
        {"item_id": ["A", "B"], "team": ["Ants", "Bees"], "created_at": "2025-03-03T09:00Z"}
    )
    links = pd.DataFrame({"from_id": ["A"], "to_id": ["B"], "kind": ["blocks"]})
    program = Program.from_tables({"items": items, "links": links})
    found = tpm.metrics.dependencies.dependencies(program)
    waits = tpm.metrics.dependencies.team_waits(found)
    assert "cannot be said" in str(readings.dependencies.waits(waits))
    assert "nobody is known to wait" in str(readings.dependencies.open_links(found))
    cells = charts.dependencies.waiting_matrix(waits).to_dict()["layer"][0]
    assert cells["encoding"]["color"]["legend"] is None


def test_names_of_teams_stay_text():
    row = {"team": "*Ants*", "other_team": "<b>Bees", "shared_hours": 1.0, "across": True}
    zones = {"time_zones": "UTC", "other_time_zones": "UTC"}
    shared = handovers.SharedHours.validate(pd.DataFrame([row | zones]))
    shared = shared.assign(other_team="<b>Bees", team="*Ants*")
    assert r"\*Ants\* and \<b\>Bees" in readings.dependencies.shared_hours(shared).markdown


def test_chains_of_items_are_drawn_with_every_step_and_no_markup():
    program = tpm.load("sample:")
    links = tpm.metrics.dependencies.dependencies(program)
    steps = tpm.metrics.dependencies.item_chain_steps(links)
    hostile = steps.assign(caption="<script>alert(1)</script>")
    svg = vl_convert.vegalite_to_svg(charts.dependencies.chain_strips(hostile).to_json())
    assert "<script" not in svg
    for key in steps["key"]:
        assert key in svg
    assert "3 steps" in svg
    ages = tpm.metrics.dependencies.link_ages(links)
    assert "half a year" in vl_convert.vegalite_to_svg(charts.dependencies.age_bars(ages).to_json())


def test_what_a_hand_over_between_teams_costs_is_told_and_links_that_leave_only_where_there_are():
    program = tpm.load("sample:")
    metrics = tpm.metrics.dependencies
    shared = metrics.shared_hours(program.people, until=program.as_of)
    times = metrics.handover_times(metrics.dependencies(program), shared)
    told = str(readings.dependencies.handovers(times))
    assert "A hand-over between teams that share 4 hours or more takes 28 days more than" in told
    counts = metrics.link_counts(program.items, program.links, program.activities)
    assert str(readings.dependencies.links(counts)) == (
        "Of 329 links 161 order work between loaded items; no other counts here."
    )
