"""Live training for visitors: what it computes, what it refuses, and what keeps many of them apart."""

import base64
import dataclasses
import json
import time

import numpy as np
import pytest
import torch
from accelerate import Accelerator

from course_lib.app.heavy import turn
from course_lib.app.protocol import Busy
from course_lib.app.tabs.collapse import record as collapse_record
from course_lib.app.tabs.collapse import session as collapse_session
from course_lib.app.tabs.collapse import tab as collapse_tab
from course_lib.app.tabs.collapse.session import Session, Sessions, Settings, read_settings
from course_lib.data.points import SeededPoints, mixture
from course_lib.tasks.gan import GAN

ASKED = {"loss": "bce", "cure": "none", "data": "ring", "schedule": "patient", "seed": 3}
FOREVER = float("inf")


def numbers(text: str, kind: str = "<i2") -> np.ndarray:
    found = np.frombuffer(base64.b64decode(text), dtype=kind)
    return found / np.iinfo(kind).max


@pytest.fixture(autouse=True)
def fresh_sessions():
    collapse_tab.sessions.cache_clear()
    yield
    collapse_tab.sessions.cache_clear()


def request(action: str = "play", key: str = "a" * 32, **changed) -> dict:
    return collapse_tab.collapse({"key": key, "action": action, "settings": ASKED | changed})


def test_a_step_is_the_tasks_own():
    """The course's GAN alone, with the same settings, seed and number of steps, makes the same points."""
    session = Session(Settings(seed=3, cure="r1"))
    session.advance(7, seconds=FOREVER)
    task = GAN(Settings(cure="r1").config(), Accelerator(cpu=True), seeds=[3])
    source = SeededPoints(mixture("ring"), [3])
    for _ in range(7):
        task.step(source.batch(task.config.batch))
    points = task.generate(collapse_session.MEASURED, torch.Generator().manual_seed(0))[0]
    shown = 4 * numbers(session.frame()["fake"]).reshape(-1, 2)
    assert np.abs(shown - points[: len(shown)].numpy()).max() < 2e-4  # 16 bits over −4 … 4


def test_slices_and_looks_change_nothing():
    whole, sliced = Session(Settings(seed=1)), Session(Settings(seed=1))
    whole.advance(6, seconds=FOREVER)
    for count in (1, 2, 3):
        sliced.advance(count, seconds=FOREVER)
        sliced.frame()
    assert whole.frame() == sliced.frame() and sliced.step == 6


@pytest.mark.parametrize("cure", collapse_session.CURES)
@pytest.mark.parametrize("loss", collapse_session.LOSSES)
def test_every_loss_and_cure_trains(loss, cure):
    session = Session(Settings(loss=loss, cure=cure))
    session.advance(2, seconds=FOREVER)
    frame = session.frame()
    assert "diverged" not in frame and frame["step"] == 2
    assert len(numbers(frame["scores"], "i1")) == collapse_session.GRID**2
    assert len(numbers(frame["arrows"])) == 4 * collapse_session.ARROWS
    assert len(json.dumps(frame)) < 4000  # compact


def test_arrows_point_where_the_loss_falls():
    """By difference quotient: a sample moved a little along its arrow costs G less."""
    session = Session(Settings())
    session.advance(20, seconds=FOREVER)
    samples = session.task.generate(collapse_session.ARROWS, torch.Generator().manual_seed(0))[0]
    _, pulls = session._pulls(samples)
    score = lambda points: session.task.scores(points[None])[0].detach()  # noqa: E731
    step = 1e-3 * pulls / pulls.norm(dim=1, keepdim=True)
    gained = torch.nn.functional.softplus(-score(samples)) - torch.nn.functional.softplus(-score(samples + step))
    assert (gained > 0).float().mean() > 0.95
    assert torch.allclose(gained / 1e-3, pulls.norm(dim=1), rtol=0.2, atol=1e-2)


def test_one_player_alone():
    session = Session(Settings())
    weights = lambda network: torch.cat([p.detach().flatten() for p in network.parameters()]).clone()  # noqa: E731
    for who, moved, stood in (("D", "D", "G"), ("G", "G", "D")):
        before = {name: weights(network) for name, network in session.task.networks.items()}
        session.advance(1, who)
        assert (weights(session.task.networks[moved]) != before[moved]).any()
        assert (weights(session.task.networks[stood]) == before[stood]).all()
    assert session.step == 0


