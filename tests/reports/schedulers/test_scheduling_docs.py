"""What the documents say of schedules is so, and the examples can be read by what they are for."""

import ast
import re
import tomllib

import pytest
import yaml

from tests.places import REPOSITORY
from tests.reports.workspaces import make, report
from tpm_analytics.reports.catalogue import definitions
from tpm_analytics.reports.members import slug
from tpm_analytics.reports.schedule import occurrences

DOCS = REPOSITORY / "docs"
PAGE = (DOCS / "scheduling.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("every", re.findall(r'^\| `"([^`]*)"', PAGE, re.MULTILINE))
def test_each_form_of_the_table_is_understood(every):
    for form in every.split('"`, `"'):
        assert occurrences.parsed(form).cron


def test_the_forms_that_an_error_names_are_understood():
    for form in re.findall(r'"([^"]+)"', occurrences.FORMS):
        assert occurrences.parsed(form).cron


@pytest.mark.parametrize("written", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_each_table_of_the_page_defines_reports(written, tmp_path):
    table = '[programs.checkout]\nsource = "folder:data"\n' + written
    every = definitions(make(tmp_path, {"velocity": report()}, table))
    assert all(definition.schedule for definition in every.values())
    for name in re.findall(r"`(velocity--[a-z-]+)`", PAGE) if len(every) > 1 else []:
        assert name in every
    assert tomllib.loads(written)


def test_the_mark_that_the_page_shows_is_the_one_that_is_made():
    assert f'"{slug("Móvil")}"' in PAGE


def test_the_workflow_keeps_the_ledger_and_runs_what_is_due():
    flow = yaml.safe_load((DOCS / "examples" / "github-actions.yml").read_text(encoding="utf-8"))
    steps = flow["jobs"]["due"]["steps"]
    assert [step["run"] for step in steps if "tpm" in step.get("run", "")][-1] == "tpm run --due"
    kept = [step["with"] for step in steps if "cache/" in step.get("uses", "")]
    assert [keep["path"] for keep in kept] == ["reports", "reports"]
    assert kept[0]["key"] == kept[1]["key"]
    (when,) = flow[True]["schedule"]  # YAML reads the key `on` as true
    assert occurrences.parsed(when["cron"]).cron == when["cron"]


def test_the_airflow_file_compiles_and_calls_commands_that_there_are():
    text = (DOCS / "examples" / "airflow_dag.py").read_text(encoding="utf-8")
    compile(text, "airflow_dag.py", "exec")
    texts = [
        "".join(
            getattr(part, "value", "") for part in node.values if isinstance(part, ast.Constant)
        )
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.JoinedStr)
    ]
    assert texts == [
        "tpm run --due --workspace ",
        "tpm run program_review --as-of {{ ds }} --workspace ",
    ]
