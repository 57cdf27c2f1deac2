"""Which file is the answer, and whose: folders, notebooks and ZIPs as learners and platforms hand them over."""

import os
import stat
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.grading.checks import load_exercise
from course_lib.grading.submissions import files, submission, submissions
from course_lib.grading.submissions.files import MOST_FILES, ZIP_CAP

from .conftest import EXERCISES, NAMES
from .handed_in import DOUBLED, OTHER, RIGHT, STUB, folder, notebook, zipped


@pytest.fixture
def half(tiny):
    return load_exercise(tiny)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "handed in").mkdir()
    return tmp_path / "handed in"


BOOK = notebook(RIGHT)
# What is in the folder; which file is taken; which are listed as left out.
CHOICES = {
    "as asked": ({"exercise.py": RIGHT}, "exercise.py", []),
    "downloaded twice": ({"exercise (1).py": RIGHT}, "exercise (1).py", []),
    "numbered by Canvas": ({"exercise-2.py": RIGHT}, "exercise-2.py", []),
    "copied by Windows": ({"exercise - Copy.py": RIGHT}, "exercise - Copy.py", []),
    "another case": ({"Exercise.PY": RIGHT}, "Exercise.PY", []),
    "a name of one's own": ({"김민지_과제.py": RIGHT}, "김민지_과제.py", []),
    "a name of one's own, nothing in it": ({"homework.py": OTHER}, "homework.py", []),
    "the name counts, whatever is in it": ({"exercise.py": OTHER}, "exercise.py", []),
    "beside a helper": ({"plots.py": OTHER, "mine.py": RIGHT, "notes.txt": "x"}, "mine.py", []),
    "beside another try": ({"exercise.py": RIGHT, "exercise (1).py": DOUBLED}, "exercise.py", ["exercise (1).py"]),
    "beside a copy": ({"exercise.py": RIGHT, "exercise (1).py": RIGHT}, "exercise.py", []),
    "two copies": ({"a.py": RIGHT, "b.py": RIGHT}, "a.py", []),
    "beside the stub": ({"exercise.py": STUB, "exercise (1).py": RIGHT}, "exercise (1).py", []),
    "the stub alone": ({"exercise.py": STUB}, "exercise.py", []),
    "all of the kit's folder": (
        {
            "task.md": "",
            "exercise.py": RIGHT,
            "checks.py": OTHER,
            "checks_a.py": RIGHT,
            "test_exercise.py": RIGHT,
            "conftest.py": "",
        },
        "exercise.py",
        [],
    ),
    "the whole kit": (
        {
            "exercises/98_tiny/exercise.py": RIGHT,
            "exercises/97_other/exercise.py": OTHER,
            "course_lib/grading/tools.py": RIGHT,
            "exercises/98_tiny/instructor/solution.py": DOUBLED,
        },
        "exercises/98_tiny/exercise.py",
        [],
    ),
    "in a folder": ({"work/exercise.py": RIGHT}, "work/exercise.py", []),
    "caches and histories": (
        {
            "exercise.py": RIGHT,
            ".git/exercise.py": DOUBLED,
            ".ipynb_checkpoints/exercise-checkpoint.ipynb": BOOK,
            "__MACOSX/._exercise.py": "\0",
        },
        "exercise.py",
        [],
    ),
    "a notebook": ({"my work.ipynb": BOOK}, "my work.ipynb", []),
    "a notebook beside a helper": ({"plots.py": OTHER, "work.ipynb": BOOK}, "work.ipynb", []),
    "a notebook beside the file": ({"exercise.py": DOUBLED, "work.ipynb": BOOK}, "exercise.py", ["work.ipynb"]),
    "a notebook beside its script": ({"work.py": DOUBLED, "work.ipynb": BOOK}, "work.py", ["work.ipynb"]),
    "a notebook called exercise.py": ({"exercise.py": BOOK}, "exercise.py", []),
    "assigned": ({"a.py": "half = lambda x: x / 2\n", "b.py": OTHER}, "a.py", []),
}