def test_the_page_says_what_the_learning_rates_are():
    patient, short, huge = (Settings(schedule=name).config() for name in collapse_session.SCHEDULES)
    assert list(collapse_tab.SCHEDULES) == list(collapse_session.SCHEDULES)
    assert huge.lr / patient.lr == pytest.approx(25) and "25 times as high" in collapse_tab.SCHEDULES["huge"]
    assert short.lr / patient.lr == short.epochs / patient.epochs == 0.5  # "half rate, half time"
    assert patient.epochs_flat == patient.epochs / 2  # "falls after half"


def test_a_run_ends_by_itself():
    session = Session(Settings(schedule="short"))
    session.step = session.steps - 1
    session.advance(50, seconds=FOREVER)
    assert session.step == session.steps and session.frame()["over"]


def test_divergence_is_said_and_reset_recovers(monkeypatch):
    request("reset")
    session = collapse_tab.sessions().get("a" * 32, read_settings(ASKED))
    with torch.no_grad():
        next(session.task.G.parameters()).fill_(float("nan"))
    told = request("play")
    assert "fake" not in told and told["diverged"]
    assert request("play")["diverged"] == told["diverged"]
    recovered = request("reset")
    assert "diverged" not in recovered and recovered["step"] == 0 and np.isfinite(numbers(recovered["fake"])).all()
    json.dumps(told, allow_nan=False)


def test_a_critic_without_constraint_runs_away_and_is_caught():
    session = Session(Settings(loss="wasserstein", schedule="huge"))
    session.advance(400, seconds=FOREVER)
    frame = session.frame()
    assert "diverged" in frame and "fake" not in frame and session.step < 400
    json.dumps(frame, allow_nan=False)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"loss": "l1"}, "The loss is 'l1'"),
        ({"loss": None}, "The loss is empty"),
        ({"cure": ["r1"]}, "The cure is ['r1']"),
        ({"data": "moon"}, "The data is 'moon'"),
        ({"schedule": "x" * 500}, "The schedule is 'xxx"),
        ({"seed": float("nan")}, "The seed is NaN"),
        ({"data": "drawn"}, "points"),
        ({"data": "drawn", "points": []}, "0 points"),
        ({"data": "drawn", "points": [[0, 0]]}, "1 points"),
        ({"data": "drawn", "points": [[0, 0], [2, 0]]}, "within"),
        ({"data": "drawn", "points": [[0, 0], [float("nan"), 0]]}, "no place"),
        ({"data": "drawn", "points": [[0, 0], [1]]}, "two numbers"),
        ({"data": "drawn", "points": "12"}, "points"),
        ({"data": "drawn", "points": [[0, 0]] * 65}, "64"),
    ],
)
def test_bad_settings_get_a_sentence(changed, told):
    answer = request("reset", **changed)
    assert told in answer["error"] and answer["error"].endswith(".") and len(answer["error"]) < 200


@pytest.mark.parametrize("asked", [None, [], {"key": "x"}, {"key": "a" * 32}, {"key": "a" * 32, "settings": ASKED}])
def test_malformed_requests_get_a_sentence(asked):
    assert collapse_tab.collapse(asked)["error"].endswith(".")


def test_drawn_points_are_the_target():
    points = [[0.5, 0.5], [-0.5, -1.0], [1.0, 0.25]]
    frame = request("reset", data="drawn", points=points)
    assert frame["scenery"]["centres"] == points


def test_visitors_share_nothing():
    alone = [request("step", key="a" * 32)["fake"] for _ in range(3)]
    collapse_tab.sessions.cache_clear()
    mixed = []
    for _ in range(3):
        mixed.append(request("step", key="a" * 32)["fake"])
        request("step", key="b" * 32, seed=9, loss="lsgan")
        request("reset", key="c" * 32)
    assert mixed == alone


def test_other_settings_begin_anew():
    request("step")
    assert request("step")["step"] == 2
    assert request("step", seed=4)["step"] == 1


@pytest.fixture
def clock(monkeypatch):
    """clock[0]: what the sessions take for the time; it stands, however busy this machine is."""
    now = [time.monotonic()]
    monkeypatch.setattr(collapse_session.time, "monotonic", lambda: now[0])
    return now


