"""How often, how far and with what each activity of a plan varies, added up trial by trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpm_analytics.models.network import SAME_TIME


@dataclass(eq=False)
class Sums:
    """Sums from which spreads and correlations follow, so that no trial need be kept.

    Durations and finishes are counted from the first trial's, so that the sums stay small.
    """

    critical: np.ndarray
    duration: np.ndarray
    squares: np.ndarray
    product: np.ndarray
    finish: float = 0.0
    finish_squares: float = 0.0
    origin: np.ndarray | None = None
    finish_origin: float = 0.0

    @classmethod
    def of(cls, count: int) -> Sums:
        """Return the sums of no trial of `count` activities."""
        critical, duration, squares, product = np.zeros((4, count))
        return cls(critical, duration, squares, product)

    def add(
        self, rows: np.ndarray, duration: np.ndarray, finish: np.ndarray, flags: np.ndarray
    ) -> None:
        """Add some trials; only the durations of `rows` differ between trials."""
        if self.origin is None:
            self.origin, self.finish_origin = duration[:, 0].copy(), float(finish[0])
        moved = (finish - self.finish_origin).astype(np.float32)
        self.critical += np.count_nonzero(flags, axis=1)
        for activity in rows.tolist():
            own = duration[activity] - self.origin[activity]
            self.duration[activity] += own.sum(dtype=np.float64)
            self.squares[activity] += float(own @ own)
            self.product[activity] += float(own @ moved)
        self.finish += float(moved.sum(dtype=np.float64))
        self.finish_squares += float(moved @ moved)

    def measures(self, trials: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Criticality, cruciality, sensitivity and mean duration of each activity."""
        size = max(trials, 1)
        origin = np.zeros(len(self.duration)) if self.origin is None else self.origin
        mean, last = self.duration / size, self.finish / size
        spread = np.sqrt(np.maximum(self.squares / size - mean**2, 0))
        wide = np.sqrt(max(self.finish_squares / size - last**2, 0))
        criticality = self.critical / size
        # rounding leaves a constant duration a spread of its own: less than a minute is none
        varies = (spread > SAME_TIME) & (wide > SAME_TIME)
        with np.errstate(divide="ignore", invalid="ignore"):
            together = (self.product / size - mean * last) / (spread * wide)
            index = criticality * spread / wide
        cruciality = np.where(varies, np.clip(together, -1, 1), np.nan)
        sensitivity = np.where(varies, index, 0.0)
        return criticality, cruciality, sensitivity, mean + origin
