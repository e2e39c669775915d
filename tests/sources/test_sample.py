"""The sample program is the same everywhere, is sound, and holds what `docs/sample.md` says."""

import numpy as np
import pandas as pd
import pytest

from tests.places import REPOSITORY
from tests.tables import assert_same_table
from tpm_analytics.errors import SourceError
from tpm_analytics.program import TABLES, Program, Workflow
from tpm_analytics.sources import folder, sample
from tpm_analytics.sources.invented import story
from tpm_analytics.sources.reading import Options

AMOUNTS = ("added_days", "drawn_days", "added_cost", "drawn_cost")
COMMITTED = REPOSITORY / "data" / "sample"


@pytest.fixture(scope="module")
def program():
    return Program.from_tables(sample.read("", Options()), time_zone="Europe/Madrid")


@pytest.fixture(scope="module")
def sprints(program):
    """A row a sprint and team: points committed, of those done, done in all, items carried on."""
    scope = program.sprint_scope.merge(program.sprints, on="sprint_id").merge(
        program.items[["item_id", "points", "finished_at"]], on="item_id"
    )
    scope = scope[scope["removed_at"].isna()]
    done = (scope["finished_at"] > scope["starts_at"]) & (scope["finished_at"] <= scope["ends_at"])
    committed = scope["added_at"] <= scope["starts_at"]
    table = scope.assign(
        velocity=scope["points"].where(done, 0.0),
        committed=scope["points"].where(committed, 0.0),
        kept=scope["points"].where(committed & done, 0.0),
        carried=~done,
    )
    figures = table.groupby(["team", "sprint_id", "starts_at"], observed=True)[
        ["velocity", "committed", "kept", "carried"]
    ].sum()
    closed = figures.reset_index().drop_duplicates("sprint_id")
    return closed[closed["starts_at"] < pd.Timestamp("2025-06-23T00:00Z")]