@pytest.mark.parametrize("case", CHOICES)
def test_the_answer_is_found_and_alike_alone_and_in_a_class(case, half, place):
    handed, taken, aside = CHOICES[case]
    folder(place / "class" / "han", handed)
    zipped(place / "alone" / "han.zip", handed)
    alone = submission(place / "class" / "han", half)
    [in_class] = submissions(place / "class", half)
    assert alone == in_class
    packed = submission(place / "alone" / "han.zip", half)
    [packed_in_class] = submissions(place / "alone", half)
    for one in (alone, packed, packed_in_class):
        assert (one.problem, one.file) == ("", taken)
        assert [sentence.split(" was not graded")[0] for sentence in one.aside] == aside
        assert one.source == alone.source
    assert ("return x / 2" in alone.source.decode()) == ("return x / 2" in str(handed[taken]))


NOT_CLEAR = {
    "nothing": ({"empty": None}, "The folder is empty."),
    "another kind of file": ({"homework.docx": "PK", "notes.txt": ""}, "only homework.docx, notes.txt"),
    "two answers": ({"a.py": RIGHT, "b.py": DOUBLED}, "not clear which file is the answer: a.py, b.py"),
    "two downloads": ({"exercise (1).py": RIGHT, "exercise (2).py": DOUBLED}, "exercise (1).py, exercise (2).py"),
    "a class": ({"kim/exercise.py": RIGHT, "lee/exercise.py": DOUBLED}, "with --submissions"),
    "two files, none of it": ({"a.py": OTHER, "b.py": "pass"}, "None of a.py, b.py has a function of 98_tiny"),
    "no notebook": ({"work.ipynb": "{}"}, "work.ipynb is not a Jupyter notebook"),
    "a notebook of another language": ({"work.ipynb": notebook("half <- 1", language="R")}, "notebook for 'R'"),
    "a notebook without code": ({"work.ipynb": notebook("%pip install torch")}, "without code"),
    "huge": ({"exercise.py": b"#" * (1 << 20) + b"##"}, "1048576"),
    "an empty file": ({"exercise.py": " \n"}, "exercise.py is empty (2 bytes)"),
    "no ZIP": ({"exercise.zip": "hello"}, "exercise.zip is not a ZIP file"),
}


@pytest.mark.parametrize("case", NOT_CLEAR)
def test_what_is_not_clear_is_a_sentence_and_alike_alone_and_in_a_class(case, half, place):
    handed, said = NOT_CLEAR[case]
    folder(place / "class" / "han", handed)
    folder(place / "class" / "kim", {"exercise.py": RIGHT})
    alone = submission(place / "class" / "han", half)
    in_class, kim = submissions(place / "class", half)
    assert alone == in_class
    if all(handed.values()) and case != "no ZIP":  # a ZIP in a ZIP is not looked into
        packed = submission(zipped(place / "han.zip", handed), half)
        assert packed.problem == alone.problem
    assert said in alone.problem and not alone.source
    assert (kim.name, kim.problem, kim.source) == ("kim", "", RIGHT.encode())


def test_a_single_file_is_taken_whatever_its_name(half, place):
    folder(place, {"answer.txt": RIGHT, "checks.py": RIGHT, "book.ipynb": BOOK})
    for name in ("answer.txt", "checks.py", "book.ipynb"):
        one = submission(place / name, half)
        assert (one.name, one.file, one.problem) == (name, name, "") and b"return x / 2" in one.source
    with pytest.raises(CourseError, match=r"gone\.py is not there"):
        submission(place / "gone.py", half)


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_takes_its_own_stub_and_its_own_solution(name):
    exercise = load_exercise(EXERCISES / name)
    assert submission(exercise.folder, exercise).file == "exercise.py"
    assert submission(exercise.folder / "instructor", exercise).file == "solution.py"


# ------------------------------------------------------------------------------------------------------------- a class


