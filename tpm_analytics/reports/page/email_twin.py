"""The static twin of a page for e-mail: no script, no style sheet, charts as pictures inside."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import nbformat

from tpm_analytics import drawing
from tpm_analytics.reports.page import pictures, render, sheet
from tpm_analytics.reports.page.head import Head, head_of
from tpm_analytics.reports.publishers.parcel import LINK_MARK

LIMIT = 1_000_000
# Mail programs agree on this width
WIDTH = 600
INNER_WIDTH = WIDTH - 40
PLOT_WIDTH = 470
SCALES = (1.6, 1.2, 1.0, 0.75)
SHOWN_ROWS = 12
SHOWN_LINES = 40
MANY_COLUMNS = 7
FONT = "Helvetica, Arial, sans-serif"
_STYLES: Mapping[str, str] = {
    **dict.fromkeys(("h1", "h2"), "margin:18px 0 4px 0;font-size:19px;line-height:1.25"),
    **dict.fromkeys(("h3", "h4", "h5", "h6"), "margin:14px 0 4px 0;font-size:16px"),
    "p": "margin:0 0 8px 0",
    **dict.fromkeys(("ul", "ol"), "margin:0 0 8px 0;padding-left:22px"),
    "li": "margin:0 0 4px 0",
    "table": "width:100%;border-collapse:collapse;font-size:12px;line-height:1.35",
    "th": "text-align:left;vertical-align:bottom;color:#5b6472;font-weight:bold;"
    "border-bottom:2px solid #c4cad3;padding:4px 4px",
    "td": "text-align:left;vertical-align:top;border-bottom:1px solid #e3e6eb;padding:4px 4px",
    "pre": f"margin:0 0 8px 0;font-size:12px;white-space:pre-wrap;max-width:{INNER_WIDTH}px",
    "code": "font-size:12px",
    "blockquote": "margin:0 0 8px 0;padding-left:10px;border-left:3px solid #c4cad3",
    "a": "color:#0072b2",
    "img": f"max-width:{INNER_WIDTH}px",
}
_NOTE = "margin:0 0 8px 0;color:#5b6472;font-size:13px"
_SMALL = {"table": _STYLES["table"].replace("12px", "10px")}
_TAG = re.compile(r'<([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_SHORT_CELL = re.compile(r'(<td\b[^<>]* style="[^"]*)("[^<>]*>[\w.:-]{1,12}</td>)')
_DAY_CELL = re.compile(r'(<td\b[^<>]* style="[^"]*)("[^<>]*>\d{4}-\d\d-\d\d</td>)')
_KEPT = frozenset({"alt", "colspan", "href", "rowspan", "src", "start"})


@dataclass(frozen=True, kw_only=True)
class _Part:
    html: str
    chart: bool = False


def twin(notebook: nbformat.NotebookNode, *, limit: int = LIMIT) -> str:
    """Return the twin of an executed notebook's page, smaller than `limit` bytes.

    Parameters
    ----------
    notebook
        Executed and labelled, as `render.page` takes it.
    limit
        Mail servers refuse what is much larger. Charts are drawn with fewer pixels first; then
        the last ones are left out, and the twin says so.
    """
    title, blocks = render.content(notebook)
    head = head_of(notebook, title=title)
    for scale in SCALES:
        parts = [part for block in blocks if (part := _part(block, scale))]
        html = _written(head, parts)
        if _size(html) < limit:
            return html
    return _shortened(head, parts, limit)


def _written(head: Head, parts: list[_Part], left_out: str = "") -> str:
    html: str = sheet.template("email.html.j2").render(
        head=head,
        parts=[part.html for part in parts],
        left_out=left_out,
        link_mark=LINK_MARK,
        font=FONT,
        width=WIDTH,
    )
    return html


def _shortened(head: Head, parts: list[_Part], limit: int) -> str:
    """Leave out the last charts, and where no chart is left the last of all else."""
    kept = list(parts)
    charts = others = 0
    while kept:
        place = next((i for i in reversed(range(len(kept))) if kept[i].chart), len(kept) - 1)
        charts, others = charts + kept[place].chart, others + (not kept[place].chart)
        kept[place : place + 1] = []
        html = _written(head, kept, _left_out(charts, others))
        if _size(html) < limit:
            break
    return html


def _left_out(charts: int, others: int) -> str:
    told = [
        f"{count} {noun}{'' if count == 1 else 's'}"
        for count, noun in ((charts, "chart"), (others, "other part"))
        if count
    ]
    return f"Left out here, because mail must stay small: {' and '.join(told)}. See the page."


def _part(block: render.Block, scale: float) -> _Part | None:
    if block.kind == "chart":
        return _chart(block, scale)
    if block.kind == "picture":
        return _picture(block, scale)
    if block.kind == "printed":
        return _Part(html=_printed(block.said))
    if block.kind == "note":
        return _Part(html=f'<p style="{_NOTE}">{escape(block.said)}</p>')
    html = _styled(_short_tables(str(block.html)))
    return _Part(html=html) if html.strip() else None


def _chart(block: render.Block, scale: float) -> _Part:
    spec = {**(block.spec or {}), "background": "#ffffff"}
    drawn = pictures.png(spec, scale=scale, width=PLOT_WIDTH)
    if not drawn:
        said = f"The chart {block.said!r} is on the page."
        return _Part(html=f'<p style="{_NOTE}">{escape(said)}</p>')
    return _Part(html=_image(drawn, block.said, scale), chart=True)


def _picture(block: render.Block, scale: float) -> _Part:
    kind, _, content = block.picture.partition(";base64,")
    raw = base64.b64decode(content)
    if kind == "data:image/svg+xml":
        try:
            raw = drawing.converter().svg_to_png(raw.decode(), scale=scale)
        except ValueError:
            return _Part(html=f'<p style="{_NOTE}">A picture is on the page.</p>')
    elif kind != "data:image/png":
        alt = escape(block.said)
        return _Part(html=f'<img src="{block.picture}" alt="{alt}" style="{_STYLES["img"]}">')
    return _Part(html=_image(raw, block.said, scale), chart=True)


def _image(raw: bytes, said: str, scale: float) -> str:
    # width and height are the fifth and sixth number of four bytes of every PNG
    wide, high = (int.from_bytes(raw[start : start + 4], "big") for start in (16, 20))
    width = min(INNER_WIDTH, round(wide / scale))
    height = round(high * width / wide)
    data = base64.b64encode(raw).decode()
    return (
        f'<img src="data:image/png;base64,{data}" alt="{escape(said)}" width="{width}" '
        f'height="{height}" style="display:block;width:{width}px;max-width:100%;height:auto;'
        'margin:0 0 10px 0;border:0">'
    )


def _printed(text: str) -> str:
    lines = text.splitlines()
    more = len(lines) - SHOWN_LINES
    rest = f"\n… {more:,} more lines are on the page" if more > 0 else ""
    shown = "\n".join(lines[:SHOWN_LINES])
    return f'<pre style="{_STYLES["pre"]}">{escape(shown + rest)}</pre>'


def _short_tables(html: str) -> str:
    return _TABLE.sub(lambda found: _short_table(found.group(0)), html)


def _short_table(table: str) -> str:
    rows = [row for row in _ROW.findall(table) if "<td" in row]
    hidden = rows[SHOWN_ROWS:]
    for row in hidden:
        table = table.replace(row, "", 1) if table.count(row) == 1 else _cut_last(table, row)
    if not hidden:
        return table
    count = len(hidden)
    return f"{table}<p>{count:,} more row{' is' if count == 1 else 's are'} on the page.</p>"


def _cut_last(text: str, part: str) -> str:
    before, _, after = text.rpartition(part)
    return before + after


def _styled(html: str) -> str:
    """Write styles into each tag, and leave out what only our page reads."""
    wide = any(row.count("<t") - 1 > MANY_COLUMNS for row in _ROW.findall(html))
    styled = _TAG.sub(lambda tag: _with_style(tag, _SMALL if wide else {}), html)
    return (_DAY_CELL if wide else _SHORT_CELL).sub(r"\1;white-space:nowrap\2", styled)


def _with_style(tag: re.Match[str], other: Mapping[str, str]) -> str:
    name, found = tag.group(1), dict(_ATTRIBUTE.findall(tag.group(2)))
    kept = {key: value for key, value in found.items() if key in _KEPT}
    if not kept.get("href", "").startswith(("http://", "https://", "mailto:")):
        kept.pop("href", None)
    style = other.get(name, _STYLES.get(name, ""))
    kinds = found.get("class", "").split()
    if "whole" in kinds:
        style = "white-space:nowrap"
    if "number" in kinds:
        style = style.replace("text-align:left", "text-align:right")
    if style:
        kept["style"] = style
    written = "".join(f' {key}="{value}"' for key, value in kept.items())
    return f"<{name}{written}>"


def _size(html: str) -> int:
    return len(html.encode())
