"""Other ways of counting, worked out by hand; and cycle times of real trackers."""

import csv
import json
from collections import defaultdict

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.moves_by_hand import program_of
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics.metrics import flow

JIRAMETRICS = SHARED_DATA / "jirametrics_sample"
DEVLAKE = SHARED_DATA / "devlake_raw" / "jira"


def ways(moves, **options):
    known = program_of(moves, **options)
    return flow.conventions(known, known.items).set_index("convention")


def test_each_way_of_counting_differs_from_ours_in_one_point():
    # from Friday the 7th, noon, to Monday the 10th, 6 in the evening; created on the 1st
    found = ways(["7.5 D, 10.75 X"])["p85_days"]
    assert found["as on this page"] == 4
    assert found["first day not counted"] == 3
    assert found["elapsed time, 24 hours are a day"] == 3.25
    assert found["Monday to Friday, no others"] == 2
    assert found["from creation instead of first start"] == 10
    assert found["first finish instead of last"] == 4


def test_the_first_finish_takes_a_reopened_item_as_done():
    found = ways(["3 D, 4 X, 9 D, 10 X", "5 D, 6 X, 8 D"])
    ours, first = found.loc["as on this page"], found.loc["first finish instead of last"]
    assert (ours["items"], ours["p85_days"]) == (1, 8)
    assert (first["items"], first["p85_days"]) == (2, 2)
    assert (ours["finished_lately"], first["finished_lately"]) == (1, 2)
    assert first["moved_days"] == -6


def test_a_zone_moves_what_starts_or_ends_near_midnight():
    # from 2025-03-07 23:30 to 2025-03-08 00:30 in Tokyo: two days there, one in UTC
    found = ways(["7.6041666667 D, 7.6458333333 X"], time_zone="Asia/Tokyo")["median_days"]
    assert found["as on this page"] == 2
    assert found["days of UTC"] == 1
    assert found["days of America/New_York"] == 1
    assert "days of Asia/Tokyo" not in found.index


def test_interpolated_percentiles_lie_between_the_items():
    found = ways(["3 D, 3.5 X", "3 D, 6 X"])
    assert found.loc["as on this page", ["median_days", "p85_days"]].tolist() == [1, 4]
    between = found.loc["percentiles between two items are interpolated"]
    assert between[["median_days", "p85_days"]].tolist() == [2.5, pytest.approx(3.55)]


def test_where_no_start_is_known_only_the_time_since_creation_is_told():
    found = ways(["5 X"])
    told = found["p85_days"].dropna()
    assert told.to_dict() == {"from creation instead of first start": 5.0}
    assert found["moved_days"].isna().all()


def times(days, team="core"):
    day = pd.Timestamp("2025-03-03")
    return pd.DataFrame(
        {"item_id": [f"A-{n}" for n in range(len(days))], "cycle_days": days}
    ).assign(
        title=None,
        kind=pd.Categorical([None] * len(days), categories=["bug"]),
        team=pd.Categorical(team if isinstance(team, list) else [team] * len(days)),
        started_on=day,
        finished_on=day,
    )


def test_teams_are_told_the_slowest_first_and_items_of_none_as_a_row():
    found = flow.times_by(times([1, 2, 9, 4], ["core", "core", "web", None]))
    assert found["group"].fillna("?").tolist() == ["web", "?", "core"]
    assert found["median_days"].tolist() == [9, 4, 1]
    assert found["p85_days"].tolist() == [9, 4, 2]
    assert found["items"].tolist() == [1, 1, 2]


def test_a_histogram_has_bars_of_one_width_and_a_last_one_for_the_slowest():
    found = flow.histogram(times([1] * 50 + [3] * 48 + [400, 500]))
    assert found["span"].tolist() == ["1", "2", "3", "4 and more"]
    assert found["items"].tolist() == [50, 0, 48, 2]
    wide = flow.histogram(times([1, 5, 6, 100]))
    assert wide["span"].tolist()[:2] == ["1–5", "6–10"]
    assert wide["items"].sum() == 4
    assert len(wide) <= flow.BARS + 1


@pytest.mark.parametrize("longest", [1, 30, 31, 5000, 20_000])
def test_a_histogram_counts_every_item_once_however_long_they_take(longest):
    found = flow.histogram(times([1, longest]))
    assert found["items"].sum() == 2
    assert found["share"].sum() == pytest.approx(1)
    assert len(found) <= flow.BARS + 1


@needs_shared_data
def test_flow_of_a_real_jira_cloud_project():
    known = tpm.load(f"jira:{JIRAMETRICS}")
    took = flow.cycle_time(known.items).set_index("item_id")["cycle_days"].to_dict()
    # SP-5: selected on 2021-06-23, done on 2021-10-11, both counted
    assert took == {"SP-5": 111, "SP-10": 9, "SP-13": 1, "SP-14": 1}
    stays = flow.stays(known, known.items)
    first, *_, last = stays["status"].cat.categories
    assert (first, last) == ("Backlog", "Done")
    passed = flow.handovers(stays)
    assert passed["items"].tolist() == [4]
    assert passed["reopened"].tolist() == [0.25]
    found = flow.conventions(known, known.items).set_index("convention")
    # one of the four was done on 2021-09-06 for the second time, or earlier for the first
    assert found.loc["first finish instead of last", "moved_days"] < 0
    open_items = flow.ageing(known.items, stays, until=known.as_of)
    assert set(open_items["item_id"]) == {"SP-1", "SP-2", "SP-7", "SP-8", "SP-11", "SP-15"}


def devlake_export(folder):
    """The raw rows of the tracker put together as an export: issues with their changes."""
    csv.field_size_limit(2**27)

    def rows(name):
        with (DEVLAKE / f"_raw_jira_api_{name}.csv").open(encoding="utf-8", newline="") as file:
            return [
                (json.loads(row["data"]), json.loads(row["input"] or "null"))
                for row in csv.DictReader(file)
            ]

    changes = defaultdict(list)
    for entry, asked in rows("issue_changelogs"):
        changes[str(asked["issue_id"])].append(entry)
    lines = []
    for one, _ in rows("issues"):
        histories = [*one["changelog"]["histories"], *changes[one["id"]]]
        changelog = {"total": len(histories), "histories": histories}
        lines.append(json.dumps({**one, "changelog": changelog}))
    (folder / "issues.jsonl").write_text("\n".join(lines), encoding="utf-8")
    statuses = json.dumps([status for status, _ in rows("status")])
    (folder / "statuses.json").write_text(statuses, encoding="utf-8")
    return folder


@needs_shared_data
def test_flow_of_a_real_tracker_in_chinese_by_its_own_days_and_by_utc(tmp_path):
    known = tpm.load(f"jira:{devlake_export(tmp_path)}", time_zone="Asia/Shanghai")
    took = flow.cycle_time(known.items).set_index("item_id")["cycle_days"]
    # In Development on 2020-06-12, closed on 2020-06-19
    assert took["EE-1"] == 8
    stays = flow.stays(known, known.items)
    whole = stays.groupby("item_id", observed=True)["days"].sum()
    assert len(whole) == known.transitions["item_id"].nunique()
    found = flow.conventions(known, known.items).set_index("convention")
    assert found["items"].iloc[0] == len(took)
    assert "days of UTC" in found.index
