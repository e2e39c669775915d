"""Sentences of the simulated schedule: what they say, and that data in them stays text."""

import pandas as pd
import pytest

from tests.metrics.schedule_risk.test_futures import plan_of, risks, spread
from tests.metrics.schedules import program_of, work
from tpm_analytics.metrics import schedule_risk as metric
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
    ratios = metric.duration_ratios(data.activities, data.links, until=data.as_of)
    reserve = metric.reserve(data, months=0, trials=100)
    assumed = metric.assumptions(plan, ratios, trials=100)
    return {
        "outlook": readings.outlook(outlook),
        "milestones": readings.milestones(
            metric.milestone_outlook(plan, data.milestones, trials=100)
        ),
        "bias": readings.merge_bias(metric.merge_bias(plan, futures)),
        "history": readings.by_history(outlook, outlook, metric.history(plan, ratios)),
        "assumptions": readings.assumptions(assumed, metric.ranges(plan)),
        "convergence": readings.convergence(metric.convergence(futures)),
        "removals": readings.removals(metric.removals(plan, trials=100)),
        "activities": readings.activities(metric.activity_risk(plan, trials=100)),
        "frontier": readings.frontier(metric.frontier(futures), metric.together(futures)),
        "reserve": readings.reserve(reserve, metric.cover(reserve, data.contingency)),
        "moved": readings.moved(metric.moved_finish(data, data, trials=100)),
        "left_out": readings.left_out(plan.strikes),
    }


def test_the_sentences_tell_the_figures():
    said = {name: str(reading) for name, reading in told(program()).items()}
    assert "Every future ends on 2025-03-11: nothing" in said["outlook"]
    assert "futures; simulated" not in said["outlook"]
    assert "due 2025-03-06: kept in no future" in said["milestones"]
    assert "ends on 2025-03-07; 0 % of the futures keep that" in said["bias"]
    assert "there is no history" in said["history"]
    assert "2 working days earlier; no other risk wins a day" in said["removals"]
    assert "sets it in all of them" in said["activities"]
    assert "To keep both in 80 % of the futures" in said["frontier"]
    assert "needs 2 working days and 50 on top" in said["reserve"]
    assert "What is held is not told. Add a table `contingency`" in said["reserve"]
    assert "1 of 1 activity left has no range and is taken as certain" in said["assumptions"]
    assert "nothing varies but the risks" in said["assumptions"]
    assert "Without any of the risks it would be 2 working days earlier" in said["assumptions"]
    assert "All 100 futures say 2025-03-11" in said["convergence"]
    assert "are each kept in 80 % of the futures, both at once in 100 %" in said["frontier"]
    assert "stayed as it was, from 2025-03-11 to 2025-03-11" in said["moved"]
    assert "1 of 2 open risks strike" in said["left_out"]
    assert "R-2 points at something that is not in the schedule" in said["left_out"]


def test_epics_that_stand_in_for_activities_are_said_to():
    plan = plan_of(program_of([work("a", 5, optimistic_days=3, pessimistic_days=20)]))
    outlook = metric.outlook(metric.trials(plan, trials=20))
    assert "counted in 20 simulated futures" in str(readings.outlook(outlook))
    told = str(readings.outlook(outlook, epics=3))
    assert told.startswith("With its risks and doubts, the work of 3 open epics is finished by")
    assert "the epics stand in for them, and open items outside of them are not in it" in told
    assert "epic" not in str(readings.outlook(outlook))


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


def held(*changes):
    names = ["changed_on", "added_days", "drawn_days", "added_cost", "drawn_cost"]
    return pd.DataFrame(changes, columns=names)


def test_the_contingency_says_what_is_held_drawn_kept_and_until_when_it_is_enough():
    struck = {"probability": 1.0, "impact_days": 2.0, "affects_id": "a"}
    data = program_of(
        [work("a", 5, budget=100)],
        risks=risks(struck),
        contingency=held(("2024-12-02", 3, None, 500, None), ("2025-02-03", None, 2, None, 100)),
    )
    reserve = metric.reserve(data, months=3, trials=100)
    said = str(readings.reserve(reserve, metric.cover(reserve, data.contingency)))
    assert "The time held is 1 working day, after 2 working days drawn since 2024-12-31" in said
    assert "it keeps 0 % of the futures, and is 1 working day short since 2025-02-28." in said
    assert "The money held is 400, after 100 drawn since 2024-12-31: it keeps 100 %" in said


def test_more_drawn_than_set_aside_is_said():
    data = program_of([work("a", 5)], contingency=held(("2025-01-06", None, 4, None, None)))
    reserve = metric.reserve(data, months=0, trials=50)
    said = str(readings.reserve(reserve, metric.cover(reserve, data.contingency)))
    assert "Of time, 4 working days more was drawn than set aside." in said


def test_activities_without_a_range_are_counted_with_what_that_does_to_the_answer():
    said = str(told(program_of([spread("a", 8, 10, 20), work("b", 30)]))["assumptions"])
    assert "1 of 2 activities left has no range and is taken as certain: 30 of 40 working" in said
    assert "With the range of the others that day would be" in said
    certain = told(program_of([spread("a", 8, 10, 20)]))["assumptions"]
    assert "All work that is left has a range." in str(certain)


def test_without_costs_the_cost_is_said_to_be_unknown():
    said = told(program_of([spread("a", 2, 3, 9)]))
    assert "What it costs is unknown" in str(said["outlook"])
    assert "No cost is known" in str(said["frontier"])
    assert "an unknown sum" in str(said["reserve"])
    assert str(said["left_out"]) == "No risk is open."


@pytest.mark.parametrize(("days", "words"), [(3.0, "2 working days later"), (-4.0, "earlier")])
def test_a_cause_moves_the_finish_later_or_earlier(days, words):
    moved = metric.moved_finish(
        program_of([work("a", 6)]), program_of([work("a", 6 + days - (days > 0))]), trials=10
    )
    assert words in str(readings.moved(moved))
