"""A page is one file, says what it is about, and holds nothing hostile that is live."""

import json
import re
from html import unescape

import nbformat
import pytest
from nbconvert.exporters import get_exporter

from tests.reports.workspaces import PROGRAM, code, notebook, output
from tpm_analytics.charts import theme
from tpm_analytics.charts.blank import blank
from tpm_analytics.errors import ParameterError
from tpm_analytics.reports import facts
from tpm_analytics.reports.page import exporter, markup, render, vega

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"alert('owned')\">"


def spec(values, **more):
    return {
        "width": 680,
        "data": {"name": "data-1"},
        "mark": "bar",
        "encoding": {"x": {"field": "x"}, "y": {"field": "y"}},
        "datasets": {"data-1": values},
        **more,
    }


def page(*cells, **metadata):
    made = notebook(*cells)
    made.metadata.update(metadata)
    return render.page(made)


def chart(content):
    return code("chart", outputs=[output({theme.VEGALITE_MIME: content, "text/plain": "x"})])


def charts_of(html):
    packed = re.search(r'id="tpm-charts">([^<]*)<', html).group(1)
    return json.loads(vega.unpack(packed))


def test_the_head_says_what_the_page_is_about():
    figure = {"name": "kept", "value": 0.83, "unit": "share"}
    html = page(
        "# Velocity\n\nHow fast are we?",
        code("program", outputs=[output({facts.PROGRAM_MIME: PROGRAM, "text/plain": "secret"})]),
        code("record", outputs=[output({facts.FIGURE_MIME: figure, "text/plain": "secret"})]),
        papermill={"end_time": "2025-04-01T07:00:00+00:00", "parameters": {"team": "Core"}},
    )
    assert "<h1>Velocity</h1>" in html
    assert html.count("Velocity") == 2  # the tab's title and the heading
    for said in ("sample", "31 March 2025", "1,200 items", "1 April 2025, 09:00", "Core", "83 %"):
        assert said in html
    assert "secret" not in html


def test_the_question_is_asked_once():
    html = page("# Velocity\n\nHow fast?\n\nRead it weekly.", tpm={"question": "How fast?"})
    assert html.count("How fast?") == 1
    assert "Read it weekly." in html


def test_code_and_warnings_are_hidden_and_printed_text_is_shown():
    streams = [
        nbformat.v4.new_output("stream", name="stdout", text="three <b>items</b>\n"),
        nbformat.v4.new_output("stream", name="stderr", text="a warning"),
    ]
    html = page(code("secret_code()", outputs=streams))
    assert "<pre>three &lt;b&gt;items&lt;/b&gt;</pre>" in html
    assert "secret_code" not in html
    assert "a warning" not in html


def test_nothing_of_a_page_comes_from_elsewhere():
    html = page("# Title", chart(spec([{"x": 1, "y": 2}])))
    assert not re.search(r"""(src|href)=["']?(https?:|//)""", html)
    assert "@import" not in html
    assert "url(" not in html
    assert "default-src 'none'" in unescape(html)


def test_a_data_set_shared_by_charts_is_stored_once():
    rows = [{"x": i, "y": i * 2} for i in range(50)]
    stored = charts_of(page(chart(spec(rows)), chart(spec(rows))))
    assert stored["datasets"] == {
        "data-1": {"fields": ["x", "y"], "columns": [list(range(50)), list(range(0, 100, 2))]}
    }
    assert [one["datasets"] for one in stored["charts"]] == [["data-1"], ["data-1"]]


def test_rows_of_different_fields_are_kept_as_they_are():
    rows = [{"x": 1}, {"y": 2}]
    assert charts_of(page(chart(spec(rows))))["datasets"]["data-1"] == {"rows": rows}


@pytest.mark.parametrize(
    ("more", "fluid"),
    [
        ({}, True),
        ({"width": 200}, False),
        ({"width": {"step": 20}}, False),
        ({"hconcat": []}, False),
        ({"encoding": {"row": {"field": "x"}}}, False),
    ],
)
def test_a_chart_of_full_width_takes_the_width_of_the_page(more, fluid):
    html = page(chart(spec([{"x": 1}], **more)))
    assert ('class="chart fluid"' in html) is fluid
    assert (charts_of(html)["charts"][0]["spec"].get("width") == "container") is fluid


def test_a_chart_has_a_picture_for_readers_without_scripts():
    bundle = theme.render(spec([{"x": 1, "y": 2}]))
    html = page("## Who is late?", code("chart", outputs=[output(bundle)]))
    assert 'alt="Who is late?"' in html
    assert "data:image/svg+xml;base64," in html


def test_pictures_that_would_make_the_page_heavy_are_left_out():
    heavy = {theme.VEGALITE_MIME: spec([{"x": 1}]), "image/svg+xml": "<svg>" + "x" * 90_000}
    light = {theme.VEGALITE_MIME: spec([{"x": 1}]), "image/svg+xml": "<svg>" + "x" * 50_000}
    html = page(
        code("one", outputs=[output(heavy)]),
        *[code("c", outputs=[output(light)]) for _ in range(12)],
    )
    assert html.count("<img") == 8
    assert html.count("open the page in a browser") == 5
    assert len(html) < 1_500_000


