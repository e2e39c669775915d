"""Errors say what, where and what next, in this process and in any other."""

import pickle

import pandas as pd
import pytest

from tpm_analytics import errors
from tpm_analytics.errors import InvalidTableError, MissingColumnsError, ParameterError, TpmError


def failures(*rows):
    return pd.DataFrame(rows, columns=["column", "row", "value", "problem"])


EXAMPLES = [
    TpmError("It broke."),
    TpmError("It broke.", hint="mend it"),
    ParameterError("every='fortnight' is not a period.", hint="use week"),
    MissingColumnsError("items", {"points": "Size estimate [points]"}, ["item_id"]),
    InvalidTableError("items", "plan.csv", failures(("points", 0, "x", "is not a number"))),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_crosses_processes_with_all_it_knows(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert (copy.message, copy.hint) == (error.message, error.hint)


def test_every_error_is_a_tpm_error():
    defined = [value for value in vars(errors).values() if isinstance(value, type)]
    raised = [kind for kind in defined if issubclass(kind, Exception)]
    assert len(raised) >= 7
    assert all(issubclass(kind, TpmError) for kind in raised)


def test_the_hint_stands_on_a_line_of_its_own():
    assert str(TpmError("It broke.", hint="mend it")) == "It broke.\nHint: mend it"
    assert str(TpmError("It broke.")) == "It broke."


def test_missing_columns_are_told_as_text_though_it_is_a_key_error():
    error = MissingColumnsError("Items", {"points": "Size", "team": "Owner"}, [])
    assert isinstance(error, KeyError)
    assert str(error).startswith(
        "Items lacks 2 columns read here:\n  - points: Size\n  - team: Owner\nFound: no columns."
    )


def test_a_value_is_shown_as_it_is_written_and_a_gap_not_at_all():
    told = str(
        InvalidTableError(
            "risks",
            "plan.csv",
            failures(
                ("probability", 0, 30.0, "is above 1"),
                ("title", 1, "a 'b'", "is odd"),
                ("due_on", 2, pd.Timestamp("2025-03-07"), "is late"),
                ("item_id", 3, None, "is missing"),
                ("points", pd.NA, [1, 2], "is a list"),
            ),
        )
    )
    assert "row 1, probability: is above 1 (found 30.0)" in told
    assert "row 2, title: is odd (found \"a 'b'\")" in told
    assert "row 3, due_on: is late (found 2025-03-07 00:00:00)" in told
    assert "row 4, item_id: is missing\n" in told
    assert "  - points: is a list (found [1, 2])" in told


def test_a_problem_of_a_whole_row_is_told_once():
    error = InvalidTableError(
        "absences",
        "plan.csv",
        failures((None, 0, None, "ends early"), (None, 0, None, "ends early")),
    )
    assert len(error.failures) == 1
    assert "in 1 place:\n  - row 1: ends early\n" in str(error)
