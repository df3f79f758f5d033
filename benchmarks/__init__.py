"""Measurements, each a module to run; limits are ratios in one run where that is possible."""
