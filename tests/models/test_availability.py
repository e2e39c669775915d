"""Counting the days people are there, held against a count day by day."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.models.availability import availability, overlaps

FIRST = np.datetime64("2025-03-03")
SPAN = 21
offsets = st.integers(-5, SPAN + 5)
spans = st.tuples(offsets, st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(
    employed=st.tuples(st.none() | offsets, st.none() | offsets),
    away=st.lists(spans, max_size=4),
    holidays=st.lists(st.integers(0, SPAN - 1), max_size=3),
    asked=spans,
)
@settings(max_examples=150)
def test_days_are_those_of_a_count_day_by_day(employed, away, holidays, asked):
    joined, left = employed
    counted = sum(
        (FIRST + day).astype(object).weekday() < 5
        and day not in holidays
        and (joined is None or day >= joined)
        and (left is None or day <= left)
        and not any(begin <= day <= end for begin, end in away)
        for day in range(max(asked[0], 0), min(asked[1], SPAN - 1) + 1)
    )
    known = availability(
        FIRST + np.arange(SPAN),
        [np.busdaycalendar(holidays=FIRST + np.array(holidays, dtype=np.int64))],
        calendar=np.array([0]),
        employed=np.array([[_day(joined), _day(left)]]),
        absences=(
            np.zeros(len(away), dtype=np.int64),
            FIRST + np.array([begin for begin, _ in away], dtype=np.int64),
            FIRST + np.array([end for _, end in away], dtype=np.int64),
        ),
    )
    answer = known.days(np.array([0]), FIRST + np.array([asked[0]]), FIRST + np.array([asked[1]]))
    assert answer.tolist() == [counted]


@given(asked=st.lists(spans, max_size=6), lengths=st.lists(st.integers(1, 9), max_size=6))
@settings(max_examples=150)
def test_overlaps_are_those_of_a_comparison_of_every_pair(asked, lengths):
    ends = np.cumsum(np.array(lengths, dtype=np.int64)) - 1
    starts = ends - np.array(lengths, dtype=np.int64) + 1
    expected = [
        (span, period)
        for span, (begin, end) in enumerate(asked)
        for period in range(len(lengths))
        if begin <= ends[period] and end >= starts[period]
    ]
    span, period = overlaps(
        FIRST + np.array([begin for begin, _ in asked], dtype=np.int64),
        FIRST + np.array([end for _, end in asked], dtype=np.int64),
        FIRST + starts,
        FIRST + ends,
    )
    assert list(zip(span.tolist(), period.tolist(), strict=True)) == expected


def _day(offset):
    return np.datetime64("NaT", "D") if offset is None else FIRST + offset
