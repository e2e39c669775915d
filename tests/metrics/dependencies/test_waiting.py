"""Who waited for whom, and how long: figures checked by hand."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics import MissingColumnsError, Program, Workflow
from tpm_analytics.metrics import dependencies as metrics

WORKFLOW = Workflow({"Backlog": "backlog", "Ready": "waiting", "Doing": "active", "Done": "done"})


def items_of(**teams):
    return pd.DataFrame(
        {
            "item_id": list(teams),
            "team": list(teams.values()),
            "created_at": "2025-03-01T00:00Z",
        }
    )


def moves_of(item, *moves):
    states = ["Backlog", *(status for _, status in moves)]
    return pd.DataFrame(
        {
            "item_id": item,
            "at": [f"2025-03-{day:02}T00:00Z" for day, _ in moves],
            "from_status": states[:-1],
            "to_status": states[1:],
        }
    )


def links_of(*pairs, kind="blocks"):
    return pd.DataFrame(
        {"from_id": [a for a, _ in pairs], "to_id": [b for _, b in pairs], "kind": kind}
    )


def program_of(moves, links, **teams):
    return Program.from_tables(
        {
            "items": items_of(**(teams or {"A": "Ants", "B": "Bees"})),
            "transitions": pd.concat(moves),
            "links": links,
        },
        workflow=WORKFLOW,
        as_of="2025-03-20",
    )


def test_an_item_waits_while_it_is_ready_or_begun_and_its_blocker_is_not_finished():
    blocker = moves_of("A", (2, "Doing"), (12, "Done"))
    # ready on the 4th, back in the backlog from the 6th to the 9th, begun on the 10th
    waiting = moves_of("B", (4, "Ready"), (6, "Backlog"), (9, "Ready"), (10, "Doing"), (15, "Done"))
    found = metrics.dependencies(program_of([blocker, waiting], links_of(("A", "B"))))
    assert found["waited_days"].tolist() == [2.0 + 3.0]
    assert found["state"].tolist() == ["cleared"]
    assert found["across"].tolist() == [True]
    assert found["age_days"].tolist() == [11]


def test_what_waits_today_waits_up_to_the_end_of_the_day():
    found = metrics.dependencies(
        program_of(
            [moves_of("A", (2, "Doing")), moves_of("B", (18, "Ready"))], links_of(("A", "B"))
        )
    )
    assert found["waited_days"].round(6).tolist() == [3.0]
    assert found["state"].tolist() == ["waiting today"]


def test_in_the_backlog_nobody_waits():
    found = metrics.dependencies(
        program_of(
            [moves_of("A", (2, "Doing")), moves_of("B", (3, "Ready"), (3, "Backlog"))],
            links_of(("A", "B")),
        )
    )
    assert found["waited_days"].tolist() == [0.0]
    assert found["state"].tolist() == ["open, the next is not ready"]


def test_nobody_waits_for_what_was_not_yet_created():
    items = items_of(A="Ants", B="Bees").assign(
        created_at=["2025-03-10T00:00Z", "2025-03-01T00:00Z"]
    )
    moves = pd.concat([moves_of("A", (11, "Doing"), (14, "Done")), moves_of("B", (2, "Ready"))])
    program = Program.from_tables(
        {"items": items, "transitions": moves, "links": links_of(("A", "B"))}, workflow=WORKFLOW
    )
    assert metrics.dependencies(program)["waited_days"].tolist() == [4.0]


def test_without_a_history_waiting_is_unknown_and_not_nothing():
    program = Program.from_tables(
        {"items": items_of(A="Ants", B="Bees"), "links": links_of(("A", "B"))}
    )
    found = metrics.dependencies(program)
    assert found["waited_days"].isna().all()
    assert found["state"].tolist() == ["open, whether the next waits is unknown"]
    assert metrics.team_waits(found)["waited_days"].isna().all()


def test_an_item_done_before_its_blocker_passed_it_over():
    found = metrics.dependencies(
        program_of(
            [moves_of("A", (2, "Doing")), moves_of("B", (3, "Doing"), (5, "Done"))],
            links_of(("A", "B")),
        )
    )
    assert found["state"].tolist() == ["passed over"]
    assert found["waited_days"].tolist() == [2.0]


def test_the_hand_over_is_the_time_from_finished_to_begun():
    found = metrics.dependencies(
        program_of(
            [moves_of("A", (2, "Doing"), (5, "Done")), moves_of("B", (9, "Doing"))],
            links_of(("A", "B")),
        )
    )
    assert found["handover_days"].tolist() == [4.0]
    assert found["waited_days"].tolist() == [0.0]


def test_a_team_without_a_name_is_neither_ours_nor_another():
    found = metrics.dependencies(
        program_of([moves_of("B", (3, "Ready"))], links_of(("A", "B")), A=None, B="Bees")
    )
    assert found["across"].isna().all()
    assert metrics.between_teams(found).empty
    assert len(metrics.team_waits(found)) == 1


def test_links_count_once_and_only_those_that_order_loaded_items():
    links = pd.concat(
        [
            links_of(("A", "B"), ("A", "B"), ("A", "A"), ("A", "gone")),
            links_of(("A", "B"), kind="relates"),
        ]
    )
    program = program_of([moves_of("A", (2, "Doing"))], links)
    assert len(metrics.dependencies(program)) == 1
    counts = metrics.link_counts(program.items, program.links, program.activities)
    assert counts["links"].tolist() == [3, 0, 1, 1]
    assert counts["links"].sum() == len(links)


def test_waits_of_teams_add_up_and_name_the_longest():
    moves = [
        moves_of("A", (2, "Doing"), (10, "Done")),
        moves_of("B", (4, "Ready"), (12, "Done")),
        moves_of("C", (9, "Ready"), (12, "Done")),
        moves_of("D", (11, "Ready"), (12, "Done")),
    ]
    links = links_of(("A", "B"), ("A", "C"), ("A", "D"))
    program = program_of(moves, links, A="Ants", B="Bees", C="Bees", D="Bees")
    (row,) = metrics.team_waits(metrics.dependencies(program)).to_dict("records")
    assert (row["links"], row["measured"], row["waited"]) == (3, 3, 2)
    assert (row["waited_days"], row["median_days"], row["longest_days"]) == (7.0, 1.0, 6.0)


def test_one_team_keeps_the_links_at_either_of_its_ends():
    program = program_of(
        [moves_of("A", (2, "Doing"))],
        links_of(("A", "B"), ("B", "C"), ("C", "D")),
        A="Ants",
        B="Bees",
        C="Crows",
        D="Ducks",
    )
    ours = metrics.of_team(metrics.dependencies(program), team="Bees")
    assert sorted(ours["from_id"]) == ["A", "B"]


def test_a_circle_names_its_items_in_the_order_of_waiting():
    program = program_of(
        [moves_of("A", (2, "Doing"))],
        links_of(("A", "B"), ("B", "C"), ("C", "A"), ("D", "D")),
        A="Ants",
        B="Bees",
        C="Ants",
        D=None,
    )
    found = metrics.circles(program.items, program.links)
    assert found["circle"].tolist() == ["A → B → C → A", "D → D"]
    assert found["teams"].fillna("").tolist() == ["Ants, Bees", ""]


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnsError, match="to_team"):
        metrics.team_waits(pd.DataFrame({"from_team": ["Ants"]}))


def test_the_past_does_not_know_of_later_finishes():
    program = program_of(
        [moves_of("A", (2, "Doing"), (12, "Done")), moves_of("B", (4, "Ready"))],
        links_of(("A", "B")),
    )
    then = metrics.dependencies(program.at("2025-03-06"))
    assert then["state"].tolist() == ["waiting today"]
    assert then["waited_days"].round(6).tolist() == [3.0]


def test_links_that_are_not_cleared_are_counted_by_age_and_by_whom_they_concern():
    items = pd.DataFrame(
        {
            "item_id": ["A", "B", "C", "D"],
            "team": ["Ants", "Ants", "Bees", None],
            "created_at": ["2025-03-01", "2025-03-06", "2025-01-01", "2023-01-01"],
            "finished_at": [None, None, None, None],
        }
    )
    links = links_of(("A", "B"), ("A", "C"), ("C", "D"))
    program = Program.from_tables({"items": items, "links": links}, as_of="2025-03-20")
    told = metrics.link_ages(metrics.dependencies(program))
    # 14 days at most, since the younger was created on the 6th; 19 days; 78 days
    assert told[told["links"] > 0].to_numpy().tolist() == [
        ["a month", "between teams", 1],
        ["3 months", "teams unknown", 1],
        ["2 weeks", "within a team", 1],
    ]
    assert len(told) == 18


def test_the_share_of_links_that_leave_the_set_is_of_those_that_order_items():
    items = items_of(A="Ants", B="Bees")
    links = pd.concat(
        [links_of(("A", "B"), ("A", "Z"), ("Y", "B")), links_of(("A", "B"), kind="x")]
    )
    counts = metrics.link_counts(items, links, Program.from_tables({"items": items}).activities)
    assert counts["links"].tolist() == [1, 0, 2, 1]
    assert counts["share_of_ordering"].round(3).fillna(-1).tolist() == [0.333, -1, 0.667, -1]


@needs_shared_data
def test_an_export_without_history_tells_links_but_no_waiting():
    program = tpm.load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    found = metrics.dependencies(program)
    assert len(found) == 292
    assert int(found["across"].sum()) == 12
    assert found["waited_days"].isna().all()
    counts = metrics.link_counts(program.items, program.links, program.activities)
    assert counts["links"].tolist() == [292, 0, 181, 3089]
