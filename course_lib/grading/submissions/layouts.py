"""Whose file is it? The names that Canvas, Moodle and Gradescope give to the files of a class, and the plain folder a learner."""

import re
from collections.abc import Iterable

from course_lib.errors import CourseError
from course_lib.grading.submissions.files import File

ANSWERS = (".py", ".ipynb")
METADATA = "submission_metadata.yml"
METADATA_CAP = 64 << 20
# Moodle: "Full Name_1234567_assignsubmission_file_/…" or, without folders, "Full Name_1234567_assignsubmission_file_exercise.py".
MOODLE = re.compile(r"(?P<who>.+?)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.S)
# Canvas: name, "LATE" if it was, the learner's number, the file's number, the file. Text and links have no number of their own.
CANVAS = re.compile(
    r"(?:LATE_)?(?:(?P<name>.+?)_)?(?:LATE_)?(?P<id>\d+|anon_[^_]+)_(?:(?P<number>\d+)_(?P<file>.+)|(?P<page>(?:text|link)\.html))",
    re.S,
)


def by_learner(files: list[File], *, zipped: bool) -> dict[str, list[File]]:
    """Learner → the files with the names that they had for the learner."""
    files, people = _unwrapped(files, zipped), {}
    for metadata in (f for f in files if f.name == METADATA):
        people = _people(metadata)
    files = [f for f in files if f.name != METADATA]
    canvas = _written_by_canvas(f.name for f in files if "/" not in f.name)
    learners: dict[str, list[File]] = {}
    for file in files:
        head, slash, rest = file.name.partition("/")
        moodle = MOODLE.fullmatch(head)
        on_canvas = CANVAS.fullmatch(head) if canvas and not slash else None
        if moodle:
            who, name = moodle["who"], rest if slash else moodle["file"] or head
        elif on_canvas and (on_canvas["name"] or on_canvas["id"].startswith("anon_")):
            who = "_".join(filter(None, (on_canvas["name"], on_canvas["id"])))
            name = on_canvas["file"] or on_canvas["page"]
        elif slash:
            who, name = f"{people[head]} ({head})" if head in people else head, rest
        else:
            stem, dot, ending = head.rpartition(".")
            who, name = stem if dot and f".{ending.lower()}" in (*ANSWERS, ".zip") and stem else head, head
        learners.setdefault(who, []).append(file.inside(name))
    return learners


def _written_by_canvas(names: Iterable[str]) -> bool:
    """Whether numbers in names are Canvas's: it gives every file another one. ``lab_2024_10_kim.py`` is somebody's own way."""
    numbers = [m["number"] for name in names if (m := CANVAS.fullmatch(name)) and m["number"]]
    return len(set(numbers)) == len(numbers)


def _unwrapped(files: list[File], zipped: bool) -> list[File]:
    """The files without the one folder that an export, or whoever packed the ZIP, put around the class."""
    heads = [*{f.name.partition("/")[0] for f in files}]
    names = [f.name.partition("/")[2] for f in files]
    if len(heads) != 1 or not all(names) or MOODLE.fullmatch(heads[0]):
        return files
    wrapped = METADATA in names or (zipped and not _of_one_learner(names))
    return [f.inside(name) for f, name in zip(files, names, strict=True)] if wrapped else files


def _of_one_learner(names: list[str]) -> bool:
    """Whether a folder looks like what one learner hands in, and not like a class."""
    answers = [name.lower() for name in names if name.lower().endswith(ANSWERS)]
    loose = [name for name in answers if "/" not in name and not MOODLE.fullmatch(name) and not CANVAS.fullmatch(name)]
    own = any(name.startswith("exercise") for name in loose) or any(name.startswith("exercises/") for name in answers)
    return own or (len(loose) == 1 and loose == answers)


def _people(metadata: File) -> dict[str, str]:
    """Folder → names, from Gradescope's list; empty where it cannot be read, and the folders' own names are used."""
    try:
        import yaml

        data = yaml.load(metadata.read(METADATA_CAP), getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        return {folder: ", ".join(person[":name"] for person in about[":submitters"]) for folder, about in data.items()}
    except (ImportError, CourseError, yaml.YAMLError, KeyError, TypeError, AttributeError, RecursionError, ValueError):
        return {}