def test_as_many_train_at_once_as_the_server_bears(clock):
    for key in "ab":
        assert "fake" in request("play", key=key * 32)
    assert request("play", key="c" * 32)["busy"]
    assert "fake" in request("step", key="c" * 32)  # a single step is no training
    request("pause", key="a" * 32)
    assert "fake" in request("play", key="c" * 32)
    clock[0] += 2 * collapse_session.AWAKE
    assert "fake" in request("play", key="d" * 32)  # whoever stopped asking has left


@pytest.fixture
def comes_from(monkeypatch):
    """comes_from(address): whose requests the following ones are."""
    return lambda address: monkeypatch.setattr(collapse_session, "visitor", lambda: address)


def test_one_visitor_cannot_keep_both_places(clock, comes_from):
    comes_from("A")
    for key in "ab":
        assert "fake" in request("play", key=key * 32)  # nobody else wants the second
    comes_from("B")
    assert "fake" in request("play", key="c" * 32)
    comes_from("A")
    assert "fake" in request("play", key="a" * 32) and request("play", key="b" * 32)["busy"]
    assert request("play", key="d" * 32)["busy"]  # another key, the same visitor


def test_a_key_without_a_session_holds_no_place(clock, comes_from):
    with turn():  # the processor is busy: no session comes to be
        for key in "abcd":
            assert request("play", key=key * 32)["busy"]
    assert len(collapse_tab.sessions()) == 0
    for key in "ef":
        assert "fake" in request("play", key=key * 32)
    with turn():
        assert request("play", key="e" * 32)["busy"]  # one that has a session keeps its place meanwhile
    assert request("play", key="0" * 32)["busy"]


def test_one_visitor_cannot_keep_all_sessions(clock, comes_from):
    kept = Sessions(hold=3)
    comes_from("A")
    for key in "abc":
        kept.get(key, Settings())
    comes_from("B")
    kept.get("d", Settings())  # a, which A used longest ago, has ended
    assert [key in kept for key in "abcd"] == [False, True, True, True]
    with pytest.raises(Busy):
        kept.get("e", Settings())  # B has one; all others are in use
    comes_from("C")
    kept.get("f", Settings())
    assert [key in kept for key in "bcdf"] == [False, True, True, True]
    comes_from("D")
    with pytest.raises(Busy):
        kept.get("g", Settings())  # everybody has one


def test_memory_is_bounded(clock):
    kept = Sessions(hold=3)
    for number in range(3):
        clock[0] += 1
        kept.get(str(number), Settings())
    with pytest.raises(Busy):
        kept.get("3", Settings())
    assert len(kept) == 3  # the oldest asked a moment ago
    clock[0] += collapse_session.AWAKE
    kept.get("3", Settings())
    assert len(kept) == 3
    clock[0] += collapse_session.IDLE + 1
    kept.get("4", Settings())
    assert len(kept) == 1


def test_five_frames_a_second():
    """With five steps in each, in the processor's own seconds: what the machine does beside does not count."""
    session = Session(Settings(cure="penalty"))  # the dearest
    session.advance(3, seconds=FOREVER)
    begun = time.thread_time()
    for _ in range(10):
        session.advance(5, seconds=FOREVER)
        json.dumps(session.frame())
    rate = 10 / (time.thread_time() - begun)
    print(f"{rate:.1f} frames of five steps a second")
    assert rate >= 5


def test_the_recording_is_what_the_command_makes():
    stored = collapse_tab.recorded()["runs"]
    assert [run["settings"] for run in stored] == [
        json.loads(json.dumps(dataclasses.asdict(settings))) for settings in collapse_record.RUNS
    ]
    assert collapse_tab.RECORDING.stat().st_size < 250_000
    for run, settings in zip(stored, collapse_record.RUNS, strict=True):
        first = Session(settings)
        early = [frame for frame in run["frames"] if frame["step"] <= 20]
        assert len(early) >= 2 and run["frames"][-1]["over"]
        for frame in early:
            first.advance(frame["step"] - first.step, seconds=FOREVER)
            # Another processor rounds otherwise, and a step makes a little more of it.
            assert np.abs(numbers(first.frame()["fake"]) - numbers(frame["fake"])).max() < 0.01
