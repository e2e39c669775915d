"""What the source itself could not tell, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from tpm_analytics.readings.text import Reading, say


def notes(sentences: Sequence[str]) -> Reading:
    """What a reader noted while it read. Each of ``sentences`` is plain text."""
    if not sentences:
        return say("The source was read without remarks.")
    return say("{notes}", notes=" ".join(sentences))
