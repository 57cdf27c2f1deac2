"""The training pictures that are shipped beside a generator, so that what it draws can be held against them."""

from pathlib import Path

LARGEST = 4_000_000  # bytes


def add_neighbours(name: str, data: str) -> None:
    """Puts the training pictures of ``data`` beside the generator ``name``, in as many grey levels as 4 MB hold.

    Nothing is done for other models, and nothing with data whose terms are not known to allow it: they are not ours to hand on.
    """
    import tempfile

    from course_lib.data.catalogue import may_ship
    from course_lib.data.labelled import open_labelled
    from course_lib.metrics.neighbours import quantised, save_neighbours
    from course_lib.models import zoo
    from course_lib.paths import zoo_dir

    sampler_config = zoo.load(name).config
    if sampler_config.get("kind") != "generator" or sampler_config.get("size") is None or not may_ship(data):
        return
    pictures = open_labelled(data, size=sampler_config["size"], classes=sampler_config.get("classes") or ())
    for bits, every in ((8, 1), (4, 1), (2, 1), (1, 1), (1, 2), (1, 4), (1, 8), (1, 16)):
        stored = quantised(pictures.bytes[::every], pictures.labels[::every], bits)
        with tempfile.TemporaryDirectory(dir=zoo_dir()) as scratch:
            size = save_neighbours(Path(scratch), stored).stat().st_size
        if size <= LARGEST:
            zoo.add_neighbours(name, stored, of=len(pictures), classes=list(pictures.classes))
            return
