"""A link says which issue comes first, and stands once though Jira keeps it at both ends."""

import pytest

from tests.sources.jira.exports import delivered, issue, program, saved

TYPES = {
    "Blocks": ("is blocked by", "blocks"),
    "Depends": ("is dependent of", "depends on"),
    "Dependency": ("is depended on by", "depends on"),
    "Required": ("requires", "is required by"),
    "Gantt: finish-start": ("has to be done after", "has to be done before"),
    "Gantt End to Start": ("has to be done after", "has to be done before"),
    "Relates": ("relates to", "relates to"),
    "Cloners": ("is cloned by", "clones"),
    "Blocks (translated)": ("wird blockiert von", "blockiert"),
}


def link(name, *, outward=None, inward=None):
    """One end of a link, as it stands at an issue."""
    passive, active = TYPES[name]
    kind = {"name": name.partition(" (")[0], "inward": passive, "outward": active}
    ends = {"outwardIssue": outward, "inwardIssue": inward}
    return {"type": kind, **{side: {"key": key} for side, key in ends.items() if key}}


def rows(place):
    table = delivered(place).tables["links"]
    return [tuple(row) for row in table[["from_id", "to_id", "kind"]].to_numpy()]


# An issue says "I <outward phrase> outwardIssue" and "I <inward phrase> inwardIssue".
@pytest.mark.parametrize(
    ("name", "end", "expected"),
    [
        # A-1 blocks A-2: A-1 first
        ("Blocks", "outward", ("A-1", "A-2", "blocks")),
        # A-1 is blocked by A-2: A-2 first
        ("Blocks", "inward", ("A-2", "A-1", "blocks")),
        # A-1 depends on A-2: A-2 first
        ("Depends", "outward", ("A-2", "A-1", "blocks")),
        # A-2 depends on A-1: A-1 first
        ("Depends", "inward", ("A-1", "A-2", "blocks")),
        ("Dependency", "outward", ("A-2", "A-1", "blocks")),
        # A-1 is: A-1 first
        ("Required", "outward", ("A-1", "A-2", "blocks")),
        ("Required", "inward", ("A-2", "A-1", "blocks")),
        # A-1 has to be done before A-2: A-1 first
        ("Gantt: finish-start", "outward", ("A-1", "A-2", "blocks")),
        # A-1 has to be done after A-2: A-2 first
        ("Gantt: finish-start", "inward", ("A-2", "A-1", "blocks")),
        ("Gantt End to Start", "inward", ("A-2", "A-1", "blocks")),
        ("Blocks (translated)", "outward", ("A-1", "A-2", "blocks")),
        ("Relates", "outward", ("A-1", "A-2", "relates")),
        ("Relates", "inward", ("A-2", "A-1", "relates")),
        ("Cloners", "outward", ("A-1", "A-2", "cloners")),
    ],
)
def test_each_type_has_its_direction(tmp_path, name, end, expected):
    made = issue("A-1", issuelinks=[link(name, **{end: "A-2"})])
    assert rows(saved(tmp_path, [made])) == [expected]


@pytest.mark.parametrize("name", TYPES)
def test_the_two_ends_of_a_link_are_one_row(tmp_path, name):
    place = saved(
        tmp_path,
        [
            issue("A-1", issuelinks=[link(name, outward="A-2")]),
            issue("A-2", issuelinks=[link(name, inward="A-1")]),
        ],
    )
    assert len(rows(place)) == 1


def test_links_that_leave_the_set_are_kept(tmp_path):
    place = saved(tmp_path, [issue("A-1", issuelinks=[link("Blocks", inward="OTHER-9")])])
    assert rows(place) == [("OTHER-9", "A-1", "blocks")]
    assert len(program(place).links) == 1
