"""Tables of people's hours, promises, work and skills."""

from tpm_analytics.results.resources.hours import Allocated, Capacity, Utilisation
from tpm_analytics.results.resources.staffing import Costs, Holdings, Overloads, Skills, Worked

__all__ = [
    "Allocated",
    "Capacity",
    "Costs",
    "Holdings",
    "Overloads",
    "Skills",
    "Utilisation",
    "Worked",
]
