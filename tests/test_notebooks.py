"""Notebooks are plain notebooks: a question and expressions, which any papermill runs."""

import ast
import os
import re
import subprocess
import sys

import nbformat
import papermill
import pytest

from tests.places import REPOSITORY
from tpm_analytics.reports import parameters
from tpm_analytics.reports.kernels import kernels

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
ONE_TEAM = {"program": "sample:", "team": "Mobile"}
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path, kind="code"):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def tagged(path):
    return [cell for cell in cells(path) if "parameters" in cell.metadata.get("tags", [])]


def nodes(path):
    return [node for cell in cells(path) for node in ast.walk(ast.parse(cell.source))]


@every_notebook
def test_it_opens_with_its_question_and_names_its_parameters(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert first.source.rstrip().endswith("?")
    (cell,) = tagged(path)
    declared = parameters.declared(nbformat.read(path, as_version=4), path.name)
    assert list(declared)[:3] == ["program", "team", "as_of"]
    assert len(declared) == len(cell.source.splitlines())
    assert all(parameter.help for parameter in declared.values())


@every_notebook
def test_it_defines_nothing_and_reaches_for_nothing_private_or_on_disk(path):
    for node in nodes(path):
        assert not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        )
        assert not isinstance(node, ast.Attribute) or not node.attr.startswith("_")
        assert not isinstance(node, ast.Name) or not node.id.startswith("_")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.search(r"[/\\~]|\.(csv|json|xlsx|parquet|toml)$", node.value), node.value


@every_notebook
def test_it_needs_the_facade_only(path):
    imported = {
        alias.name for node in nodes(path) if isinstance(node, ast.Import) for alias in node.names
    }
    assert not any(isinstance(node, ast.ImportFrom) for node in nodes(path))
    assert imported == {"tpm_analytics"}


@every_notebook
def test_it_can_be_seen_in_a_what_if(path):
    if path.stem == "explore":  # makes what-ifs itself
        return
    assert "scenario" in parameters.declared(nbformat.read(path, as_version=4), path.name)
    loads = [
        {word.arg for word in node.keywords}
        for node in nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "tpm.load"
    ]
    assert loads
    assert all("scenario" in words for words in loads)


@every_notebook
def test_it_is_committed_without_outputs(path):
    assert all(not cell.outputs and cell.execution_count is None for cell in cells(path))


def assert_ran_whole_and_quietly(out):
    ran = cells(out)
    assert all(cell.execution_count for cell in ran)
    told = [output for cell in ran for output in cell.outputs]
    assert not [output for output in told if output.output_type in {"error", "stream"}]
    headings = [cell for cell in cells(out, "markdown") if cell.source.startswith("## ")]
    assert len(told) >= len(headings)


# On kernels that are forked from one: that each runs on kernels of its own is what nbval proves
@every_notebook
def test_it_runs_for_one_team_outside_a_workspace_and_no_parameter_is_lost(
    path, tmp_path, caplog, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        path,
        out,
        parameters=ONE_TEAM,
        engine_name=kernels.ENGINE,
        cwd=tmp_path,
        progress_bar=False,
    )
    assert "unknown parameter" not in caplog.text
    assert_ran_whole_and_quietly(out)


def test_plain_papermill_runs_one_as_it_is(tmp_path):
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", NOTEBOOKS[-1], out, "--no-progress-bar"]
    for name, value in ONE_TEAM.items():
        command += ["-p", name, value]
    done = subprocess.run(
        list(map(str, command)),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "unknown parameter" not in done.stderr
    assert_ran_whole_and_quietly(out)
