"""Notebooks as their readers may have them: what executives are spared, what outsiders not see."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

import nbformat

from tpm_analytics import drawing
from tpm_analytics.reports.facts import FIGURE_MIME, PROGRAM_MIME
from tpm_analytics.reports.page import head, markup
from tpm_analytics.reports.readers.audience import WITHHELD
from tpm_analytics.reports.sharing import EXECUTIVE, TEAM, Sharing
from tpm_analytics.workspace import EXTERNAL

LAST_WORDS = {
    EXECUTIVE: "*Tables and single items are left out here; the team's report has them.*",
    EXTERNAL: "*People and titles are shown by pseudonyms, the same in every report.*",
}
# A work item or a person shows in a chart's data by one of these
_DETAIL = frozenset({"item_id", "parent_id", "assignee_id", "person_id", "url"})
_OF_AN_ITEM = frozenset({"title"})
_UNSEEN = frozenset({"tooltip", "href", "url", "key", "description"})
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
_ITEM = re.compile(rf"\b(?:{'|'.join(sorted(_DETAIL))})\b|datum(?:\.|\['|\[\")title\b")
_DATA = frozenset({"datasets", "data"})
_HEADING = re.compile(r"\A\s*#{1,6}\s+\S[^\n]*\s*\Z")


def fit(notebook: nbformat.NotebookNode, sharing: Sharing) -> nbformat.NotebookNode:
    """Return an executed and labelled notebook as its readers may have it.

    Executives get figures, sentences and charts: no tables, nothing printed, no single items in
    the data of a chart or among what changed. Readers outside get no warnings, which may quote
    what was read.
    """
    if sharing.audience == TEAM:
        return notebook
    fitted = copy.deepcopy(notebook)
    if sharing.audience == EXECUTIVE:
        fitted = _for_executives(fitted)
    else:
        _without_warnings(fitted)
    fitted.metadata.setdefault(head.KEY, {})["audience"] = sharing.audience
    last = nbformat.v4.new_markdown_cell(  # type: ignore[no-untyped-call]
        LAST_WORDS[sharing.audience]
    )
    last["id"] = f"tpm-{sharing.audience}"
    fitted.cells.append(last)
    return fitted


def fit_broken(notebook: nbformat.NotebookNode, sharing: Sharing) -> nbformat.NotebookNode:
    """Return a notebook that failed as it may be kept beside the page of these readers."""
    if sharing.audience == TEAM:
        return notebook
    fitted = copy.deepcopy(notebook)
    if sharing.audience == EXECUTIVE:
        return _for_executives(fitted)
    _without_warnings(fitted)
    for cell in fitted.cells:
        errors = [each for each in cell.get("outputs", []) if each.output_type == "error"]
        if errors:
            for each in errors:
                each["evalue"], each["traceback"] = WITHHELD, [WITHHELD]
            cell["outputs"] = errors
    return fitted


def _without_warnings(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                each
                for each in cell.outputs
                if each.output_type != "stream" or each.name == "stdout"
            ]


def _for_executives(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    emptied = []
    heading = None
    shown_before = shown_after = False
    for cell in [*notebook.cells, None]:
        if cell is None or cell.cell_type == "markdown":
            if heading is not None and shown_before and not shown_after:
                emptied.append(heading)
            shown_before = shown_after = False
            heading = cell if cell is not None and _HEADING.match(cell.source) else None
            continue
        if cell.cell_type == "code":
            shown_before |= _seen(cell)
            cell.outputs = [kept for each in cell.outputs if (kept := _kept(each)) is not None]
            shown_after |= _seen(cell)
    notebook.cells = [cell for cell in notebook.cells if all(cell is not one for one in emptied)]
    _without_examples(notebook)
    return notebook


def _seen(cell: nbformat.NotebookNode) -> bool:
    """Whether the page shows anything of this cell's outputs."""
    return any(not {PROGRAM_MIME, FIGURE_MIME} & set(each.get("data", {})) for each in cell.outputs)


