"""Pages in a real browser: every chart is drawn, nothing hostile runs, nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest

from tests.reports.workspaces import PROGRAM, code, notebook, output
from tpm_analytics.charts import theme
from tpm_analytics.reports import facts
from tpm_analytics.reports.page import render

PAGE_LIMIT = 1_500_000
pytestmark = pytest.mark.browser

OWNED = [
    "</script><script>window.owned=1;alert(1)</script>",
    "<img src=x onerror='window.owned=1'>",
    "[click](javascript:window.owned=1)",
    '=HYPERLINK("https://example.com","x")',
    "${window.owned=1}{{7*7}}<!--",
    "javascript:window.owned=1//",
    "\u2028</title><svg onload=window.owned=1>",
]
FRAME = pd.DataFrame(
    {
        "title": OWNED,
        "days": range(1, len(OWNED) + 1),
        "day": pd.date_range("2025-01-06", periods=len(OWNED), freq="7D"),
        "link": ["javascript:window.owned=1"] * len(OWNED),
    }
)

WIDEST_MARK = """figures => figures.map((figure) => Math.max(
    ...[...figure.querySelectorAll("svg.marks [aria-roledescription$=mark] path, " +
        "svg.marks path[aria-roledescription], svg.marks text[aria-roledescription]")]
    .map((mark) => mark.getBoundingClientRect().width)))"""


@pytest.fixture
def visit(browser, tmp_path):
    """Open a notebook's page; what it does wrong is gathered in ``page.wrong``."""
    contexts = []

    def visit(made, *, width=1280, scripts=True, dark=False):
        path = tmp_path / "page.html"
        path.write_text(render.page(made), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda said: page.wrong.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: page.wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (page.wrong.append("dialog"), dialog.dismiss()))
        page.on("request", lambda asked: _fetched(page, asked.url))
        page.goto(path.as_uri())
        if scripts:
            waiting = "figure[data-chart]:not([data-drawn])"
            page.wait_for_selector(waiting, state="detached", timeout=60_000)
        return page

    yield visit
    for context in contexts:
        context.close()


def _fetched(page, url):
    if not url.startswith(("data:", "blob:")) and not url.endswith("/page.html"):
        page.wrong.append(f"request: {url}")


def shown(*bundles, text="# Page"):
    return notebook(text, *[code("x", outputs=[output(bundle)]) for bundle in bundles])


def bundle(chart):
    with alt.theme.enable("tpm"):
        return theme.render(chart.to_dict())


