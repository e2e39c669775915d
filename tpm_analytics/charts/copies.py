"""Charts copied and told without a look at each of the many things that nobody set."""

from __future__ import annotations

from types import NoneType
from typing import Any

import altair as alt
from altair.utils import schemapi

# what Altair copies, and tells, as it is
_PLAIN = frozenset({bool, float, int, NoneType, str, type(alt.Undefined)})
_copied, _told, _named = schemapi._deep_copy, schemapi._todict, alt.Chart._compute_hash


def enable() -> None:
    """Let Altair copy and tell charts as it does, in a third of the time.

    An axis alone has seventy properties, and a chart of layers is copied a dozen times.
    """
    schemapi._deep_copy = copied  # type: ignore[assignment]
    schemapi._todict = _tell  # type: ignore[assignment]
    alt.Chart._compute_hash = _name  # type: ignore[assignment, method-assign]


def copied(part: Any, by_ref: set[str]) -> Any:
    """Return a deep copy of a part of a chart; what stands under a name of `by_ref` is shared.

    Examples
    --------
    >>> axis = alt.Axis(title=["Items", "open"])
    >>> copied(axis, set()) == axis, copied(axis, set()).title is axis.title
    (True, False)
    """
    if type(part) in _PLAIN:
        return part
    if isinstance(part, list):
        return [copied(each, by_ref) for each in part]
    if isinstance(part, dict):
        return _values(part, by_ref)
    if not isinstance(part, schemapi.SchemaBase) or hasattr(type(part), "__deepcopy__"):
        return _copied(part, by_ref)
    with schemapi.debug_mode(arg=False):
        return type(part)(*copied(list(part._args), by_ref), **_values(part._kwds, by_ref))


def _values(named: dict[str, Any], by_ref: set[str]) -> dict[str, Any]:
    return {
        name: value if type(value) in _PLAIN or name in by_ref else copied(value, by_ref)
        for name, value in named.items()
    }


def _tell(part: Any, *others: Any, **named: Any) -> Any:
    return part if type(part) in _PLAIN else _told(part, *others, **named)


def _name(chart: alt.Chart) -> str | None:
    """Name that tells a chart readers can point at from others; it says all its data, as text."""
    return _named(chart) if chart.params is not alt.Undefined else None
