"""Figures for the lessons. Each function gives a matplotlib figure; the colours are those of ``colours``."""

from course_lib.plots.curves import curves, seed_dots, spectrum_plot
from course_lib.plots.patches import footprint, verdict_matrix
from course_lib.plots.pictures import as_array, picture_grid
from course_lib.plots.stored import per_seed, provenance, stored, stored_sheet

__all__ = [
    "as_array",
    "curves",
    "footprint",
    "per_seed",
    "picture_grid",
    "provenance",
    "seed_dots",
    "spectrum_plot",
    "stored",
    "stored_sheet",
    "verdict_matrix",
]
