"""Channels that are set by methods, without writing the methods' help anew at every call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from altair.utils import schemapi

_described: Callable[[Any, Any, Any], Any] = schemapi._PropertySetter.__get__


def enable() -> None:
    """Let Altair write the help of ``alt.X("days:Q").title`` once for each channel and method.

    Altair does so whenever one is called, which takes longer than the call itself.
    """
    schemapi._PropertySetter.__get__ = _setter  # type: ignore[method-assign]


def _setter(setter: Any, channel: Any, kind: Any) -> Any:
    if channel is None or "__doc__" not in vars(setter):
        return _described(setter, channel, kind)
    setter.obj, setter.cls = channel, kind
    return setter
