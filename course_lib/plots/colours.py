"""The course's colours. Real, fake, G, D and every loss keep theirs in every lesson and in the app.

From the palette of Okabe & Ito, which people with any kind of colour vision can tell apart (D's purple is darker than
theirs). Each has a contrast of at least 3 : 1 against white and against a near-black page.
"""

REAL = "#0072B2"  # blue
FAKE = "#D55E00"  # vermilion
GENERATOR = "#009E73"  # green
DISCRIMINATOR = "#B0588A"  # purple
INK = "#7A7A7A"  # text and axes: readable on light and on dark
FAINT = "#7A7A7A40"  # grid lines

# Losses. Those of one family share a colour; dashes tell them apart.
LOGARITHM, SQUARES, HINGE, WASSERSTEIN = "#8C6D1F", "#5B6BC0", "#2F8585", "#8E4FB0"
L1, L1_GAN, R1, CYCLE = "#5F8A1E", "#7E57C2", "#B84A62", "#5A7A9A"

SERIES = (
    CYCLE,
    R1,
    L1,
    L1_GAN,
    LOGARITHM,
    HINGE,
    INK,
)  # what is neither of these: never the colours of real, fake, G, D
