"""Tables of the subject resources."""

from tpm_analytics.results.resources.assignment import Assignments
from tpm_analytics.results.resources.commitment import (
    CommitmentRecord,
    Commitments,
    CommitmentScores,
    SprintFocus,
    SprintRanges,
)
from tpm_analytics.results.resources.focus import Focus, Holdings
from tpm_analytics.results.resources.hours import Allocated, Capacity
from tpm_analytics.results.resources.hours_worked import Actuals, EstimateRatios, Worked
from tpm_analytics.results.resources.overloading import Overloads
from tpm_analytics.results.resources.skill_gaps import Skills
from tpm_analytics.results.resources.spending import CostInAll, Costs
from tpm_analytics.results.resources.use import Load, Promised, Room, Utilisation
from tpm_analytics.results.resources.what_if import PaceChange

__all__ = [
    "Actuals",
    "Allocated",
    "Assignments",
    "Capacity",
    "CommitmentRecord",
    "CommitmentScores",
    "Commitments",
    "CostInAll",
    "Costs",
    "EstimateRatios",
    "Focus",
    "Holdings",
    "Load",
    "Overloads",
    "PaceChange",
    "Promised",
    "Room",
    "Skills",
    "SprintFocus",
    "SprintRanges",
    "Utilisation",
    "Worked",
]
