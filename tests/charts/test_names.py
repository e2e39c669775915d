"""Names stand side by side where they fit, and in few columns where they do not."""

import pandas as pd
import pytest

from tpm_analytics.charts.names import coloured, months


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["Atlas", "Ledger", "Mobile", "Payments", "Platform"], 5),
        (["Core", "Data", "Edge", "Labs", "Risk", "Site", "Web", None], 8),
        ([f"Team of the region {number}" for number in range(8)], 4),
        (["A very long name of a team " * 9, "B"], 2),
        ([], 0),
        ([None, None], 1),
    ],
)
def test_a_legend_stands_on_one_line_where_its_names_fit(names, columns):
    frame = pd.DataFrame({"team": pd.Series(names * 3, dtype="category")})
    assert coloured(frame, "team").to_dict()["legend"]["columns"] == columns


def test_months_on_an_axis_are_not_repeated():
    days = pd.Series(pd.to_datetime(["2025-01-02", "2025-03-26"]))
    assert months(days) == "%-d %b %y"
    assert months(days, days + pd.Timedelta(days=400)) == "%b %Y"
    assert months(days[:0]) == "%b %Y"
