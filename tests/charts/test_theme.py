"""A chart's output shows wherever its notebook is opened."""

import altair as alt
import nbformat
import pandas as pd
import pytest
from altair.utils import schemapi

from tpm_analytics.charts import theme


@pytest.fixture(autouse=True)
def _look():
    before = alt.renderers.active
    theme.enable()
    yield
    alt.renderers.enable(before)


def chart(rows=20, **encoding):
    frame = pd.DataFrame({"x": range(rows), "y": [i * 7 % 13 for i in range(rows)]})
    return alt.Chart(frame).mark_circle().encode(x="x:Q", y="y:Q", **encoding)


def test_a_chart_is_live_in_jupyterlab_and_a_picture_elsewhere():
    shown = chart()._repr_mimebundle_(None, None)
    assert list(shown) == [theme.VEGALITE_MIME, "image/svg+xml", "text/plain"]
    assert shown["image/svg+xml"].startswith("<svg")
    output = nbformat.v4.new_output("display_data", shown)
    cell = nbformat.v4.new_code_cell("chart", outputs=[output])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_a_picture_of_many_points_is_made_of_pixels():
    shown = theme.render(chart(3000).to_dict())
    assert "image/svg+xml" not in shown
    assert shown["image/png"].startswith("iVBOR")


def test_a_link_that_is_none_does_no_harm_to_the_picture():
    shown = theme.render(chart(href=alt.value("javascript:alert(1)")).to_dict())
    assert "javascript" not in shown["image/svg+xml"]
    assert "javascript" in str(shown[theme.VEGALITE_MIME])


def test_a_chart_of_data_elsewhere_gets_no_picture_and_harms_no_other():
    elsewhere = alt.Chart("https://example.com/data.json").mark_bar().encode(x="x:Q").to_dict()
    shown = [theme.render(spec) for spec in (elsewhere, chart().to_dict())]
    assert ["image/svg+xml" in one for one in shown] == [False, True]
    assert all(theme.VEGALITE_MIME in one for one in shown)


def test_one_chart_fills_a_page_and_two_side_by_side_share_it():
    one, two = chart().to_dict(), (chart() | chart()).to_dict()
    assert one["width"] == 680
    assert 2 * two["config"]["view"]["continuousWidth"] < 680


def test_a_newer_altair_is_left_as_it_is(monkeypatch):
    its_own = object()
    monkeypatch.setattr(schemapi, "_deep_copy", its_own)
    monkeypatch.setattr(alt, "__version__", "6.4.0")
    theme.enable()
    assert schemapi._deep_copy is its_own
    monkeypatch.setattr(alt, "__version__", "6.3.1")
    theme.enable()
    assert schemapi._deep_copy is not its_own


def test_colours_of_series_differ():
    assert len(set(theme.SERIES)) == len(theme.SERIES)
