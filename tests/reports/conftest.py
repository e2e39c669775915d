"""Kernels of these tests find the package, installed or not."""

import os

import pytest

from tests.places import REPOSITORY


@pytest.fixture(autouse=True)
def _package_on_the_path(monkeypatch):
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
