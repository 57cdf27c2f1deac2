"""A GAN in the plane, trained live for one visitor: the course's own task, a slice at a time; and what the page draws.

Sessions are kept by a key that the visitor's page made up; they share nothing. Their number, their steps and how many
of them train at once are bounded, so that the page stays the page however many come.
"""

import base64
import dataclasses
import math
import threading
import time
from collections import Counter, OrderedDict
from typing import Any, NamedTuple

import numpy as np
import torch
from accelerate import Accelerator

from course_lib.app.protocol import Busy, one_of
from course_lib.app.protocol import seed as checked_seed
from course_lib.app.shares import Shares
from course_lib.app.visitors import visitor
from course_lib.data.points import MOST, Mixture, SeededPoints, from_points, mixture
from course_lib.errors import CourseError
from course_lib.metrics import mode_coverage
from course_lib.tasks.gan import GAN, GANConfig, pack

# Lesson 03 has two recipes: this one keeps its learning rate for half of the run, then it falls to 0; and "short".
RECIPE = GANConfig(gradient_penalty=0.0, z_dim=2, width=64, batch=128, lr=4e-3, epochs_flat=15, epochs_decay=15)
EPOCH = 100  # steps between two changes of the learning rate
CURES: dict[str, dict[str, Any]] = {
    "none": {},
    "r1": {"r1": 0.1},
    "penalty": {"gradient_penalty": 10.0},
    "packing": {"packing": 2},
    "spectral": {"spectral_norm": True},
    "noise": {"instance_noise": 0.1},
}
LOSSES = ("bce", "saturating", "lsgan", "hinge", "wasserstein")
TARGETS = ("ring", "grid", "spiral", "moons", "drawn")
SCHEDULES: dict[str, dict[str, Any]] = {
    "patient": {},
    "short": {"lr": 2e-3, "epochs_flat": 10, "epochs_decay": 5},
    "huge": {"lr": 0.1},
}