def test_everything_in_a_class_has_a_line(half, place):
    handed = {
        "han/exercise.py": RIGHT,
        "kim/exercise (1).py": RIGHT,
        "park.ipynb": BOOK,
        "lee.py": DOUBLED,
        "choi": None,
        "jung/report.pdf": "%PDF",
        "README.txt": "the teacher's",
        ".hidden/exercise.py": RIGHT,
        "_late/exercise.py": RIGHT,
        "lee/exercise.py": RIGHT,  # the same learner as lee.py
        ".DS_Store": "\0",
        "graded/reports/han.json": "{}",
    }
    folder(place, handed)
    found = {s.name: s for s in submissions(place, half, without=place / "graded")}
    assert list(found) == [".hidden", "README.txt", "_late", "choi", "han", "jung", "kim", "lee", "park"]
    assert {name for name, s in found.items() if s.problem} == {"README.txt", "choi", "jung"}
    assert found["lee"].file == "exercise.py" and found["lee"].aside == [
        "lee.py was not graded, because exercise.py was."
    ]
    assert "is empty" in found["choi"].problem and "only report.pdf" in found["jung"].problem


CANVAS = {
    "kimminji_340934_208490284_exercise.py": RIGHT,
    "hanjiwoo_LATE_340935_208490285_exercise-1.py": DOUBLED,
    "parkseojun_340936_208490286_work.ipynb": BOOK,
    "parkseojun_340936_208490287_plots.py": OTHER,
    "LATE_anon_Xq3Zp_208490288_exercise.py": RIGHT,
    "leedohyun_340937_text.html": "<p>def half",
    # What the learner called the file looks like Canvas's own way: the first numbers count.
    "choi_340938_208490289_kimminji_340934_208490284_exercise.py": DOUBLED,
}
MOODLE_FOLDERS = {
    "김 민지_1234567_assignsubmission_file/exercise.py": RIGHT,
    "김 민지_1234567_assignsubmission_onlinetext/onlinetext.html": "<p>see file",
    "Lorenzo La Caille_1234568_assignsubmission_file_/src/exercise (1).py": DOUBLED,
    "Participant_1234569_assignsubmission_onlinetext/onlinetext.html": "<p>def half",
    "Default group_assignsubmission_file/exercise.py": RIGHT,
}
MOODLE_FLAT = {
    name.replace("_/", "_").replace("/src/", "_").replace("/", "_"): text for name, text in MOODLE_FOLDERS.items()
}
YAML = """---
submission_101:
  :submitters:
  - :name: 김민지
    :sid: '7'
    :email: a@example.org
  :created_at: 2026-01-02 03:04:05.678901234 Z
  :results: !ruby/object:Thing
    tests: []
submission_102:
  :submitters:
  - :name: 'Han: Jiwoo'
    :sid: '8'
  - :name: "Park \\"S\\""
    :sid: '9'
"""
GRADESCOPE = {
    "assignment_9100_export/submission_metadata.yml": YAML,
    "assignment_9100_export/submission_101/exercise.py": RIGHT,
    "assignment_9100_export/submission_102/work.ipynb": BOOK,
    "assignment_9100_export/submission_103/exercise.py": DOUBLED,
}
EXPORTS = {
    "Canvas": (
        CANVAS,
        {
            "kimminji_340934": RIGHT, "hanjiwoo_340935": DOUBLED, "parkseojun_340936": BOOK, "anon_Xq3Zp": RIGHT,
            "leedohyun_340937": None, "choi_340938": DOUBLED,
        },
    ),
    "Moodle": (
        MOODLE_FOLDERS,
        {"김 민지_1234567": RIGHT, "Lorenzo La Caille_1234568": DOUBLED, "Participant_1234569": None, "Default group": RIGHT},
    ),
    "Moodle without folders": (
        MOODLE_FLAT,
        {"김 민지_1234567": RIGHT, "Lorenzo La Caille_1234568": DOUBLED, "Participant_1234569": None, "Default group": RIGHT},
    ),
    "Gradescope": (
        GRADESCOPE,
        {"김민지 (submission_101)": RIGHT, 'Han: Jiwoo, Park "S" (submission_102)': BOOK, "submission_103": DOUBLED},
    ),
    "a teacher's own, packed with its folder": (
        {"class/han/exercise.py": RIGHT, "class/kim.py": DOUBLED, "class/choi/": None, "__MACOSX/class/._kim.py": "\0"},
        {"han": RIGHT, "kim": DOUBLED, "choi": None},
    ),
    "a teacher's own, numbered by date": (
        {"lab_2026_10_kim.py": RIGHT, "lab_2026_10_han.py": DOUBLED},
        {"lab_2026_10_kim": RIGHT, "lab_2026_10_han": DOUBLED},
    ),
    "one learner": ({"han/exercise.py": RIGHT}, {"han": RIGHT}),
    "a learner's whole kit": ({"han/exercises/98_tiny/exercise.py": RIGHT, "han/grade.py": OTHER}, {"han": RIGHT}),
}  # fmt: skip


