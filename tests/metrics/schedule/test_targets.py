"""How tight the way to each milestone is, by hand and on the sample."""

import pandas as pd

import tpm_analytics as tpm
from tests.metrics.schedules import program_of, work
from tpm_analytics.metrics import schedule as metric


def test_each_milestone_is_told_with_what_is_left_before_it():
    program = program_of(
        [work("a", 5), work("b", 2, name="Build"), work("c", 3), work("m", 0), work("n", 0)],
        [("a", "m"), ("b", "m"), ("m", "c"), ("c", "n")],
    )
    slack = metric.slack_to(program.activities, program.links, until=program.as_of)
    told = metric.target_room(slack)
    assert told["target_id"].tolist() == ["m", "n"]
    assert told["leading"].tolist() == [2, 4]
    assert told["without_room"].tolist() == [1, 3]
    assert told["tightest"].tolist() == ["a (0); Build (3)", "a (0); c (0); m (0)"]


def test_the_tightest_way_of_the_sample_leads_through_mobile():
    program = tpm.load("sample:")
    activities = metric.with_milestones(program.activities, program.milestones)
    links = metric.milestone_links(program.links, program.activities, program.milestones)
    slack = metric.slack_to(activities, links, until=program.as_of)
    told = metric.target_room(slack).set_index("target_id")
    assert told.index[-1] == "M-14"
    assert told["target_on"].is_monotonic_increasing
    assert (told["without_room"] <= told["leading"]).all()
    assert told.loc["M-13", "without_room"] == 3
    assert metric.target_room(slack.head(0)).empty
    assert pd.notna(told["tightest"]).all()
