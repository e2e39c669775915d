"""A channel's methods say what they are, and set what they are told, however often."""

from __future__ import annotations

import inspect

import altair as alt

from tpm_analytics.charts import channels


def test_a_method_is_described_as_altair_describes_it():
    first = alt.Y("items:Q").axis
    described = inspect.getdoc(first), inspect.signature(first)
    again = alt.Y("hours:Q").axis
    assert (inspect.getdoc(again), inspect.signature(again)) == described
    anew = channels._described(vars(alt.Y)["axis"], alt.Y("items:Q"), alt.Y)
    assert (inspect.getdoc(anew), inspect.signature(anew)) == described
    assert "labelAngle" in described[1].parameters


def test_methods_of_two_channels_do_not_mix():
    one, two = alt.X("a:Q").title("A"), alt.X("b:Q").title("B").scale(zero=False)
    assert one.to_dict() == {"field": "a", "title": "A", "type": "quantitative"}
    told = {"field": "b", "scale": {"zero": False}, "title": "B", "type": "quantitative"}
    assert two.to_dict() == told
