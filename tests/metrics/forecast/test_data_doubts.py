"""What of the past is not trusted, and what that changes."""

import tpm_analytics as tpm
from tests.metrics.forecasts import program_of, steady
from tpm_analytics.metrics import forecast


def test_items_closed_in_bulk_are_no_pace():
    bulk = steady(1, team="core", a_day=30, open_items=0).assign(
        item_id=[f"old-{number}" for number in range(30)],
        started_at="2025-01-02T09:00Z",
    )
    program = program_of(steady(60), bulk)
    doubts = forecast.doubts(program)
    assert set(doubts["fault"]) == {forecast.BULK}
    # the item that was finished in that very minute goes with them
    assert len(doubts) == 31
    assert len(forecast.trusted(program.items, doubts)) == len(program.items) - 31
    counted = forecast.trusted(program.items, doubts, counted=forecast.BULK)
    assert len(counted) == len(program.items)


def test_items_that_were_never_begun_are_doubted_only_where_starts_are_known():
    items = steady(60, open_items=0)
    lost = items.assign(
        started_at=[None if n % 10 == 0 else at for n, at in enumerate(items["started_at"])]
    )
    assert len(forecast.doubts(program_of(lost))) == 6
    unknown = items.assign(started_at=None)
    assert forecast.doubts(program_of(unknown)).empty


def test_what_stands_still_remains_to_be_done_until_asked_otherwise():
    program = tpm.load("sample:")
    doubts = forecast.doubts(program)
    still = doubts[~doubts["finished"].astype(bool)]
    assert len(still) == 8  # as docs/sample.md says
    kept = forecast.trusted(program.items, doubts)
    assert kept["item_id"].isin(still["item_id"]).sum() == 8
    dropped = forecast.trusted(program.items, doubts, counted=forecast.STALE)
    assert not dropped["item_id"].isin(still["item_id"]).any()


def test_each_doubt_tells_what_it_changes():
    program = tpm.load("sample:")
    doubts = forecast.doubts(program)
    span = forecast.from_first_to_last(program.items, until=program.as_of)
    calendar = forecast.working_days(program.people, program.absences, during=span)
    items = forecast.trusted(program.items, doubts)
    pace = forecast.pace(items, calendar, of="CHK-3, LED-5", until=program.as_of)
    told = forecast.effects(program.items, pace, doubts, calendar, of="CHK-3, LED-5")
    meant = forecast.work(program.items, of="CHK-3, LED-5")
    by_fault = told.set_index("fault")
    unbegun = by_fault.loc[forecast.NEVER_BEGUN]
    cancelled = meant["finished_on"].notna() & meant["started_on"].isna()
    assert unbegun["items"] == cancelled.sum()
    # more finishes can only make the promise earlier
    assert unbegun["otherwise_on"] < unbegun["day_on"]
    assert unbegun["days"] == (unbegun["otherwise_on"] - unbegun["day_on"]).days
