"""Tables held against one another."""

import pandas as pd


def assert_same_table(table, other):
    """Hold that two tables are the same; the words of pandas, which take longer, only if not."""
    if not table.equals(other) or _names(table) != _names(other):
        pd.testing.assert_frame_equal(table, other)


def _names(table):
    return [axis.names for axis in table.axes]
