"""`for_each`: one notebook over many teams or programs, each with a safe name of its own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.workspaces import make, report
from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports.catalogue import definitions
from tpm_analytics.reports.members import slug

TOML = """
[programs.north]
source = "folder:data/north"
time_zone = "Europe/Madrid"
[programs.south]
source = "folder:data/south"
time_zone = "America/New_York"
[reports.velocity]
title = "Velocity"
parameters = { program = "north", weeks = 6 }
every = "mon 07:00"
for_each = { team = ["Checkout", "Data Platform"] }
[reports.flow]
notebook = "velocity.ipynb"
every = "daily 08:00"
missed = "all"
for_each = { program = ["north", "south"] }
"""


def read(tmp_path, toml, names=None):
    return definitions(make(tmp_path, {"velocity": report()}, toml), names)


def test_each_member_is_a_report_of_its_own_with_its_parameter(tmp_path):
    found = read(tmp_path, TOML)
    assert list(found) == [
        "velocity--checkout",
        "velocity--data-platform",
        "flow--north",
        "flow--south",
    ]
    platform = found["velocity--data-platform"]
    assert platform.title == "Velocity: Data Platform"
    assert platform.parameters == {"program": "north", "weeks": 6, "team": "Data Platform"}
    assert (platform.member.group, platform.member.value) == ("velocity", "Data Platform")


def test_each_program_is_scheduled_by_its_own_clock(tmp_path):
    found = read(tmp_path, TOML)
    assert found["flow--north"].schedule.time_zone == "Europe/Madrid"
    assert found["flow--south"].schedule.time_zone == "America/New_York"
    assert found["velocity--checkout"].schedule.time_zone == "Europe/Madrid"
    assert found["flow--south"].schedule.missed == "all"


def test_a_name_means_all_members_or_the_one_it_names(tmp_path):
    assert list(read(tmp_path, TOML, ["flow"])) == ["flow--north", "flow--south"]
    assert list(read(tmp_path, TOML, ["velocity--checkout", "velocity"])) == [
        "velocity--checkout",
        "velocity--data-platform",
    ]
    with pytest.raises(WorkspaceError, match="Did you mean velocity--checkout"):
        read(tmp_path, TOML, ["velocity--chekout"])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{ team = [] }", "no list"),
        ('{ team = "all" }', "no list"),
        ("{ team = [true] }", "no list"),
        ('{ team = [" "] }', "no list"),
        ('{ team = ["a"], program = ["b"] }', "takes one"),
        ("{}", "names 0 parameters"),
        ('{ team = ["Mobile", "mobile"] }', "share the folder velocity--mobile"),
        ('{ program = ["a"] }', "in parameters and in for_each"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(tmp_path, written, said):
    toml = f'[reports.velocity]\nparameters = {{ program = "x" }}\nfor_each = {written}'
    with pytest.raises(WorkspaceError, match=said):
        read(tmp_path, toml)


def test_a_member_may_not_take_the_name_of_another_report(tmp_path):
    toml = (
        '[reports.velocity]\nfor_each = { team = ["a"] }\n'
        '[reports.velocity--a]\nnotebook = "velocity.ipynb"'
    )
    with pytest.raises(WorkspaceError, match="two reports are called velocity--a"):
        read(tmp_path, toml)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('every = "munday 07:00"', "'munday' is no day of the week"),
        ('every = "daily 07:00"\ntime_zone = "Mars/Base"', "not a time zone"),
        ('every = "daily 07:00"\nmissed = "never"', "'never' is not known"),
        ('missed = "all"', "without every says nothing"),
        ("every = 7", "is not text"),
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused_with_its_place(tmp_path, keys, said):
    with pytest.raises(WorkspaceError, match=said) as refused:
        read(tmp_path, f"[reports.velocity]\n{keys}")
    assert "[reports.velocity]" in str(refused.value)


@given(st.text(max_size=80))
def test_any_text_becomes_a_name_that_stays_in_its_folder(text):
    name = slug(text)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?", name)
    assert len(name) <= 60
    assert name == slug(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_texts_that_differ_by_more_than_capitals_and_spaces_get_different_names(one, other):
    alike = [text.lower().replace(" ", "-") for text in (one, other)]
    assert alike[0] == alike[1] or slug(one) != slug(other)
