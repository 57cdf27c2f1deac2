"""The parts of Generate that need no browser."""

from functools import partial

import numpy as np
import pytest
import torch

from course_lib.app import heavy
from course_lib.app.tabs.generate import tab as generate_tab
from course_lib.models import zoo

ASKED = {"what": "cat", "seed": 3, "other": 4}


def test_the_walk_is_a_rotation():
    """Independently: the same arc by rotating in the plane of the two, lengths apart."""
    start, end = torch.randn(2, 16, generator=torch.Generator().manual_seed(0)).unbind()
    found = generate_tab.walk(start, 1.0 * end, 5).double().numpy()
    a, b = start.double().numpy(), end.double().numpy()
    u = a / np.linalg.norm(a)
    v = b - (b @ u) * u
    v /= np.linalg.norm(v)
    assert found[0] == pytest.approx(a, abs=1e-5) and found[-1] == pytest.approx(b, abs=1e-5)
    for row in found:  # never leaves the plane of the two, and passes no nearer to 0 than the shorter's three quarters
        assert np.linalg.norm(row - (row @ u) * u - (row @ v) * v) < 1e-4
        assert np.linalg.norm(row) > 0.75 * min(np.linalg.norm(a), np.linalg.norm(b))
    middle = (a + b) / (2 * np.cos(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) / 2))
    assert found[2] == pytest.approx(middle, abs=1e-4)


def test_a_walk_to_where_one_stands():
    start = torch.ones(4)
    assert torch.allclose(generate_tab.walk(start, start, 3), start.expand(3, -1))
    assert generate_tab.walk(start, -start, 3).isfinite().all()


def test_neighbours_are_of_the_class_and_nearest(in_small_course, fresh_models):
    answer = generate_tab.draw(ASKED)
    model = zoo.load("cgan-quickdraw")
    made = model.generate(model.latent(generate_tab.SHOWN, 3), "cat")[:, 0].numpy()
    stored = model.training_pictures()
    known = stored.pictures()[stored.labels == 0][:, 0].numpy()
    small = lambda p: p.reshape(-1, 4, 2, 4, 2).mean((2, 4)).reshape(len(p), -1)  # noqa: E731
    apart = np.sqrt(((small(made)[:, None] - small(known)[None]) ** 2).mean(-1))
    for row, wanted in zip(answer["neighbours"], np.sort(apart, axis=1), strict=False):
        assert [one["distance"] for one in row] == pytest.approx(wanted[:3], abs=1e-3)
    assert len(answer["drawings"]) == generate_tab.SHOWN and len(answer["walk"]) == generate_tab.STOPS
    assert answer["walk"][0] == answer["drawings"][0]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"what": "cow"}, "The class is 'cow'"),
        ({"what": None}, "The class is empty"),
        ({"what": ["cat"]}, "The class is ['cat']"),
        ({"seed": -1}, "The seed is -1"),
        ({"seed": 0.5}, "The seed is 0.5"),
        ({"other": None}, "The second seed is empty"),
        ({"other": True}, "The second seed is True"),
    ],
)
def test_bad_questions_get_a_sentence(in_small_course, fresh_models, changed, told):
    answer = generate_tab.draw(ASKED | changed)
    assert answer["error"].startswith(told) and answer["error"].endswith(".") and not answer["busy"]


def test_a_busy_server_says_so(in_small_course, fresh_models, monkeypatch):
    monkeypatch.setattr(generate_tab, "turn", partial(heavy.turn, 0.05))
    with heavy.turn():
        assert generate_tab.draw(ASKED)["busy"]


@pytest.mark.parametrize(("near", "kind"), [(0.1, "copies"), (0.19, "new"), (0.2, "new"), (0.29, "new"), (0.31, "far")])
def test_the_answer_is_the_cards(near, kind):
    card = {"validation": {"nearest": near, "nearest_real": 0.2, "samples": 900, "class_accuracy": 0.94}}
    told = generate_tab.answer(card)
    assert generate_tab.right_guess(card) == kind and f"{near:.3f}" in told and "94%" in told and "900" in told
    assert "does not say" in generate_tab.answer({}) and generate_tab.right_guess({}) == ""
