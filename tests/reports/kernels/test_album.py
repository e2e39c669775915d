"""Reports of one run share pictures: each chart is drawn once, and what is shared is as drawn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.reports.workspaces import code, make, report
from tpm_analytics import drawing, head_start, reports
from tpm_analytics.reports.kernels import album

SVG = "image/svg+xml"
CHART = {
    "data": {"values": [{"name": "Ledger · v2", "days": 3}]},
    "mark": {"type": "bar", "clip": True},
    "encoding": {"y": {"field": "name", "type": "nominal"}, "x": {"field": "days"}},
}
SHOW = """
import altair as alt, pandas as pd, tpm_analytics
alt.Chart(pd.DataFrame({"days": [1, 2]})).mark_bar().encode(x="days:Q")
"""
_DRAW = """
import sys
from pathlib import Path
from tests.reports.kernels.test_album import CHART
from tpm_analytics.reports.kernels.album import Album
for width in range(100, 110):
    print(Album(Path(sys.argv[1])).twin({**CHART, "width": width})["image/svg+xml"])
"""


def never(spec: str) -> dict[str, str]:
    """Stand in for drawing where nothing is to be drawn."""
    raise AssertionError(spec)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


def files(folder: Path) -> list[Path]:
    """Everything in the folder, temporary files included."""
    return sorted(folder.iterdir())


def test_a_picture_that_is_found_is_what_would_be_drawn(folder, monkeypatch):
    first = album.Album(folder).twin(CHART)
    assert first == drawing.twin(CHART)
    monkeypatch.setattr(drawing, "drawn", never)
    assert album.Album(folder).twin(CHART) == first


def test_pixels_are_found_as_they_were_drawn(folder, monkeypatch):
    monkeypatch.setattr(drawing, "SVG_LIMIT", 0)
    drawing._drawn.cache_clear()
    first = album.Album(folder).twin(CHART)
    drawing._drawn.cache_clear()
    assert list(first) == ["image/png"]
    monkeypatch.setattr(drawing, "drawn", never)
    assert album.Album(folder).twin(CHART) == first


@pytest.mark.parametrize(
    "changed",
    [
        {"data": {"values": [{"name": "Ledger · v2", "days": 4}]}},
        {"data": {"values": [{"name": "Team 1", "days": 3}]}},
        {"width": 99},
        {"config": {"font": "serif"}},
    ],
)
def test_a_chart_that_differs_in_anything_gets_a_picture_of_its_own(folder, changed):
    album.Album(folder).twin(CHART)
    assert album.Album(folder).twin({**CHART, **changed}) == drawing.twin({**CHART, **changed})
    assert len(files(folder)) == 2


def test_real_names_are_never_found_from_what_disguises_them(folder):
    real = album.Album(folder).twin(CHART)[SVG]
    disguised = {**CHART, "data": {"values": [{"name": "Item 1", "days": 3}]}}
    assert "Ledger" in real
    assert "Ledger" not in album.Album(folder).twin(disguised)[SVG]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"{}", None])
def test_a_damaged_picture_is_drawn_anew_and_mended(folder, damage):
    first = album.Album(folder).twin(CHART)
    (kept,) = files(folder)
    whole = kept.read_bytes()
    kept.write_bytes(whole.replace(b"Ledger", b"Lodger") if damage is None else damage)
    assert album.Album(folder).twin(CHART) == first
    assert kept.read_bytes() == whole
    kept.write_bytes(whole[:-40])
    assert album.Album(folder).twin(CHART) == first


def test_where_nothing_can_be_kept_charts_are_drawn(tmp_path):
    gone = tmp_path / "gone" / "pictures"
    taken = tmp_path / "file"
    taken.write_text("no folder", encoding="utf-8")
    for place in (None, gone, taken):
        pictures = album.Album(place)
        assert pictures.twin(CHART) == drawing.twin(CHART)
        pictures.sweep()


def test_a_chart_that_cannot_be_drawn_is_not_kept(folder):
    assert album.Album(folder).twin({"mark": 7}) == {}
    assert not folder.exists()


def test_two_processes_at_once_find_whole_pictures_only(folder):
    command = [sys.executable, "-c", _DRAW, str(folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1] != ""
    assert len(files(folder)) == 10


def test_the_oldest_pictures_make_place_for_new_ones(folder, monkeypatch):
    pictures = album.Album(folder)
    pictures.twin(CHART)
    (oldest,) = files(folder)
    room = 3 * oldest.stat().st_size + 100
    monkeypatch.setattr(album, "MOST_BYTES", room)
    for width in range(100, 106):
        pictures.twin({**CHART, "width": width})
        pictures.sweep()
    left = files(folder)
    assert 0 < len(left) <= 3
    assert sum(path.stat().st_size for path in left) <= room
    assert oldest not in left


@pytest.mark.skipif(not head_start.can_fork(), reason="kernels are forked on Linux only")
def test_reports_of_one_run_share_their_pictures(tmp_path, monkeypatch):
    space = make(tmp_path / "space", {name: report(code(SHOW)) for name in ("a", "b")})
    found = []
    opened = album._opened
    monkeypatch.setattr(album, "_opened", lambda kept: found.append(opened(kept)) or found[-1])
    pages = []
    for run in reports.run_all(space, ["a", "b"]):
        assert run.error is None, run.error
        made = nbformat.read(space.output / run.report / "notebook.ipynb", as_version=4)
        shown = (output for cell in made.cells for output in cell.get("outputs", []))
        pages.append(next(each.data[SVG] for each in shown if SVG in each.get("data", {})))
    assert found[0] is None
    assert found[1][SVG] == pages[0] == pages[1]
    kept = head_start.address(os.environ).parent / album.FOLDER
    assert kept.stat().st_mode & 0o077 == 0
    head_start.stop()
    assert not kept.exists()
