"""What the tracker alone says of trouble ahead, where no register of risks does."""

from tpm_analytics.metrics.early_warning.chains import blocked_chains
from tpm_analytics.metrics.early_warning.moves import expected_days, moved_dependencies
from tpm_analytics.metrics.early_warning.open_work import blocked, overdue, waiting_links
from tpm_analytics.metrics.early_warning.path import item_room
from tpm_analytics.metrics.early_warning.people import holders
from tpm_analytics.metrics.early_warning.ranking import warnings
from tpm_analytics.metrics.early_warning.scope import scope_growth
from tpm_analytics.metrics.early_warning.states import known_items, under_way

__all__ = [
    "blocked",
    "blocked_chains",
    "expected_days",
    "holders",
    "item_room",
    "known_items",
    "moved_dependencies",
    "overdue",
    "scope_growth",
    "under_way",
    "waiting_links",
    "warnings",
]
