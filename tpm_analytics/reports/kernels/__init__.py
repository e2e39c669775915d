"""Kernels for runs: warm ones, forked in a moment, that end with all that they started."""
