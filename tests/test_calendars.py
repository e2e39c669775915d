"""Days, periods, holidays and the program's time zone."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpm_analytics import calendars, clock
from tpm_analytics.errors import ParameterError

ZONES = ["UTC", "Asia/Tokyo", "Europe/Madrid", "America/Havana", "Pacific/Apia", "Asia/Kolkata"]
days = st.dates(date(2000, 1, 1), date(2030, 12, 31)).map(pd.Timestamp)


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "Europe"])
def test_a_zone_that_nobody_knows_is_refused(name):
    with pytest.raises(ParameterError, match="is not a time zone") as caught:
        clock.zone(name)
    assert caught.value.hint == "use an IANA name such as Europe/Madrid"


@given(days, st.sampled_from(ZONES))
def test_the_end_of_a_day_is_its_last_moment(day, zone):
    end = calendars.end_of(day, zone)
    either_side = pd.Series([end, end + pd.Timedelta(1, "us")])
    on, after = calendars.day_of(either_side, zone)
    assert on == day
    assert after > day


def test_a_midnight_that_the_clock_skips_or_repeats_ends_the_day_before():
    # Havana: on 8 March 2020 00:00 became 01:00; on 1 November 01:00 became 00:00 again
    assert calendars.end_of(pd.Timestamp("2020-03-07"), "America/Havana") == pd.Timestamp(
        "2020-03-08T04:59:59.999999Z"
    )
    assert calendars.end_of(pd.Timestamp("2020-10-31"), "America/Havana") == pd.Timestamp(
        "2020-11-01T03:59:59.999999Z"
    )


def test_an_unknown_moment_has_no_day():
    at = pd.Series(pd.to_datetime(["2025-03-07T23:30Z", None]))
    assert calendars.day_of(at, "Asia/Tokyo").isna().tolist() == [False, True]
    assert calendars.day_of(at, "Asia/Tokyo").dtype == "datetime64[us]"


@pytest.mark.parametrize(
    "given_day",
    [
        "2025-03-07",
        " 2025-03-07 ",
        "2025-03-07T23:30",
        date(2025, 3, 7),
        datetime(2025, 3, 7, 23, 30),
        pd.Timestamp("2025-03-07 23:30", tz="Asia/Tokyo"),
        np.datetime64("2025-03-07"),
    ],
)
def test_a_day_is_read_from_what_is_surely_a_day(given_day):
    assert calendars.as_day(given_day) == pd.Timestamp("2025-03-07")


@pytest.mark.parametrize(
    "given_day",
    [
        "07/03/2025",
        "now",
        "2025",
        "2025-02-30",
        "",
        None,
        5,
        5.0,
        True,
        pd.NaT,
        np.datetime64("NaT"),
    ],
)
def test_a_day_is_not_guessed(given_day):
    with pytest.raises(ParameterError, match="is not a day") as caught:
        calendars.as_day(given_day)
    assert caught.value.hint == "write it as 2025-03-07"


@pytest.mark.parametrize(
    ("every", "first"),
    [
        ("day", "2025-03-09"),
        ("week", "2025-03-03"),
        ("month", "2025-03-01"),
        ("quarter", "2025-01-01"),
    ],
)
def test_a_period_begins_on_its_first_day_and_weeks_on_monday(every, first):
    found = calendars.period_start(pd.Series(pd.to_datetime(["2025-03-09", None])), every)
    assert found[0] == pd.Timestamp(first)
    assert pd.isna(found[1])


@given(days, days, st.sampled_from(["day", "week", "month", "quarter"]))
def test_periods_are_whole_follow_one_another_and_have_ended(one, other, every):
    first, last = min(one, other), max(one, other)
    found = calendars.periods(first, last, every)
    starts = calendars.period_start(pd.Series([first, *found]), every)
    assert starts.tolist()[1:] == found.tolist()
    if len(found):
        assert found[0] == starts[0]
        following = calendars.periods(first, last + pd.Timedelta(days=93), every)
        assert following[: len(found)].equals(found)
        assert following[len(found)] - pd.Timedelta(days=1) >= last - pd.Timedelta(days=92)


@pytest.mark.parametrize(
    ("last", "count"), [("2025-03-15", 0), ("2025-03-16", 1), ("2025-03-22", 1)]
)
def test_the_unfinished_period_is_left_out(last, count):
    found = calendars.periods(pd.Timestamp("2025-03-12"), pd.Timestamp(last), "week")
    assert len(found) == count


def test_there_are_no_periods_backwards_or_of_unknown_days():
    day = pd.Timestamp("2025-03-12")
    assert calendars.periods(day, day - pd.Timedelta(days=40), "week").empty
    assert calendars.periods(pd.NaT, day, "week").empty


@pytest.mark.parametrize("ends", [(pd.NaT, pd.NaT), (pd.Timestamp("2025-03-12"),) * 2])
def test_a_period_that_is_none_is_refused_even_of_nothing(ends):
    with pytest.raises(ParameterError, match="every='fortnight' is unknown") as caught:
        calendars.periods(*ends, "fortnight")
    assert caught.value.hint == "use one of: day, week, month, quarter"


@given(days, days)
def test_working_days_agree_with_counting_them_one_by_one(one, other):
    first, last = min(one, other), max(one, other)
    last = min(last, first + pd.Timedelta(days=400))
    slow = sum(day.weekday() < 5 for day in pd.date_range(first, last))
    assert calendars.working_days([first], [last]).tolist() == [slow]


def test_days_off_count_once_and_weekends_off_not_at_all():
    off = np.array(["2025-03-04", "2025-03-08"], dtype="datetime64[D]")
    kept = calendars.calendar_of(calendars.WEEKEND, off)
    assert calendars.working_days(["2025-03-03"], ["2025-03-09"], calendar=kept).tolist() == [4]
    assert calendars.working_days(["2025-03-09"], ["2025-03-03"]).tolist() == [0]
    assert calendars.working_days([], []).tolist() == []


def test_working_days_of_an_unknown_day_are_refused():
    with pytest.raises(ParameterError, match="unknown day"):
        calendars.working_days(pd.to_datetime([None]), ["2025-03-03"])


def test_holidays_are_those_of_the_country_and_cannot_be_changed():
    first, last = pd.Timestamp("2025-01-01"), pd.Timestamp("2025-12-31")
    found = calendars.holiday_days("ES", first, last)
    assert np.datetime64("2025-01-06") in found
    assert np.datetime64("2025-07-04") not in found
    assert (np.diff(found) > np.timedelta64(0, "D")).all()
    with pytest.raises(ValueError, match="read-only"):
        found[0] = found[1]


@pytest.mark.parametrize("country", [None, float("nan")])
def test_no_country_has_no_holidays(country):
    day = pd.Timestamp("2025-01-01")
    assert calendars.holiday_days(country, day, day).size == 0


def test_a_country_that_nobody_knows_is_refused():
    day = pd.Timestamp("2025-01-01")
    with pytest.raises(ParameterError, match="No holidays are known for country 'XX'"):
        calendars.holiday_days("XX", day, day)


@pytest.mark.parametrize(
    ("country", "rests"),
    [
        # Israel and Egypt rest on Friday and Saturday
        ("IL", ["2025-03-07", "2025-03-08"]),
        ("EG", ["2025-03-07", "2025-03-08"]),
        ("ES", ["2025-03-08", "2025-03-09"]),
        (None, ["2025-03-08", "2025-03-09"]),
        # the Emirates went over to Saturday and Sunday in 2022
        ("AE", ["2025-03-08", "2025-03-09"]),
    ],
)
def test_a_country_rests_on_its_own_weekend(country, rests):
    week = np.arange("2025-03-03", "2025-03-10", dtype="datetime64[D]")
    kept = calendars.working_calendar(country, pd.Timestamp(week[0]), pd.Timestamp(week[-1]))
    assert week[~np.is_busday(week, busdaycal=kept)].astype(str).tolist() == rests


def test_a_weekend_is_that_of_the_day_asked_for():
    assert calendars.weekend("AE", on=pd.Timestamp("2021-06-30")) == (4, 5)
    assert calendars.weekend("AE", on=pd.Timestamp("2022-06-30")) == (5, 6)
    # Saudi Arabia moved its weekend from Thursday and Friday in June 2013
    assert calendars.weekend("SA", on=pd.Timestamp("2013-01-31")) == (3, 4)
    assert calendars.weekend("SA", on=pd.Timestamp("2014-01-31")) == (4, 5)


def test_holidays_are_kept_beside_the_weekend():
    year = pd.Timestamp("2025-01-01"), pd.Timestamp("2025-12-31")
    egypt = calendars.working_calendar("EG", *year)
    # Revolution Day was kept on Thursday, 24 July; Wednesday and the Sunday after were worked
    days = np.array(["2025-07-23", "2025-07-24", "2025-07-27"], dtype="datetime64[D]")
    assert np.is_busday(days, busdaycal=egypt).tolist() == [True, False, True]


def test_the_weekend_of_a_country_that_nobody_knows_is_refused():
    day = pd.Timestamp("2025-01-01")
    with pytest.raises(ParameterError, match="No holidays are known for country 'XX'"):
        calendars.working_calendar("XX", day, day)


def test_a_week_without_a_working_day_is_refused():
    with pytest.raises(ParameterError, match="all seven days"):
        calendars.calendar_of(range(7), np.array([], dtype="datetime64[D]"))
