"""The parameters cell is a contract: what breaks it is refused before anything runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.reports.workspaces import code, notebook
from tpm_analytics.errors import ParameterError, ReportError
from tpm_analytics.reports import parameters

CELL = """
from typing import Literal

# what to look at
program: str = "sample"  # name of a program or an address
weeks: int = 12  # weeks to look back
share: float = 0.85  # share of futures
detail: bool = True  # show every item
teams: list[str] = []  # only these teams
limit: int | None = None  # rows to show
every: Literal["day", "week"] = "week"  # length of a period
"""


def declared(source=CELL):
    return parameters.declared(notebook(code(source, "parameters")), "velocity.ipynb")


def read(**texts):
    return parameters.from_text(declared(), texts, where="velocity.ipynb")


def test_every_line_is_a_parameter_with_its_type_default_and_help():
    found = declared()
    assert list(found) == ["program", "weeks", "share", "detail", "teams", "limit", "every"]
    assert found["weeks"].default == 12
    assert found["weeks"].help == "weeks to look back"
    assert found["every"].kind.choices == ("day", "week")


def test_a_notebook_without_parameters_takes_none():
    assert parameters.declared(notebook("# Text"), "n.ipynb") == {}
    with pytest.raises(ParameterError, match="no parameter team, nor any other") as refused:
        parameters.from_text({}, {"team": "Core"}, where="n.ipynb")
    assert "tag the cell that does" in refused.value.hint


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ({"weeks": "8"}, 8),
        ({"share": "0.5"}, 0.5),
        ({"detail": "no"}, False),
        ({"teams": "Core, Apps & Web"}, ["Core", "Apps & Web"]),
        ({"teams": ""}, []),
        ({"limit": "none"}, None),
        ({"limit": "3"}, 3),
        ({"every": "day"}, "day"),
        ({"program": "jira:a=b.json"}, "jira:a=b.json"),
    ],
)
def test_text_is_read_as_the_declared_type(texts, value):
    (name,) = texts
    assert read(**texts) == {name: value}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"weeks": "abc"}, "weeks=abc is not a whole number"),
        ({"weeks": "1.5"}, "weeks=1.5 is not a whole number"),
        ({"share": "nan"}, "share=nan is not a number"),
        ({"detail": "maybe"}, "detail=maybe is not true or false"),
        ({"every": "weak"}, "every=weak is not one of day, week. Did you mean week?"),
        ({"week": "8"}, "has no parameter week. Did you mean weeks?"),
    ],
)
def test_text_that_cannot_be_meant_is_refused_in_plain_words(texts, said):
    with pytest.raises(ParameterError) as refused:
        read(**texts)
    assert said in refused.value.message


def test_an_unknown_name_lists_what_the_notebook_takes():
    with pytest.raises(ParameterError, match="It takes: program, weeks, share"):
        read(colour="red")


@pytest.mark.parametrize("value", [True, 1.5, "12", None, [12]])
def test_typed_values_must_be_of_the_declared_type(value):
    with pytest.raises(ParameterError, match="is not a whole number"):
        parameters.resolve(declared(), {"weeks": value}, where="tpm.toml")


def test_a_whole_number_will_do_where_a_number_is_wanted():
    assert parameters.resolve(declared(), {"share": 1}, where="tpm.toml") == {"share": 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('team: str = ""  # as in team=Core', "a second '='"),
        ("team = ''", "is no parameter"),
        ("team: str", "is no parameter"),
        ("teams: list[str] = [\n  'Core',\n]", "several lines"),
        ("team: str = other()", "not a plain value"),
        ("team: str = 3", "its default is not text"),
        ("table: dict = {}", "cannot be typed on a command line"),
        ("a: int = 1; b: int = 2", "a second '='"),
        ("a: int = 1; print('x')", "a semicolon"),
        (
            "team: str = 'a",
            "is no Python: unterminated string literal (detected at line 1) in line 1",
        ),
        ("a: int = 1\na: int = 2", "twice"),
    ],
)
def test_lines_that_papermill_would_misread_are_refused(line, said):
    with pytest.raises(ReportError) as refused:
        declared(line)
    assert said in str(refused.value)


def test_two_parameters_cells_are_refused():
    twice = notebook(code("a: int = 1", "parameters"), code("b: int = 1", "parameters"))
    with pytest.raises(ReportError, match="2 cells tagged parameters"):
        parameters.declared(twice, "n.ipynb")


@given(some.integers())
def test_any_whole_number_survives_the_command_line(number):
    assert read(weeks=str(number)) == {"weeks": number}


@given(some.text())
def test_any_text_is_kept_letter_by_letter(text):
    assert read(program=text) == {"program": text}
