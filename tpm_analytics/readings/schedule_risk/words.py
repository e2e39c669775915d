"""Words that the sentences of the simulated schedule share."""

from __future__ import annotations

from tpm_analytics.readings.text import count

NOTHING = "Without a schedule of activities this cannot be told."


def working_days(days: float) -> str:
    """Working days as people say them.

    Examples
    --------
    >>> working_days(3.2), working_days(0.4), working_days(0)
    ('3 working days', 'less than a day', '0 working days')
    """
    return count(round(days), "working day") if days >= 1 or days == 0 else "less than a day"
