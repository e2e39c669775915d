"""A slot is taken once, ended once, and run again only if its run was cut off."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.ledger_file import opened
from tpm_analytics.reports.schedule import schedule, slots
from tpm_analytics.reports.schedule.occurrences import Schedule, parsed
from tpm_analytics.reports.schedule.schedule import Slot

SEVEN = datetime(2025, 3, 3, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Report:
    """As much of a definition as a schedule reads."""

    name: str
    schedule: Schedule | None


def daily(missed="once", every="daily 07:00"):
    return Report("velocity", parsed(every, missed=missed))


@pytest.fixture
def path(tmp_path):
    return tmp_path / ledger.FILE


def due(path, report, now, changed_at=None):
    pasts = slots.pasts(path, [report], now=now, changed_at=changed_at or now)
    return schedule.due([report], pasts, now=now)


def ran(path, outcome, *, how="command"):
    """A run in the ledger at seven, ended like `outcome`."""
    with opened(path) as book:
        return book.execute(
            "INSERT INTO runs (report, asked_at, started_at, ended_at, outcome, package, how)"
            " VALUES ('velocity', ?1, ?1, ?1, ?2, '0', ?3)",
            (SEVEN.isoformat(), outcome, how),
        ).lastrowid


def test_a_slot_is_due_until_it_is_taken_and_ended(path):
    assert due(path, daily(), SEVEN - HOUR) == []
    (slot,) = due(path, daily(), SEVEN)
    assert slots.take(path, slot, now=SEVEN)
    slots.end(path, slot, outcome="complete", run_id=7, now=SEVEN)
    assert due(path, daily(), SEVEN + HOUR) == []
    (taken,) = slots.taken(path)
    assert (taken.due_at, taken.outcome, taken.run_id, taken.attempts) == (SEVEN, "complete", 7, 1)


def test_of_many_who_ask_at_once_exactly_one_gets_each_slot(path):
    wanted = [Slot(report="velocity", due_at=SEVEN + day * DAY) for day in range(3)]
    due(path, daily(), SEVEN - HOUR)
    for slot in wanted:
        with ThreadPoolExecutor(8) as askers:
            asked = [askers.submit(slots.take, path, slot, now=SEVEN + 3 * DAY) for _ in range(8)]
        assert sum(answer.result() for answer in asked) == 1


def test_a_slot_is_out_of_date_once_a_newer_one_was_taken(path):
    old, new = (Slot(report="velocity", due_at=SEVEN + day * DAY) for day in range(2))
    assert slots.take(path, new, now=SEVEN + DAY)
    assert not slots.take(path, old, now=SEVEN + DAY)


def test_a_new_schedule_counts_from_when_it_was_written_an_hour_back_at_most(path):
    now = SEVEN + timedelta(minutes=3)
    assert len(due(path, daily(), now, changed_at=SEVEN - HOUR / 2)) == 1
    hourly = daily(every="hourly", missed="all")
    assert len(due(path, hourly, SEVEN + HOUR / 2, changed_at=SEVEN - 9 * DAY)) == 1


def test_a_changed_schedule_begins_anew_and_the_same_one_does_not(path):
    due(path, daily(), SEVEN - 3 * DAY)
    assert due(path, daily(every="daily 06:00"), SEVEN) == []
    due(path, daily(missed="all"), SEVEN)
    assert len(due(path, daily(missed="all"), SEVEN + 2 * DAY)) == 2


def test_a_run_that_was_cut_off_is_taken_again_but_not_for_ever(path):
    (slot,) = [*due(path, daily(), SEVEN - HOUR), *due(path, daily(), SEVEN)]
    assert slots.take(path, slot, now=SEVEN)
    for attempt in range(2, slots.MOST_ATTEMPTS + 1):
        ran(path, "lost")
        (again,) = due(path, daily(), SEVEN + HOUR / 2)
        assert again.again
        assert slots.take(path, again, now=SEVEN + HOUR / 2)
        assert slots.taken(path)[0].attempts == attempt
    assert not slots.take(path, again, now=SEVEN + HOUR / 2)
    assert slots.taken(path)[0].outcome == slots.GIVEN_UP
    assert due(path, daily(), SEVEN + HOUR) == []


@pytest.mark.parametrize("outcome", ["complete", "failed"])
def test_a_run_that_ended_just_before_its_scheduler_died_is_not_run_again(path, outcome):
    before = ran(path, "complete")
    (slot,) = [*due(path, daily(), SEVEN - HOUR), *due(path, daily(), SEVEN)]
    assert slots.take(path, slot, now=SEVEN)
    ended = ran(path, outcome)
    (again,) = due(path, daily(), SEVEN)
    assert not slots.take(path, again, now=SEVEN)
    (taken,) = slots.taken(path)
    assert (taken.outcome, taken.run_id) == (outcome, ended)
    assert ended > before


@pytest.mark.parametrize("outcome", slots.CUT_OFF)
def test_a_slot_stays_open_when_its_run_was_cut_off(path, outcome):
    (slot,) = [*due(path, daily(), SEVEN - HOUR), *due(path, daily(), SEVEN)]
    slots.take(path, slot, now=SEVEN)
    slots.end(path, slot, outcome=outcome, run_id=1, now=SEVEN)
    assert [again.again for again in due(path, daily(), SEVEN)] == [True]


def test_a_newer_slot_closes_one_that_was_cut_off(path):
    (slot,) = [*due(path, daily(), SEVEN - HOUR), *due(path, daily(), SEVEN)]
    slots.take(path, slot, now=SEVEN)
    (newer,) = due(path, daily(), SEVEN + DAY)
    assert (newer.due_at, newer.stands_for) == (SEVEN + DAY, 1)
    assert slots.take(path, newer, now=SEVEN + DAY)
    assert [taken.outcome for taken in slots.taken(path)] == [slots.SUPERSEDED, None]


def test_a_clock_set_back_runs_nothing_twice_and_one_set_forward_starves_nothing(path):
    hourly = daily(every="hourly")
    due(path, hourly, SEVEN - HOUR)

    def work(now):
        done = []
        for slot in due(path, hourly, now):
            if slots.take(path, slot, now=now):
                slots.end(path, slot, outcome="complete", run_id=1, now=now)
                done.append(slot.due_at)
        return done

    assert work(SEVEN) == [SEVEN]
    assert work(SEVEN + HOUR) == [SEVEN + HOUR]
    assert work(SEVEN + HOUR / 2) == []  # set back by half an hour
    assert work(SEVEN + HOUR) == []
    assert work(SEVEN + 400 * DAY) == [SEVEN + 400 * DAY]  # set forward by a year, by mistake
    assert work(SEVEN + 2 * HOUR) == [SEVEN + 2 * HOUR]  # and put right
    assert work(SEVEN + 3 * HOUR) == [SEVEN + 3 * HOUR]
    assert len({taken.due_at for taken in slots.taken(path)}) == 5


def test_a_schedule_first_seen_by_a_clock_that_was_ahead_counts_from_the_right_time(path):
    due(path, daily(), SEVEN + 400 * DAY)
    assert due(path, daily(), SEVEN - HOUR) == []
    assert [slot.due_at for slot in due(path, daily(), SEVEN)] == [SEVEN]


def test_a_ledger_made_anew_from_its_runs_does_not_run_the_last_slot_again(path):
    ran(path, "complete", how=slots.HOW)
    soon = SEVEN + HOUR / 4
    assert due(path, daily(), soon, changed_at=SEVEN - DAY) == []
    assert len(due(path, daily(), SEVEN + DAY, changed_at=SEVEN - DAY)) == 1


def test_without_a_ledger_nothing_was_taken(path):
    assert slots.taken(path) == []
    assert not path.exists()
