"""Benchmarks: each case beside its limit, in one run. Figures are ratios of medians."""