def test_committed_files_are_what_the_generator_writes(tmp_path):
    sample.write(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written.keys() == {f"{name}.csv" for name in TABLES}
    assert {path.name: path.read_bytes() for path in COMMITTED.iterdir()} == written


def test_committed_files_stay_small():
    sizes = {path.name: path.stat().st_size for path in COMMITTED.iterdir()}
    assert max(sizes.values()) < 1_500_000
    assert sum(sizes.values()) < 3_000_000


def test_folder_of_committed_files_is_the_same_program(program):
    delivery = folder.read(str(COMMITTED), Options())
    loaded = Program.from_tables(
        delivery, time_zone="Europe/Madrid", workflow=Workflow(story.STAGES)
    )
    assert loaded.as_of == program.as_of
    assert dict(loaded.workflow.stages) == dict(program.workflow.stages)
    for name, table in program.tables().items():
        pd.testing.assert_frame_equal(
            loaded.tables()[name], table, check_categorical=False, obj=name
        )


@pytest.mark.parametrize("time_zone", ["UTC", "Europe/Madrid", "America/New_York"])
def test_program_ends_on_the_same_day_in_every_zone(time_zone):
    program = Program.from_tables(sample.read("", Options()), time_zone=time_zone)
    assert f"{program.as_of:%Y-%m-%d}" == story.LAST_DAY
    assert program.workflow.unknown == ()


def test_every_table_has_rows(program):
    assert program.has(*TABLES)


def test_same_seed_gives_the_same_and_another_seed_another_program():
    first, again = (sample.tables(7)["items"] for _ in range(2))
    assert_same_table(first, again)
    other = sample.read("8", Options()).tables["items"]
    assert not first["title"].head(50).equals(other["title"].head(50))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_pass_the_door_too(seed):
    program = Program.from_tables(sample.read(str(seed), Options()))
    assert 2_800 < len(program.items) < 3_400


@pytest.mark.parametrize("place", ["seven", "-1", "1.5", "data/sample", "٣"])
def test_place_that_is_no_seed_is_refused(place):
    with pytest.raises(SourceError, match="names no sample program"):
        sample.read(place, Options())


def test_reader_hands_out_tables_that_nobody_shares():
    tables = sample.read("", Options()).tables
    tables["items"].loc[0, "title"] = "changed"
    assert sample.read("", Options()).tables["items"].loc[0, "title"] != "changed"


def test_keys_that_tables_share_exist(program):
    items = set(program.items["item_id"])
    sprint_ids = set(program.sprints["sprint_id"])
    people = set(program.people["person_id"])
    steps = set(program.activities["activity_id"])
    assert set(program.transitions["item_id"]) <= items
    assert set(program.blocks["item_id"]) <= items
    assert set(program.sprint_scope["item_id"]) <= items
    assert set(program.sprint_scope["sprint_id"]) == sprint_ids
    assert set(program.items["parent_id"].dropna()) <= items
    assert set(program.links["from_id"]) | set(program.links["to_id"]) <= items | steps
    assert set(program.worklogs["item_id"].dropna()) <= items
    assert set(program.activity_demand["activity_id"]) == steps
    assert set(program.activity_demand["resource"]) <= set(program.people["role"])
    for name in ("absences", "allocations", "worklogs"):
        assert set(getattr(program, name)["person_id"]) <= people
    for name in ("milestones", "risks", "actions", "objectives"):
        assert set(getattr(program, name)["owner_id"].dropna()) <= people
    struck = set(program.risks["affects_id"].dropna())
    assert struck <= steps | set(program.milestones["milestone_id"])
    assert set(program.contingency["risk_id"].dropna()) <= set(program.risks["risk_id"])
    caused = set(program.incidents["deployment_id"].dropna())
    assert caused <= set(program.deployments["deployment_id"])


def test_each_move_leaves_the_status_entered_before(program):
    moves = program.transitions
    same = moves["item_id"] == moves["item_id"].shift()
    assert moves.loc[~same, "from_status"].isna().all()
    left, entered = moves["from_status"].astype("str"), moves["to_status"].astype("str").shift()
    assert (left[same] == entered[same]).all()


def test_weekends_are_quiet(program):
    zones = {team.name: team.time_zone for team in story.TEAMS}
    moves = program.transitions.merge(program.items[["item_id", "team"]], on="item_id")
    moves = moves[moves["at"].dt.floor("min") != story.BULK_CLOSED_AT]
    for team, zone in zones.items():
        local = moves.loc[moves["team"] == team, "at"].dt.tz_convert(zone)
        assert (local.dt.day_of_week < 5).all()
        assert local.dt.hour.between(8, 17).all()


def test_nobody_is_absent_or_books_hours_before_joining_or_after_leaving(program):
    for name, first, last in [
        ("absences", "from_on", "to_on"),
        ("worklogs", "worked_on", "worked_on"),
        ("allocations", "from_on", "to_on"),
    ]:
        table = getattr(program, name).merge(program.people, on="person_id")
        assert (table[first] >= table["joined_on"].clip(upper=table[first].max())).all()
        assert not (table[last] > table["left_on"]).any()


def test_nobody_books_hours_while_away_or_more_than_a_day_holds(program):
    days = program.worklogs.merge(program.absences, on="person_id")
    assert not days["worked_on"].between(days["from_on"], days["to_on"]).any()
    booked = program.worklogs.groupby(["person_id", "worked_on"])["hours"].sum()
    assert booked.max() < 13


def test_plan_keeps_its_dependencies(program):
    plan = program.activities.set_index("activity_id")
    steps = program.links[program.links["kind"].isin(["FS", "SS", "FF"])]
    assert set(steps["kind"]) == {"FS", "SS", "FF"}
    columns = {
        "FS": ("finish", "start", 1),
        "SS": ("start", "start", 0),
        "FF": ("finish", "finish", 0),
    }
    for kind, (of_first, of_second, gap) in columns.items():
        ours = steps[steps["kind"] == kind]
        first = plan.loc[ours["from_id"], f"baseline_{of_first}_on"].to_numpy("datetime64[D]")
        second = plan.loc[ours["to_id"], f"baseline_{of_second}_on"].to_numpy("datetime64[D]")
        between = np.busday_count(first, second)
        assert (between >= ours["lag_days"].to_numpy() + gap).all()


def test_budget_plans_what_the_activities_cost(program):
    planned = program.budget.groupby("workstream", observed=True)["planned_value"].sum()
    budgets = program.activities.groupby("workstream", observed=True)["budget"].sum()
    np.testing.assert_allclose(planned.sort_index(), budgets.sort_index(), rtol=0.001)
    future = program.budget["period_on"] > pd.Timestamp(story.LAST_DAY)
    assert program.budget.loc[future, ["earned_value", "actual_cost"]].isna().all(axis=None)
    assert program.budget.loc[~future].notna().all(axis=None)


def _of(sprints, team, first, last):
    day = sprints["starts_at"].dt.strftime("%Y-%m-%d")
    return sprints[(sprints["team"] == team) & day.between(first, last)]


def test_story_of_a_team_that_slips(sprints):
    before = _of(sprints, "Mobile", "2024-01-01", "2024-09-30")
    after = _of(sprints, "Mobile", "2025-01-01", "2025-06-30")
    assert after["velocity"].mean() < 0.6 * before["velocity"].mean()
    assert before["kept"].sum() / before["committed"].sum() > 0.75
    assert after["kept"].sum() / after["committed"].sum() < 0.6
    assert after["carried"].mean() > 1.5 * before["carried"].mean()


@pytest.mark.parametrize("team", ["Checkout", "Ledger", "Data", "Platform"])
def test_no_other_team_slips(sprints, team):
    late = _of(sprints, team, "2025-01-01", "2025-06-30")
    early = _of(sprints, team, "2024-01-01", "2024-09-30")
    assert late["kept"].sum() / late["committed"].sum() > 0.65
    assert late["velocity"].mean() > 0.8 * early["velocity"].mean()


def test_story_of_items_carried_over_three_times_and_more(program):
    sprints_of_item = program.sprint_scope[program.sprint_scope["removed_at"].isna()]
    counts = sprints_of_item.groupby("item_id")["sprint_id"].nunique()
    often = counts.index[counts > 3]
    teams = program.items.set_index("item_id").loc[often, "team"].value_counts()
    assert teams["Mobile"] >= 10
    assert teams["Mobile"] > teams.drop("Mobile").sum()


def _waits(program, teams):
    """Median calendar days in Ready for Test by the month of entry, unfinished waits too."""
    moves = program.transitions
    left = moves.groupby("item_id", observed=True)["at"].shift(-1).fillna(story.SNAPSHOT_AT)
    wait = moves.assign(days=(left - moves["at"]).dt.total_seconds() / 86_400)
    wait = wait[wait["to_status"] == story.BOTTLENECK].merge(program.items, on="item_id")
    wait = wait[wait["team"].isin(teams)]
    return wait.groupby(wait["at"].dt.strftime("%Y-%m"))["days"].median()


def test_story_of_a_bottleneck_in_test(program):
    waits = _waits(program, ["Checkout", "Ledger"])
    assert waits["2024-01":"2025-02"].max() < 1.5
    assert waits["2025-04":"2025-06"].is_monotonic_increasing
    assert waits["2025-05"] > 3
    assert waits["2025-06"] > 7
    assert _waits(program, ["Mobile", "Data", "Platform"]).max() < 1.5
    tester = program.people[program.people["role"] == "Test engineer"].set_index("team")
    assert f"{tester.loc['Checkout', 'left_on']:%Y-%m-%d}" == "2025-02-28"


def _allocated(program, person_id, day):
    rows = program.allocations
    running = rows["from_on"].le(day) & rows["to_on"].ge(day) & (rows["person_id"] == person_id)
    return rows.loc[running, "share"].sum()


def test_story_of_an_overloaded_specialist(program):
    inside = pd.date_range(story.OVERLOAD_FROM, story.OVERLOAD_TO)
    assert len(inside) == 70
    assert all(_allocated(program, story.SPECIALIST, day) == pytest.approx(1.6) for day in inside)
    everybody = program.people["person_id"]
    for day in pd.to_datetime(["2024-03-01", "2024-10-01", "2025-02-01", "2025-06-01"]):
        assert max(_allocated(program, person, day) for person in everybody) <= 1.0 + 1e-9
    booked = program.worklogs[program.worklogs["person_id"] == story.SPECIALIST]
    weeks = booked.groupby(booked["worked_on"].dt.to_period("W"))["hours"].sum()
    assert weeks["2025-03-03":"2025-05-05"].median() > 45
    assert weeks[:"2025-02-17"].median() < 36


def test_story_of_a_risk_that_came_true(program):
    risk = program.risks.set_index("risk_id").loc[story.RISK_THAT_CAME_TRUE]
    assert (risk["title"], risk["status"]) == (story.RISK_TITLE, "occurred")
    told = program.risk_history[program.risk_history["risk_id"] == story.RISK_THAT_CAME_TRUE]
    assert told["probability"].tolist() == [0.2, 0.2, 0.3, 0.35, 0.45, 0.65, 0.8, 1.0]
    assert told["status"].tolist() == ["mitigating"] * 7 + ["occurred"]
    assert program.risks["status"].eq("occurred").sum() == 1

    milestone = program.milestones.set_index("milestone_id").loc["M-09"]
    assert milestone["done_on"] - milestone["baseline_on"] == pd.Timedelta(weeks=6)
    forecasts = program.milestone_forecasts.query("milestone_id == 'M-09'")["forecast_on"]
    assert sorted(set(forecasts.dt.strftime("%Y-%m-%d"))) == [
        "2025-04-25",
        "2025-05-09",
        "2025-05-23",
        "2025-06-06",
    ]
    step = program.activities.set_index("activity_id").loc[risk["affects_id"]]
    assert step["actual_finish_on"] - step["baseline_finish_on"] == pd.Timedelta(weeks=6)

    money = program.budget.dropna().set_index("workstream")
    spent = (
        money[money["period_on"] >= "2025-02-01"]
        .groupby("workstream", observed=True)[["earned_value", "actual_cost"]]
        .sum()
    )
    overrun = spent["actual_cost"] / spent["earned_value"]
    assert overrun["Certification and compliance"] > 1.5
    assert overrun.drop(["Certification and compliance", "Mobile wallet"]).max() < 1.1


def test_contingency_is_drawn_for_what_came_true_and_never_more_than_was_set_aside(program):
    told = program.contingency.fillna({name: 0.0 for name in AMOUNTS}).set_index("changed_on")
    for unit in ("days", "cost"):
        held = (told[f"added_{unit}"] - told[f"drawn_{unit}"]).cumsum()
        assert held.min() > 0
    drawn = told[told["risk_id"] == story.RISK_THAT_CAME_TRUE]
    # the delay of its story, in working days
    assert drawn["drawn_days"].tolist() == [5 * story.DELAY_WEEKS]
    assert drawn.index.strftime("%Y-%m-%d").tolist() == ["2025-04-30"]


def test_story_of_a_scope_jump(program):
    items = program.items[program.items["kind"] != "Epic"]
    fortnight = items["created_on"].between("2025-02-10", "2025-02-21")
    epics = program.items[program.items["title"] == story.SCOPE_JUMP_EPIC]
    package = items[items["parent_id"].isin(epics["item_id"])]
    assert package.groupby("team", observed=True).size().to_dict() == story.SCOPE_JUMP
    assert package["created_on"].between("2025-02-10", "2025-02-21").all()
    of_both = items[items["team"].isin(story.SCOPE_JUMP)]
    usual = len(of_both[of_both["created_on"].between("2024-03-01", "2025-01-31")]) / 48 * 2
    assert (fortnight & items["team"].isin(story.SCOPE_JUMP)).sum() > 5 * usual


def test_story_of_a_team_that_improves(program, sprints):
    early = _of(sprints, "Platform", "2024-01-01", "2024-04-30")["velocity"].mean()
    late = _of(sprints, "Platform", "2025-01-01", "2025-06-30")["velocity"].mean()
    assert late > 1.2 * early
    ours = program.deployments[program.deployments["team"] == "Platform"]
    half = pd.Timestamp("2024-10-01T00:00Z")
    first, second = ours[ours["deployed_at"] < half], ours[ours["deployed_at"] >= half]
    assert len(second) > 1.5 * len(first)
    lead = [(part["deployed_at"] - part["committed_at"]).median() for part in (first, second)]
    assert lead[1] < 0.8 * lead[0]


def test_fault_of_a_bulk_closure(program):
    minute = program.items["finished_at"].dt.floor("min").value_counts()
    assert minute.iloc[0] == story.BULK_CLOSED_ITEMS
    assert minute.index[0] == story.BULK_CLOSED_AT
    closed = program.items[program.items["finished_at"].dt.floor("min") == story.BULK_CLOSED_AT]
    assert closed["started_at"].isna().all()
    assert (story.BULK_CLOSED_AT - closed["created_at"]).min() > pd.Timedelta(days=60)


def test_fault_of_missing_points(program):
    stories = program.items[program.items["kind"] == "Story"]
    assert 0.03 < stories["points"].isna().mean() < 0.08


def test_fault_of_a_sprint_never_closed(program):
    ended = program.sprints[program.sprints["ends_at"] < story.SNAPSHOT_AT]
    assert ended.loc[ended["completed_at"].isna(), "sprint_id"].tolist() == ["DAT-S18"]
    running = program.sprints[program.sprints["ends_at"] > story.SNAPSHOT_AT]
    assert len(running) == len(story.TEAMS)
    assert running["completed_at"].isna().all()


def test_fault_of_an_item_resolved_before_it_began(program):
    early = program.items[program.items["finished_at"] < program.items["started_at"]]
    assert early["title"].tolist() == ["Import the chart of accounts"]


def test_fault_of_an_unknown_assignee(program):
    strangers = set(program.items["assignee_id"].dropna()) - set(program.people["person_id"])
    assert strangers == {story.UNKNOWN_ASSIGNEE}


def test_fault_of_items_that_stand_still(program):
    items = program.items[program.items["kind"] != "Epic"]
    last = program.transitions.groupby("item_id", observed=True)["at"].max()
    still = items[items["status"] == "In Progress"].set_index("item_id").index
    old = last[still] < story.SNAPSHOT_AT - pd.Timedelta(days=90)
    assert 5 <= old.sum() <= 20


def test_fault_of_items_that_wait_for_one_another(program):
    waits = program.links[program.links["kind"] == "blocks"]
    after = waits.groupby("from_id")["to_id"].apply(set)
    circles = [
        (first, second, third)
        for first in after.index
        for second in after[first] & set(after.index)
        for third in after[second] & set(after.index)
        if first in after[third]
    ]
    assert len({frozenset(circle) for circle in circles}) == 1


def test_document_states_these_figures(program, sprints):
    text = (REPOSITORY / "docs" / "sample.md").read_text(encoding="utf-8")
    kinds = program.items["kind"].value_counts()
    before = _of(sprints, "Mobile", "2024-01-01", "2024-09-30")
    after = _of(sprints, "Mobile", "2025-01-01", "2025-06-30")
    waits = _waits(program, ["Checkout", "Ledger"]).round(1)
    kept = [part["kept"].sum() / part["committed"].sum() for part in (before, after)]
    money = program.budget[program.budget["period_on"] >= "2025-02-01"].dropna()
    money = money.groupby("workstream", observed=True)[["earned_value", "actual_cost"]].sum()
    overrun = money["actual_cost"] / money["earned_value"]
    stories = program.items[program.items["kind"] == "Story"]
    stated = [
        f"{len(program.items):,} items ({kinds['Story']:,} stories, {kinds['Bug']} bugs, "
        f"{kinds['Task']} tasks, {kinds['Epic']} epics)",
        f"from {before['velocity'].mean():.0f} (January to September 2024) "
        f"to {after['velocity'].mean():.0f} (2025)",
        f"from {kept[0]:.0%} to {kept[1]:.0%}".replace("%", " %"),
        f"from {before['carried'].mean():.2f} to {after['carried'].mean():.2f}",
        f"{waits['2025-02']} days in February 2025, then {waits['2025-03']}, "
        f"{waits['2025-04']}, {waits['2025-05']} and {waits['2025-06']} in June",
        f"spends {overrun['Certification and compliance']:.2f} for each",
        f"Mobile costs {overrun['Mobile wallet']:.2f} for each",
        f"| {stories['points'].isna().mean():.1%} |".replace("%", " %"),
        f"| {(program.items['assignee_id'] == story.UNKNOWN_ASSIGNEE).sum()} items |",
        "| {owner_id} and {response} |".format(**program.risks.isna().sum()),
    ]
    assert [words for words in stated if words not in text] == []


def test_program_can_be_seen_as_of_an_earlier_day(program):
    then = program.at("2025-03-31")
    risk = then.risks.set_index("risk_id").loc[story.RISK_THAT_CAME_TRUE]
    assert (risk["status"], risk["probability"]) == ("mitigating", 0.8)
    due = then.milestones.set_index("milestone_id").loc["M-09", "due_on"]
    assert f"{due:%Y-%m-%d}" == "2025-05-23"
    assert then.transitions["at"].max() < pd.Timestamp("2025-04-01T00:00Z")
