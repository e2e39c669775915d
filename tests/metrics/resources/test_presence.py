"""Who is there: what cannot be is refused."""

import pandas as pd
import pytest

from tests.metrics.staff import program_of
from tpm_analytics import TpmError


@pytest.mark.parametrize(
    ("people", "tables", "told"),
    [
        pytest.param([{"hours_per_week": -8.0}], {}, "hours_per_week: is below 0", id="hours"),
        pytest.param(
            [{}],
            {"absences": {"from_on": ["2025-03-10"], "to_on": ["2025-03-03"]}},
            "to_on lies before from_on",
            id="an absence that ends before it begins",
        ),
        pytest.param(
            [{}, {"team": "Edge"}], {}, "person_id: stands more than once", id="two teams at once"
        ),
        pytest.param(
            [{}],
            {"worklogs": {"worked_on": ["2025-03-10"], "hours": [-1.0]}},
            "hours: is below 0",
            id="negative work",
        ),
    ],
)
def test_impossible_people_are_refused_with_row_and_reason(people, tables, told):
    given = {name: pd.DataFrame({"person_id": ["P"]} | table) for name, table in tables.items()}
    with pytest.raises(TpmError, match=told):
        program_of([{"person_id": "P"} | one for one in people], **given)
