"""Style transfer by moving pixels: the two recipes, how it ends, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.errors import CourseError
from course_lib.networks import VGGFeatures
from course_lib.tasks import gatys
from course_lib.tasks.descent import Descent
from course_lib.tasks.gatys import PRESETS, GatysConfig, check, fitted, paint, painting_at, recoloured, scales
from course_lib.tasks.style_objective import StyleObjective, StyleSettings

TINY = replace(PRESETS["smoke"], size=32, smallest=32, steps=8, lr=0.05)


def drawn(width=40, height=30, seed=0):
    """Soft spots of colour."""
    values = np.random.default_rng(seed).integers(0, 256, (height // 5, width // 5, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)


def run(content=None, style=None, **changes):
    stop = changes.pop("stop", lambda: False)
    return list(paint(content or drawn(), style or drawn(seed=1), replace(TINY, **changes), stop=stop))


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
@pytest.mark.parametrize("start", ["content", "noise", "style"])
def test_the_loss_falls_from_every_start_with_both_optimisers(optimizer, start):
    steps = run(optimizer=optimizer, start=start, lr=0.05 if optimizer == "adam" else 1.0, steps=25, tv_weight=0.1)
    totals = [step.losses["total"] for step in steps]
    assert len(steps) == 25 and min(totals) < 0.8 * totals[0]
    assert steps[-1].picture.shape == (1, 3, 24, 32) and steps[-1].picture.abs().max() <= 1
    first = {"content": 0.0}.get(start)
    assert first is None or steps[0].losses["content"] == first
    assert all(math.isclose(s.losses["total"], s.losses["content"] + 20 * s.losses["style"] + 0.1 * s.losses["tv"],
                            rel_tol=1e-5) for s in steps)  # fmt: skip


def test_the_first_step_of_adam_by_hand():
    # m̂/√v̂ of the first step is the sign of the gradient.
    torch.manual_seed(0)
    photo, style = torch.rand(1, 3, 16, 16) - 0.5, torch.rand(1, 3, 16, 16) - 0.5
    objective = StyleObjective(replace(TINY, content_weight=0.0, style_weight=1.0, tv_weight=0.0, edges="zeros"), style)
    descent = Descent(objective, photo, photo, optimizer="adam", lr=0.01)
    (losses,) = list(descent.steps(1))
    eye, x = VGGFeatures(["relu1_1", "relu2_1"]), photo.clone().requires_grad_()
    loss = torch.zeros(())
    for ours, theirs in zip(eye((x + 1) / 2).values(), eye((style + 1) / 2).values(), strict=True):
        g, a = (maps[0].flatten(1) @ maps[0].flatten(1).T for maps in (ours, theirs))
        loss = loss + 0.5 * (g - a).square().sum() / a.square().sum()
    loss.backward()
    assert losses["total"] == pytest.approx(loss.item(), rel=1e-4)
    moved = descent.picture.detach() - photo
    clear = x.grad.abs() > x.grad.abs().mean() / 10
    torch.testing.assert_close(moved[clear], -0.01 * x.grad.sign()[clear], atol=1e-4, rtol=0)


def test_the_papers_objective_is_gatys_own():
    # E_l = 1/(4 N² M²) Σ (G − A)² of sums over places, and ½ Σ (F − P)²: eq. 1, 3 and 4, written out.
    torch.manual_seed(0)
    paper = replace(
        PRESETS["paper"], content_layer="relu2_2", style_layers=("relu1_1", "relu2_1"), layer_weights=(0.2, 0.2)
    )
    photo, style, x = (torch.rand(1, 3, 16, 24) * 2 - 1 for _ in range(3))
    objective = StyleObjective(paper, style)
    found = objective(x, objective.content_of(photo))
    eye = VGGFeatures(["relu1_1", "relu2_1", "relu2_2"], pooling="average")
    of_photo, of_style, of_x = (eye((picture + 1) / 2) for picture in (photo, style, x))
    content = (of_x["relu2_2"] - of_photo["relu2_2"]).square().sum() / 2
    look = 0.0
    for layer in ("relu1_1", "relu2_1"):
        f, p = of_x[layer][0].flatten(1), of_style[layer][0].flatten(1)
        n, m = f.shape
        look += 0.2 * (f @ f.T - p @ p.T).square().sum() / (4 * n**2 * m**2)
    assert found["content"].item() == pytest.approx(content.item(), rel=1e-4)
    assert found["style"].item() == pytest.approx(look.item(), rel=1e-4)
    assert found["total"].item() == pytest.approx((content + 1e3 * look).item(), rel=1e-4)


def test_scales_are_root_two_apart_and_end_at_the_size():
    assert scales(replace(TINY, size=512, smallest=128)) == [128, 181, 256, 362, 512]
    assert scales(replace(TINY, size=512, smallest=512)) == scales(replace(TINY, size=512, smallest=900)) == [512]
    assert scales(replace(TINY, size=500, smallest=300)) == [354, 500]
    seen = run(size=64, smallest=32, steps=3, later_steps=2)
    assert [step.size for step in seen] == [32] * 3 + [45] * 2 + [64] * 2
    assert [(step.step, step.steps) for step in seen] == [(k, 7) for k in range(1, 8)]
    assert seen[0].picture.shape == (1, 3, 24, 32) and seen[-1].picture.shape == (1, 3, 48, 64)


def test_stopped_in_the_first_second_the_result_is_the_best_so_far_at_the_asked_size():
    seen = run(size=64, smallest=32, steps=50, stop=lambda: True)
    assert len(seen) == 1 and seen[0].picture.shape == (1, 3, 48, 64)
    assert len(run(seconds=1e-9, steps=50)) == 1
    asked = iter([False, False, True])
    assert len(run(steps=50, stop=lambda: next(asked))) == 3


def test_the_result_costs_no_more_than_any_picture_on_the_way():
    # A rate so high that the last picture is not the best one.
    content, style = drawn(), drawn(seed=1)
    for average in (0.0, 0.9):
        config = replace(TINY, lr=0.7, steps=12, average=average)
        steps = list(paint(content, style, config))
        photo = gatys.to_tensor(content.resize((32, 24), Image.Resampling.LANCZOS))
        objective = StyleObjective(config, painting_at(style, photo, config))
        cost = objective(steps[-1].picture, objective.content_of(photo))["total"].item()
        assert cost <= min(step.losses["total"] for step in steps) * (1 + 1e-5)


def test_a_picture_that_runs_away_ends_with_the_best_before():
    steps = run(optimizer="lbfgs", lr=1e12, steps=30)
    assert len(steps) < 30 or all(math.isfinite(step.losses["total"]) for step in steps)
    assert steps[-1].picture.isfinite().all() and steps[-1].picture.abs().max() <= 1


def test_the_moving_average_by_hand():
    torch.manual_seed(0)
    photo, style = torch.rand(1, 3, 16, 16) - 0.5, torch.rand(1, 3, 16, 16) - 0.5
    descent = Descent(StyleObjective(TINY, style), photo, photo, optimizer="adam", lr=0.02, average=0.5)
    pictures = []
    for _ in descent.steps(3):
        pictures.append(descent.picture.detach().clone())
    a, b, c = pictures
    torch.testing.assert_close(descent.now(), (0.125 * a + 0.25 * b + 0.5 * c) / 0.875)


def test_identical_content_and_style_stay_as_they_are():
    picture = drawn()
    (*_, last) = run(picture, picture, tv_weight=0.0)
    shown = gatys.to_tensor(picture.resize((32, 24), Image.Resampling.LANCZOS))
    assert last.losses["total"] < 1e-3 and (last.picture - shown).abs().mean() < 0.05


def test_one_weight_alone():
    only_content = run(style_weight=0.0, tv_weight=0.0, start="noise", steps=30)
    assert only_content[-1].losses["content"] < 0.5 * only_content[0].losses["content"]
    only_style = run(content_weight=0.0, tv_weight=0.0, steps=30)
    assert only_style[-1].losses["style"] < 0.5 * only_style[0].losses["style"]


def test_noise_is_the_seeds():
    one, again, other = (run(start="noise", steps=1, seed=seed)[-1].picture for seed in (1, 1, 2))
    assert torch.equal(one, again) and not torch.equal(one, other)


def test_colours_are_kept_by_giving_the_painting_those_of_the_photo():
    torch.manual_seed(0)
    painting, photo = torch.rand(1, 3, 40, 50) * 0.6, torch.randn(1, 3, 20, 30) * 0.1 - 0.3
    changed = recoloured(painting, photo)
    for picture in (changed, photo):
        assert picture.shape[1] == 3
    np.testing.assert_allclose(changed[0].flatten(1).mean(1), photo[0].flatten(1).mean(1), atol=1e-4)
    np.testing.assert_allclose(np.cov(changed[0].flatten(1).numpy(), bias=True), np.cov(photo[0].flatten(1).numpy(), bias=True), atol=1e-4)  # fmt: skip
    grey = torch.full((1, 3, 8, 8), 0.2)
    assert recoloured(grey, photo).isfinite().all()


def test_the_painting_beside_a_photo():
    photo = torch.zeros(1, 3, 24, 32)
    assert painting_at(drawn(80, 20), photo, replace(TINY, style_fit="same")).shape == photo.shape
    assert painting_at(drawn(80, 20), photo, TINY).shape == (1, 3, 16, 32)
    assert painting_at(drawn(80, 40), photo, replace(TINY, style_scale=2.0)).shape == (1, 3, 32, 64)
    assert fitted((1000, 10), 100) == (100, 16)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": 8}, "size is 8; it must be from 16 to 8192"),
        ({"size": 9000}, "size is 9000"),
        ({"smallest": 0}, "smallest is 0"),
        ({"steps": 0}, "steps is 0; it must be 1 or more"),
        ({"later_steps": -1}, "later_steps is -1"),
        ({"lr": 0.0}, "lr is 0.0; it must be more than 0"),
        ({"lr": math.nan}, "lr is nan"),
        ({"average": 1.0}, "average is 1.0; it must be from 0 to below 1"),
        ({"style_scale": 0.0}, "style_scale is 0.0"),
        ({"seconds": 0.0}, "seconds is 0.0; it must be more than 0"),
        ({"seconds": math.nan}, "seconds is nan"),
        ({"seed": -1}, "seed is -1"),
        ({"content_weight": 0.0, "style_weight": 0.0}, "both 0, so there is nothing to come near"),
        ({"style_weight": -2.0}, "style_weight is -2.0"),
    ],
)
def test_settings_out_of_their_range_are_named(changes, message):
    with pytest.raises(CourseError, match=message):
        check(replace(TINY, **changes))


def test_presets_pass_and_are_named():
    assert PRESETS.keys() == {"good", "paper", "smoke"}
    for config in PRESETS.values():
        check(config)
    paper = PRESETS["paper"]
    assert scales(paper) == [512] and (paper.pooling, paper.optimizer, paper.start) == ("average", "lbfgs", "noise")
    assert scales(GatysConfig()) == [128, 181, 256, 362, 512]


def test_a_painting_smaller_than_the_networks_reach():
    with pytest.raises(CourseError, match=r"40 × 9 pixels, and one feature of relu2_1 sees 10 × 10"):
        run(style=Image.new("RGB", (40, 9)))


def test_more_memory_than_there_is_names_a_size_that_fits(monkeypatch):
    monkeypatch.setattr("course_lib.tasks.style_memory.free_memory", lambda device: 2e9)
    with pytest.raises(
        CourseError, match=r"8,192 × 6,144 pixels needs about .* GB .* and 1.8 GB can be had. A size of (\d+)"
    ) as error:
        next(paint(drawn(), drawn(seed=1), replace(TINY, size=8192)))
    from course_lib.tasks.style_memory import check_memory

    fits = int(str(error.value).split("A size of ")[1].split()[0])
    check_memory(fitted((40, 30), fits), TINY, "adam")
    with pytest.raises(CourseError):
        check_memory(fitted((40, 30), fits + 30), TINY, "adam")
    monkeypatch.setattr("course_lib.tasks.style_memory.free_memory", lambda device: 1e8)
    with pytest.raises(CourseError, match="Close other programs first. So would more with the optimizer adam"):
        check_memory((512, 512), TINY, "lbfgs")


def test_maps_by_hand_for_the_memory():
    from course_lib.tasks.style_memory import bytes_a_pixel

    # relu1_1, relu1_2, relu2_1 in float32, one pooling with its choices, five of the largest, Adam's two moments.
    settings = StyleSettings(content_layer="relu1_2", style_layers=("relu2_1",), layer_weights=(1.0,))
    assert bytes_a_pixel(settings, "adam") == 4 * (64 + 64 + 128 / 4) + 64 / 4 * 12 + 5 * 4 * 64 + 24
    assert bytes_a_pixel(settings, "lbfgs") - bytes_a_pixel(settings, "adam") == 200 * 12 - 24
