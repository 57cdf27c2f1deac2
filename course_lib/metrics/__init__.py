"""What the papers measured, as functions of pictures in [0, 1]. ``conventions.md`` says what every number means."""

from course_lib.metrics.artefacts import frame_difference, largest_outlier
from course_lib.metrics.classifier import accuracy, classify, train_classifier
from course_lib.metrics.colour import chroma, chroma_relative
from course_lib.metrics.coverage import ModeCoverage, mode_coverage
from course_lib.metrics.fcn import FCNScore, confusion_matrix, fcn_score
from course_lib.metrics.kid import KID, feature_kid, kid_features, kid_from_features, real_against_real
from course_lib.metrics.pairwise import l1, luma, psnr_y, ssim_y
from course_lib.metrics.perceptual import vgg_distance
from course_lib.metrics.report import PairsReport, pairs_report
from course_lib.metrics.spectrum import high_frequency_power, lattice_share, radial_spectrum, sharpness_relative
from course_lib.metrics.strokes import Strokes, stroke_report, value_giveaway

__all__ = [
    "KID",
    "FCNScore",
    "ModeCoverage",
    "PairsReport",
    "Strokes",
    "accuracy",
    "chroma",
    "chroma_relative",
    "classify",
    "confusion_matrix",
    "fcn_score",
    "feature_kid",
    "frame_difference",
    "high_frequency_power",
    "kid_features",
    "kid_from_features",
    "l1",
    "largest_outlier",
    "lattice_share",
    "luma",
    "mode_coverage",
    "pairs_report",
    "psnr_y",
    "radial_spectrum",
    "real_against_real",
    "sharpness_relative",
    "ssim_y",
    "stroke_report",
    "train_classifier",
    "value_giveaway",
    "vgg_distance",
]
