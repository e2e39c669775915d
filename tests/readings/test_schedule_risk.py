"""Sentences of the simulated schedule: what they say, and that data in them stays text."""

import pandas as pd
import pytest

from tests.metrics.schedule_risk.test_futures import plan_of, risks, spread
from tests.metrics.schedules import program_of, work
from tpm_analytics.metrics import schedule_risk as laws
from tpm_analytics.metrics import schedule_risk as metric
from tpm_analytics.metrics import schedule_risk as moves
from tpm_analytics.metrics import schedule_risk as value
from tpm_analytics.readings import schedule_risk as readings

HOSTILE = "<script>*b*</script>"


def program(**more):
    struck = [
        {"title": HOSTILE, "probability": 1.0, "impact_days": 2.0, "affects_id": "a"},
        {"probability": 0.5, "impact_cost": 10.0, "affects_id": "nobody"},
    ]
    milestones = pd.DataFrame(
        {"milestone_id": ["M-1"], "activity_id": ["a"], "due_on": ["2025-03-06"]}
    )
    return program_of(
        [work("a", 5, budget=100, name=HOSTILE, **more)],
        risks=risks(*struck),
        milestones=milestones,
    )


def told(data):
    plan = plan_of(data)
    futures = metric.trials(plan, trials=100)
    outlook = metric.outlook(futures)
    ratios = laws.duration_ratios(data.activities, data.links, until=data.as_of)
    reserve = moves.reserve(data, months=0, trials=100)
    return {
        "outlook": readings.outlook(outlook),
        "milestones": readings.milestones(
            metric.milestone_outlook(plan, data.milestones, trials=100)
        ),
        "bias": readings.merge_bias(metric.merge_bias(plan, futures)),
        "history": readings.by_history(outlook, outlook, ratios),
        "removals": readings.removals(value.removals(plan, trials=100)),
        "activities": readings.activities(value.activity_risk(plan, trials=100)),
        "frontier": readings.frontier(metric.frontier(futures), outlook),
        "reserve": readings.reserve(reserve, days=1, cost=1000),
        "moved": readings.moved(moves.moved_finish(data, data, trials=100)),
        "left_out": readings.left_out(plan.strikes),
    }


def test_the_sentences_tell_the_figures():
    said = {name: str(reading) for name, reading in told(program()).items()}
    assert "finished by 2025-03-11 in 80 of 100 futures" in said["outlook"]
    assert "100 futures with seed 1" in said["outlook"]
    assert "due 2025-03-06: kept in no future" in said["milestones"]
    assert "ends on 2025-03-07; 0 % of the futures keep that" in said["bias"]
    assert "there is no history" in said["history"]
    assert "2 working days earlier; no other risk wins a day" in said["removals"]
    assert "sets it in all of them" in said["activities"]
    assert "To keep both in 80 % of the futures" in said["frontier"]
    assert "needs 2 working days and 50 on top" in said["reserve"]
    assert "The contingency of 1 working day is 1 working day short." in said["reserve"]
    assert "The contingency of 1,000 covers that; 950 are to spare." in said["reserve"]
    assert "stayed as it was, from 2025-03-11 to 2025-03-11" in said["moved"]
    assert "1 of 2 open risks strike" in said["left_out"]
    assert "R-2 points at something that is not in the schedule" in said["left_out"]


def test_data_in_a_sentence_is_never_live():
    for reading in told(program()).values():
        assert "<script" not in reading.markdown.replace("\\<", "")


def test_without_work_left_each_sentence_says_so():
    done = program(actual_start_on="2025-02-03", actual_finish_on="2025-02-07")
    said = {name: str(reading) for name, reading in told(done).items()}
    assert "no schedule of activities with work left" in said["outlook"]
    assert said["removals"] == said["activities"] == readings.NOTHING
    assert "cannot" in said["reserve"]
    assert "nothing can be compared" in said["moved"]


def test_without_costs_the_cost_is_said_to_be_unknown():
    said = told(program_of([spread("a", 2, 3, 9)]))
    assert "What it costs is unknown" in str(said["outlook"])
    assert "No cost is known" in str(said["frontier"])
    assert "an unknown sum" in str(said["reserve"])
    assert str(said["left_out"]) == "No risk is open."


@pytest.mark.parametrize(("days", "words"), [(3.0, "2 working days later"), (-4.0, "earlier")])
def test_a_cause_moves_the_finish_later_or_earlier(days, words):
    moved = moves.moved_finish(
        program_of([work("a", 6)]), program_of([work("a", 6 + days - (days > 0))]), trials=10
    )
    assert words in str(readings.moved(moved))
