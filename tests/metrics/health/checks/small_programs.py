"""Small programs as tests of the checks write them, and the question put to them."""

import pandas as pd
import pytest

from tpm_analytics.metrics import health
from tpm_analytics.program import Program

ITEM = "item_id,created_at,started_at,finished_at"
MOVES = "item_id,at,from_status,to_status"
SPRINT = "sprint_id,team,starts_at,ends_at,completed_at"


def rows(columns, *values):
    """Make a table as a file of comma-separated values would hold it; nothing is NA."""
    cells = [[cell or None for cell in value.split(",")] for value in values]
    return pd.DataFrame(cells, columns=columns.split(","), dtype=object)


def program(as_of=None, **tables):
    if "items" not in tables:
        tables["items"] = rows("item_id,created_at", "A-1,2025-03-03T09:00Z")
    return Program.from_tables(tables, as_of=as_of)


def finding(found, check):
    table = health.findings(found).set_index("check")
    return table.loc[check] if check in table.index else None


def holds(check, tables, expected, fine):
    """Hold that `check` finds so many, of so many, with these examples; and nothing in `fine`."""
    count, looked_at, examples = expected
    found = finding(program(**tables), check)
    assert found is not None
    assert found["count"] == count
    assert found["share"] == pytest.approx(count / looked_at)
    assert found["examples"] == examples
    assert finding(program(**fine), check) is None


PEOPLE = rows("person_id,joined_on,left_on", "ada,2025-01-07,2025-06-30")
TWO_ITEMS = rows("item_id,created_at", "A-1,2025-03-03", "A-2,2025-03-03")
