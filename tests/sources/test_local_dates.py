"""Dates in the words and orders that people's trackers use."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.test_months import ABBREVIATIONS
from tpm_analytics.errors import SourceError
from tpm_analytics.sources.local_dates import instants, local_times

MINUTES = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2068, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


def read(texts, **options):
    column = pd.Series(texts, dtype="str")
    places = pd.Series([f"f.csv, row {row + 1}" for row in range(len(texts))])
    return local_times({"Created": column}, places, **options)["Created"]


@given(moment=MINUTES, language=st.sampled_from(sorted(ABBREVIATIONS)))
def test_a_named_month_reads_back(moment, language):
    month = ABBREVIATIONS[language].split()[moment.month - 1]
    texts = [
        f"{moment.day:02}/{month}/{moment:%y} {moment:%I:%M %p}",
        f"{moment.day}. {month} {moment:%Y %H:%M}",
    ]
    assert read(texts)["local"].tolist() == [pd.Timestamp(moment)] * 2


@given(moments=st.lists(MINUTES, min_size=1), form=st.sampled_from(["%d/%m/%y", "%m/%d/%Y"]))
def test_numbers_read_back_or_ask(moments, form):
    texts = [moment.strftime(f"{form} %H:%M") for moment in moments]
    expected = [pd.Timestamp(moment) for moment in moments]
    if any(moment.day > 12 for moment in moments):
        assert read(texts)["local"].tolist() == expected
    elif any(moment.day != moment.month for moment in moments):
        with pytest.raises(SourceError, match="No row tells"):
            read(texts)
    assert read(texts, date_format=f"{form} %H:%M")["local"].tolist() == expected


@given(moment=MINUTES, minutes=st.integers(-14 * 60, 14 * 60))
def test_a_written_offset_wins_over_the_zone(moment, minutes):
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    text = moment.replace(tzinfo=zone).isoformat()
    found = instants(read([text]), "Asia/Tokyo")[0]
    assert found == pd.Timestamp(moment).tz_localize(zone)


def test_an_hour_the_clocks_skip_is_moved_on():
    found = instants(read(["2024-03-31 02:30"]), "Europe/Madrid")[0]
    assert found == pd.Timestamp("2024-03-31T01:00Z")


def test_no_dates_at_all_are_no_error():
    times = read([None, None])
    assert times["local"].isna().all()
    assert instants(times, "UTC").isna().all()
