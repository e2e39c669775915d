"""A page is printed by the browser of this machine; without one, a sentence says what to do."""

import re
import stat
import time
import zlib

import altair as alt
import pandas as pd
import pytest

from tests.conftest import CHROMIUM
from tests.reports.workspaces import code, notebook, output
from tpm_analytics.charts import theme
from tpm_analytics.reports.page import pdf, render
from tpm_analytics.reports.sharing import SharingError


def page(*bundles):
    return render.page(notebook("# Page", *[code("x", outputs=[output(b)]) for b in bundles]))


def chart(rows):
    frame = pd.DataFrame({"day": range(rows), "count": 1})
    drawn = alt.Chart(frame).mark_bar().encode(x="day:O", y="count:Q")
    with alt.theme.enable("tpm"):
        return {theme.VEGALITE_MIME: drawn.to_dict(), "text/plain": "<chart>"}


def drawing(content):
    """What the pages of a PDF draw, unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    plain = []
    for stream in streams:
        try:
            plain.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(plain)


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_a_page_is_printed_with_its_charts_drawn():
    with_bars = pdf.printed(page(chart(50)))
    without = pdf.printed(page({"text/plain": "no chart"}))
    assert with_bars.startswith(b"%PDF-")
    assert b"This chart needs scripts" not in with_bars
    filled = [len(re.findall(rb"\bf\*?\s", drawing(content))) for content in (with_bars, without)]
    assert filled[0] - filled[1] >= 50


def test_without_a_browser_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
    monkeypatch.setattr(pdf, "PLACES", ())
    with pytest.raises(SharingError, match="no Chromium") as refused:
        pdf.printed("<html></html>")
    assert "apt install chromium" in refused.value.hint


def stand_in(tmp_path, monkeypatch, script):
    program = tmp_path / "chromium"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(pdf.shutil, "which", lambda _: str(program))


def test_a_browser_that_hangs_is_ended_with_all_it_started(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, f"sleep 600 & echo $! > {tmp_path}/child\nsleep 600")
    began = time.monotonic()
    with pytest.raises(SharingError, match="longer than 1 seconds"):
        pdf.printed("<html></html>", seconds=1)
    assert time.monotonic() - began < 300
    child = (tmp_path / "child").read_text().strip()
    for _ in range(200):
        if ended(child):
            break
        time.sleep(0.05)
    assert ended(child)


def ended(process):
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:  # noqa: PTH123
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize("script", ["exit 3", "true"])
def test_a_browser_that_prints_nothing_is_told(tmp_path, monkeypatch, script):
    stand_in(tmp_path, monkeypatch, script)
    with pytest.raises(SharingError, match="printed nothing"):
        pdf.printed("<html></html>")
