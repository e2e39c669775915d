"""Pure NumPy: arrays in, arrays out; no tables."""
