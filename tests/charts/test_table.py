"""Tables as a page shows them: figures as people write them."""

import pandas as pd
import pytest

from tpm_analytics.charts import table
from tpm_analytics.results.schedule_risk import Removals
from tpm_analytics.results.velocity import TeamVelocity


def shown(declaration, name, value):
    return table.view(pd.DataFrame({name: [value]}), declaration, [name])._repr_html_()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (62.34, "62.3"),
        (-5.2, "−5.2"),
        (0.21, "0.21"),
        (0.0004, "0"),
        (-0.0004, "0"),
        (-1234.0, "−1,234"),
        (100.4, "100"),
    ],
)
def test_numbers_have_a_minus_and_no_digits_that_say_nothing(value, text):
    assert f">{text}</td>" in shown(Removals, "won_days", value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.756, "76 %"), (0.0, "0 %"), (0.001, "&lt;1 %"), (0.999, "&gt;99 %"), (1.0, "100 %")],
)
def test_shares_are_neither_none_nor_all_where_it_is_not_quite_so(value, text):
    assert f">{text}</td>" in shown(TeamVelocity, "planning_accuracy", value)


def test_a_table_without_rows_says_so_instead_of_heading_nothing():
    empty = table.view(Removals.empty(), Removals)
    assert empty._repr_html_() == '<p class="note">There is nothing to list.</p>'
    assert repr(empty) == "There is nothing to list."


def test_a_terminal_gets_the_first_rows_with_the_figures_of_the_page():
    teams = pd.DataFrame(
        {
            "team": [
                "Core",
                "<b>Ledger</b>\nand all that is kept, paid and counted",
                *"CDEFGHIJKLM",
            ],
            "planning_accuracy": [0.999, None, *[0.5] * 11],
        }
    )
    lines = repr(table.view(teams, TeamVelocity, ["team", "planning_accuracy"])).splitlines()
    assert lines[0].split() == ["team", "planning_accuracy"]
    assert lines[1].endswith(" >99 %")
    assert lines[2].startswith("<b>Ledger</b> and all that is kept, pai…  ")
    assert lines[2].endswith(" –")
    assert len(lines[1]) == len(lines[2]) == len(lines[0])
    assert lines[11:] == ["3 more rows are not shown."]
