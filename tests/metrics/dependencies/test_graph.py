"""Chains of open work, and the picture of them."""

from itertools import pairwise

import pandas as pd

import tpm_analytics as tpm
from tpm_analytics.metrics import dependencies as graph
from tpm_analytics.results.dependencies import Dependencies
from tpm_analytics.results.schedule import DrivingLinks, SlackTo


def slack_of(**rows):
    """Rows of one target, the last named: team and slack of each activity."""
    target = list(rows)[-1]
    return SlackTo.validate(
        pd.DataFrame(
            {
                "target_id": target,
                "target_name": target,
                "target_on": pd.Timestamp("2025-06-30"),
                "activity_id": list(rows),
                "name": list(rows),
                "shown_name": list(rows),
                "team": [team for team, _ in rows.values()],
                "finish_on": pd.Timestamp("2025-06-30"),
                "slack_days": [float(days) for _, days in rows.values()],
            }
        )
    )


def links_of(*pairs):
    return DrivingLinks.validate(
        pd.DataFrame(
            {
                "from_id": [a for a, _ in pairs],
                "from_name": None,
                "to_id": [b for _, b in pairs],
                "to_name": None,
                "kind": "FS",
                "lag_days": 0.0,
                "gap_days": 0.0,
                "driving": True,
                "critical": False,
            }
        )
    )


SLACK = slack_of(A=("Ants", 3), B=("Bees", 0), C=("Ants", 3), D=(None, 5), Z=("Bees", 0))
LINKS = links_of(("A", "C"), ("C", "Z"), ("B", "Z"), ("D", "C"), ("B", "C"))


def test_a_chain_follows_the_least_room_to_the_target():
    found = graph.chains(SLACK, LINKS)
    assert found["chain"].tolist() == ["B → Z", "A → C → Z", "D → C → Z"]
    assert found["slack_days"].tolist() == [0.0, 3.0, 5.0]
    assert found["handovers"].tolist() == [0, 1, 1]
    assert found["teams"].tolist() == ["Bees", "Ants → Bees", "Ants → Bees"]


def test_boxes_lie_below_all_they_wait_for_and_no_two_in_one_place():
    nodes = graph.graph_nodes(SLACK, LINKS)
    edges = graph.graph_edges(nodes, LINKS)
    assert len(nodes) == 5
    assert len(edges) == 5
    assert (edges["from_row"] < edges["to_row"]).all()
    assert not nodes.duplicated(["lane", "row"]).any()
    assert nodes.groupby("lane")["team"].nunique().eq(1).all()
    assert nodes["heading"].notna().sum() == nodes["lane"].nunique()
    tight = edges[edges["tight"]]
    assert tight[["from_id", "to_id"]].to_numpy().tolist() == [["B", "Z"]]


def test_no_line_of_a_lane_runs_behind_a_box_it_has_nothing_to_do_with():
    slack = slack_of(A=("Ants", 1), B=("Ants", 2), Y=("Bees", 1), C=("Ants", 1), Z=("Ants", 0))
    links = links_of(("A", "Y"), ("Y", "C"), ("B", "Z"), ("C", "Z"))
    nodes = graph.graph_nodes(slack, links).set_index("activity_id")
    assert nodes.loc["C", "lane"] == nodes.loc["Z", "lane"]
    assert nodes.loc["B", "lane"] != nodes.loc["Z", "lane"]


def test_a_picture_keeps_the_target_and_what_has_least_room():
    nodes = graph.graph_nodes(SLACK, LINKS, last=3)
    assert sorted(nodes["activity_id"]) == ["A", "B", "Z"]


def test_a_target_that_nothing_leads_to_has_no_picture():
    assert graph.graph_nodes(SLACK, LINKS, target="gone").empty
    assert graph.chains(SLACK, LINKS, target="gone").empty


def test_open_items_in_a_circle_are_left_out_of_the_chains():
    pairs = [("A", "B"), ("B", "C"), ("X", "Y"), ("Y", "X"), ("Y", "B")]
    links = Dependencies.empty().reindex(range(5))
    links = links.assign(
        from_id=[a for a, _ in pairs],
        to_id=[b for _, b in pairs],
        from_team=["Ants", "Bees", None, None, None],
        to_team=["Bees", "Bees", None, None, "Bees"],
        state="open, the next is not ready",
    )
    found = graph.item_chains(links)
    assert found["chain"].tolist() == ["A → B → C"]
    assert found["handovers"].tolist() == [1]
    assert found["slack_days"].isna().all()


def test_the_steps_of_the_chains_with_least_room_are_drawn_with_their_hand_overs():
    steps = graph.chain_steps(SLACK, LINKS, last=2)
    assert steps[["chain", "step", "key", "team", "new_team"]].to_numpy().tolist() == [
        [1, 1, "B", "Bees", False],
        [1, 2, "Z", "Bees", False],
        [2, 1, "A", "Ants", False],
        [2, 2, "C", "Ants", False],
        [2, 3, "Z", "Bees", True],
    ]
    assert steps["slack_days"].tolist() == [0, 0, 3, 3, 3]


def test_chains_of_which_no_team_is_known_are_drawn_of_nobody():
    nobody = pd.Series([None] * len(SLACK), index=SLACK.index, dtype="str").astype("category")
    steps = graph.chain_steps(SLACK.assign(team=nobody), LINKS, last=2)
    assert set(steps["team"]) == {"no team"}


def item_links(*pairs):
    """Open links between items of one team, each with its key as its title."""
    return (
        Dependencies.empty()
        .reindex(range(len(pairs)))
        .assign(
            from_id=[a for a, _ in pairs],
            to_id=[b for _, b in pairs],
            from_title=[f"do {a}" for a, _ in pairs],
            to_title=None,
            from_team="Ants",
            to_team="Ants",
            state="waiting today",
        )
    )


def test_the_longest_chains_of_items_are_drawn_and_long_ones_are_cut():
    long = [f"{number:02}" for number in range(11)]
    links = item_links(*pairwise(long), ("X", "Y"))
    steps = graph.item_chain_steps(links)
    first = steps[steps["chain"] == 1]
    assert first["length"].unique().tolist() == [11]
    assert first["key"].tolist() == [*long[:7], "…"]
    assert first["caption"].iloc[0] == "do 00"
    assert first["caption"].iloc[-1] == "and 4 more"
    assert steps.loc[steps["chain"] == 2, "key"].tolist() == ["X", "Y"]
    assert graph.item_chain_steps(links, last=1)["chain"].unique().tolist() == [1]


def test_every_chain_that_is_drawn_is_one_of_the_list():
    program = tpm.load("sample:")
    links = graph.dependencies(program)
    steps = graph.item_chain_steps(links)
    drawn = steps.groupby("chain")["shown_name"].agg(" → ".join)
    assert set(drawn) <= set(graph.item_chains(links)["chain"])
    assert len(drawn) == 6


def test_of_the_sample_every_chain_ends_at_the_last_milestone():
    program = tpm.load("sample:")
    until, metrics = program.as_of, tpm.metrics
    activities = metrics.schedule.with_milestones(program.activities, program.milestones)
    links = metrics.schedule.milestone_links(program.links, program.activities, program.milestones)
    slack = metrics.schedule.slack_to(activities, links, until=until)
    driving = metrics.schedule.driving_links(activities, links, until=until)
    found = graph.chains(slack, driving)
    assert len(found) >= 3
    assert found["chain"].str.endswith("General availability").all()
    assert found["slack_days"].iloc[0] == 0.0
