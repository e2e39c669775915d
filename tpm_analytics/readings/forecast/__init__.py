"""Sentences about forecasts."""

from tpm_analytics.readings.forecast.data_doubts import doubts
from tpm_analytics.readings.forecast.dates import (
    basis,
    common_luck,
    how_many,
    last_team,
    left_out,
    meant,
    target,
    when,
)
from tpm_analytics.readings.forecast.scope_growth import features, growth, splits
from tpm_analytics.readings.forecast.track_record import recent_misses, record

__all__ = [
    "basis",
    "common_luck",
    "doubts",
    "features",
    "growth",
    "how_many",
    "last_team",
    "left_out",
    "meant",
    "recent_misses",
    "record",
    "splits",
    "target",
    "when",
]
