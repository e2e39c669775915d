"""What may go wrong, what it would cost, and who is on it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.program.risk_state import risk_label, risk_state
from tpm_analytics.program.tables import People, Risks
from tpm_analytics.results.risk import ExpectedValue, HeatMap, Register

# PMI, "A Guide to the Project Management Body of Knowledge", 6th edition, 2017, table 11-1:
# upper ends of the bands of probability, and lower ends of those of impact from "low" on
PROBABILITY_BANDS = (0.10, 0.30, 0.50, 0.70)
IMPACT_COST_BANDS = (100_000.0, 500_000.0, 1_000_000.0, 5_000_000.0)
IMPACT_DAYS_BANDS = (5.0, 20.0, 60.0, 120.0)
LEVELS = ("very low", "low", "moderate", "high", "very high")
# The same, 5th edition, 2013, figure 11-10: scores of the levels, and from where their product
# is of moderate and of high concern
PROBABILITY_SCORES = (0.10, 0.30, 0.50, 0.70, 0.90)
IMPACT_SCORES = (0.05, 0.10, 0.20, 0.40, 0.80)
MODERATE_SCORE, HIGH_SCORE = 0.06, 0.18
SHOWN_KEYS = 3


def register(
    risks: DataFrame[Risks], *, until: pd.Timestamp, people: DataFrame[People] | None = None
) -> DataFrame[Register]:
    """Every risk with its exposure, its age, and whether somebody does something about it.

    Parameters
    ----------
    risks
        Reads all columns of `Risks`.
    until
        Day the program is seen from.
    people
        Reads ``person_id``, ``left_on``: an owner who has left is none. Without it every owner
        named counts.

    Returns
    -------
    Register
        One row per risk; open ones first, by ``exposure_cost``, then ``exposure_days``. A risk
        without probability or impact has an unknown exposure and ranks behind those that have
        one; a risk that came true or was closed has an exposure of 0 and no rank.

    Notes
    -----
    ``exposure = probability x impact``, in money and in days. A risk is ``occurred`` or
    ``closed`` if its status is one of the words `risk_state` knows, closed too if it has
    a ``closed_on``; else it is open. The day a risk was raised counts in its age.

    Examples
    --------
    >>> risks = Risks.empty().reindex(range(2)).assign(
    ...     risk_id=["R-1", "R-2"], status=["open", "occurred"],
    ...     probability=[0.3, 1.0], impact_cost=[50_000.0, 10_000.0],
    ... )
    >>> told = register(risks, until=pd.Timestamp("2025-03-31"))
    >>> told[["risk_id", "state", "exposure_cost"]]
      risk_id     state  exposure_cost
    0     R-1      open        15000.0
    1     R-2  occurred            0.0
    """
    Risks.require(risks, *Risks.declared())
    state = risk_state(risks)
    is_open = state == "open"
    told = risks.assign(
        state=state,
        risk=risk_label(risks),
        exposure_cost=(risks["probability"] * risks["impact_cost"]).where(is_open, 0.0),
        exposure_days=(risks["probability"] * risks["impact_days"]).where(is_open, 0.0),
        age_days=(until - risks["opened_on"]).dt.days + 1,
        has_owner=_has_owner(risks, people, until),
        has_response=risks["response"].notna(),
        open_first=~is_open,
    ).sort_values(
        ["open_first", "exposure_cost", "exposure_days", "risk_id"],
        ascending=[True, False, False, True],
        ignore_index=True,
    )
    rank = pd.Series(np.arange(1, len(told) + 1), dtype="Int64").where(~told["open_first"])
    return Register.validate(told.assign(rank=rank))


def expected_value(risks: DataFrame[Risks]) -> DataFrame[ExpectedValue]:
    """Sum of probability times impact over the open risks.

    Parameters
    ----------
    risks
        Reads ``probability``, ``impact_cost``, ``impact_days``, ``status``, ``closed_on``.

    Returns
    -------
    ExpectedValue
        One row; no row where no risk is open. Risks without probability or cost are left out of
        the sums; ``assessed`` says how many are in. A sum over none is NA.

    Notes
    -----
    ``expected value = sum(probability x impact)`` [1]_. It is what such a register costs on
    average over many programs. One program pays for a risk in full or not at all, so it is a
    floor for a reserve and no promise. Delays are summed as if none ran beside another.

    References
    ----------
    .. [1] PMI, "The Standard for Risk Management in Portfolios, Programs, and Projects", 2019,
       expected monetary value.

    Examples
    --------
    >>> risks = Risks.empty().reindex(range(2)).assign(
    ...     probability=[0.5, 0.1], impact_cost=[1000.0, 20_000.0]
    ... )
    >>> expected_value(risks)[["expected_value", "worst_case"]].to_dict("records")
    [{'expected_value': 2500.0, 'worst_case': 21000.0}]
    """
    Risks.require(risks, "probability", "impact_cost", "impact_days", "status", "closed_on")
    going = risks[risk_state(risks) == "open"]
    if going.empty:
        return ExpectedValue.validate(ExpectedValue.empty())
    expected = going["probability"] * going["impact_cost"]
    days = going["probability"] * going["impact_days"]
    return ExpectedValue.validate(
        pd.DataFrame(
            {
                "risks": [len(going)],
                "assessed": [int(expected.notna().sum())],
                "expected_value": [expected.sum(min_count=1)],
                "worst_case": [going["impact_cost"].where(expected.notna()).sum(min_count=1)],
                "expected_days": [days.sum(min_count=1)],
            }
        )
    )


def heat_map(
    risks: DataFrame[Risks], *, very_high_cost: float = IMPACT_COST_BANDS[-1]
) -> DataFrame[HeatMap]:
    """Open risks counted and named by band of probability and band of impact.

    Parameters
    ----------
    risks
        Reads ``risk_id``, ``title``, ``probability``, ``impact_cost``, ``impact_days``,
        ``status``, ``closed_on``.
    very_high_cost
        Cost from which an impact counts as very high; the lower bands keep the proportions of
        `IMPACT_COST_BANDS`.

    Returns
    -------
    HeatMap
        A row for each of the 25 cells; no row where no open risk is assessed. Left out: risks
        without a probability, or with neither cost nor delay.

    Raises
    ------
    ParameterError
        If `very_high_cost` is not above 0.

    Notes
    -----
    Bands and zones are the example of the PMBOK Guide; see `PROBABILITY_BANDS`. A risk with both
    a cost and a delay stands at the higher of its two levels: a cheap risk that costs half a
    year is not small.
    """
    Risks.require(risks, "risk_id", "title", "probability", "impact_cost", "impact_days")
    Risks.require(risks, "status", "closed_on")
    if very_high_cost <= 0:
        raise ParameterError(
            f"very_high_cost={very_high_cost} is not above 0.", hint="give a sum of money"
        )
    impact_known = risks["impact_cost"].notna() | risks["impact_days"].notna()
    placed = risks[(risk_state(risks) == "open") & risks["probability"].notna() & impact_known]
    if placed.empty:
        return HeatMap.validate(HeatMap.empty())
    costs = np.array(IMPACT_COST_BANDS) * (very_high_cost / IMPACT_COST_BANDS[-1])
    impact = np.maximum(
        np.searchsorted(costs, placed["impact_cost"].fillna(0.0), side="right"),
        np.searchsorted(IMPACT_DAYS_BANDS, placed["impact_days"].fillna(0.0), side="right"),
    )
    likely = np.searchsorted(PROBABILITY_BANDS, placed["probability"], side="left")
    told = placed.assign(
        cell=likely * len(LEVELS) + impact,
        exposure=(placed["probability"] * placed["impact_cost"]).fillna(0.0),
        risk=risk_label(placed),
    ).sort_values(["exposure", "risk_id"], ascending=[False, True])
    cells = told.groupby("cell").agg(
        risks=("risk_id", "size"),
        keys=("risk_id", _some),
        titles=("risk", "; ".join),
        exposure_cost=("exposure", "sum"),
    )
    return HeatMap.validate(_cells(costs).join(cells).fillna(_EMPTY_CELL))


_EMPTY_CELL = {"risks": 0, "keys": "", "titles": "", "exposure_cost": 0.0}


def _some(keys: pd.Series) -> str:
    more = len(keys) - SHOWN_KEYS
    return ", ".join(keys.head(SHOWN_KEYS)) + (f", {more} more" if more > 0 else "")


def _cells(costs: np.ndarray) -> pd.DataFrame:
    """Names and zone of each cell, by its number."""
    likely, impact = np.divmod(np.arange(len(LEVELS) ** 2), len(LEVELS))
    bounds = [0, *(round(100 * end) for end in PROBABILITY_BANDS), 100]
    shares = [f"{low + 1} to {high} %" for low, high in pairwise(bounds)]
    shares[0] = f"up to {bounds[1]} %"
    ranges = [f"below {costs[0]:,.0f}", *(f"from {cost:,.0f}" for cost in costs)]
    score = np.array(PROBABILITY_SCORES)[likely] * np.array(IMPACT_SCORES)[impact]
    zone = np.searchsorted([MODERATE_SCORE, HIGH_SCORE], np.round(score, 9), side="right")
    return pd.DataFrame(
        {
            "probability_level": likely + 1,
            "probability_band": np.array(shares)[likely],
            "impact_level": impact + 1,
            "impact_band": [f"{LEVELS[level]} · {ranges[level]}" for level in impact],
            "zone": np.array(["low", "moderate", "high"])[zone],
        }
    )


def without_response(register: DataFrame[Register]) -> DataFrame[Register]:
    """Open risks that nobody owns or nothing is done about, the oldest first.

    Parameters
    ----------
    register
        Reads ``state``, ``has_owner``, ``has_response``, ``age_days``, ``risk_id``.

    Returns
    -------
    Register
        The rows of such risks; those whose age is unknown come last.
    """
    Register.require(register, "state", "has_owner", "has_response", "age_days", "risk_id")
    bare = register[
        (register["state"] == "open") & ~(register["has_owner"] & register["has_response"])
    ]
    return Register.validate(
        bare.sort_values(["age_days", "risk_id"], ascending=[False, True], ignore_index=True)
    )


def _has_owner(risks: pd.DataFrame, people: pd.DataFrame | None, until: pd.Timestamp) -> pd.Series:
    named = risks["owner_id"].notna()
    if people is None:
        return named
    People.require(people, "person_id", "left_on")
    gone = people.loc[people["left_on"] < until, "person_id"]
    return named & ~risks["owner_id"].isin(gone)
