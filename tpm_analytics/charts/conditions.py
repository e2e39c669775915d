"""One value or another for each mark of a chart, by what its row says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def chosen(channel: Callable[..., Any], tests: Mapping[str, object], otherwise: object) -> Any:
    """Value of the first test that holds for a row, else `otherwise`, as a channel of a chart.

    ``alt.when`` says the same, but looks through all of Altair's schema for the channel that is
    meant, which takes longer than the rest of a chart.

    Examples
    --------
    >>> import altair as alt
    >>> chosen(alt.ColorValue, {"datum.late": "red"}, "grey").to_dict()
    {'condition': [{'test': 'datum.late', 'value': 'red'}], 'value': 'grey'}
    """
    conditions = [{"test": test, "value": value} for test, value in tests.items()]
    return channel(otherwise, condition=conditions)


def always(channel: Callable[..., Any], value: object) -> Any:
    """Return the same value for every mark, as a channel of a chart.

    Examples
    --------
    >>> import altair as alt
    >>> always(alt.YValue, 0).to_dict()
    {'value': 0}
    """
    return channel(value)
