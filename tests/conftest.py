"""What tests of several rooms share."""

from pathlib import Path

import hypothesis
import pytest

# How long an example takes says how busy the machine is, not whether the example holds
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Files that take longest are begun first, so that processes side by side end together
LONGEST = {
    "test_pages",
    "test_pages_of_an_export",
    "test_notebooks",
    "test_explore",
    "test_audience",
    "test_service_at_work",
    "test_warm",
}


def pytest_collection_modifyitems(items):
    """Put what takes longest first."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


# A module long and no longer: while Playwright is open its event loop runs in the thread of the
# tests, and whatever else wants one there, such as a kernel that is started, is refused
@pytest.fixture(scope="module")
def browser():
    """Headless Chromium; a test that asks for it is skipped where there is none."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium (/usr/bin/chromium) is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()
