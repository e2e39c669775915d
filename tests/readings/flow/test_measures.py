"""Sentences about flow: true when little is known, and right in number."""

import pandas as pd

from tpm_analytics import Program
from tpm_analytics.metrics import flow
from tpm_analytics.readings import flow as readings

UNTIL = pd.Timestamp("2025-03-30")


def items_of(*rows):
    named = [{"item_id": f"A-{n}", "created_at": "2025-01-01"} | row for n, row in enumerate(rows)]
    return Program.from_tables({"items": pd.DataFrame(named)}, as_of=UNTIL).items


def times_of(*rows):
    items = items_of(*rows)
    return str(
        readings.cycle_time(flow.percentiles(flow.cycle_time(items)), flow.unmeasured(items))
    )


def finished(day):
    return {"finished_at": f"2025-03-{day:02}T12:00Z"}


def weeks_of(*days):
    weekly = flow.throughput(items_of(*(finished(day) for day in days)), until=UNTIL)
    return str(readings.throughput(weekly))


def test_where_nothing_is_finished_no_history_is_said_to_be_missing():
    told = times_of({"started_at": "2025-03-03"})
    assert told == "Nothing is finished yet, so how long items take cannot be said."


def test_where_no_finished_item_has_a_start_the_reading_says_of_how_many():
    assert "of 2 finished items none has a known start" in times_of(finished(3), finished(4))
    assert "of 1 finished item none has" in times_of(finished(3))


def test_weeks_are_told_as_people_would_say_it():
    assert weeks_of(24) == "In the only whole week 1 item was finished."
    assert weeks_of(17, 24) == "In each of the last 2 weeks 1 item was finished."
    assert weeks_of(3, 3, 24) == (
        "In the last 4 weeks between 0 and 2 items were finished, 0.5 in a middling week. "
        "2 weeks saw none."
    )


def test_nothing_begun_is_not_called_a_source_without_history():
    items = items_of({})
    told = readings.work_in_progress(
        flow.work_in_progress(items, until=UNTIL),
        flow.age(items, until=UNTIL),
        flow.littles_law(items, until=UNTIL),
    )
    assert "no item has a known start" in str(told)
    assert "kept no history" not in str(told)


def test_more_in_progress_than_before_is_said_first():
    def told(then, now):
        law = pd.DataFrame(
            {
                "from_on": pd.to_datetime(["2025-01-01", "2025-02-01"]),
                "to_on": pd.to_datetime(["2025-01-31", "2025-02-28"]),
                "mean_items": [then, now],
            }
        )
        wip = pd.DataFrame({"items": [2]})
        return str(readings.work_in_progress(wip, pd.DataFrame({"age_days": [3, 9]}), law))

    assert told(10.0, 12.0) == (
        "More: 12 items on an average day since 2025-02-01, 10 in the days before. 2 items are "
        "begun and not finished; the oldest has been so for 9 days. A day of the chart also counts "
        "what was finished on it."
    )
    assert told(10.0, 9.0).startswith("Fewer: 9 items")
    assert told(10.0, 10.4).startswith("About as many: 10.4 items")
    assert told(float("nan"), 9.0).startswith("2 items are begun")


def test_a_chart_that_shows_only_some_items_says_so():
    times = flow.cycle_time(
        items_of(*({"started_at": "2025-03-01"} | finished(day) for day in range(1, 29)))
    )
    assert "Of 28 finished items the chart shows" in str(
        readings.shown(times, flow.thinned(times, limit=10))
    )
    assert "Of" not in str(readings.shown(times, flow.thinned(times)))