@pytest.mark.parametrize("case", EXPORTS)
@pytest.mark.parametrize("unpacked", [False, True])
def test_the_export_of_a_platform(case, unpacked, half, place):
    handed, expected = EXPORTS[case]
    zipped(place / "class.zip", handed)
    source = place / "class.zip"
    if unpacked:
        if "packed" in case:
            pytest.skip("the folder itself is named then")
        source = folder(place / "class", handed)
    found = {s.name: s for s in submissions(source, half)}
    assert set(found) == set(expected)
    for name, text in expected.items():
        code = "return x / 2" if text in (RIGHT, BOOK) else "return 2 * x"
        assert (code in found[name].source.decode()) if text else found[name].problem, name


def test_gradescopes_folder_with_the_lists_own_name_and_a_broken_list(half, place):
    folder(place, {name.partition("/")[2]: text for name, text in GRADESCOPE.items()})
    assert "김민지 (submission_101)" in {s.name for s in submissions(place, half)}
    for broken in ("{", "- 1", "submission_101: 3", "&a [*a, *a]"):
        (place / "submission_metadata.yml").write_text(broken)
        assert [s.name for s in submissions(place, half)] == ["submission_101", "submission_102", "submission_103"]


def test_a_fault_of_ours_stops_nobody_else(half, place, monkeypatch):
    folder(place, {"han.py": RIGHT, "kim.py": DOUBLED})
    read = files.File.read

    def fails_for_kim(file, most):
        if file.name == "kim.py":
            raise MemoryError("no room")
        return read(file, most)

    monkeypatch.setattr(files.File, "read", fails_for_kim)
    han, kim = submissions(place, half)
    assert han.source == RIGHT.encode() and "could not be looked at (MemoryError: no room)" in kim.problem


def test_no_class_is_a_sentence(half, place):
    with pytest.raises(CourseError, match="neither a folder nor a ZIP"):
        submissions(place / "gone", half)
    with pytest.raises(CourseError, match="has no submissions"):
        submissions(place, half)
    (place / "class.zip").write_bytes(b"PK\x03\x04 no")
    with pytest.raises(CourseError, match=r"class\.zip is not a ZIP file that can be read"):
        submissions(place / "class.zip", half)


# ------------------------------------------------------------------------------------------------- links, floods, bombs


def test_links_are_refused_and_never_followed(half, place):
    secret = place / "solution.py"
    secret.write_text(RIGHT)
    folder(place / "class", {"han/exercise.py": RIGHT, "kim": None, "inner/mine.py": DOUBLED})
    (place / "class" / "kim" / "exercise.py").symlink_to(secret)
    (place / "class" / "lee").symlink_to(place / "class" / "han")
    (place / "class" / "park.py").symlink_to(secret)
    (place / "class" / "inner" / "more").symlink_to(place / "class" / "han")
    found = {s.name: s for s in submissions(place / "class", half)}
    for name in ("kim", "lee", "park"):
        assert "link" in found[name].problem and not found[name].source, name
    assert found["inner"].source == DOUBLED.encode() and found["han"].source == RIGHT.encode()
    for name in ("kim", "lee", "park.py"):
        alone = submission(place / "class" / name, half)
        assert "link" in alone.problem and not alone.source
    (place / "gradescope").symlink_to(place / "class" / "kim")
    assert "link" in submission(place / "gradescope", half).problem


def test_a_pipe_and_a_flood_stop_nobody_else(half, place):
    folder(place, {"han/exercise.py": RIGHT, "pipe": None, "flood": None, "deep/" + "d/" * 20 + "exercise.py": RIGHT})
    os.mkfifo(place / "pipe" / "exercise.py")
    for n in range(MOST_FILES + 1):
        (place / "flood" / f"{n}.py").touch()
    found = {s.name: s for s in submissions(place, half)}
    assert "is a pipe" in found["pipe"].problem
    assert f"more than {MOST_FILES} files" in found["flood"].problem
    assert "deeper" in found["deep"].problem and not found["han"].problem
    for name in ("pipe", "flood"):
        assert submission(place / name, half) == found[name]