SLICE = 0.05  # seconds of training between two frames
HOLD, LIVE = 24, 2  # sessions kept; sessions that train at once
AWAKE, IDLE = 3.0, 300.0  # seconds after its last request that a session counts as training; is kept
SHOWN, MEASURED, ARROWS = 160, 512, 40  # samples that are drawn, that are counted, that get an arrow
GRID, REACH = 25, 1.8  # D's scores are shown on GRID × GRID places; half of the picture's side
OTHERS = "The server is busy with other visitors’ runs. Try again in a moment."
FAR = 1e3  # a sample or a score beyond this has left for infinity


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a visitor chooses; the run is a pure function of it and of the steps taken."""

    loss: str = "bce"
    cure: str = "none"
    data: str = "ring"
    seed: int = 0
    schedule: str = "patient"
    points: tuple[tuple[float, float], ...] = ()

    def target(self) -> Mixture:
        return from_points(self.points) if self.data == "drawn" else mixture(self.data)

    def config(self) -> GANConfig:
        changed: dict[str, Any] = {"adversarial": self.loss, **SCHEDULES[self.schedule], **CURES[self.cure]}
        return dataclasses.replace(RECIPE, **changed)


def read_settings(asked: Any) -> Settings:
    """What a page sent, checked.

    Raises:
        CourseError: something is not among what can be chosen, the seed is out of range, or the points are no target.
    """
    if not isinstance(asked, dict):
        raise CourseError("The settings did not arrive. Reload the page and try again.")
    choices = {"loss": LOSSES, "cure": CURES, "data": TARGETS, "schedule": SCHEDULES}
    chosen: dict[str, Any] = {name: one_of(asked.get(name), name, allowed) for name, allowed in choices.items()}
    seed = checked_seed(asked.get("seed"))
    points = asked.get("points") if chosen["data"] == "drawn" else []
    if not isinstance(points, list) or len(points) > MOST:
        raise CourseError(f"At most {MOST} points can be drawn. Take some away.")
    try:
        drawn = tuple((round(float(x), 3), round(float(y), 3)) for x, y in points)
    except (TypeError, ValueError, OverflowError):
        raise CourseError("A drawn point is two numbers. Clear the points and draw them again.") from None
    settings = Settings(seed=seed, points=drawn, **chosen)
    settings.target()  # says what is wrong with the points
    return settings


class Session:
    """One run: the task, its data, how far it is."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.target = settings, settings.target()
        self.task = GAN(settings.config(), Accelerator(cpu=True), seeds=[settings.seed])
        self.source = SeededPoints(self.target, [settings.seed])
        self.lock = threading.Lock()
        self.steps = self.task.config.epochs * EPOCH  # then the run is over
        self.step, self.losses, self.diverged = 0, {"D": math.nan, "G": math.nan}, ""
        generator = torch.Generator().manual_seed(1)
        self.real = self.target.sample(SHOWN, generator)
        self.partners = self.target.sample((4, self.task.config.packing - 1), generator)
        line = torch.linspace(-REACH, REACH, GRID)
        self.places = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1).reshape(-1, 2)

    def advance(self, steps: int, who: str = "both", seconds: float = SLICE) -> None:
        """Up to ``steps`` updates, for about ``seconds``: of D and G in turn ("both"), or of "D" or "G" alone."""
        act = {"both": self.task.step, "D": self.task.step_D, "G": self.task.step_G}[who]
        end = time.perf_counter() + seconds
        for done in range(steps):
            if self.diverged or self.step >= self.steps or (done and time.perf_counter() > end):
                return
            self.task.start_epoch(self.step // EPOCH)
            report = {name: value.item() for name, value in act(self.source.batch(self.task.config.batch)).items()}
            self.losses |= {name: report[name] for name in self.losses.keys() & report.keys()}
            self.step += who == "both"
            for name, value in report.items():
                if not abs(value) < FAR**2:
                    self.diverged = (
                        f"the loss of {name} is {value:.3g}" if name in "DG" else f"D’s {name} is {value:.3g}"
                    )

    def frame(self) -> dict[str, Any]:
        """What the page draws: samples, D's scores on a grid, where G's loss pulls, numbers. No weights change."""
        points = self.task.generate(MEASURED, torch.Generator().manual_seed(0))[0]
        if not self.diverged and not (points.isfinite().all() and points.abs().max() < FAR):
            self.diverged = "samples have left the picture for infinity"
        if self.diverged:
            return {"step": self.step, "diverged": self.diverged}
        self.task.D.eval()
        try:
            scores, (places, pulls) = self._scores(), self._pulls(points[:ARROWS])
        finally:
            self.task.D.train()
        if not (scores.isfinite().all() and pulls.isfinite().all()):
            self.diverged = "D’s scores are no numbers any more"
            return {"step": self.step, "diverged": self.diverged}
        fewest = max(1, MEASURED // (10 * len(self.target.centres)))
        covered, good, _ = mode_coverage(points, self.target.centres, self.target.radius, fewest)
        sizes = pulls.norm(dim=1, keepdim=True)
        arrows = torch.cat([places / 4, pulls / sizes.clamp_min(1e-12) * sizes.tanh()], dim=1)
        return {
            "step": self.step,
            "covered": covered,
            "good": round(good, 4),
            "pull": _short(sizes.median().item()),
            "D": _short(self.losses["D"]),
            "G": _short(self.losses["G"]),
            "fake": _packed(points[:SHOWN] / 4),
            "scores": _packed(scores, np.int8),
            "arrows": _packed(arrows),
            "over": self.step >= self.steps,
        }

    def scenery(self) -> dict[str, Any]:
        """What stays: the target's modes and real points."""
        return {
            "centres": [[round(x, 4), round(y, 4)] for x, y in self.target.centres.tolist()],
            "radius": self.target.radius,
            "real": _packed(self.real / 4),
            "steps": self.steps,
        }

    @torch.no_grad()
    def _scores(self) -> torch.Tensor:
        """(GRID²,) in (−1, 1): 0 where D cannot tell, by its loss; for Wasserstein, which has none, the median.

        D sees several samples at once under packing: then it is the mean over what stands beside the place.
        """
        if self.task.config.packing > 1:
            beside = self.partners[:, None].expand(-1, len(self.places), -1, -1)
            shown = torch.cat([self.places.expand(len(beside), -1, -1)[:, :, None], beside], dim=2).flatten(2)
            scores = self.task.scores(shown.reshape(1, -1, shown.shape[-1])).reshape(len(beside), -1).mean(0)
        else:
            scores = self.task.scores(self.places[None])[0]
        if self.settings.loss == "lsgan":
            return ((scores - 0.5) / 0.5).tanh()
        if self.settings.loss == "wasserstein":
            return ((scores - scores.median()) / scores.std().clamp_min(1e-9)).tanh()
        return (scores / 2).tanh()

    def _pulls(self, samples: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(ARROWS, 2) samples, and minus the gradient of G's loss by each: slope of the loss × D's Jacobian."""
        samples = samples.clone().requires_grad_()
        shown = pack(samples[None], self.task.config.packing, 1)
        loss = self.task.generator_loss(self.task.scores(shown)) * shown.shape[1]
        return samples.detach(), -torch.autograd.grad(loss, samples)[0]


class _Kept(NamedTuple):
    session: Session
    seen: float
    who: str


class Sessions:
    """The sessions of all visitors, by key. A visitor can make up many keys; what he may hold, he holds by his address."""

    def __init__(self, hold: int = HOLD, live: int = LIVE) -> None:
        self.hold = hold
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._training = Shares(live, AWAKE)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    @property
    def live(self) -> int:
        """How many may train at once."""
        return self._training.places

    @live.setter
    def live(self, places: int) -> None:
        self._training.places = places

    def get(self, key: str, settings: Settings, fresh: bool = False) -> Session:
        """The visitor's session, a new one if there is none with these settings.

        Raises:
            Busy: all places are taken.
        """
        now, who = time.monotonic(), visitor()
        with self._lock:
            for old in [name for name, kept in self._kept.items() if now - kept.seen > IDLE]:
                del self._kept[old]
            found = self._kept.get(key)
            if found is None and len(self._kept) >= self.hold:
                self._make_room(who, now)
            keep = found is not None and not fresh and found.session.settings == settings
            session = found.session if found is not None and keep else Session(settings)
            self._kept[key] = _Kept(session, now, who)
            self._kept.move_to_end(key)
            return session

    def _make_room(self, who: str, now: float) -> None:
        """Ends the oldest session of whoever has most, for somebody who has none; else the oldest, if nobody uses it."""
        counts = Counter(kept.who for kept in self._kept.values())
        most = max(counts.values())
        for key, kept in self._kept.items():  # the one that was used longest ago first
            if (most > 1 and not counts[who] and counts[kept.who] == most) or now - kept.seen >= AWAKE:
                del self._kept[key]
                return
        raise Busy(OTHERS)

    def let_train(self, key: str) -> None:
        """Gives this visitor a place to train for AWAKE seconds from here; nobody has two while another has none.

        Raises:
            Busy: as many as may train at once do.
        """
        if not self._training.ask(key, visitor(), time.monotonic()):
            raise Busy(OTHERS)

    def rest(self, key: str) -> None:
        """The visitor paused: the place is free for others."""
        self._training.leave(key)


def _packed(numbers: torch.Tensor, kind: Any = np.int16) -> str:
    """Numbers in [−1, 1] as little-endian integers in base64; what lies outside is put on the edge."""
    top = np.iinfo(kind).max
    whole = (numbers.double().clamp(-1, 1) * top).round().numpy().astype(np.dtype(kind).newbyteorder("<"))
    return base64.b64encode(whole.tobytes()).decode("ascii")


def _short(number: float) -> float | None:
    return float(f"{number:.4g}") if math.isfinite(number) else None
