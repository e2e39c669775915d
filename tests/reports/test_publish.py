"""A reader sees the old page or the new one, never a piece of one."""

from pathlib import Path

import pytest

from tpm_analytics.reports import publish
from tpm_analytics.reports.publish import BANNER_END, BANNER_START

GOOD = f"<body>{BANNER_START}{BANNER_END}<p>good</p>"


def test_page_and_notebook_are_put_in_place_and_the_failure_taken_away(tmp_path):
    folder = tmp_path / "reports" / "velocity"
    folder.mkdir(parents=True)
    (folder / publish.FAILED).write_text("{}")
    publish.publish(folder, page=GOOD, notebook="{}")
    assert sorted(path.name for path in folder.iterdir()) == [publish.NOTEBOOK, publish.PAGE]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch, broken):
    path = tmp_path / "page.html"
    publish.write(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    if broken == "fsync":
        monkeypatch.setattr(publish.os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        publish.write(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_page_says_that_it_is_old_and_why(tmp_path):
    publish.write(tmp_path / publish.PAGE, GOOD)
    assert publish.mark_stale(tmp_path, "It failed: <script>alert(1)</script>")
    page = (tmp_path / publish.PAGE).read_text()
    assert "It failed: &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<p>good</p>" in page


def test_the_last_failure_is_the_one_that_is_told(tmp_path):
    publish.write(tmp_path / publish.PAGE, GOOD)
    publish.mark_stale(tmp_path, r"first \1 \g<0>")
    publish.mark_stale(tmp_path, r"second \1")
    page = (tmp_path / publish.PAGE).read_text()
    assert "first" not in page
    assert page.count(r"second \1") == 1
    assert page.count("<aside") == 1


def test_where_there_is_no_page_there_is_nothing_to_mark(tmp_path):
    assert not publish.mark_stale(tmp_path, "It failed.")
    assert list(tmp_path.iterdir()) == []
