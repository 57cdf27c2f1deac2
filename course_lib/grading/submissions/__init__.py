"""What learners hand in, and which file of it is the answer: one folder, file, notebook or ZIP, or those of a class.

Every way into the grader asks here, so that the same folder is the same submission whether it comes alone or in a class.
"""

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.checks import Exercise
from course_lib.grading.intake import SOURCE_CAP
from course_lib.grading.submissions.files import ZIP_CAP, File, in_folder, in_zip, of_learner, plain_file
from course_lib.grading.submissions.layouts import ANSWERS, by_learner
from course_lib.grading.submissions.names import distinct, shown
from course_lib.grading.submissions.notebooks import code_of, is_notebook, plain_python

NOTEBOOK_CAP = 32 << 20  # bytes: pictures in it count, the code in it is held to the size of an exercise
MOST_CANDIDATES = 300
# Files of an exercise's folder and of the kit that are never the answer, when a learner hands in all of it.
NOT_ANSWERS = re.compile(r"checks(_\w+)?\.py|test_\w*\.py|conftest\.py|grade\.py|setup\.py|__init__\.py|__main__\.py")
NOT_LOOKED_INTO = {"course_lib", "instructor", "tests"}


@dataclass(frozen=True)
class Submission:
    """What one learner handed in: the code to grade, or why there is none."""

    name: str
    source: bytes = b""
    file: str = ""  # the one that was taken
    problem: str = ""
    aside: list[str] = field(default_factory=list)  # a sentence for each other file that may have been meant


def submission(path: Path, exercise: Exercise) -> Submission:
    """A file, folder or ZIP of one learner.

    Raises:
        CourseError: nothing is there.
    """
    if not path.exists() and not path.is_symlink():
        raise CourseError(f"{path} is not there. Name a .py file, a notebook, a ZIP, or the folder that it is in.")
    name = shown(path.name or path.resolve().name)
    if path.is_symlink() or not path.is_dir():
        return _chosen(name, [plain_file(path, path.name)], exercise, alone=True)
    return _chosen(name, of_learner(path), exercise)


def submissions(path: Path, exercise: Exercise, without: Path | None = None) -> list[Submission]:
    """Everybody in a class's folder or ZIP, in the order of their names; what belongs to nobody is listed as well.

    Args:
        without: a folder in it that is not handed in: the reports of an earlier run.

    Raises:
        CourseError: there is no class.
    """
    if not path.is_dir() and not path.is_file():
        raise CourseError(
            f"{path} is neither a folder nor a ZIP. Name the folder, or the ZIP, that has what the class handed in."
        )
    try:
        files = in_folder(path, without) if path.is_dir() else in_zip(path)
    except CourseError as error:
        raise CourseError(f"{path} {error}") from error
    if not files:
        raise CourseError(f"{path} has no submissions: a folder, a .py file, a notebook or a ZIP for each learner.")
    learners = sorted(by_learner(files, zipped=not path.is_dir()).items(), key=lambda item: shown(item[0]))
    names = distinct(shown(who) for who, _ in learners)
    return [_looked_at(name, owned, exercise) for name, (_, owned) in zip(names, learners, strict=True)]


def _looked_at(name: str, files: list[File], exercise: Exercise) -> Submission:
    try:
        return _chosen(name, files, exercise)
    except Exception as error:  # a fault of ours must not cost a class its afternoon
        return Submission(name, problem=f"It could not be looked at ({type(error).__name__}: {error}).")


def _chosen(name: str, files: list[File], exercise: Exercise, alone: bool = False) -> Submission:
    candidates = files if alone and not files[0].name.lower().endswith(".zip") else list(filter(_may_be_answer, files))
    packed = [f for f in files if f.name.lower().endswith(".zip")]
    try:
        if not candidates and len(packed) == 1:
            files = _inside(packed[0])
            candidates = list(filter(_may_be_answer, files))
        if len(candidates) > MOST_CANDIDATES:
            raise CourseError(f"There are {len(candidates)} Python files. Hand in the one with the exercise.")
        looked_at = [_Candidate.of(f, exercise) for f in candidates]
        best, others = _best(looked_at, exercise, files)
        if best.problem:
            raise CourseError(best.problem)
    except CourseError as error:
        return Submission(name, problem=str(error))
    aside = [f"{shown(o.file.name)} was not graded, because {shown(best.file.name)} was." for o in others]
    return Submission(name, best.source, shown(best.file.name), aside=aside)


