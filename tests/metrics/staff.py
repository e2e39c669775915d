"""A few people and what they are promised to, for tests of people's time."""

import pandas as pd

from tpm_analytics import Program
from tpm_analytics.metrics import resources

DURING = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-30"))
ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
# the first two of the four weeks
BUSY = ("2025-03-03", "2025-03-16")


def program_of(people, allocations=(), **tables):
    return Program.from_tables(
        {
            "items": ITEMS,
            "people": pd.DataFrame(
                [
                    {"team": "Core", "role": "Engineer", "hours_per_week": 40.0} | one
                    for one in people
                ]
            ),
            "allocations": pd.DataFrame(
                allocations, columns=["person_id", "workstream", "from_on", "to_on", "share"]
            ),
            **tables,
        }
    )


def hours_of(program, during=DURING, **options):
    """Hours available and hours promised in each period."""
    return (
        resources.capacity(program.people, program.absences, during=during, **options),
        resources.allocation(
            program.allocations, program.people, program.absences, during=during, **options
        ),
    )
