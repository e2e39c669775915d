"""What every reader is given and returns: a place in, raw tables out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tpm_analytics.program.delivery import Delivery


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a source is to be read.

    Attributes
    ----------
    time_zone
        Zone of moments that the source writes without an offset.
    fields
        Our column by the source's name for it: ``{"points": "Story Points"}``, or with the table
        before a dot where a source has several: ``{"items.points": "SP"}``.
    """

    time_zone: str = "UTC"
    fields: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[str, Options], Delivery]
