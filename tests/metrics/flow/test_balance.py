"""What comes in and goes out, worked out by hand, and Little's law."""

import pandas as pd
import pytest
from hypothesis import given

from tests.metrics.moves_by_hand import moment, program_of, stays_of
from tests.program.histories import few_examples, histories, program, zones
from tpm_analytics import ParameterError, Program
from tpm_analytics.metrics import flow

UNTIL = pd.Timestamp("2025-03-31")


def items_of(*spans, kind="Story"):
    """Items created, begun and finished on these days of March 2025; None where not."""
    days = pd.DataFrame(spans, columns=["created_at", "started_at", "finished_at"])
    moments = days.map(lambda day: None if pd.isna(day) else moment(day + 0.5))
    names = [f"A-{number}" for number in range(len(days))]
    return Program.from_tables({"items": moments.assign(item_id=names, kind=kind)}).items


def test_arrivals_and_departures_by_hand():
    items = items_of((3, 4, 12), (5, 12, None), (18, None, None), (None, None, 19))
    found = flow.arrivals_and_departures(items, until=pd.Timestamp("2025-03-25"))
    assert found["period_on"].dt.day.tolist() == [3, 10, 17]
    assert found["arrived"].tolist() == [2, 0, 1]
    assert found["begun"].tolist() == [1, 1, 0]
    assert found["finished"].tolist() == [0, 1, 1]
    # the last one was created nobody knows when, and is not counted among the open ones
    assert found["still_open"].tolist() == [2, 1, 2]


def test_what_happened_after_the_day_seen_from_is_in_no_figure():
    items = items_of((3, 4, 27), (28, None, None))
    found = flow.arrivals_and_departures(items, until=pd.Timestamp("2025-03-16"))
    assert found["still_open"].tolist() == [1, 1]
    assert found["finished"].tolist() == [0, 0]


def test_kinds_of_work_have_a_row_in_every_month_also_where_none_was_finished():
    items = pd.concat(
        [items_of((1, 1, 3), (1, 1, 4), (1, 1, 5)), items_of((1, 1, 6), kind="Bug")],
        ignore_index=True,
    ).astype({"kind": "category"})
    found = flow.distribution(items, until=pd.Timestamp("2025-04-30"))
    assert found["kind"].tolist() == ["Bug", "Story"] * 2
    assert found["items"].tolist() == [1, 3, 0, 0]
    assert found["share"].fillna(-1).tolist() == [0.25, 0.75, -1, -1]


def bands(found, day):
    rows = found[found["day_on"] == pd.Timestamp(f"2025-03-{day:02}")]
    return {name: items for name, items in zip(rows["status"], rows["items"], strict=True) if items}


def test_cumulative_flow_runs_to_the_day_seen_from_by_hand():
    _, stays = stays_of(["3 D, 5 X", "4 D, 6 W", "5.5 D, 5.9 X, 8 D"], as_of=9)
    found = flow.cumulative_flow(stays, until=pd.Timestamp("2025-03-09"))
    assert found["day_on"].max() == pd.Timestamp("2025-03-09")
    assert bands(found, 3) == {"Doing": 1}
    assert bands(found, 4) == {"Doing": 2}
    assert bands(found, 5) == {"Doing": 1, "Done": 2}
    assert bands(found, 7) == {"To test": 1, "Done": 2}
    assert bands(found, 9) == {"To test": 1, "Done": 1, "Doing": 1}


def test_of_done_cumulative_flow_counts_what_came_since_before_its_first_day():
    _, stays = stays_of(["3 D, 5 X", "3 D, 8 X"], as_of=9)
    found = flow.cumulative_flow(stays, until=pd.Timestamp("2025-03-09"), days=3)
    assert found["day_on"].dt.day.unique().tolist() == [7, 8, 9]
    assert bands(found, 7) == {"Doing": 1}
    assert bands(found, 9) == {"Done": 1}


def test_the_backlog_is_shown_where_it_is_asked_for():
    _, stays = stays_of(["3 D"], as_of=4)
    until = pd.Timestamp("2025-03-04")
    assert "Backlog" not in set(flow.cumulative_flow(stays, until=until)["status"])
    whole = flow.cumulative_flow(stays, until=until, backlog=True)
    assert bands(whole, 1) == {"Backlog": 1}
    assert bands(whole, 3) == {"Doing": 1}


@few_examples
@given(histories, zones)
def test_the_bands_of_the_last_day_are_the_statuses_of_the_items(drawn, zone):
    known = program(drawn, zone)
    stays = flow.stays(known, known.items)
    found = flow.cumulative_flow(stays, until=known.as_of, days=400, backlog=True)
    last = found[(found["day_on"] == known.as_of) & (found["items"] != 0)]
    moved = known.items[known.items["item_id"].isin(known.transitions["item_id"])]
    expected = moved["status"].astype("str").value_counts().to_dict()
    assert dict(zip(last["status"].astype("str"), last["items"], strict=True)) == expected


def test_littles_law_leaves_nothing_unexplained_where_all_that_began_is_finished():
    items = items_of((1, 3, 5), (1, 4, 4), (1, 7, 9))
    found = flow.littles_law(items, until=pd.Timestamp("2025-03-09"), days=7, spans=1)
    # 7 item-days in 7 days, and 3 items of 7/3 days each
    assert found["mean_items"].tolist() == [1.0]
    assert found["implied_items"].tolist() == [pytest.approx(1.0)]
    assert found["residual"].tolist() == [pytest.approx(0)]
    assert found["change"].tolist() == [0]


def test_littles_law_shows_work_that_is_not_getting_finished():
    items = items_of((1, 3, 5), (1, 4, 4), (1, 7, 9), (1, 3, None))
    found = flow.littles_law(items, until=pd.Timestamp("2025-03-09"), days=7, spans=1)
    assert found["mean_items"].tolist() == [2.0]
    assert found["residual"].tolist() == [pytest.approx(0.5)]
    assert found["change"].tolist() == [1]


def test_littles_law_is_unknown_where_nothing_finished_and_silent_before_the_first_start():
    found = flow.littles_law(
        items_of((1, 3, None)), until=pd.Timestamp("2025-03-16"), days=7, spans=4
    )
    assert found["from_on"].dt.day.tolist() == [3, 10]
    assert found["residual"].isna().all()


@few_examples
@given(histories, zones)
def test_littles_law_counts_the_work_in_progress_of_every_day(drawn, zone):
    known = program(drawn, zone)
    found = flow.littles_law(known.items, until=known.as_of, days=3)
    wip = flow.work_in_progress(known.items, until=known.as_of).set_index("day_on")["items"]
    for row in found.itertuples():
        assert row.mean_items == pytest.approx(wip.loc[row.from_on : row.to_on].mean())


def test_impossible_spans_are_refused():
    with pytest.raises(ParameterError, match="use 1 or more"):
        flow.littles_law(items_of((1, 3, None)), until=UNTIL, spans=0)


def test_items_without_moves_are_in_no_band():
    known = program_of(["3 D"])
    extra = pd.concat([known.items, items_of((1, 2, 3))], ignore_index=True)
    assert len(flow.stays(known, extra.astype({"team": "category", "kind": "category"}))) == 2
