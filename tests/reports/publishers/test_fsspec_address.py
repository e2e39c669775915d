"""Any file store gets a report whole, or is told of as what may pass or will not."""

import sys

import fsspec
import pytest

from tests.reports.publishers.parcels import FILES, publish
from tpm_analytics.errors import ReportError
from tpm_analytics.reports.publishers.parcel import TransientError


def test_a_file_store_gets_every_file(tmp_path):
    for address in ("memory://bucket/reports", f"file://{tmp_path}/reports"):
        said = publish(address)
        store, base = fsspec.core.url_to_fs(f"{address}/velocity")
        names = {path.rpartition("/")[2]: store.cat_file(path) for path in store.ls(base, False)}
        assert names == FILES
        assert said.startswith("3 files in ")


def test_a_store_whose_package_is_absent_names_it():
    with pytest.raises(ReportError, match="one more package"):
        publish("s3://bucket/reports")


def test_an_unknown_protocol_is_refused():
    with pytest.raises(ReportError, match="refused"):
        publish("gopher9://bucket/reports")


def test_without_fsspec_the_line_that_installs_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ReportError) as refused:
        publish("s3://bucket/reports")
    assert "pip install 'tpm-analytics[share]'" in refused.value.hint


def test_a_failure_of_a_store_leaves_no_temporary_file_and_may_be_tried_again(
    tmp_path, monkeypatch
):
    local = fsspec.filesystem("file")
    monkeypatch.setattr(
        type(local), "mv", lambda *_, **__: (_ for _ in ()).throw(OSError("gone away"))
    )
    with pytest.raises(TransientError, match="gone away"):
        publish(f"file://{tmp_path}/reports")
    assert list((tmp_path / "reports" / "velocity").iterdir()) == []
