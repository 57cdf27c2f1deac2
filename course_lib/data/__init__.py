"""Sets to learn from, by what they are:

pairs, domains, labelled, photos, points. ``catalogue`` lists those with a name.
"""
