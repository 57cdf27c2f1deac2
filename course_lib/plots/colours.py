"""The course's colours. Real, fake, G and D keep theirs in every lesson and in the app.

From the palette of Okabe & Ito, which people with any kind of colour vision can tell apart (D's purple is darker than
theirs). Each has a contrast of at least 3 : 1 against white and against a near-black page.
"""

REAL = "#0072B2"  # blue
FAKE = "#D55E00"  # vermilion
GENERATOR = "#009E73"  # green
DISCRIMINATOR = "#B0588A"  # purple
INK = "#7A7A7A"  # text and axes: readable on light and on dark
FAINT = "#7A7A7A40"  # grid lines
SERIES = (REAL, FAKE, GENERATOR, DISCRIMINATOR, "#8C6D1F", "#5B6BC0", INK)  # further curves, in this order