def _inside(packed: File) -> list[File]:
    data = packed.read(ZIP_CAP)
    try:
        return in_zip(data)
    except CourseError as error:
        raise CourseError(f"{shown(packed.name)} {error}") from error


def _may_be_answer(file: File) -> bool:
    *folders, last = file.name.split("/")
    return last.lower().endswith(ANSWERS) and not NOT_ANSWERS.fullmatch(last) and not NOT_LOOKED_INTO & set(folders)


@dataclass(frozen=True)
class _Candidate:
    file: File
    source: bytes
    problem: str
    defines: bool  # one of the exercise's functions or more
    stub: bool = False  # as it was handed out

    @classmethod
    def of(cls, file: File, exercise: Exercise) -> "_Candidate":
        notebook = file.name.lower().endswith(".ipynb")
        try:
            source = file.read(NOTEBOOK_CAP if notebook else SOURCE_CAP)
            if source[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):  # as some editors on Windows save text
                source = source.decode("utf-16", "replace").encode()
            if is_notebook(file.name, source):
                source = _code_of_notebook(file, source)
            else:
                source = plain_python(source)
        except CourseError as error:
            return cls(file, b"", str(error), False)
        names = "|".join(re.escape(check.function) for check in exercise.checks)
        # Looked for in the text: a hostile file could end the process that parses it.
        defined = re.search(
            rf"^(?:(?:async[ \t]+)?def|class)[ \t]+(?:{names})\b|^(?:{names})[ \t]*=[^=]".encode(), source, re.M
        )
        stub = source.count(b"raise NotImplementedError") >= len(exercise.checks)
        return cls(file, source, "", bool(defined), stub)

    def rank(self, exercise: Exercise) -> int:
        """0 is what the task asks for; more the further from it."""
        *folders, last = self.file.name.lower().split("/")
        if last == "exercise.py":
            return 0 if not folders else 1 if folders[-1] == exercise.name.lower() else 2
        notebook = last.endswith(".ipynb")
        return (4 if notebook else 3) if last.startswith("exercise") else (6 if notebook else 5)


def _code_of_notebook(file: File, data: bytes) -> bytes:
    try:
        source = code_of(data)
    except CourseError as error:
        raise CourseError(f"{shown(file.name)} {error}") from error
    if len(source) > SOURCE_CAP:
        raise CourseError(f"{shown(file.name)} has {len(source)} bytes of code; an exercise has at most {SOURCE_CAP}.")
    return source


def _best(candidates: list[_Candidate], exercise: Exercise, files: list[File]) -> tuple[_Candidate, list[_Candidate]]:
    """The answer, and what else may have been meant.

    Raises:
        CourseError: there is none, or it is not clear which.
    """
    # What defines a function of the exercise is meant to be graded, and so is what bears its name, whatever is in it.
    meant = [c for c in candidates if c.defines or c.rank(exercise) < 5]
    meant = [c for c in meant if not c.stub] or meant
    if not meant:
        python = [c for c in candidates if not c.file.name.lower().endswith(".ipynb")]
        meant = python or candidates
        if len(meant) != 1:
            raise CourseError(_nothing(meant, files, exercise))
    first = min(c.rank(exercise) for c in meant)
    best = [c for c in meant if c.rank(exercise) == first]
    if len({(c.source, c.problem) for c in best}) > 1:
        listed = ", ".join(sorted(shown(c.file.name) for c in best)[:5]) + (", …" if len(best) > 5 else "")
        way_out = "Keep one." if first < 3 else "Keep one, or call it exercise.py."
        several = " If this is a class, grade it with --submissions." if first in (1, 2) else ""
        raise CourseError(f"It is not clear which file is the answer: {listed}. {way_out}{several}")
    others = [c for c in meant if c.source != best[0].source and (c.defines or c.problem)]
    return best[0], others


def _nothing(candidates: list[_Candidate], files: list[File], exercise: Exercise) -> str:
    if candidates:
        listed = ", ".join(sorted(shown(c.file.name) for c in candidates)[:5])
        return f"None of {listed} has a function of {exercise.name}. Keep the one that is the answer, and call it exercise.py."
    problems = [f"{shown(f.name.rstrip('/')) if f.name else 'The folder'} {f.problem}" for f in files if f.problem]
    if problems:
        return problems[0]
    there = ", ".join(sorted(shown(f.name) for f in files)[:5])
    return f"There is no .py file and no notebook{f', only {there}' if there else ''}. Hand in exercise.py."
