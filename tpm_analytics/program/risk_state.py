"""What the status of a risk says: it may still happen, it happened, or it cannot any more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.program.keys import says

OCCURRED = frozenset(
    {"occurred", "materialised", "materialized", "realised", "realized", "happened", "came true"}
)
CLOSED = frozenset(
    {"closed", "resolved", "retired", "expired", "avoided", "rejected", "cancelled", "canceled"}
)


def risk_state(risks: pd.DataFrame) -> pd.Series:
    """``occurred``, ``closed`` or ``open`` for each row of a register or of its history.

    Reads ``status``, and ``closed_on`` where there is one. A status that is no word of `OCCURRED`
    or `CLOSED` leaves a risk open: "mitigated" and "accepted" may still happen. What happened
    stays so when it is closed.

    Examples
    --------
    >>> risks = pd.DataFrame({"status": ["Mitigated", "Closed", "Occurred", None]})
    >>> risk_state(risks).tolist()
    ['open', 'closed', 'occurred', 'open']
    """
    closed = says(risks["status"], CLOSED)
    if "closed_on" in risks:
        closed |= risks["closed_on"].notna()
    occurred = says(risks["status"], OCCURRED)
    state = np.where(occurred, "occurred", np.where(closed, "closed", "open"))
    return pd.Series(state, index=risks.index, dtype="str")


def risk_label(risks: pd.DataFrame) -> pd.Series:
    """Key and title of each risk in one text, so that two risks of one title stay two.

    Examples
    --------
    >>> risk_label(pd.DataFrame({"risk_id": ["R-1"], "title": [None]})).tolist()
    ['R-1']
    """
    title = risks["title"].astype("str").fillna("")
    return (risks["risk_id"].astype("str") + " " + title).str.strip()
