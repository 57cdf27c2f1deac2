"""The web app: one file per tab, the theme, the input guard. Nothing imports from here but ``app.py`` and the Space."""