def test_a_control_is_left_out_and_said_so():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "x"}
    assert "Controls work in JupyterLab only" in page(code("w", outputs=[output(widget)]))


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(f"# {HOSTILE}\n\n{HOSTILE}\n\n[x](javascript:alert(1))", id="text"),
        pytest.param(code("x", outputs=[output({"text/html": HOSTILE})]), id="html"),
        pytest.param(code("x", outputs=[output({"text/markdown": HOSTILE})]), id="markdown"),
        pytest.param(code("x", outputs=[output({"text/plain": HOSTILE})]), id="plain"),
        pytest.param(
            code("x", outputs=[output({"image/svg+xml": f"<svg>{HOSTILE}</svg>"})]), id="picture"
        ),
        pytest.param(chart(spec([{"x": HOSTILE}], title=HOSTILE)), id="chart"),
        pytest.param(
            code("x", outputs=[output({facts.PROGRAM_MIME: {**PROGRAM, "source": HOSTILE}})]),
            id="program",
        ),
        pytest.param(
            code("x", outputs=[output({facts.FIGURE_MIME: {"name": HOSTILE, "value": HOSTILE}})]),
            id="figure",
        ),
    ],
)
def test_hostile_content_is_never_markup(made):
    html = page("# Title" if not isinstance(made, str) else made, made)
    body = html[html.index("<body>") :]
    assert "<script>document" not in body
    assert "<img src=x" not in body
    assert 'href="javascript' not in body


@pytest.mark.parametrize(
    "hostile",
    [
        "<style>body{display:none}</style>",
        "<iframe src='https://example.com'></iframe>",
        "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<table style='position:fixed' onmouseover='alert(1)'><tr><td>x</td></tr></table>",
        "<form action='https://example.com'><input></form>",
        "<img src='https://example.com/beacon.png'>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<!--tpm:banner-->",
        "<meta http-equiv='refresh' content='0;url=https://example.com'>",
        "<base href='https://example.com'>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_html_is_cleaned_of_all_that_acts(hostile):
    html = markup.clean(hostile)
    assert not re.search(r"(?i)<(style|iframe|svg|form|input|meta|base|script|!--)", html)
    assert not re.search(
        r"(?i)(onerror|onload|onmouseover|style|javascript|example\.com|data:)", html
    )


def test_tables_keep_what_sorts_them():
    kept = '<td class="number" data-value="1200.0">1,200</td>'
    table = f'<table class="tpm-table"><tbody><tr>{kept}</tr></tbody></table>'
    assert markup.clean(table) == table


def test_days_keys_and_percent_signs_stay_on_their_line():
    table = "<table><tr><td>waiting since 2025-03-07 for LED-623</td><td>M-11</td></tr></table>"
    shown = [output({"text/html": table}), output({"text/markdown": "64 held (89 %)."})]
    html = page(code("shown", outputs=shown))
    assert '<span class="whole">2025-03-07</span> for <span class="whole">LED-623</span>' in html
    assert "<td>M-11</td>" in html
    assert "89\N{NO-BREAK SPACE}%" in html


def test_what_stands_in_for_a_chart_is_a_line_of_text():
    html = page(chart(blank("No risk is <open>.").to_dict()))
    assert '<p class="note">No risk is &lt;open&gt;.</p>' in html
    assert 'id="tpm-charts"' not in html


def test_a_title_that_is_no_json_friend_is_stored_whole():
    title = "line\u2028end & </script> \u2029 é \U0001f600"
    assert charts_of(page(chart(spec([], title=title))))["charts"][0]["spec"]["title"] == title


def test_a_time_zone_that_nobody_knows_is_refused():
    shown = output({facts.PROGRAM_MIME: {**PROGRAM, "time_zone": "Mars/Base"}})
    with pytest.raises(ParameterError, match="Mars/Base"):
        page(code("p", outputs=[shown]), papermill={"end_time": "2025-04-01T07:00:00+00:00"})


def test_the_same_notebook_makes_the_same_page():
    made = ["# Title", chart(spec([{"x": 1}]))]
    assert page(*made) == page(*made)


def test_packing_gives_the_text_back_and_saves_room():
    assert vega.unpack(vega.pack("é" * 10_000)) == "é" * 10_000
    assert len(vega.packed_libraries()) < len(vega.libraries()) / 2


def test_libraries_are_made_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    vega.packed_libraries.cache_clear()
    try:
        made = vega.packed_libraries()
        (kept,) = (tmp_path / "tpm-analytics").iterdir()
        assert kept.read_text() == made
        vega.packed_libraries.cache_clear()
        monkeypatch.setattr(vega.vl_convert, "javascript_bundle", None)
        assert vega.packed_libraries() == made
    finally:
        vega.packed_libraries.cache_clear()


def test_nbconvert_knows_our_pages_by_name():
    made = notebook("# Velocity", chart(spec([{"x": 1}])))
    body, resources = exporter.PageExporter().from_notebook_node(made)
    assert "<h1>Velocity</h1>" in body
    assert resources["output_extension"] == ".html"
    named = get_exporter("tpm_analytics.reports.page.exporter.PageExporter")
    assert named is exporter.PageExporter
