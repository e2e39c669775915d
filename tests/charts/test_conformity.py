"""What is said at once of a chart is what jsonschema would say."""

from __future__ import annotations

import copy

import altair as alt
import pandas as pd
import pytest
from altair.utils.schemapi import SchemaValidationError
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, validators

from tpm_analytics.charts import conformity

ROOT = {
    "definitions": {
        "Colour": {
            "anyOf": [{"enum": ["red", "blue", None, 1]}, {"type": "string", "minLength": 5}]
        },
        "Day": {"const": "today"},
        "Mark": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"type": "string"}, "colour": {"$ref": "#/definitions/Colour"}},
            "additionalProperties": False,
        },
        "Marks": {"items": {"$ref": "#/definitions/Mark"}, "minItems": 1, "maxItems": 2},
        "Part": {"type": "number", "minimum": 0, "maximum": 1},
        "Parts": {"additionalProperties": {"$ref": "#/definitions/Part"}, "minProperties": 1},
        "Text or whole": {"type": ["string", "integer"], "description": "either"},
        "Unknown": {"$ref": "#/definitions/Nowhere"},
    }
}
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-1, 2)
    | st.floats(-1, 2)
    | st.sampled_from(["red", "today", "bright", ""])
)
things = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "colour", "other"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(things, st.sampled_from(sorted(set(ROOT["definitions"]) - {"Unknown"})))
def test_what_holds_at_once_holds_for_jsonschema(value, name):
    schema = {"$ref": f"#/definitions/{name}"}
    if conformity.holds(value, schema, ROOT):
        assert Draft7Validator({**ROOT, **schema}).is_valid(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Colour", "red"),
        ("Day", "today"),
        ("Mark", {"type": "bar", "colour": "blue"}),
        ("Marks", [{"type": "bar"}]),
        ("Part", 0.5),
        ("Parts", {"a": 0, "b": 1}),
        ("Text or whole", 3),
    ],
)
def test_what_is_as_said_holds_at_once(name, value):
    assert conformity.holds(value, {"$ref": f"#/definitions/{name}"}, ROOT)


def test_what_is_in_doubt_does_not_hold():
    class Mine(dict):
        """A mapping of one's own."""

    doubts = [
        (Mine(type="bar"), {"$ref": "#/definitions/Mark"}),
        ("bright", {"$ref": "#/definitions/Colour"}),  # by a word that is not known here
        ("bright", {"$ref": "#/definitions/Unknown"}),
        (1, False),
        ([1], {"items": [{"type": "integer"}]}),
    ]
    assert not any(conformity.holds(value, schema, ROOT) for value, schema in doubts)


def chart() -> alt.LayerChart:
    rows = pd.DataFrame({"day": pd.to_datetime(["2025-03-03"]), "items": [2], "team": ["Core"]})
    base = alt.Chart(rows).encode(alt.X("day:T").title("Day").axis(format="%d"), y="items:Q")
    colour = alt.condition("datum.items > 1", alt.value("red"), alt.value("blue"))
    return base.mark_bar().encode(color=colour) + base.mark_text().encode(text="team:N")


def test_a_sound_chart_is_told_without_jsonschema(monkeypatch):
    asked = []

    def ask(*question):
        asked.append(question)
        yield from ()

    sound = chart()
    monkeypatch.setitem(Draft7Validator.VALIDATORS, "$ref", ask)
    sound.to_dict()
    alt.Axis(format="%d").to_dict()
    assert asked == []


def test_an_unsound_chart_is_told_what_is_wrong_in_the_same_words():
    wrong = chart()
    wrong.layer[0].encoding.x.axis = {"formt": "%d"}
    with pytest.raises(SchemaValidationError) as ours:
        copy.deepcopy(wrong).to_dict()
    mine = validators.validator_for({"$schema": Draft7Validator.META_SCHEMA["$schema"]})
    validators.validates("draft7")(Draft7Validator)
    try:
        with pytest.raises(SchemaValidationError) as theirs:
            wrong.to_dict()
    finally:
        validators.validates("draft7")(mine)
    assert mine is not Draft7Validator
    assert "formt" in str(ours.value)
    assert str(ours.value) == str(theirs.value)


def test_other_schemas_of_draft_7_are_checked_as_before():
    draft = {"$schema": "http://json-schema.org/draft-07/schema#"}
    schema = {**draft, "$ref": "#/definitions/Mark", **ROOT}
    checker = validators.validator_for(schema)(schema)
    assert [error.message for error in checker.iter_errors({"colour": "red"})] == [
        "'type' is a required property"
    ]
    assert checker.is_valid({"type": "bar"})
