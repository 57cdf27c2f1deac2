"""From what was handed in to what a teacher reads, through real processes: every learner has a line, and what was not graded is listed."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from course_lib.grading.reports import table

from .conftest import linux_only
from .handed_in import DOUBLED, OTHER, RIGHT, folder, notebook

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(table.__file__).parents[1] / "schemas"


def started(*arguments, module="course_lib", **environment):
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=env, timeout=200, check=False)


def rows(path: Path) -> dict[str, dict[str, str]]:
    return {row["submission"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))}


@pytest.mark.bench
@linux_only
def test_a_class_of_everything(tiny, tmp_path):
    place = folder(
        tmp_path / "class",
        {
            "han/exercise.py": RIGHT,
            "kim/exercise (1).py": RIGHT,
            "lee/two tries/exercise.py": RIGHT,
            "lee/two tries/exercise (1).py": DOUBLED,
            "park.ipynb": notebook("%matplotlib inline", "import torch\n" + RIGHT, "!ls"),
            "choi/a.py": RIGHT,
            "choi/b.py": DOUBLED,
            "empty": None,
            "notes.txt": "x",
            "김" * 84 + "/exercise.py": DOUBLED,
            "김" * 83 + "/exercise.py": DOUBLED,
            "=1+1/exercise.py": DOUBLED,
            "a;=2+2/exercise.py": DOUBLED,
            "\x1b[31mred\nname\u202e/exercise.py": DOUBLED,
        },
    )
    os.mkdir(os.fsencode(place) + b"/Andr\xe9\xff")
    (place / os.fsdecode(b"Andr\xe9\xff") / "exercise.py").write_text(DOUBLED)
    (place / "link").symlink_to(place / "han")
    done = started(
        "grade", "98", "--submissions", place, "--jobs", "1", "--out", tmp_path / "out", PYTHONIOENCODING="cp949"
    )
    assert done.returncode == 3, done
    said = done.stdout.decode("cp949")

    table_ = rows(tmp_path / "out" / "class.csv")
    marks = {name: row["score"] for name, row in table_.items()}
    hostile = {"'=1+1", "a;'=2+2", "\\x1b[31mred\\x0aname\\u202e", "Andr\\xe9\\xff", "김" * 84, "김" * 83}
    assert marks == {
        "han": "2", "kim": "2", "lee": "2", "park": "2", "choi": "", "empty": "", "notes.txt": "", "link": "",
        **dict.fromkeys(hostile, "0"),
    }  # fmt: skip
    assert {n for n, row in table_.items() if row["status"] == "not graded"} == {"choi", "empty", "notes.txt", "link"}
    listed = {name for name, row in table_.items() if row["not_graded"]}
    assert listed == {"choi", "empty", "notes.txt", "link", "lee"}
    page = (tmp_path / "out" / "class.html").read_text("utf-8")
    for name in listed:
        assert f"Not graded: {name}: " in said
        assert f"<tr><td>{name}</td>" in page
    assert "exercise (1).py was not graded, because" in said and "link is a link" in said

    jsonschema = pytest.importorskip("jsonschema")  # slow to import, and used here alone
    schema = json.loads((SCHEMAS / "report.json").read_text("utf-8"))
    reports = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "out" / "reports").iterdir()]
    for report in reports:
        jsonschema.validate(report, schema)
    assert len(reports) == len(table_) == 14
    assert {r["submission"] for r in reports if r["not_graded"]} == listed
    assert "\\x1b" in page and "\x1b" not in page and "\u202e" not in page


@pytest.mark.bench
@linux_only
def test_each_way_into_the_grader_takes_the_same_file(tiny, tmp_path):
    """One folder by ``--submission``, in a class, and by pytest. More folders are compared in test_submissions.py."""
    (tiny / "test_exercise.py").write_text(
        "from course_lib.grading.pytest_functions import function_tests\ntest_function = function_tests(__file__)\n"
    )
    (tiny.parent / "conftest.py").write_text((ROOT / "exercises" / "conftest.py").read_text("utf-8"))
    (tiny.parent / "pytest.ini").write_text("[pytest]\n")
    kim = folder(tmp_path / "class" / "kim", {"exercise (1).py": RIGHT, "plots.py": OTHER})
    by_pytest = (tiny, "--submission", kim, "-q", "-p", "no:cacheprovider")
    wanted = f"json:{tmp_path / 'one.json'}"

    alone = started("grade", "98", "--submission", kim, "--report", wanted)
    report = json.loads((tmp_path / "one.json").read_text("utf-8"))
    assert (alone.returncode, report["score"], report["file"]) == (0, 2, "exercise (1).py"), alone
    tested = started(*by_pytest, module="pytest")
    assert tested.returncode == 0 and b"2 of 2 points" in tested.stdout, tested

    (kim / "exercise (1).py").rename(kim / "mine.py")
    folder(kim, {"also.py": DOUBLED})
    unclear = "Not graded: kim: It is not clear which file is the answer: also.py, mine.py"
    alone = started("grade", "98", "--submission", kim)
    assert alone.returncode == 3 and unclear in alone.stdout.decode(), alone
    in_class = started("grade", "98", "--submissions", kim.parent, "--out", tmp_path / "out")
    assert in_class.returncode == 3 and unclear in in_class.stdout.decode(), in_class
    tested = started(*by_pytest, module="pytest")
    assert tested.returncode == 1 and unclear in tested.stdout.decode(), tested


@pytest.mark.bench
@linux_only
def test_platforms_are_told_what_was_not_graded(tiny, tmp_path):
    """A learner who uploaded the wrong file reads why; a platform gets valid files."""
    handed = folder(tmp_path / "submission", {"homework.docx": "PK"})
    wanted = [
        f"{form}:{tmp_path / form}" for form in ("gradescope", "classroom50", "junit", "json", "html", "text", "csv")
    ]
    done = started("grade", "98", "--submission", handed, "--report", *wanted)
    assert done.returncode == 3 and b"homework.docx" in done.stdout, done
    jsonschema = pytest.importorskip("jsonschema")
    for form in ("gradescope", "classroom50", "json"):
        name = {"json": "report.json"}.get(form, f"{form}.json")
        jsonschema.validate(
            json.loads((tmp_path / form).read_text("utf-8")), json.loads((SCHEMAS / name).read_text("utf-8"))
        )
    pytest.importorskip("xmlschema").XMLSchema(str(SCHEMAS / "junit.xsd")).validate(str(tmp_path / "junit"))
    suite = ET.parse(tmp_path / "junit").getroot()
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    for form in ("gradescope", "classroom50", "junit", "json", "html", "text", "csv"):
        assert "homework.docx" in (tmp_path / form).read_text("utf-8"), form
    assert json.loads((tmp_path / "gradescope").read_text("utf-8"))["score"] == 0
    assert json.loads((tmp_path / "json").read_text("utf-8"))["score"] is None


@linux_only
@pytest.mark.parametrize("encoding", ["cp949", pytest.param("ascii", marks=pytest.mark.bench)])
def test_a_terminal_without_the_signs(encoding, tiny, tmp_path):
    done = started("grade", "98", "--report", f"json:{tmp_path / 'r.json'}", PYTHONIOENCODING=encoding)
    assert done.returncode == 1 and b"Traceback" not in done.stderr, done
    text = done.stdout.decode(encoding)
    assert "x  0/2  half" in text and "Not written yet" in text
    assert (tmp_path / "r.json").is_file()


@pytest.mark.bench
@linux_only
def test_a_plain_locale_and_a_reader_that_is_gone(tiny, tmp_path):
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = started("grade", "98", "--report", f"json:{tmp_path / 'r.json'}", **plain)
    assert done.returncode == 1 and b"x  0/2  half" in done.stdout and b"Traceback" not in done.stderr, done
    # Reports are written first: whoever reads the output may have left.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "course_lib", "grade", "98", "--report", f"json:{tmp_path / 'gone.json'}"]
    subprocess.run(command, stdout=write, stderr=subprocess.DEVNULL, env=environment, timeout=200, check=False)
    os.close(write)
    assert json.loads((tmp_path / "gone.json").read_text("utf-8"))["score"] == 0


def test_a_mistyped_report_is_said_before_anything_is_graded(run, tiny, tmp_path):
    folder(tmp_path / "class", {"han.py": RIGHT})
    for wanted, said in (("pdf:x", "FORMAT:PATH"), ("junit:x", "not for a class")):
        code, _, err = run(
            "grade", "98", "--submissions", tmp_path / "class", "--out", tmp_path / "out", "--report", wanted
        )
        assert code == 2 and said in err and not (tmp_path / "out").exists(), err


def test_nothing_there_is_a_wrong_command(run, tiny, tmp_path):
    code, _, err = run("grade", "98", "--submission", tmp_path / "gone.py")
    assert code == 2 and "gone.py is not there" in err
