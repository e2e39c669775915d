"""Chance, from uniform draws alone: no stream that a release of NumPy may change shape of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

Generator = np.random.Generator
Choice = TypeVar("Choice")

SHARES = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)


def generators(seed: int, names: Sequence[str]) -> dict[str, Generator]:
    """One generator a name, so that a change in one table leaves the chance of others alone."""
    children = np.random.SeedSequence(seed).spawn(len(names))
    return {name: np.random.default_rng(child) for name, child in zip(names, children, strict=True)}


def spread(generator: Generator, count: int, quantiles: Sequence[float]) -> np.ndarray:
    """Draw values whose least, quarter, half, three quarters, 95 % and most are `quantiles`.

    Examples
    --------
    >>> hours = spread(np.random.default_rng(1), 1000, (1, 2, 3, 5, 9, 20))
    >>> bool(hours.min() >= 1 and hours.max() <= 20)
    True
    """
    return np.interp(generator.random(count), SHARES, quantiles)


def happens(generator: Generator, count: int, share: float) -> np.ndarray:
    """Whether each of `count` things happens, in about `share` of the cases."""
    return generator.random(count) < share


def below(generator: Generator, count: int, limit: int) -> np.ndarray:
    """Draw whole numbers from 0 up to, but without, `limit`."""
    return (generator.random(count) * limit).astype(np.int64)


def choose(generator: Generator, count: int, weights: Mapping[Choice, float]) -> list[Choice]:
    """Draw keys of `weights`, each as often as its weight says.

    Examples
    --------
    >>> choose(np.random.default_rng(1), 3, {"only": 1.0})
    ['only', 'only', 'only']
    """
    return _chosen(generator.random(count), weights)


def choose_each(
    generator: Generator, kinds: Sequence[str], weights: Mapping[str, Mapping[Choice, float]]
) -> list[Choice]:
    """Draw for each of `kinds` a key of the weights of its kind.

    Examples
    --------
    >>> weights = {"bug": {"small": 1.0}, "story": {"large": 1.0}}
    >>> choose_each(np.random.default_rng(1), ["story", "bug"], weights)
    ['large', 'small']
    """
    draws = generator.random(len(kinds))
    options = {kind: _chosen(draws, held) for kind, held in weights.items()}
    return [options[kind][place] for place, kind in enumerate(kinds)]


def _chosen(draws: np.ndarray, weights: Mapping[Choice, float]) -> list[Choice]:
    options = list(weights)
    edges = np.cumsum(list(weights.values()))
    places = np.searchsorted(edges, draws * edges[-1], side="right")
    return [options[place] for place in np.minimum(places, len(options) - 1)]


def shuffled(generator: Generator, options: Sequence[Choice]) -> list[Choice]:
    """Return `options` in an order of chance."""
    return [options[place] for place in np.argsort(generator.random(len(options)), kind="stable")]
