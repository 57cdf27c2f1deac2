"""Figures for the lessons. Each function gives a matplotlib figure; the colours are those of ``colours``."""

from course_lib.plots.conditioning import asked_and_found
from course_lib.plots.curves import curves, seed_dots, spectrum_plot
from course_lib.plots.game import clouds, phase_paths, rows_of_digits, verdicts_over_line
from course_lib.plots.gradients import answers_along_line, look, loss_slopes, over_training, slope_bars
from course_lib.plots.guesses import compare_guesses
from course_lib.plots.live import Live
from course_lib.plots.patches import footprint, verdict_matrix
from course_lib.plots.pictures import as_array, heat, picture_grid
from course_lib.plots.slider import Slider
from course_lib.plots.stored import per_seed, provenance, stored, stored_sheet
from course_lib.plots.tradeoff import tradeoff

__all__ = [
    "Live",
    "Slider",
    "answers_along_line",
    "as_array",
    "asked_and_found",
    "clouds",
    "compare_guesses",
    "curves",
    "footprint",
    "heat",
    "look",
    "loss_slopes",
    "over_training",
    "per_seed",
    "phase_paths",
    "picture_grid",
    "provenance",
    "rows_of_digits",
    "seed_dots",
    "slope_bars",
    "spectrum_plot",
    "stored",
    "stored_sheet",
    "tradeoff",
    "verdict_matrix",
    "verdicts_over_line",
]