def kinds_of_charts():
    base = alt.Chart(FRAME.assign(link="https://example.com/1"))
    days = alt.Y("days:Q")
    chosen = alt.selection_point(fields=["title"], bind="legend")
    return {
        "bars": base.mark_bar().encode(x="title:N", y=days),
        "lines": base.mark_line(point=True).encode(x="day:T", y=days),
        "layers": base.mark_area().encode(x="day:T", y=days)
        + base.mark_rule().encode(y="mean(days):Q"),
        "areas": base.mark_rect().encode(x="title:O", y="link:O", color="days:Q"),
        "text": base.mark_text().encode(x="day:T", y=days, text=alt.Text("days:Q", format=".1f")),
        "side by side": base.mark_point().encode(x="days:Q", y=days)
        | base.mark_tick().encode(x="days:Q"),
        "facets": base.mark_bar().encode(x="title:N", y=days, row="link:N"),
        "facets in a column": base.mark_line().encode(x="day:T", y=days).facet("link:N", columns=1),
        "facets with their own scales": base.mark_bar()
        .encode(x="title:N", y=days, xOffset="link:N")
        .facet("link:N", columns=1)
        .resolve_scale(x="independent"),
        "long names": base.mark_bar()
        .encode(x=days, y=alt.Y("title:N", axis=alt.Axis(labelLimit=300)))
        .properties(width=480),
        "expressions": base.transform_calculate(twice="datum.days * 2")
        .transform_filter("datum.days > 1")
        .mark_bar()
        .encode(x=alt.X("day:T", axis=alt.Axis(labelExpr="timeFormat(datum.value, '%b %d')")))
        .encode(y="twice:Q"),
        "selections": base.mark_circle()
        .encode(x="day:T", y=days, color="title:N")
        .encode(opacity=alt.condition(chosen, alt.value(1), alt.value(0.2)))
        .add_params(chosen)
        .interactive(),
        "links": base.mark_circle(size=400).encode(x="day:T", y=days, href="link:N"),
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_every_kind_of_chart_is_drawn_whole_without_eval_and_without_network(visit, width):
    charts = kinds_of_charts()
    page = visit(shown(*map(bundle, charts.values())), width=width)
    states = page.eval_on_selector_all("figure.chart", "all => all.map(one => one.dataset.drawn)")
    assert dict(zip(charts, states, strict=True)) == dict.fromkeys(charts, "live")
    widest = page.eval_on_selector_all("figure.chart", WIDEST_MARK)
    assert dict(zip(charts, [width >= 3 for width in widest], strict=True)) == dict.fromkeys(
        charts, True
    )
    room = page.eval_on_selector_all(
        "figure.chart svg.marks",
        "all => all.map(one => one.getBoundingClientRect().right - innerWidth)",
    )
    assert max(room) <= 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.wrong == []


def test_hostile_titles_are_shown_and_never_run(visit):
    chart = alt.Chart(FRAME, title=OWNED[0]).mark_circle(size=900)
    chart = chart.encode(x="day:T", y="days:Q", href="link:N", tooltip=["title", "link"])
    rows = "".join(f"<tr><td>{title}</td></tr>" for title in OWNED)
    figure = {"name": OWNED[1], "value": OWNED[0], "unit": OWNED[3]}
    made = notebook(
        "# " + OWNED[0] + "\n\n" + "\n\n".join(OWNED),
        code("p", outputs=[output({facts.PROGRAM_MIME: {**PROGRAM, "source": OWNED[0]}})]),
        code("f", outputs=[output({facts.FIGURE_MIME: figure})]),
        code("c", outputs=[output(bundle(chart))]),
        code("h", outputs=[output({"text/html": f"<table>{rows}</table>"})]),
        code("m", outputs=[output({"text/markdown": "\n\n".join(OWNED)})]),
        code("t", outputs=[output({"text/plain": OWNED[0]})]),
        code("s", outputs=[output({"image/svg+xml": f"<svg>{OWNED[0]}{OWNED[6]}</svg>"})]),
    )
    made.metadata["tpm"] = {"title": OWNED[0], "question": OWNED[6], "report": "x"}
    made.metadata["papermill"] = {"parameters": {"team": OWNED[1]}}
    page = visit(made)
    page.locator("figure.chart svg.marks path[aria-roledescription]").first.hover(force=True)
    page.locator("figure.chart svg.marks path[aria-roledescription]").first.click(force=True)
    page.wait_for_timeout(300)
    assert page.evaluate("window.owned") is None
    assert (
        page.locator("script").count() == 5
    )  # ours: charts, libraries packed and live, lateness, page
    assert page.url.endswith("/page.html")
    assert [said for said in page.wrong if not said.startswith("console")] == []
    assert "window.owned=1;alert(1)" in page.inner_text("h1")


def test_a_page_with_many_charts_stays_small_and_all_are_drawn(visit, tmp_path):
    chance = np.random.default_rng(7)
    charts = []
    for number in range(30):
        frame = pd.DataFrame(
            {
                "item": [f"TPM-{number}-{row}" for row in range(1000)],
                "day": pd.date_range("2024-01-01", periods=1000, freq="8h"),
                "days": chance.integers(1, 60, 1000),
                "team": chance.choice(["Core", "Web", "Data"], 1000),
            }
        )
        points = alt.Chart(frame).mark_circle().encode(x="day:T", y="days:Q", color="team:N")
        charts.append({theme.VEGALITE_MIME: points.to_dict(), "text/plain": "x"})
    page = visit(shown(*charts))
    assert page.locator("figure[data-drawn=live] svg.marks").count() == 30
    assert page.wrong == []
    assert (tmp_path / "page.html").stat().st_size < PAGE_LIMIT


def test_a_table_is_sorted_by_its_headers_with_mouse_and_keyboard(visit):
    rows = [("b", 10, "1,200"), ("a", 9, "–"), ("c", 100, "30")]
    body = "".join(
        f'<tr><td>{name}</td><td class="number" data-value="{n}">{n}</td><td>{text}</td></tr>'
        for name, n, text in rows
    )
    heads = "<thead><tr><th>Name</th><th>Days</th><th>Cost</th></tr></thead>"
    table = f'<table class="tpm-table">{heads}<tbody>{body}</tbody></table>'
    page = visit(shown({"text/html": table}))

    def names():
        return [cell[0] for cell in page.locator("tbody tr").all_inner_texts()]

    page.get_by_role("button", name="Days").click()
    assert names() == ["a", "b", "c"]
    page.get_by_role("button", name="Days").press("Enter")
    assert names() == ["c", "b", "a"]
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="Cost").press("Space")
    assert names() == ["c", "b", "a"]  # 30, 1,200, unknown last
    page.get_by_role("button", name="Cost").click()
    assert names() == ["b", "c", "a"]  # unknown stays last
    page.get_by_role("button", name="Name").click()
    assert names() == ["a", "b", "c"]
    assert page.wrong == []


