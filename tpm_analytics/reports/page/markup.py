"""Markup that a page can trust: whatever a notebook shows, none of it is live."""

from __future__ import annotations

import base64
import re
from typing import Any

import mistune
import nh3

_TABLE = {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
_TEXT = {
    *("p", "div", "span", "br", "hr", "pre", "code", "blockquote", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "strong", "b", "em", "i", "s", "del", "sub", "sup", "small", "mark", "abbr", "kbd"),
    *("ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "a", "img", "figure", "figcaption"),
}
_ATTRIBUTES = {
    "*": {"class", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"data-value", "colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "details": {"open"},
}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")

# A day, or the key of an item or activity: half of one at the end of a line is hard to read
_WHOLE = re.compile(r"(?<![\w-])(\d{4}-\d{2}-\d{2}|[A-Z][A-Z0-9]*(?:-[A-Z]+)*-\d+)(?![\w-])")
_PERCENT = re.compile(r"(?<=\d) (?=%)")
_TAGS = re.compile(r"(<[^>]*>)")
# Shorter cells are kept on one line by the page itself
_LONG_CELL = re.compile(r"(?<=<td>)[^<]{25,}(?=</td>)")

_markdown = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])


def clean(html: str) -> str:
    """Return `html` without anything that runs, loads or restyles; tables keep their classes.

    Examples
    --------
    >>> clean('<td class="number" onclick="alert(1)">3<script>alert(2)</script></td>')
    '3'
    >>> clean('<a href="javascript:alert(1)">here</a>')
    '<a rel="noopener noreferrer">here</a>'
    """
    return nh3.clean(
        html,
        tags=_TABLE | _TEXT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
    )


def from_markdown(text: str) -> str:
    """Return Markdown as HTML; HTML inside it is shown letter by letter.

    Examples
    --------
    >>> from_markdown("**late** <b>now</b>").strip()
    '<p><strong>late</strong> &lt;b&gt;now&lt;/b&gt;</p>'
    """
    return _unbroken(clean(str(_markdown(text))))


def _unbroken(html: str) -> str:
    """Return `html` whose days and keys stay on one line.

    Examples
    --------
    >>> _unbroken('<a href="/2025-03-07">M-11</a>, a-7')
    '<a href="/2025-03-07"><span class="whole">M-11</span></a>, a-7'
    """
    parts = _TAGS.split(html)
    parts[::2] = [_kept_together(part) for part in parts[::2]]
    return "".join(parts)


def unbroken_cells(html: str) -> str:
    """Return the HTML of a table whose days and keys stay on one line in long cells too."""
    return _LONG_CELL.sub(lambda cell: _kept_together(cell.group()), html)


def _kept_together(text: str) -> str:
    return _PERCENT.sub("\N{NO-BREAK SPACE}", _WHOLE.sub(r'<span class="whole">\1</span>', text))


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src"):
        return value if _PICTURE.fullmatch(value) else None
    if (tag, name) == ("a", "href"):
        return None if value.lstrip().lower().startswith("data:") else value
    return value


def picture(mime: str, content: Any) -> str:
    """Return a picture's address on the page, whole; in an image no script of an SVG runs."""
    data = str(content)
    if mime == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    return f"data:{mime};base64,{''.join(data.split())}"
