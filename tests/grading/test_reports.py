"""Every format against its written schema, for submissions that are right, wrong, hostile in name, and ungradable."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from course_lib.errors import CourseError
from course_lib.grading.classroom import from_dict
from course_lib.grading.diagnosis import diagnose
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.isolation.runner import limits_in_words
from course_lib.grading.reference import observe_all
from course_lib.grading.reports import FORMATS, NotWritten, formats, table, write_reports
from course_lib.grading.results import CheckResult, Report

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(table.__file__).parents[1] / "schemas"


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / name).read_text("utf-8"))


def check_form(data: dict, name: str) -> None:
    import jsonschema  # two seconds, which only a process that gets one of these tests waits for

    jsonschema.validate(data, schema(name), format_checker=jsonschema.FormatChecker())


def report(exercise, reference, name, pick) -> Report:
    """A report without the processes: ``pick(check)`` gives the answer to a check."""
    checks = [diagnose(c, observe_all(c, pick(c), (0, 1)), reference, (0, 1)) for c in exercise.checks]
    return Report(
        exercise.name, exercise.title, name, "0" * 64, 1, checks, limits_in_words(Limits(), ["cpu time"]),
        {"python": "3", "torch": "2", "system": "x"}, "2026-01-02T03:04:05+00:00", 1.5,
    )  # fmt: skip


@pytest.fixture(scope="module")
def right(exercise, reference):
    return report(exercise, reference, "Ada", lambda c: getattr(reference._solution, c.function))


@pytest.fixture(scope="module")
def wrong(exercise, reference):
    return report(
        exercise, reference, '=cmd|" /C calc"!A0 <script>alert(1)</script>', lambda c: reference.mutants(c)[0].answer
    )


@pytest.fixture(scope="module")
def open_(right):
    data = from_dict(table.as_dict(right))
    data.checks[3] = CheckResult("least_squares_losses", "pair", "ungradable", None, 3, "Could not be graded")
    data.submission = "Bo"
    return data


@pytest.mark.parametrize("kind", ["right", "wrong", "open_"])
def test_json(kind, request):
    one = request.getfixturevalue(kind)
    data = json.loads(table.as_json([one]))
    check_form(data, "report.json")
    assert from_dict(data) == one
    assert (data["score"] is None) == (kind == "open_")


@pytest.mark.parametrize("kind", ["right", "wrong", "open_"])
def test_junit(kind, request):
    xmlschema = pytest.importorskip("xmlschema")
    text = formats()["junit"]([request.getfixturevalue(kind)])
    xmlschema.XMLSchema(str(SCHEMAS / "junit.xsd")).validate(text)
    suite = ET.fromstring(text)
    assert int(suite.get("tests")) == 11
    assert int(suite.get("failures")) == (11 if kind == "wrong" else 0)
    assert int(suite.get("errors")) == (1 if kind == "open_" else 0)


@pytest.mark.parametrize("kind", ["right", "wrong"])
def test_gradescope(kind, request):
    one = request.getfixturevalue(kind)
    data = json.loads(formats()["gradescope"]([one]))
    check_form(data, "gradescope.json")
    assert sum(t["score"] for t in data["tests"]) == data["score"] == one.score
    assert sum(t["max_score"] for t in data["tests"]) == one.max_score == 36
    shown = [t for t in data["tests"] if t["visibility"] == "visible"]
    assert [t["name"] for t in shown] == [c.function for c in one.checks]
    assert {t["visibility"] for t in data["tests"] if "hidden probes" in t["name"]} == {"hidden"}
    assert kind == "right" or all("Hint 1" in t["output"] for t in shown)


@pytest.mark.parametrize("kind", ["right", "wrong"])
def test_classroom50(kind, request, monkeypatch):
    for variable in ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL", "OWNER"):
        monkeypatch.setenv(variable, variable.lower())
    data = json.loads(formats()["classroom50"]([request.getfixturevalue(kind)]))
    check_form(data, "classroom50.json")
    assert (data["classroom"], data["assignment"], data["submission"]) == ("classroom", "assignment", "submission_tag")
    assert (data["commit"], data["release"], data["review"]) == ("commit_url", "release_url", "review_url")
    assert sum(t["max-score"] for t in data["tests"]) == data["max-score"] == 36


@pytest.mark.parametrize("form", ["gradescope", "classroom50"])
def test_a_platform_never_gets_a_mark_that_is_not_one(form, open_, tmp_path):
    with pytest.raises(CourseError, match="least_squares_losses could not be graded"):
        write_reports([f"{form}:{tmp_path / 'results.json'}"], [open_])
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def left_out(right):
    """Nothing of this learner could be graded."""
    data = from_dict(table.as_dict(right))
    data.submission, data.file, data.not_graded = "Eve", "", ["homework.docx is no Python."]
    data.checks = [
        CheckResult(c.function, c.title, "not graded", None, c.max_score, data.not_graded[0]) for c in data.checks
    ]
    return data


@pytest.mark.parametrize("form", ["text", "json", "csv", "junit", "gradescope", "classroom50", "html"])
def test_every_report_says_what_was_not_graded(form, right, left_out, tmp_path):
    aside = from_dict(table.as_dict(right))
    aside.not_graded = ["also.py was not graded, because exercise.py was."]
    for one in (left_out, aside):
        write_reports([f"{form}:{tmp_path / 'x'}"], [one])
        assert one.not_graded[0] in (tmp_path / "x").read_text("utf-8-sig")
    if form in ("json", "gradescope", "classroom50"):
        name = {"json": "report.json"}.get(form, f"{form}.json")
        check_form(json.loads(formats()[form]([left_out])), name)
    if form == "junit":
        pytest.importorskip("xmlschema").XMLSchema(str(SCHEMAS / "junit.xsd")).validate(formats()["junit"]([left_out]))


def test_what_was_not_graded_is_no_mark(left_out):
    assert (left_out.status, left_out.score, left_out.score_so_far) == ("not graded", None, 0)
    text = table.text([left_out])
    assert "No mark yet, of 36 points" in text and text.count("homework.docx") == 1 and "well done" not in text.lower()
    assert "11</td>" not in formats()["html"]([left_out])  # no count of failed checks


def test_csv(right, wrong, open_):
    rows = list(csv.reader(io.StringIO(table.as_csv([right, wrong, open_]))))
    fields = schema("class.csv.json")["fields"]
    assert rows[0][: len(fields)] == [f["name"] for f in fields]
    for row in rows[1:]:
        for cell, field in zip(row, fields, strict=False):
            assert field["type"] != "integer" or cell.isdigit() or (cell == "" and "empty" in field)
            assert "enum" not in field or cell in field["enum"]
        assert all(cell == "" or cell.isdigit() for cell in row[len(fields) :])
    by_name = {row[0]: row for row in rows[1:]}
    assert by_name["Bo"][3] == "" and by_name["Ada"][3] == "36"
    assert not any(cell.startswith("=") for row in rows for cell in row)


# What a spreadsheet would run, and as what it is written: https://owasp.org/www-community/attacks/CSV_Injection
FORMULAS = {
    "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "\t'=1", "\tx": "'\tx", "\r=1": "\r'=1", "  =1": "  '=1",
    ";=1+1": ";'=1+1", "a;=1": "a;'=1", "a; -1": "a; '-1", '";"=1': "\";\"'=1", "a\n=1": "a\n'=1", "＝1": "'＝1", "'=1": "''=1",
    "a=1": "a=1", "Kim-Lee": "Kim-Lee", "a; b": "a; b", "김민지": "김민지", "3+4": "3+4",
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_are_defused_for_commas_and_for_semicolons(name, right):
    one = from_dict(table.as_dict(right))
    one.submission = name
    text = table.as_csv([one])
    [_, row] = csv.reader(io.StringIO(text, newline=""))
    assert row[0] == FORMULAS[name]
    # Opened where semicolons divide cells, as in much of Europe, no cell begins with what runs.
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert not [
            cell
            for cell in line
            if cell.strip().lstrip("\"'").strip()[:1] in tuple("=+-@＝＋－＠") and "'" not in cell[:4]
        ]


def test_excel_reads_the_class_as_utf_8(right, tmp_path):
    one = from_dict(table.as_dict(right))
    one.submission = "김민지"
    write_reports([f"csv:{tmp_path / 'class.csv'}", f"json:{tmp_path / 'r.json'}"], [one])
    data = (tmp_path / "class.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\xef\xbb\xbf") == 1
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0][0] == "submission" and rows[1][0] == "김민지"
    assert not (tmp_path / "r.json").read_bytes().startswith(b"\xef")  # JSON has none


def test_visible_numbers_only_are_said(right):
    one = from_dict(table.as_dict(right))
    assert "visible numbers only" not in table.text([one])
    one.seed = 0
    assert "visible numbers only" in table.text([one])


def test_one_refused_report_keeps_no_other_from_being_written(open_, tmp_path):
    wanted = [f"gradescope:{tmp_path / 'g.json'}", f"json:{tmp_path / 'r.json'}", f"classroom50:{tmp_path / 'c.json'}"]
    with pytest.raises(NotWritten, match=r"No gradescope report.*No classroom50 report") as refused:
        write_reports(wanted, [open_])
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"] and refused.value.written == (tmp_path / "r.json",)


def test_a_place_that_cannot_be_written_is_named_and_keeps_no_other_from_being_written(right, tmp_path):
    (tmp_path / "file").write_text("")
    wanted = [f"json:{tmp_path / 'file' / 'x.json'}", f"csv:{tmp_path / ('a' * 300)}", f"text:{tmp_path / 'r.txt'}"]
    with pytest.raises(
        NotWritten, match=r"file/x\.json could not be written .*a could not be written \(File name"
    ) as refused:
        write_reports(wanted, [right])
    assert refused.value.failed and refused.value.written == (tmp_path / "r.txt",)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "r.txt"]


@pytest.mark.parametrize("form", ["json", "junit", "gradescope", "classroom50"])
def test_a_format_for_one_is_not_written_for_a_class(form, right, wrong, tmp_path):
    with pytest.raises(CourseError, match="for one submission, not for a class"):
        write_reports([f"csv:{tmp_path / 'x.csv'}", f"{form}:{tmp_path / 'x'}"], [right, wrong])
    assert not list(tmp_path.iterdir())


def test_class_page_is_self_contained_and_trusts_no_name(right, wrong, open_):
    page = formats()["html"]([right, wrong, open_])
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "http" not in page and "src=" not in page
    assert "real and fake swapped" in page and "What to explain again" in page
    assert "1 could not be graded in full" in page


def test_terminal(right, wrong, open_):
    text = formats()["text"]([right])
    assert "36 of 36 points" in text and "Limits in force" not in text
    assert table.limits(right).startswith("Limits in force: cpu time") and "Not on this system" in table.limits(right)
    assert "Hint 1:" in table.text([wrong], hints=1) and "Hint 2:" not in table.text([wrong], hints=1)
    assert "could not be graded (not your fault): grade again" in table.text([open_])


def test_files_appear_whole(right, tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    write_reports([f"json:{path}"], [right])
    before = path.read_text("utf-8")
    monkeypatch.setattr("os.replace", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(NotWritten, match="disk full"):
        write_reports([f"json:{path}"], [right])
    assert path.read_text("utf-8") == before
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_the_formats_are_known_without_what_makes_them(right):
    """A mistyped one is refused before torch is imported, which the process that grades does at the same time."""
    assert tuple(formats()) == FORMATS
    code = "import sys; from course_lib.grading.reports import parsed; parsed(['csv:x']); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("item", ["pdf:x", "json", "json:"])
def test_unknown_formats(item, right):
    with pytest.raises(CourseError, match="FORMAT:PATH"):
        write_reports([item], [right])


def test_who_has_no_point_because_nothing_ran_is_named(right, wrong):
    def all_say(headline: str) -> Report:
        one = from_dict(table.as_dict(right))
        one.submission = "Bo"
        one.checks = [CheckResult(c.function, c.title, "failed", 0, c.max_score, headline) for c in one.checks]
        return one

    no_text = "exercise.py cannot be read as Python: invalid or missing encoding declaration. Save it as UTF-8."
    assert table.nothing_ran([right, all_say(no_text), wrong]) == [f"Nothing ran: Bo: {no_text}"]
    assert table.nothing_ran([all_say("`f` returns None.")]) == []
