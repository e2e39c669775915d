"""What is due when: days on which clocks change, checked by hand; slots missed or cut off."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.errors import ParameterError
from tpm_analytics.reports.schedule import occurrences, schedule
from tpm_analytics.reports.schedule.occurrences import Schedule, parsed
from tpm_analytics.reports.schedule.schedule import Past, Slot

MADRID = "Europe/Madrid"
NEW_YORK = "America/New_York"
TOKYO = "Asia/Tokyo"


@dataclass
class Report:
    """As much of a definition as a schedule reads."""

    name: str
    schedule: Schedule | None


def at(text: str) -> datetime:
    """Read an instant in UTC, as 2025-03-30 01:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def instants(every, time_zone, after, until):
    found = occurrences.between(parsed(every, time_zone=time_zone), at(after), at(until))
    return [f"{instant:%m-%d %H:%M}" for instant in found]


# Madrid: 30 March 2025, 02:00 becomes 03:00 (01:00 UTC); 26 October 2025, 03:00 becomes 02:00
# (01:00 UTC). New York: 9 March 2025, 02:00 becomes 03:00 (07:00 UTC); 2 November 2025, 02:00
# becomes 01:00 (06:00 UTC).
@pytest.mark.parametrize(
    ("every", "time_zone", "after", "until", "expected"),
    [
        pytest.param(
            "daily 02:30", MADRID, "2025-03-29", "2025-04-01",
            ["03-29 01:30", "03-30 01:00", "03-31 00:30"], id="skipped, so at the gap's end",
        ),
        pytest.param(
            "daily 02:00", MADRID, "2025-03-29 12:00", "2025-03-30 12:00",
            ["03-30 01:00"], id="the gap's first minute",
        ),
        pytest.param(
            "daily 03:00", MADRID, "2025-03-29 12:00", "2025-03-30 12:00",
            ["03-30 01:00"], id="the first minute after the gap",
        ),
        pytest.param(
            "daily 02:30", MADRID, "2025-10-25", "2025-10-28",
            ["10-25 00:30", "10-26 00:30", "10-27 01:30"], id="shown twice, so the first",
        ),
        pytest.param(
            "daily 03:00", MADRID, "2025-10-25 12:00", "2025-10-26 12:00",
            ["10-26 02:00"], id="the first minute after the hour that is shown twice",
        ),
        pytest.param(
            "sun 02:15", NEW_YORK, "2025-03-01", "2025-03-17",
            ["03-02 07:15", "03-09 07:00", "03-16 06:15"], id="New York, skipped",
        ),
        pytest.param(
            "sun 01:30", NEW_YORK, "2025-10-25", "2025-11-10",
            ["10-26 05:30", "11-02 05:30", "11-09 06:30"], id="New York, twice",
        ),
        pytest.param(
            "hourly", MADRID, "2025-03-29 23:30", "2025-03-30 02:30",
            ["03-30 00:00", "03-30 01:00", "03-30 02:00"], id="every real hour in spring",
        ),
        pytest.param(
            "hourly", NEW_YORK, "2025-11-02 04:30", "2025-11-02 07:30",
            ["11-02 05:00", "11-02 06:00", "11-02 07:00"], id="every real hour in autumn",
        ),
        pytest.param(
            "*/30 2 * * *", MADRID, "2025-03-29 12:00", "2025-03-30 12:00",
            ["03-30 01:00"], id="both fall into the gap and become one",
        ),
        pytest.param(
            "*/30 2 * * *", MADRID, "2025-10-25 12:00", "2025-10-26 12:00",
            ["10-26 00:00", "10-26 00:30"], id="a fixed hour once, by minutes",
        ),
        pytest.param(
            "30 * * * *", MADRID, "2025-10-25 23:00", "2025-10-26 03:00",
            ["10-25 23:30", "10-26 00:30", "10-26 01:30", "10-26 02:30"],
            id="a starred hour each time it is shown",
        ),
        pytest.param(
            "0 2,3 * * *", MADRID, "2025-03-29 12:00", "2025-03-31 12:00",
            ["03-30 01:00", "03-31 00:00", "03-31 01:00"], id="two hours that the gap makes one",
        ),
        pytest.param(
            "daily 00:00", "Asia/Beirut", "2025-03-28 12:00", "2025-03-31",
            ["03-28 22:00", "03-29 22:00", "03-30 21:00"], id="a midnight that does not exist",
        ),
        pytest.param(
            "daily 07:00", TOKYO, "2025-03-29", "2025-03-31",
            ["03-29 22:00", "03-30 22:00"], id="no daylight saving",
        ),
        pytest.param(
            "weekdays 08:30", TOKYO, "2025-03-05", "2025-03-11",
            ["03-05 23:30", "03-06 23:30", "03-09 23:30", "03-10 23:30"], id="not on Saturdays",
        ),
        pytest.param(
            "mon,thu 07:00", MADRID, "2025-03-24", "2025-04-01",
            ["03-24 06:00", "03-27 06:00", "03-31 05:00"], id="two days of the week",
        ),
        pytest.param(
            "monthly last 17:00", NEW_YORK, "2024-01-31 23:00", "2024-04-01",
            ["02-29 22:00", "03-31 21:00"], id="the last of the month in a leap year",
        ),
        pytest.param(
            "monthly 1 07:00", MADRID, "2025-03-01", "2025-05-01 06:00",
            ["03-01 06:00", "04-01 05:00", "05-01 05:00"], id="the first of the month",
        ),
        pytest.param(
            "0 9 * * 1#1", "UTC", "2025-03-01", "2025-05-01",
            ["03-03 09:00", "04-07 09:00"], id="cron: the first Monday of the month",
        ),
        pytest.param(
            "daily 12:00", "Pacific/Apia", "2011-12-28", "2011-12-31 12:00",
            ["12-28 22:00", "12-29 22:00", "12-30 10:00", "12-30 22:00"],
            id="a day that never was runs when the next begins",
        ),
    ],
)  # fmt: skip
def test_a_schedule_falls_due_at_these_instants(every, time_zone, after, until, expected):
    assert instants(every, time_zone, after, until) == expected


