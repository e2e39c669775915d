"""The twin opens in mail programs: no script, no style sheet, pictures inside, under a megabyte."""

import base64
import re
from html.parser import HTMLParser

import altair as alt
import numpy as np
import pandas as pd
import pytest

from tests.reports.workspaces import PROGRAM, code, notebook, output
from tpm_analytics.charts import theme
from tpm_analytics.reports import facts
from tpm_analytics.reports.page import email_twin

HOSTILE = "</td><script>window.owned=1</script><img src=x onerror=alert(1)> & <b>late</b>"


class Tags(HTMLParser):
    """Every tag of a text with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):  # noqa: D102
        self.found.append((tag, dict(attrs)))

    def of(self, name):
        """Return the attributes of each tag of that name."""
        return [attributes for tag, attributes in self.found if tag == name]


def chart(rows=40, **kind):
    frame = pd.DataFrame({"day": range(rows), "count": np.arange(rows) % 7, "team": "A"})
    drawn = alt.Chart(frame, **kind).mark_bar().encode(x="day:Q", y="count:Q", color="team:N")
    with alt.theme.enable("tpm"):
        return {theme.VEGALITE_MIME: drawn.to_dict(), "text/plain": "<chart>"}


def shown(*bundles, text="# Velocity\n\n## How fast?\n\nSome *words*."):
    return notebook(text, *[code("x", outputs=[output(bundle)]) for bundle in bundles])


def sizes(html):
    """Width and height of each picture in it, in pixels."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    raw = [base64.b64decode(content) for content in found]
    return [tuple(int.from_bytes(png[at : at + 4], "big") for at in (16, 20)) for png in raw]


def test_a_twin_says_what_the_page_says_without_anything_a_mail_program_drops():
    rows = "".join(
        f'<tr><td>{n}</td><td class="number" data-value="{n}.5">{n}</td></tr>' for n in range(30)
    )
    table = f'<table class="tpm-table"><thead><tr><th>Team</th></tr></thead>{rows}</table>'
    made = shown(
        {facts.PROGRAM_MIME: PROGRAM, "text/plain": "x"},
        {facts.FIGURE_MIME: {"name": "velocity", "value": 31.4, "unit": "points"}},
        chart(),
        {"text/html": table},
        {"text/markdown": "**Mobile** is late."},
        {"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'},
    )
    html = email_twin.twin(made)
    tags = Tags(html)
    names = {name for name, _ in tags.found}
    assert not names & {"script", "style", "link", "svg", "iframe", "form", "button", "details"}
    assert not [given for _, given in tags.found if "class" in given or "data-value" in given]
    assert all(picture["src"].startswith("data:image/png;") for picture in tags.of("img"))
    assert len(tags.of("img")) == 2
    assert tags.of("table")[1]["width"] == "600"
    assert "31.4" in html
    assert "31 March 2025" in html
    assert "18 more rows are on the page" in html
    assert html.count("text-align:right") == 12
    assert email_twin.LINK_MARK in html


def test_pictures_fit_the_width_of_a_mail_and_stay_sharp():
    html = email_twin.twin(shown(chart(), chart(width=1800)))
    (first, second) = Tags(html).of("img")
    for picture, (wide, _) in zip((first, second), sizes(html), strict=True):
        assert int(picture["width"]) <= 560
        assert wide / int(picture["width"]) == pytest.approx(email_twin.SCALES[0], abs=0.02)


def test_data_is_never_live():
    frame = f"<table><tr><td>{HOSTILE}</td></tr></table>"
    made = shown(
        {"text/html": frame},
        {"text/markdown": HOSTILE + " [x](javascript:alert(1)) [y](../../etc/passwd)"},
        {"text/plain": HOSTILE},
        chart(title=HOSTILE),
        {facts.PROGRAM_MIME: {**PROGRAM, "source": HOSTILE}},
        {facts.FIGURE_MIME: {"name": HOSTILE, "value": HOSTILE, "unit": HOSTILE}},
        text="# " + HOSTILE,
    )
    made.metadata["tpm"] = {"title": HOSTILE, "question": HOSTILE, "notebook": HOSTILE}
    tags = Tags(email_twin.twin(made))
    assert "script" not in {name for name, _ in tags.found}
    for _, given in tags.found:
        assert not [name for name in given if name.startswith("on")]
        assert not given.get("href") or given["href"].startswith(("http", "mailto"))
        assert given.get("src", "data:image/png").startswith("data:image/png")


def test_a_heavy_twin_is_drawn_with_fewer_pixels_first():
    made = shown(*[chart(rows=rows) for rows in (20, 30, 40)])
    whole = email_twin.twin(made)
    lighter = email_twin.twin(made, limit=int(len(whole) * 0.8))
    assert len(lighter) < len(whole) * 0.8
    assert len(sizes(lighter)) == 3
    assert sizes(lighter)[0][0] < sizes(whole)[0][0]
    assert "Left out" not in lighter


def test_a_twin_that_is_still_too_heavy_leaves_its_last_charts_out_and_says_so(monkeypatch):
    monkeypatch.setattr(email_twin, "SCALES", (0.75,))
    made = shown(chart(rows=20), chart(rows=30), {"text/markdown": "The last word."})
    whole = email_twin.twin(made)
    html = email_twin.twin(made, limit=len(whole))
    assert len(html) < len(whole)
    assert sizes(html) == sizes(whole)[:1]
    assert "Left out here, because mail must stay small: 1 chart." in html
    assert "The last word." in html
    bare = email_twin.twin(made, limit=len(html))
    assert sizes(bare) == []
    assert "mail must stay small: 2 charts." in bare


def test_words_without_end_are_cut_and_the_limit_holds():
    made = shown(*[{"text/markdown": "word " * 3000} for _ in range(8)])
    html = email_twin.twin(made, limit=60_000)
    assert len(html.encode()) < 60_000
    assert "other part" in html


def test_a_chart_that_cannot_be_drawn_is_named():
    spec = {"data": {"url": "https://example.com/x.json"}, "mark": "bar", "title": "Far away"}
    html = email_twin.twin(shown({theme.VEGALITE_MIME: spec}))
    assert "Far away" in html
    assert sizes(html) == []


def test_long_prints_are_cut():
    html = email_twin.twin(shown({"text/plain": "\n".join(f"line {n}" for n in range(99))}))
    assert "line 39" in html
    assert "line 40" not in html
    assert "59 more lines are on the page" in html


@pytest.mark.browser
def test_a_twin_fits_a_narrow_window_and_shows_every_picture(browser, tmp_path):
    path = tmp_path / "email.html"
    path.write_text(email_twin.twin(shown(chart(), chart(width=1800))), encoding="utf-8")
    context = browser.new_context(viewport={"width": 640, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    drawn = page.eval_on_selector_all("img", "all => all.map(one => one.naturalWidth)")
    assert len(drawn) == 2
    assert min(drawn) > 100
    context.close()
