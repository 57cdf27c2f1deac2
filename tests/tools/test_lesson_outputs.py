"""What counts as stale in a stored notebook: other words, numbers that are not near, more or less of them."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.lesson_outputs import agree, differences, texts


def lesson(*printed: str, **shown: str):
    outputs = [new_output("stream", name="stdout", text=text) for text in printed]
    if shown:
        data = {kind.replace("_", "/"): text for kind, text in shown.items()}
        outputs.append(new_output("execute_result", data=data, execution_count=1))
    return new_notebook(cells=[new_markdown_cell("# 1"), new_code_cell("x", outputs=outputs)])


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("mean 0.300 (0.25 … 0.40)", "mean 0.320 (0.26 … 0.41)"),  # another processor
        ("a   12 %\n\nb", "a 13 %\nb"),
        ("| 0.30 |\n|----|", "| 0.3000 |\n|------|"),
        ("1,024 rounds", "1,000 rounds"),
        ("3.1e-08", "2.9e-08"),
        ("slope -0.00", "slope 0.01"),
        ("seeds [0, 1, 2]", "seeds [0, 1, 2]"),
        ("1e-9", "1.2e-9"),
        ("nan and inf", "nan and inf"),
        ("−0.51", "-0.50"),
    ],
)
def test_near_is_fresh(stored, fresh):
    assert agree(stored, fresh) and agree(fresh, stored)


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("mean 0.300", "mean 0.400"),
        ("mean 0.300", "mean 0.300, at most"),
        ("it circles", "it arrives"),
        ("4 lessons are here", "5 lessons are here"),
        ("seeds [0, 1, 2]", "seeds [0, 1, 3]"),
        ("1 2", "1 2 3"),
        ("94 %", "84 %"),
        ("3.1e-08", "3.1e-07"),
        ("slope -0.51", "slope 0.51"),
        ("1,024", "1,424"),
        ("", "something"),
        ("nan", "0.3"),
        ("lesson_01", "lesson_02"),
    ],
)
def test_another_text_is_stale(stored, fresh):
    assert not agree(stored, fresh) and not agree(fresh, stored)


def test_times_and_addresses_are_left_out():
    before = lesson("300 steps in 68 s; took 12.5 seconds, 3 ms\n<A at 0x7f00aabbccdd>")
    after = lesson("300 steps in 31 s; took 99.5 seconds, 41 ms\n<A at 0x7f99aabbccdd>")
    assert differences(before, after) == []
    assert differences(lesson("300 steps in 68 s"), lesson("400 steps in 68 s"))
    assert differences(lesson("5 samples"), lesson("9 samples"))


def test_every_kind_of_text_is_compared_and_pictures_are_not():
    same = {"text_plain": "<Figure size 640x480 with 1 Axes>", "image_png": "AAAA"}
    assert differences(lesson(**same), lesson(**same | {"image_png": "BBBB"})) == []
    for kind in ("text_plain", "text_markdown", "text_html"):
        [found] = differences(lesson(**{kind: "a | 1.0"}), lesson(**{kind: "a | 2.0"}))
        assert found == "cell 1: stored 'a | 1.0', a fresh run says 'a | 2.0'"


def test_the_line_that_differs_is_named_however_the_stream_was_cut():
    stored, fresh = lesson("one 1\ntwo", " 2\nthree 3\n"), lesson("one 1\n", "two 4\nthree 3\n")
    assert differences(stored, fresh) == ["cell 1: stored 'two 2', a fresh run says 'two 4'"]
    assert texts(stored.cells[1]) == ["one 1\ntwo 2\nthree 3\n"]


def test_an_output_too_much_and_a_cell_too_few_are_stale():
    whole = lesson("one")
    assert len(differences(whole, lesson("one", text_plain="more"))) == 1
    assert len(differences(whole, new_notebook(cells=whole.cells[:1]))) == 1


def test_of_a_long_line_the_place_is_shown():
    [found] = differences(lesson("a" * 500 + " 1 " + "b" * 500), lesson("a" * 500 + " 2 " + "b" * 500))
    assert "a 1 b" in found and "a 2 b" in found and len(found) < 400


def test_a_commit_that_looks_like_a_power_of_ten_is_none():
    assert agree("commit 7e2969d.", "commit 7e2969d.")
    assert not agree("commit 7e2969d.", "commit 7e2968d.")
    assert agree("slope 1.0e-05", "slope 1.01e-05") and not agree("slope 1.0e-05", "slope 3.0e-05")