def test_the_window_leaves_out_its_start_and_holds_its_end():
    assert instants("daily 07:00", "UTC", "2025-03-01 07:00", "2025-03-02 07:00") == ["03-02 07:00"]


@pytest.mark.parametrize("every", ["x", "", "daily", "daily 24:00", "mon 7:60", "monthly 31 07:00",
    "monthly 0 07:00", "monthly 07:00", "munday 07:00", "hourly 07:00", "mon, 07:00",
    "0 0 31 2 *", "0 0 * * * *", "61 * * * *", "@daily", "* * */20 * 1L"])  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_the_forms_are_named(every):
    with pytest.raises(ParameterError, match="cannot be meant") as refused:
        parsed(every)
    assert "mon,thu 07:00" in str(refused.value)


EVERY = st.one_of(
    st.sampled_from(["hourly", "monthly last 17:00", "monthly 28 02:30", "weekdays 02:00"]),
    st.builds("daily {:02}:{:02}".format, st.integers(0, 4), st.integers(0, 59)),
    st.builds("{},sun {:02}:{:02}".format, st.sampled_from(occurrences.WEEKDAYS),
              st.integers(0, 23), st.integers(0, 59)),
    st.builds("{} {} * * {}".format, st.sampled_from(["*/20", "7", "0,45", "30-32"]),
              st.sampled_from(["*", "*/2", "1-3", "2", "23"]), st.sampled_from(["*", "0", "1-5"])),
)  # fmt: skip
ZONES = st.sampled_from(
    [MADRID, NEW_YORK, TOKYO, "UTC", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut"]
)
# The weekends on which the clocks of these zones change, and the days after
STARTS = st.sampled_from(
    ["2025-03-08", "2025-03-29", "2025-04-05", "2025-10-04", "2025-10-25", "2025-11-01"]
)


@settings(max_examples=60)
@given(EVERY, ZONES, STARTS, st.lists(st.integers(0, 4 * 86_400), max_size=6))
def test_however_time_is_cut_no_slot_is_lost_and_none_comes_twice(every, time_zone, start, cuts):
    plan = parsed(every, time_zone=time_zone)
    first, last = at(start), at(start) + timedelta(days=4)
    edges = [first, *sorted(first + timedelta(seconds=cut) for cut in cuts), last]
    pieces = [
        instant
        for after, until in pairwise(edges)
        for instant in occurrences.between(plan, after, until)
    ]
    whole = occurrences.between(plan, first, last)
    assert pieces == whole
    assert len(set(whole)) == len(whole)


@settings(max_examples=60)
@given(EVERY, ZONES, STARTS, st.integers(0, 3 * 86_400))
def test_the_next_slot_is_the_first_of_all_that_follow(every, time_zone, start, seconds):
    plan = parsed(every, time_zone=time_zone)
    after = at(start) + timedelta(seconds=seconds)
    following = occurrences.following(plan, after)
    assert following is not None
    assert occurrences.between(plan, after, following) == [following]


@settings(max_examples=30)
@given(st.integers(0, 23), st.integers(0, 59), ZONES, STARTS)
def test_a_fixed_time_comes_once_on_each_day_whatever_the_clock_does(hour, minute, zone, start):
    plan = parsed(f"daily {hour:02}:{minute:02}", time_zone=zone)
    first = at(start) - timedelta(days=1)
    found = occurrences.between(plan, first, first + timedelta(days=6))
    days = [instant.astimezone(occurrences.zone(zone)).date() for instant in found]
    assert len(days) == len(set(days))
    assert len(days) in {5, 6, 7}
    assert {(later - earlier).days for earlier, later in pairwise(days)} == {1}


def due(every, past, now, *, missed="once"):
    report = Report("velocity", parsed(every, missed=missed))
    return [
        (f"{slot.due_at:%d %H:%M}", slot.stands_for, slot.missed, slot.again)
        for slot in schedule.due([report], {"velocity": past}, now=at(now))
    ]


# Daily at seven, last taken on the 3rd; nobody was awake until the 7th
@pytest.mark.parametrize(
    ("missed", "now", "expected"),
    [
        ("once", "2025-03-07 06:00", [("06 07:00", 2, True, False)]),
        ("once", "2025-03-07 07:00", [("07 07:00", 3, False, False)]),
        ("skip", "2025-03-07 06:00", []),
        ("skip", "2025-03-07 07:45", [("07 07:00", 3, False, False)]),
        ("skip", "2025-03-07 08:01", []),
        ("all", "2025-03-06 07:30",
         [("04 07:00", 0, True, False), ("05 07:00", 0, True, False),
          ("06 07:00", 0, False, False)]),
        ("all", "2025-03-04 06:59", []),
    ],
)  # fmt: skip
def test_missed_slots_are_caught_up_once_skipped_or_all_made_up(missed, now, expected):
    past = Past(since=at("2025-02-01"), last=at("2025-03-03 07:00"))
    assert due("daily 07:00", past, now, missed=missed) == expected


def test_nothing_is_due_before_its_schedule_was_first_seen():
    past = Past(since=at("2025-03-07 07:00"))
    assert due("daily 07:00", past, "2025-03-07 23:00") == []
    assert due("daily 07:00", past, "2025-03-08 07:00") == [("08 07:00", 0, False, False)]


def test_a_clock_set_back_does_not_run_again_what_was_taken():
    # taken at 09:00; the clock goes back to 08:10, when the 08:00 slot was the last taken by then
    past = Past(since=at("2025-03-07"), last=at("2025-03-07 08:00"))
    assert due("hourly", past, "2025-03-07 08:10") == []
    assert due("hourly", Past(since=at("2025-03-08"), last=None), "2025-03-07 08:10") == []


def test_a_clock_set_forward_finds_what_it_jumped_over_as_missed():
    past = Past(since=at("2025-03-07"), last=at("2025-03-07 08:00"))
    assert due("hourly", past, "2025-03-07 12:10") == [("07 12:00", 3, False, False)]


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        ("once", [("07 10:00", 1, False, False)]),
        ("skip", [("07 10:00", 1, False, False)]),
        ("all", [("07 09:00", 0, True, True), ("07 10:00", 0, False, False)]),
    ],
)
def test_a_run_that_was_cut_off_is_due_again_unless_a_newer_one_is(missed, expected):
    cut = Past(
        since=at("2025-03-07"),
        last=at("2025-03-07 09:00"),
        cut_off=(at("2025-03-07 09:00"),),
    )
    assert due("hourly", cut, "2025-03-07 09:20", missed=missed) == [("07 09:00", 0, False, True)]
    assert due("hourly", cut, "2025-03-07 10:20", missed=missed) == expected