def test_a_wide_table_scrolls_in_its_own_box_on_a_phone(visit):
    cells = "".join(f"<td>column number {i}</td>" for i in range(14))
    page = visit(shown({"text/html": f"<table><tr>{cells}</tr></table>"}), width=390)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.eval_on_selector(".scroll", "box => box.scrollWidth > box.clientWidth")


LETTERS = """chart => [...chart.querySelectorAll("svg.marks text")]
    .map((text) => [...text.querySelectorAll("tspan")].map((line) => line.textContent).join(" ")
        || text.textContent).join("|")"""


def test_names_of_bars_and_legends_are_whole_on_a_phone(visit):
    names = ["General availability meets the freeze of the sales season", "Certified keys"]
    frame = pd.DataFrame(
        {"name": names, "days": [3, 5], "stream": ["Certification and compliance", "Checkout"]}
    )
    bars = alt.Chart(frame, width=480, height=alt.Step(20)).mark_bar().encode(
        x=alt.X("days:Q", title="Later than first planned, in working days of the team"),
        y=alt.Y("name:N", title=None, axis=alt.Axis(labelLimit=260)),
        color=alt.Color("stream:N", legend=alt.Legend(columns=2, labelLimit=160)),
    )  # fmt: skip
    page = visit(shown(bundle(bars)), width=390)
    told = page.eval_on_selector("figure.chart", LETTERS)
    assert "…" not in told
    assert all(name in told for name in [*names, "Certification and compliance"])
    assert "in working days of the team" in told


def test_a_chart_of_boxes_keeps_its_width_on_a_phone_and_scrolls(visit):
    boxes = alt.Chart(FRAME[["days"]], width=680, usermeta={"leastWidth": 760}).mark_rect()
    page = visit(shown(bundle(boxes.encode(x="days:O"))), width=390)
    wide = "chart => [chart.scrollWidth, document.documentElement.scrollWidth]"
    inside, around = page.eval_on_selector("figure.chart", wide)
    assert inside >= 760
    assert around <= 390


def test_a_table_that_would_be_too_wide_is_set_closer(visit):
    row = "".join(f"<td>{'word ' * 6}</td>" for _ in range(6))
    heads = "".join(f"<th>{number}</th>" for number in range(6))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{'<tr>' + row + '</tr>'}</tbody></table>"
    page = visit(shown({"text/html": table}))
    assert "many" in page.eval_on_selector("table", "table => table.className")
    assert page.eval_on_selector(".scroll", "box => box.scrollWidth - box.clientWidth") <= 0


def test_without_scripts_a_picture_stands_for_each_chart(visit):
    page = visit(shown(*map(bundle, kinds_of_charts().values())), scripts=False)
    sizes = page.eval_on_selector_all("figure.chart img", "all => all.map(one => one.naturalWidth)")
    assert len(sizes) == len(kinds_of_charts())
    assert min(sizes) > 100
    assert page.wrong == []


def test_a_chart_can_be_taken_away_as_a_picture(visit):
    page = visit(shown(bundle(kinds_of_charts()["bars"])))
    page.locator("figure summary").click()
    assert page.locator("figure .vega-actions a").all_inner_texts() == [
        "Save as SVG",
        "Save as PNG",
    ]
    with page.expect_download() as download:
        page.locator("figure .vega-actions a", has_text="PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    assert page.wrong == []


def test_text_can_be_read_in_the_dark(visit):
    page = visit(shown(text="# Page\n\nWords."), dark=True)
    ink, paper = page.eval_on_selector(
        ".sheet", "s => [getComputedStyle(s).color, getComputedStyle(s).backgroundColor]"
    )
    assert ink != paper
    assert paper == "rgb(22, 27, 34)"
