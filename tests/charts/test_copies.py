"""A chart copied and told by ours is the one that Altair copies and tells."""

from __future__ import annotations

from contextlib import contextmanager

import altair as alt
import pandas as pd
import pytest
from altair.utils import schemapi

from tpm_analytics.charts import copies

FRAME = pd.DataFrame({"day": pd.to_datetime(["2025-01-01", None]), "items": [1.0, 2.0]})


def layers() -> alt.LayerChart:
    base = alt.Chart(FRAME, height=120).encode(alt.X("day:T").axis(format="%b", tickCount=3))
    bars = base.mark_bar(color="#123456").encode(alt.Y("items:Q", scale=alt.Scale(zero=False)))
    when = base.mark_rule().encode(opacity=alt.when("datum.items > 1").then(alt.value(1)))
    return (bars + when).properties(title=["Items", "open"]).resolve_scale(y="independent")


def side_by_side() -> alt.HConcatChart:
    brush = alt.selection_interval(name="brush", encodings=["x"])
    dots = alt.Chart(FRAME).mark_point().encode(x="day:T", y="items:Q")
    line = alt.Chart(FRAME.head(1)).mark_line().encode(x="day:T", y="items:Q")
    return dots.add_params(brush) | alt.layer(dots, dots.mark_rule()) | line


@contextmanager
def altairs_own():
    ours = schemapi._deep_copy, schemapi._todict, alt.Chart._compute_hash
    own = copies._copied, copies._told, copies._named
    schemapi._deep_copy, schemapi._todict, alt.Chart._compute_hash = own
    yield
    schemapi._deep_copy, schemapi._todict, alt.Chart._compute_hash = ours


@pytest.mark.parametrize("made", [layers, side_by_side])
def test_a_chart_is_told_as_altair_tells_it(made):
    with altairs_own():
        expected = made().to_dict()
    assert schemapi._deep_copy is copies.copied
    assert made().to_dict() == expected


def test_a_copy_shares_nothing_that_can_be_changed():
    first = layers()
    second = first.copy()
    second.title.append("and closed")
    second.layer[0].encoding.x["axis"]["format"] = "%Y"
    assert first.title == ["Items", "open"]
    assert first.layer[0].encoding.x["axis"]["format"] == "%b"


def test_what_stands_under_a_shared_name_is_not_copied():
    title = ["Items"]
    axis = copies.copied(alt.Axis(title=title, format="%b"), {"title"})
    assert axis.title is title
    assert axis.format == "%b"