def test_reports_without_a_schedule_or_a_past_are_never_due():
    seven = parsed("daily 07:00")
    past = {"asked": Past(since=at("2025-03-01")), "planned": Past(since=at("2025-03-01"))}
    reports = [Report("asked", None), Report("new", seven), Report("planned", seven)]
    assert schedule.due(reports, past, now=at("2025-03-01 07:00")) == [
        Slot(report="planned", due_at=at("2025-03-01 07:00"))
    ]
    assert schedule.next_due(reports[0], at("2025-03-01")) is None
    assert schedule.next_due(reports[2], at("2025-03-01 07:00")) == at("2025-03-02 07:00")


def test_the_oldest_slot_comes_first_whatever_the_order_of_the_reports():
    reports = [Report("late", parsed("daily 08:00")), Report("early", parsed("daily 07:00"))]
    pasts = {name: Past(since=at("2025-03-01")) for name in ("late", "early")}
    found = schedule.due(reports, pasts, now=at("2025-03-01 09:00"))
    assert [slot.report for slot in found] == ["early", "late"]


def test_a_scheduler_wakes_for_the_next_slot_and_never_sleeps_longer_than_told():
    reports = [Report("asked", None), Report("planned", parsed("daily 07:00"))]
    half = timedelta(seconds=30)
    assert schedule.next_waking(reports, at("2025-03-01 06:59:50"), at_most=half) == at(
        "2025-03-01 07:00"
    )
    assert schedule.next_waking(reports, at("2025-03-01 06:00"), at_most=half) == at(
        "2025-03-01 06:00:30"
    )


@settings(max_examples=60)
@given(
    EVERY, ZONES, STARTS, st.lists(st.integers(0, 4 * 86_400), min_size=1, max_size=6),
    st.sampled_from(["once", "all"]),
)  # fmt: skip
def test_whenever_a_scheduler_looks_all_are_made_up_or_the_latest_stands_for_them(
    every, time_zone, start, looks, missed
):
    report = Report("velocity", parsed(every, time_zone=time_zone, missed=missed))
    since = at(start)
    moments = [since + timedelta(seconds=seconds) for seconds in sorted(looks)]
    taken: list[Slot] = []
    for now in moments:
        past = Past(since=since, last=taken[-1].due_at if taken else None)
        taken += schedule.due([report], {"velocity": past}, now=now)
    whole = occurrences.between(report.schedule, since, moments[-1])
    if missed == "all":
        assert [slot.due_at for slot in taken] == whole
    else:
        assert sum(1 + slot.stands_for for slot in taken) == len(whole)
        assert len({slot.due_at for slot in taken}) == len(taken) <= len(moments)
