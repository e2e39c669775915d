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
    assert table.view(Removals.empty(), Removals)._repr_html_() == table.NOTHING
