"""A folder gets a report whole, and no name climbs out of it."""

import pytest

from tests.reports.publishers.parcels import FILES, parcel, publish
from tpm_analytics.errors import ReportError, WorkspaceError


def test_a_folder_gets_every_file_and_nothing_half_written(tmp_path):
    said = publish("folder:out", {"root": str(tmp_path)})
    there = tmp_path / "out" / "velocity"
    assert {path.name: path.read_bytes() for path in there.iterdir()} == FILES
    assert said == f"3 files in {there}"
    publish("folder:out", {"root": str(tmp_path)}, files={"page.html": b"new"})
    assert (there / "page.html").read_bytes() == b"new"


def test_a_folder_that_is_a_link_to_elsewhere_is_not_written_through(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "velocity").symlink_to(elsewhere)
    with pytest.raises(ReportError, match="link to elsewhere"):
        publish("folder:out", {"root": str(tmp_path)})
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "mine").write_text("precious")
    there = tmp_path / "out" / "velocity"
    there.mkdir(parents=True)
    (there / "page.html").symlink_to(tmp_path / "mine")
    publish("folder:out", {"root": str(tmp_path)})
    assert (tmp_path / "mine").read_text() == "precious"
    assert (there / "page.html").read_bytes() == FILES["page.html"]


def test_a_folder_that_is_a_file_is_refused_at_once(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ReportError, match="cannot be written"):
        publish("folder:out", {"root": str(tmp_path)})


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/b", "", ".", "-x", "x\n", "Ä"])
def test_no_name_of_a_report_climbs_out_of_a_folder(name):
    with pytest.raises(WorkspaceError, match="no name for a report"):
        parcel("folder:out", report=name)


@pytest.mark.parametrize("name", ["../page.html", "/page.html", "x/page.html", "index.html"])
def test_no_file_but_those_of_a_report_is_delivered(name):
    with pytest.raises(WorkspaceError, match="no file of a report"):
        parcel("folder:out", files={name: b""})