def _kept(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    if output.output_type in {"error", "stream"}:
        return output if output.output_type == "error" else None
    data = output.data
    own = next((mime for mime in (PROGRAM_MIME, FIGURE_MIME) if mime in data), None)
    if own is not None:
        return _with_data(output, data, own, "text/plain")
    chart = next((mime for mime in data if drawing.is_chart(mime)), None)
    if chart is not None:
        return _chart(output, data, chart)
    said = markup.from_markdown(str(data.get("text/markdown", "")))
    if "text/html" in data or "<table" in said:
        return None
    kept = ["text/markdown", "text/plain"] if said else [each for each in _PICTURES if each in data]
    return _with_data(output, data, *kept) if kept else None


def _with_data(
    output: nbformat.NotebookNode, data: Mapping[str, Any], *mimes: str
) -> nbformat.NotebookNode:
    output["data"] = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {mime: data[mime] for mime in mimes if mime in data}
    )
    return output


def _chart(
    output: nbformat.NotebookNode, data: Mapping[str, Any], mime: str
) -> nbformat.NotebookNode | None:
    spec = data[mime]
    shown = {**data, "text/plain": "<chart>"}
    if any(_DETAIL & set(row) for row in _first_rows(spec)):
        plain = _without_detail(spec)
        if any(_names_an_item(text) for text in _expressions(plain)):
            return None  # it draws the items themselves: without them nothing is left of it
        drawn = drawing.twin(plain) if any(each in data for each in _PICTURES) else {}
        shown = {mime: plain, **drawn, "text/plain": "<chart>"}
    return _with_data(output, shown, mime, *_PICTURES, "text/plain")


def _first_rows(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The first row of each data set of a chart; the others have the same columns."""
    sets = [*spec.get("datasets", {}).values(), *_inline(spec)]
    return [rows[0] for rows in sets if isinstance(rows, list) and rows and _is_row(rows[0])]


def _inline(part: Any) -> list[Any]:
    if isinstance(part, list):
        return [found for each in part for found in _inline(each)]
    if not isinstance(part, Mapping):
        return []
    data = part.get("data")
    own = [data["values"]] if isinstance(data, Mapping) and "values" in data else []
    return own + [
        found for key, each in part.items() if key not in _DATA for found in _inline(each)
    ]


def _is_row(value: Any) -> bool:
    return isinstance(value, Mapping)


def _expressions(part: Any) -> list[str]:
    """Every text of a specification that may name a column: all but its data and its titles."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, list):
        return [text for each in part for text in _expressions(each)]
    if not isinstance(part, Mapping):
        return []
    return [
        text
        for key, each in part.items()
        if key not in {*_DATA, "title"}
        for text in _expressions(each)
    ]


def _names_an_item(text: str) -> bool:
    return text in _OF_AN_ITEM or _ITEM.search(text) is not None


def _without_detail(part: Any, *, in_rows: bool = False) -> Any:
    """Leave out channels that are not drawn, and of each row what tells of an item."""
    if isinstance(part, list):
        return [_without_detail(value, in_rows=in_rows) for value in part]
    if not isinstance(part, Mapping):
        return part
    if in_rows:
        gone = _DETAIL | (_OF_AN_ITEM if _DETAIL & set(part) else frozenset())
        return {
            key: _without_detail(value, in_rows=True)
            for key, value in part.items()
            if key not in gone
        }
    return {
        key: _without_detail(value, in_rows=key in {"datasets", "values"})
        for key, value in part.items()
        if not (key in _UNSEEN and not isinstance(value, str))
    }


def _without_examples(notebook: nbformat.NotebookNode) -> None:
    """Of what changed since last time, leave the counts and take the items."""
    changes = notebook.metadata.get(head.KEY, {}).get(head.CHANGES) or {}
    for moved in changes.get("moved") or []:
        moved["examples"] = []
