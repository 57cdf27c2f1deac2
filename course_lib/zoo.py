"""The trained models by name: ``zoo.names()``, ``zoo.load(name)``. How it is done stands in ``course_lib.models``."""

from course_lib.models.zoo import load, names, pull, push, save, verify

__all__ = ["load", "names", "pull", "push", "save", "verify"]
