"""Sentences about statuses, queues and balance: true when little is known, and right in number."""

import pandas as pd
import pytest

from tests.metrics.moves_by_hand import moment, stays_of
from tpm_analytics import Program
from tpm_analytics.metrics import flow
from tpm_analytics.readings import flow as of_balance
from tpm_analytics.readings import flow as of_items
from tpm_analytics.readings import flow as of_queues
from tpm_analytics.readings import flow as of_stages

UNTIL = pd.Timestamp("2025-03-31")


def items_of(*rows):
    named = [{"item_id": f"A-{n}", "created_at": "2025-01-01"} | row for n, row in enumerate(rows)]
    return Program.from_tables({"items": pd.DataFrame(named)}, as_of=UNTIL).items


def bottleneck_of(moves, weeks=1, **columns):
    _, stays = stays_of(moves, **columns)
    return str(of_queues.bottleneck(flow.bottlenecks(stays, until=UNTIL, weeks=weeks), weeks=weeks))


def test_the_bottleneck_is_named_with_its_evidence_and_the_next_one_after_it():
    told = bottleneck_of(
        ["3 D, 19 W", "3 D, 20 W", "3 D, 25 W, 27 T, 28 X", "3 D, 22 W", "3 D, 25 W"], team="core"
    )
    assert told == (
        "To test of core holds up 4.3 items on an average day of the last 1 week. "
        "In as many weeks before, 2 items stood there on an average day; now 4.3. "
        "A middling stay is 2 days. 2 came in, 1 went on."
    )


def test_less_than_an_item_held_up_is_no_bottleneck():
    assert bottleneck_of(["3 D, 30 W"]) == (
        "No place holds up more than an item on an average day of the last 1 week."
    )
    assert "cannot be said" in bottleneck_of([])


def test_old_items_are_counted_and_the_oldest_is_named():
    done = [f"3 D, {3 + number / 2} X" for number in range(1, 41)]
    known, stays = stays_of([*done, "2 D"])
    wip = flow.work_in_progress(known.items, until=UNTIL)
    told = str(of_stages.ageing(flow.ageing(known.items, stays, until=UNTIL), wip))
    assert "1 of 1 in progress" in told
    assert "A-41: 30 days, in Doing" in told


def test_where_no_start_is_known_nobody_is_told_that_nothing_is_in_progress():
    items = items_of({})
    wip = flow.work_in_progress(items, until=UNTIL)
    _, stays = stays_of([])
    told = of_stages.ageing(flow.ageing(items, stays, until=UNTIL), wip)
    assert "cannot be said" in str(told)


def test_time_in_status_names_where_most_goes_and_what_waits():
    _, stays = stays_of(["3 D, 5 W, 9 T, 10 X"])
    assert str(of_stages.time_in_status(flow.time_in_status(stays))) == (
        "Of the time from start to finish, or until today, 57 % is spent in To test, "
        "57 % waiting (To test)."
    )
    _, stays = stays_of(["3 D, 5 X"])
    told = str(of_stages.time_in_status(flow.time_in_status(stays)))
    assert told.startswith(
        "Of the time from start to finish, or until today, 100 % is spent in Doing. No status"
    )


def test_the_active_part_is_told_of_all_and_of_the_teams_that_differ_most():
    known, stays = stays_of(["3 D, 4 X", "3 D, 4 W, 7 X"], team=["web", "core"])
    found = flow.efficiency(known.items, stays, known.blocks)
    told = str(of_stages.efficiency(found, flow.team_efficiency(found)))
    assert told == (
        "Of the time from start to finish 40 % was in active statuses, 60 % was waiting and 0 % "
        "blocked. Least in core (25 %), most in web (100 %)."
    )


def test_arrivals_and_departures_are_weighed_against_one_another():
    def told(*rows):
        found = flow.arrivals_and_departures(items_of(*rows), until=UNTIL)
        return str(of_balance.arrivals_and_departures(found))

    done = {"created_at": "2024-06-01", "finished_at": "2025-03-20"}
    assert "as many" in told(done | {"created_at": "2025-03-11"})
    assert "more comes in" in told({"created_at": "2025-03-11"}, {"created_at": "2025-03-12"})
    assert "less comes in" in told(done)
    assert told(done).endswith("At the end of the last whole week 0 items were open.")


def test_what_littles_law_leaves_unexplained_is_told_as_what_it_is():
    def told(*rows):
        found = flow.littles_law(items_of(*rows), until=UNTIL, days=7, spans=1)
        return str(of_balance.littles_law(found))

    done = {"started_at": "2025-03-26", "finished_at": "2025-03-28"}
    begun = {"started_at": "2025-03-01"}
    assert "cannot be said" in told({})
    assert "cannot be said" in told(begun)
    old = {"started_at": "2025-03-25", "finished_at": "2025-03-28"}
    assert "They agree" in told(old, {"started_at": "2025-03-25", "finished_at": "2025-03-31"})
    assert "is not accounted for" in told(begun, done)
    assert "very old items were closed" in told(begun | {"finished_at": "2025-03-28"})


def test_blocks_and_moves_are_told_in_the_right_number():
    known, stays = stays_of(
        ["3 D, 9 R, 10 D, 11 X"], blocks=[("A-1", moment(4), moment(6), "vendor")]
    )
    told = str(of_queues.blocked(flow.blocked_time(known, known.items)))
    assert told == "Items were blocked 1 time, 2 days in all; 0 are now."
    passed = of_queues.moves(flow.handovers_in_all(flow.handovers(stays)), flow.moves_back(stays))
    assert str(passed) == (
        "A finished item changed hands 2 times on the average; 100 % of them went back at least "
        "once, 0 % were reopened after they were done. Most often from Review to Doing (1 time)."
    )


def test_teams_and_other_ways_of_counting_are_told_in_a_sentence():
    known, _ = stays_of(["3 D, 4 X", "3 D, 9 X"], team=["web", "core"])
    found = flow.times_by(flow.cycle_time(known.items))
    assert str(of_items.groups(found)) == (
        "85 % took up to 7 days in the slowest team, core, and up to 2 days in the fastest, web."
    )
    assert "one team only" in str(of_items.groups(found.head(1)))
    told = str(of_items.conventions(flow.conventions(known, known.items)))
    assert told.startswith("85 % took 7 days or less as counted here. ")
    assert told.endswith("Most would move it: Monday to Friday, no others, to 5 days.")


@pytest.mark.parametrize(
    ("days", "said"), [(4.05, "4.0 days"), (1.0, "1 day"), (0.5, "12 hours"), (0.04, "1 hour")]
)
def test_short_stays_are_told_in_hours(days, said):
    assert of_stages.length(days) == said


def test_names_out_of_data_are_harmless_in_every_sentence():
    _, stays = stays_of(["3 D, 19 W", "3 D, 20 W"], team="*<script>*")
    found = flow.bottlenecks(stays, until=UNTIL, weeks=1)
    assert "<script>" not in of_queues.bottleneck(found, weeks=1).markdown
