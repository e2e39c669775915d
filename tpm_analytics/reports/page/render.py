"""An executed notebook becomes one page that opens offline, with live charts and no live data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import nbformat
from markupsafe import Markup

from tpm_analytics import drawing
from tpm_analytics.reports.facts import FIGURE_MIME, PROGRAM_MIME
from tpm_analytics.reports.page import markup, sheet, vega
from tpm_analytics.reports.page.head import KEY, head_of

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
# Pictures stand in for charts where scripts are off; more of them would make the page heavy
PICTURE_LIMIT = 80_000
PICTURES_LIMIT = 600_000
# A chart this wide was meant to fill the page; a narrower one keeps its width
FULL_WIDTH = 400
_PARTS = {"hconcat", "vconcat", "concat", "facet", "repeat", "spec"}
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_TITLE = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_PICTURE_MIMES = ("image/svg+xml", "image/png", "image/jpeg")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A piece of a page, in the order of the notebook.

    Attributes
    ----------
    kind
        ``text``, ``reading``, ``html``, ``chart``, ``picture``, ``printed`` or ``note``.
    html
        Markup that is safe already.
    said
        Plain text: what is printed, or what a picture shows.
    picture
        Address of an image, with the image in it.
    spec
        Specification of a live chart.
    """

    kind: str
    html: str = ""
    said: str = ""
    picture: str = ""
    spec: Mapping[str, Any] | None = None
    chart: int = 0

    @property
    def fluid(self) -> bool:
        """Whether the chart fills the width of the page."""
        return self.spec is not None and self.spec.get("width") == "container"


def page(notebook: nbformat.NotebookNode) -> str:
    """Return the page of an executed notebook: one file, nothing to fetch, nothing hostile live.

    Title, question and time of the run are read from ``notebook.metadata["tpm"]`` where the
    report engine left them, else from the notebook's first heading and papermill's own notes.
    """
    title, blocks = content(notebook)
    blocks = _within_limits(_numbered(blocks))
    specs = [block.spec for block in blocks if block.spec is not None]
    script, due = sheet.asset("page.js"), sheet.script_of("due.js")
    scripts = [script, due, *([vega.libraries()] if specs else [])]
    html: str = sheet.template("page.html.j2").render(
        head=head_of(notebook, title=title),
        blocks=blocks,
        style=sheet.style(),
        script=Markup(script),
        due=due,
        charts=vega.pack(vega.bundle(specs)) if specs else "",
        libraries=vega.packed_libraries() if specs else "",
        policy=sheet.policy(*scripts),
    )
    return html


def content(notebook: nbformat.NotebookNode) -> tuple[str, list[Block]]:
    """Return the first heading of an executed notebook, and all that its page shows below it."""
    return _without_title(list(_blocks(notebook)), notebook)


def _blocks(notebook: nbformat.NotebookNode) -> Iterator[Block]:
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            headings = _HEADING.findall(cell.source)
            heading = headings[-1] if headings else heading
            yield Block(kind="text", html=Markup(markup.from_markdown(cell.source)))
        elif cell.cell_type == "code":
            for output in cell.outputs:
                yield from _shown(output, heading)


def _shown(output: nbformat.NotebookNode, heading: str) -> Iterator[Block]:
    if output.output_type == "stream":
        if output.name == "stdout" and output.text.strip():
            yield Block(kind="printed", said=output.text.rstrip())
        return
    if output.output_type == "error":
        yield Block(kind="note", said=f"This step failed: {output.ename}.")
        return
    data = output.data
    chart = next((mime for mime in data if drawing.is_chart(mime)), None)
    if chart is not None:
        why = (data[chart].get("usermeta") or {}).get("blank")
        yield Block(kind="note", said=why) if why else _chart(data[chart], data, heading)
    elif WIDGET_MIME in data:
        yield Block(kind="note", said="A control was here. Controls work in JupyterLab only.")
    elif PROGRAM_MIME not in data and FIGURE_MIME not in data:
        yield from _plain(data, heading)


def _plain(data: Mapping[str, Any], heading: str) -> Iterator[Block]:
    picture = next((mime for mime in _PICTURE_MIMES if mime in data), None)
    if "text/html" in data:
        html = markup.unbroken_cells(markup.clean(data["text/html"]))
        html = html.replace("<table", '<div class="scroll" tabindex="0"><table')
        yield Block(kind="html", html=Markup(html.replace("</table>", "</table></div>")))
    elif "text/markdown" in data:
        yield Block(kind="reading", html=Markup(markup.from_markdown(data["text/markdown"])))
    elif picture:
        yield Block(
            kind="picture",
            picture=markup.picture(picture, data[picture]),
            said=heading or "Picture",
        )
    elif data.get("text/plain", "").strip():
        yield Block(kind="printed", said=data["text/plain"])


def _chart(spec: Mapping[str, Any], data: Mapping[str, Any], heading: str) -> Block:
    mime = next((mime for mime in _PICTURE_MIMES if mime in data), None)
    return Block(
        kind="chart",
        spec=_fluid(spec),
        picture=markup.picture(mime, data[mime]) if mime else "",
        said=_title_of(spec) or heading or "Chart",
    )


def _title_of(spec: Mapping[str, Any]) -> str:
    title = spec.get("title", "")
    text = title.get("text", "") if isinstance(title, Mapping) else title
    return " ".join(text) if isinstance(text, list) else str(text)


def _fluid(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a full-width chart take the width of the page; one of several parts cannot."""
    width = spec.get("width")
    in_rows = {"row", "column", "facet"} & set(spec.get("encoding", {}))
    if _PARTS & set(spec) or in_rows or not isinstance(width, int | float) or width < FULL_WIDTH:
        return spec
    return {**spec, "width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}


def _without_title(blocks: list[Block], notebook: nbformat.NotebookNode) -> tuple[str, list[Block]]:
    """Take first heading and question off the text: the page's header says them."""
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    found = _TITLE.match(first.source) if first else None
    if first is None or found is None:
        return "", blocks
    question = str(notebook.metadata.get(KEY, {}).get("question", ""))
    text = first.source[found.end() :].strip().removeprefix(question)
    rest = Markup(markup.from_markdown(text))
    place = next(index for index, block in enumerate(blocks) if block.kind == "text")
    blocks[place] = replace(blocks[place], html=rest)
    return found.group(1), blocks


def _numbered(blocks: list[Block]) -> list[Block]:
    charts = [index for index, block in enumerate(blocks) if block.spec is not None]
    number = {index: chart for chart, index in enumerate(charts)}
    return [replace(block, chart=number.get(i, 0)) for i, block in enumerate(blocks)]


def _within_limits(blocks: list[Block]) -> list[Block]:
    """Leave out the pictures of live charts that would make the page heavy."""
    spent = 0
    kept = []
    for block in blocks:
        size = len(block.picture) if block.spec is not None else 0
        if size > PICTURE_LIMIT or spent + size > PICTURES_LIMIT:
            kept.append(replace(block, picture=""))
            continue
        spent += size
        kept.append(block)
    return kept
