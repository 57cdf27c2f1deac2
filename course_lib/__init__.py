"""Losses You Can See: the library of a course on image-to-image translation."""
