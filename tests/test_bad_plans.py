"""Plans and registers that cannot be, from the files to the page: refused with rows and remedy."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tpm_analytics.errors import InvalidTableError

ITEMS = "item_id,created_at\nI-1,2025-01-06T09:00Z\n"
ACTIVITIES = """activity_id,name,workstream,duration_days,optimistic_days,pessimistic_days
a,Design,Core,5,4,8
b,Build,Core,10,8,20
"""
LINKS = "from_id,to_id,kind\na,b,FS\n"
RISKS = """risk_id,title,probability,impact_days,impact_cost,affects_id,opened_on,status
R-1,Late vendor,0.3,5,1000,b,2025-01-10,open
"""
GOOD = {"items": ITEMS, "activities": ACTIVITIES, "links": LINKS, "risks": RISKS}


def loaded(folder, **changed):
    """A program out of files, some of them changed."""
    for name, text in (GOOD | changed).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return tpm.load(f"folder:{folder}")


def scheduled(program):
    return tpm.metrics.schedule.schedule(program.activities, program.links, until=program.as_of)


def struck(program, **options):
    return tpm.metrics.schedule_risk.strikes(
        program.risks, program.activities, program.milestones, items=program.items, **options
    )


def test_the_good_files_are_scheduled_and_their_risk_is_placed(tmp_path):
    program = loaded(tmp_path)
    assert len(scheduled(program)) == 2
    assert struck(program)["activity_id"].tolist() == ["b"]


def test_a_circle_names_its_members_in_the_order_of_waiting_and_every_row_of_it(tmp_path):
    program = loaded(
        tmp_path,
        activities=ACTIVITIES + "c,Test,Core,2,1,3\n",
        links="from_id,to_id,kind\na,b,FS\nb,c,FS\nc,a,FF\n",
    )
    with pytest.raises(InvalidTableError, match="circle a -> b -> c -> a") as caught:
        scheduled(program)
    assert caught.value.failures["row"].tolist() == [0, 1, 2]


def test_an_activity_that_waits_for_itself_is_a_circle(tmp_path):
    with pytest.raises(InvalidTableError, match="circle a -> a"):
        scheduled(loaded(tmp_path, links="from_id,to_id,kind\na,a,FS\n"))


def test_a_link_to_an_unknown_activity_names_its_row(tmp_path):
    program = loaded(tmp_path, links="from_id,to_id,kind\na,b,FS\nghost,b,FS\nb,spook,blocks\n")
    with pytest.raises(InvalidTableError) as caught:
        scheduled(program)
    assert "row 2, from_id: names no activity of the schedule (found 'ghost')" in str(caught.value)
    assert "row 3, to_id: names no activity of the schedule (found 'spook')" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param(
            "activities",
            ACTIVITIES + "c,Test,Core,5,9,8\n",
            r"activities\.csv.*\n.*row 3: pessimistic_days lies below optimistic_days",
            id="pessimistic below optimistic",
        ),
        pytest.param(
            "activities",
            "activity_id,duration_days,baseline_start_on,baseline_finish_on\n"
            "a,5,2025-03-03,2025-03-07\nb,5,2025-03-10,2025-03-09\n",
            r"activities\.csv.*\n.*row 2: baseline_finish_on lies before baseline_start_on",
            id="baseline finishes before it starts",
        ),
        pytest.param(
            "activities",
            "activity_id,duration_days,actual_start_on,actual_finish_on\n"
            "a,5,2025-03-03,2025-03-03\nb,5,2025-03-10,2025-03-09\n",
            r"activities\.csv.*\n.*row 2: actual_finish_on lies before actual_start_on",
            id="finished before it started",
        ),
        pytest.param(
            "sprints",
            "sprint_id,starts_at,ends_at\n1,2025-03-03T09:00Z,2025-03-14T17:00Z\n"
            "2,2025-03-28T09:00Z,2025-03-17T17:00Z\n",
            r"sprints\.csv.*\n.*row 2: ends_at lies before starts_at",
            id="a sprint that ends before it starts",
        ),
        pytest.param(
            "risks",
            RISKS + "R-2,Percent,30,5,1000,a,2025-01-10,open\n",
            r"risks\.csv.*\n.*row 2, probability: .*Did you mean 0\.30?\? \(found 30\.0\)",
            id="30 for 0.30",
        ),
        pytest.param(
            "risks",
            RISKS + "R-2,Percent,-0.3,5,1000,a,2025-01-10,open\n",
            r"risks\.csv.*\n.*row 2, probability: is below 0",
            id="below nothing",
        ),
        pytest.param(
            "risk_history",
            "risk_id,reported_on,probability\nR-1,2025-01-31,45\n",
            r"risk_history\.csv.*\n.*row 1, probability: .*Did you mean 0\.45\?",
            id="45 for 0.45 in the history",
        ),
    ],
)
def test_figures_that_cannot_be_are_refused_at_the_door(tmp_path, name, text, said):
    with pytest.raises(InvalidTableError, match=said):
        loaded(tmp_path, **{name: text})


def test_a_likely_duration_outside_its_two_ends_is_refused_by_the_simulation(tmp_path):
    program = loaded(tmp_path, activities=ACTIVITIES + "c,Test,Core,9,1,3\n")
    with pytest.raises(InvalidTableError, match="row 3, duration_days: lies outside"):
        tpm.metrics.schedule_risk.uncertain_plan(
            program.activities, program.links, struck(program), until=program.as_of
        )


AIMLESS = RISKS + "".join(
    f"R-{number},Aims,0.2,5,100,{aim},2025-01-10,{status}\n"
    for number, aim, status in [
        (2, "nobody", "open"),
        (3, "I-1", "open"),
        (4, "Core", "open"),
        (5, "", "open"),
        (6, "gone", "closed"),
        (7, "vanished", "mitigating"),
    ]
)


def test_a_risk_that_points_at_nothing_is_refused_with_its_row_and_three_ways_out(tmp_path):
    program = loaded(tmp_path, risks=AIMLESS)
    with pytest.raises(InvalidTableError) as caught:
        struck(program)
    said = str(caught.value)
    assert "row 2, affects_id: names no activity, milestone, workstream or item" in said
    assert caught.value.failures["row"].tolist() == [1, 6]
    assert "unknown_targets = cost" in said


def test_a_register_of_another_tool_stays_usable_if_one_says_so(tmp_path):
    program = loaded(tmp_path, risks=AIMLESS)
    told = struck(program, unknown="cost")
    assert told["cost"].tolist() == [1000, 100, 100, 100, 100, 100]
    assert told["activity_id"].notna().sum() == 1
    register = tpm.metrics.risk.register(program.risks, until=program.as_of)
    assert len(register) == 7
    found = tpm.metrics.health.findings(program).set_index("check")
    assert found.loc["risk-affects-unknown", "count"] >= 2
    with pytest.raises(tpm.ParameterError, match="use one of: refuse, cost"):
        struck(program, unknown="ignore")


def test_a_milestone_that_a_risk_names_is_something(tmp_path):
    program = loaded(
        tmp_path,
        milestones="milestone_id,activity_id\nM-1,b\n",
        risks=RISKS.replace(",b,", ",M-1,"),
    )
    assert struck(program)["activity_id"].tolist() == ["b"]


def test_of_a_bad_register_no_figure_is_made(tmp_path):
    program = loaded(tmp_path, risks=AIMLESS)
    before = program.risks.copy()
    with pytest.raises(InvalidTableError):
        struck(program)
    pd.testing.assert_frame_equal(program.risks, before)
