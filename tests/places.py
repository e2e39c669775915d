"""Where tests find real data, and the mark of those that need it."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
SHARED_DATA = SHARED / "data"

needs_shared_data = pytest.mark.skipif(
    not SHARED_DATA.is_dir(), reason="real program data (../shared/data) is not here"
)
