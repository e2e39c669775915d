"""A notebook's file is checked once while it stays as it is, and read by nobody else's hand."""

import json
import os
import time

import nbformat
import pytest

from tests.reports.workspaces import code, notebook, output
from tpm_analytics.errors import ReportError
from tpm_analytics.reports import notebooks

LONG_AGO = time.time() - 99


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "a.ipynb"

    def write(source):
        nbformat.write(notebook(code(source)), path)
        os.utime(path, (LONG_AGO, LONG_AGO))
        return path

    return write


def test_what_one_reader_does_to_a_notebook_is_not_seen_by_the_next(written):
    path = written("x = 1")
    first = notebooks.read(path)
    assert first == nbformat.read(path, 4)
    first.cells[0].source = "changed"
    assert notebooks.read(path).cells[0].source == "x = 1"


def test_a_notebook_written_anew_is_read_anew(written):
    notebooks.read(written("x = 1"))
    assert notebooks.read(written("x = 22")).cells[0].source == "x = 22"
    path = written("x = 3")
    now = time.time()
    os.utime(path, (now, now))
    assert notebooks.read(path).cells[0].source == "x = 3"
    path.write_text(path.read_text(encoding="utf-8").replace("x = 3", "x = 4"), encoding="utf-8")
    os.utime(path, (now, now))
    assert notebooks.read(path).cells[0].source == "x = 4"


def test_a_file_that_is_no_notebook_is_refused_each_time(written):
    path = written("x = 1")
    path.write_text('{"cells": 1, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    for _ in range(2):
        with pytest.raises(ReportError, match="cannot be read as a notebook"):
            notebooks.read(path)


def test_text_is_what_nbformat_writes_and_the_notebook_stays_as_it_is():
    chart = {"data": [{"text/plain": "two\nlines"}], "title": "a\nb"}
    shown = output({"text/html": "<p>\n</p>", "application/vnd.vegalite.v6+json": chart})
    printed = nbformat.v4.new_output("stream", text="one\ntwo\n")
    made = notebook("# A\ntext", code("x\ny", outputs=[shown, printed]))
    made.cells[1].metadata["trusted"] = True
    made.metadata["signature"] = "s"
    before = json.dumps(made)
    assert json.loads(notebooks.to_text(made)) == json.loads(nbformat.writes(made))
    assert json.dumps(made) == before


def test_what_a_kernel_shows_is_the_output_that_nbformat_makes_of_it():
    content = {
        "data": {"text/plain": "1", "application/json": {"a": [1]}},
        "metadata": {"a": {"b": 1}},
        "execution_count": 3,
        "transient": {},
    }
    for kind in ("execute_result", "display_data"):
        message = {"header": {"msg_type": kind}, "content": content}
        assert notebooks.shown(kind, content) == nbformat.v4.output_from_msg(message)


def test_what_is_not_plainly_well_formed_is_left_to_nbformat():
    assert notebooks.shown("display_data", {"data": {"text/plain": 5}, "metadata": {}}) is None
    assert notebooks.shown("stream", {"name": "stdout", "text": "a"}) is None
