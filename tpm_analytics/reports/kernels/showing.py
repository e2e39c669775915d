"""What a notebook may show in one run: prints without end are cut, other outputs refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Characters of a whole run: a page of 1.5 MB has room for all that is printed, beside its charts
PRINTED_LIMIT = 200_000
# Characters of tables, charts and pictures; far more than a page is meant to weigh
SHOWN_LIMIT = 32_000_000
# Characters of what an error says, and lines of where it came from
ERROR_LIMIT = 10_000
_TRACEBACK_LINES = 100
CUT = f"\n(cut here: a report prints at most {PRINTED_LIMIT:,} characters)\n"

Message = Mapping[str, Any]


@dataclass
class Shown:
    """How much a run has shown until now."""

    printed: int = 0
    shown: int = 0
    cut: set[int] = field(default_factory=set)

    @property
    def too_much(self) -> bool:
        """Whether it is more than can be kept at all."""
        return self.shown > SHOWN_LIMIT

    def fitted(self, message: Message, cell: int) -> Message | None:
        """Return what is kept of a message of the kernel about `cell`; None for nothing."""
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            text = self._printed(content["text"], cell)
            return {**message, "content": {**content, "text": text}} if text else None
        if kind == "error":
            return {**message, "content": _short(content)}
        if kind in {"display_data", "execute_result", "update_display_data"}:
            self.shown += sum(map(_size, content["data"].values()))
            return None if self.too_much else message
        return message

    def _printed(self, text: str, cell: int) -> str:
        room = PRINTED_LIMIT - self.printed
        self.printed += len(text)
        if len(text) <= room:
            return text
        first = cell not in self.cut
        self.cut.add(cell)
        kept = text[: max(0, room)]
        return kept[: kept.rfind("\n") + 1 or None] + (CUT if first else "")


def _short(content: Mapping[str, Any]) -> dict[str, Any]:
    lines = [line[:ERROR_LIMIT] for line in content["traceback"][-_TRACEBACK_LINES:]]
    return {**content, "evalue": content["evalue"][:ERROR_LIMIT], "traceback": lines}


def _size(data: Any) -> int:
    return len(data if isinstance(data, str) else json.dumps(data, default=str))