@pytest.mark.parametrize(
    "member", ["../han/exercise.py", "/etc/exercise.py", "C:\\exercise.py", "kim\\..\\..\\exercise.py"]
)
def test_a_name_that_leads_out_of_a_zip_is_not_read(member, half, place):
    zipped(place / "class.zip", {"han/exercise.py": RIGHT, member: DOUBLED})
    found = submissions(place / "class.zip", half)
    assert [s.source for s in found if s.name == "han"] == [RIGHT.encode()]
    assert [s for s in found if "leads out of the ZIP" in s.problem] and len(found) == 2
    assert sorted(p.name for p in place.iterdir()) == ["class.zip"]


def test_links_bombs_passwords_and_damage_in_a_zip(half, place):
    path = place / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        link = zipfile.ZipInfo("link/exercise.py")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/course/exercises/98_tiny/instructor/solution.py")
        archive.writestr("bomb/exercise.py", b"#" * (64 << 20))
        archive.writestr("han/exercise.py", RIGHT)
        archive.writestr(zipfile.ZipInfo("damaged/exercise.py"), b"PRECISELY")
        archive.writestr("locked/exercise.py", RIGHT)
        archive.writestr("lzma/exercise.py", RIGHT, zipfile.ZIP_LZMA)
    data = bytearray(path.read_bytes().replace(b"PRECISELY", b"PRECISELX"))
    # The bit for a password in the list of members, as packers set it.
    at = data.rindex(b"locked/exercise.py") - 46 + 8
    data[at] |= 1
    path.write_bytes(data)
    found = {s.name: s.problem for s in submissions(path, half)}
    assert found.pop("han") == ""
    expected = {
        "link": "is a link",
        "bomb": "more than 1048576 bytes",
        "damaged": "damaged",
        "locked": "encrypted",
        "lzma": "ordinary ZIP",
    }
    assert set(found) == set(expected)
    for name, said in expected.items():
        assert said in found[name], found[name]


def test_a_learners_zip_has_bounds_of_its_own(half, place):
    many = BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for n in range(MOST_FILES + 1):
            archive.writestr(f"{n}.py", "")
    folder(place, {"many/a.zip": many.getvalue(), "large/a.zip": b"PK" + b"\0" * ZIP_CAP, "han/exercise.py": RIGHT})
    nested = zipped(place / "inner.zip", {"exercise.py": RIGHT}).read_bytes()
    zipped(place / "nested.zip", {"a.zip": nested})
    (place / "inner.zip").unlink()
    found = {s.name: s for s in submissions(place, half)}
    assert f"more than {MOST_FILES} files" in found["many"].problem and str(ZIP_CAP) in found["large"].problem
    assert not found["nested"].source and not found["han"].problem


def test_a_zip_of_a_korean_windows_keeps_its_names(half, place):
    path = zipped(place / "class.zip", {"XXXXXX/exercise.py": RIGHT})
    path.write_bytes(path.read_bytes().replace(b"XXXXXX", "김민지".encode("cp949")))
    assert [s.name for s in submissions(path, half)] == ["김민지"]


def test_an_unreadable_folder_is_a_sentence(half, place, monkeypatch):
    folder(place, {"han/exercise.py": RIGHT, "locked/exercise.py": RIGHT})
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(files.os, "scandir", refuse)
    found = {s.name: s for s in submissions(place, half)}
    assert "cannot be opened: Permission denied" in found["locked"].problem and not found["han"].problem
    assert submission(place / "locked", half).problem


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_file_as_windows_saves_it_is_read(half, place, encoding):
    mark = "\ufeff" if encoding.startswith("utf-16-") else ""
    (place / "exercise.py").write_bytes((mark + RIGHT).encode(encoding))
    taken = submission(place, half)
    assert taken.source.decode("utf-8-sig").strip() == RIGHT.strip()
