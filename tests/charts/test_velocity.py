"""Charts of sprints and of flow: names that are unknown, long, or too many to colour."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tpm_analytics import Program
from tpm_analytics.charts.theme import SERIES
from tpm_analytics.metrics import flow, velocity


def items_of(teams):
    return Program.from_tables(
        {
            "items": pd.DataFrame(
                {
                    "item_id": [f"A-{n}" for n in range(len(teams))],
                    "team": teams,
                    "started_at": "2025-03-03T09:00Z",
                    "finished_at": "2025-03-05T09:00Z",
                }
            )
        }
    ).items


def scatter(teams):
    times = flow.cycle_time(items_of(teams))
    return tpm.charts.flow.cycle_time_scatter(times, flow.percentiles(times)).to_dict()


def colour_of(teams):
    return scatter(teams)["layer"][0]["encoding"]["color"]


def test_as_many_teams_as_colours_have_the_colours_of_the_theme():
    colour = colour_of([f"team {n}" for n in range(len(SERIES))])
    assert colour["field"] == "team"
    assert "scale" not in colour


def test_more_teams_get_a_larger_scheme_and_very_many_one_colour_without_a_legend():
    assert colour_of([f"team {n}" for n in range(20)])["scale"] == {"scheme": "tableau20"}
    assert colour_of([f"team {n}" for n in range(21)]) == {"value": SERIES[0]}


@pytest.mark.parametrize("team", [None, "W" * 120])
def test_a_legend_says_no_team_for_an_unknown_one_and_cuts_a_long_name(team):
    legend = colour_of(["core", team])["legend"]
    assert "'no team'" in legend["labelExpr"]
    assert legend["labelLimit"] < 300


def test_a_row_of_sprints_of_no_team_is_not_headed_null():
    program = Program.from_tables(
        {
            "items": pd.DataFrame({"item_id": ["A-1"], "finished_at": ["2025-03-05T09:00Z"]}),
            "sprints": pd.DataFrame(
                {
                    "sprint_id": ["1"],
                    "starts_at": ["2025-03-03T09:00Z"],
                    "ends_at": ["2025-03-07T09:00Z"],
                }
            ),
            "sprint_scope": pd.DataFrame(
                {"sprint_id": ["1"], "item_id": ["A-1"], "added_at": ["2025-03-01T09:00Z"]}
            ),
        },
        as_of="2025-03-31",
    )
    by_sprint = velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    )
    chart = tpm.charts.velocity.committed_and_completed(by_sprint).to_dict()
    assert "'no team'" in chart["facet"]["header"]["labelExpr"]
