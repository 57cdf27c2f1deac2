"""×4 super-resolution, small enough for a table over seeds: SRGAN's recipe on the photos inside scikit-image and scikit-learn.

Each seed trains one network on the mean squared error. From there it goes on in several ways: with an adversary of several
weights, and with a loss in VGG's features alone.
"""

import json
import shutil
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.data.photos import open_photos
from course_lib.data.pictures import to_tensor
from course_lib.losses import bce_discriminator_loss, bce_generator_loss
from course_lib.networks import PatchDiscriminator, VGGFeatures

RUNS = Path("runs/benchmarks/superres")
SEEDS = [0, 1]
SCALE, CROP, BATCH, WIDTH, BLOCKS = 4, 64, 8, 24, 4
# Steps on MSE, then steps of each of the ways on. A narrow network bears a higher rate than the paper's 1e-4.
FIRST, THEN, RATE, RATE_THEN = 500, 250, 2e-3, 5e-4
WEIGHTS = (1e-3, 5e-3, 2e-2, 1e-1)  # of the adversarial loss beside MSE on [−1, 1]
LAYER = "relu3_3"  # of the loss in features
VARIANTS = ["MSE", *(f"adversary {weight:g}" for weight in WEIGHTS), "VGG alone"]
SETTING = {
    "scale": SCALE, "crop": CROP, "batch": BATCH, "width": WIDTH, "blocks": BLOCKS, "steps": [FIRST, THEN],
    "rates": [RATE, RATE_THEN], "weights": list(WEIGHTS), "layer": LAYER,
}  # fmt: skip


class Upscaler(nn.Module):
    """×4: residual blocks at the low resolution, two pixel shuffles, and the bicubic enlargement added."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, WIDTH, 3, padding=1)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(WIDTH, WIDTH, 3, padding=1), nn.ReLU(), nn.Conv2d(WIDTH, WIDTH, 3, padding=1))
            for _ in range(BLOCKS)
        )
        self.tail = nn.Sequential(
            nn.Conv2d(WIDTH, 4 * WIDTH, 3, padding=1), nn.PixelShuffle(2), nn.ReLU(),
            nn.Conv2d(WIDTH, 4 * WIDTH, 3, padding=1), nn.PixelShuffle(2), nn.ReLU(),
            nn.Conv2d(WIDTH, 3, 3, padding=1),
        )  # fmt: skip

    def forward(self, low: Tensor) -> Tensor:
        features = self.head(low)
        for block in self.blocks:
            features = features + block(features)
        return enlarged(low) + self.tail(features)


def enlarged(low: Tensor) -> Tensor:
    """×4 by bicubic interpolation."""
    return F.interpolate(low, scale_factor=SCALE, mode="bicubic", align_corners=False)


def reduced(high: Tensor) -> Tensor:
    """÷4 by bicubic interpolation with antialiasing."""
    return F.interpolate(high, scale_factor=1 / SCALE, mode="bicubic", align_corners=False, antialias=True)


def photos(split: str) -> list[Tensor]:
    """(1, 3, H, W) in [−1, 1] each."""
    source = open_photos("sample_photos", split=split)
    return [to_tensor(source.picture(index)) for index in range(len(source))]


def crops(pictures: list[Tensor], draw: torch.Generator) -> Tensor:
    """A batch of random crops, half of them mirrored."""
    batch = []
    for _ in range(BATCH):
        one = pictures[int(torch.randint(len(pictures), (), generator=draw))]
        y, x = (int(torch.randint(side - CROP + 1, (), generator=draw)) for side in one.shape[2:])
        crop = one[..., y : y + CROP, x : x + CROP]
        batch.append(crop.flip(-1) if torch.rand((), generator=draw) < 0.5 else crop)
    return torch.cat(batch)


def tiles(pictures: list[Tensor]) -> Tensor:
    """All whole crops of pictures side by side, (N, 3, CROP, CROP)."""
    return torch.cat([
        one[..., y : y + CROP, x : x + CROP]
        for one in pictures
        for y in range(0, one.shape[2] - CROP + 1, CROP)
        for x in range(0, one.shape[3] - CROP + 1, CROP)
    ])  # fmt: skip


def train_first(seed: int, pictures: list[Tensor]) -> Upscaler:
    """On the mean squared error."""
    torch.manual_seed(seed)
    network, draw = Upscaler(), torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, FIRST)
    for _ in range(FIRST):
        truth = crops(pictures, draw)
        loss = F.mse_loss(network(reduced(truth)), truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network


def train_on(network: Upscaler, seed: int, pictures: list[Tensor], weight: float) -> None:
    """Goes on with MSE + weight · adversarial loss, as SRGAN goes on from SRResNet."""
    torch.manual_seed(seed + 100)
    draw = torch.Generator().manual_seed(seed + 100)
    discriminator = PatchDiscriminator(3, WIDTH, layers=2, norm="instance")
    optimizers = [torch.optim.Adam(net.parameters(), RATE_THEN, betas=(0.5, 0.999)) for net in (network, discriminator)]
    for _ in range(THEN):
        truth = crops(pictures, draw)
        fake = network(reduced(truth))
        loss_d = bce_discriminator_loss(discriminator(truth), discriminator(fake.detach()))
        optimizers[1].zero_grad()
        loss_d.backward()
        optimizers[1].step()
        loss_g = F.mse_loss(fake, truth) + weight * bce_generator_loss(discriminator(fake))
        optimizers[0].zero_grad()
        loss_g.backward()
        optimizers[0].step()


def train_on_features(network: Upscaler, seed: int, pictures: list[Tensor]) -> None:
    """Goes on with the mean squared difference of VGG's features and nothing else."""
    draw, eye = torch.Generator().manual_seed(seed + 100), VGGFeatures(LAYER)
    optimizer = torch.optim.Adam(network.parameters(), RATE_THEN)

    def features(x: Tensor) -> Tensor:
        return eye((x + 1) / 2)[LAYER]

    for _ in range(THEN):
        truth = crops(pictures, draw)[: BATCH // 2]  # VGG is the slow part
        with torch.no_grad():
            wanted = features(truth)
        loss = F.mse_loss(features(network(reduced(truth))), wanted) / wanted.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def trained(variant: str, seed: int) -> tuple[Upscaler, float]:
    """A network and the seconds its training took; trains it unless ``runs/`` has it of this very setting."""
    place = RUNS / variant.replace(" ", "_") / str(seed)
    weights, note = place / "generator.safetensors", place / "made.json"
    setting = json.loads(json.dumps({"setting": SETTING, "variant": variant, "seed": seed}))
    if not weights.exists() or not note.exists() or json.loads(note.read_text())["setting"] != setting:
        network = Upscaler() if variant == "MSE" else trained("MSE", seed)[0]
        pictures, started = photos("train"), time.monotonic()
        if variant == "MSE":
            network = train_first(seed, pictures)
        elif variant == "VGG alone":
            train_on_features(network, seed, pictures)
        else:
            train_on(network, seed, pictures, float(variant.split()[1]))
        shutil.rmtree(place, ignore_errors=True)  # what was measured of another run
        place.mkdir(parents=True)
        save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, weights)
        note.write_text(json.dumps({"setting": setting, "seconds": time.monotonic() - started}))
    network = Upscaler()
    network.load_state_dict(load_file(weights))
    return network.eval(), json.loads(note.read_text())["seconds"]


if __name__ == "__main__":
    for seed in SEEDS:  # seed by seed, so that whatever is done by now is a whole table
        for variant in VARIANTS:
            print(variant, seed, f"{trained(variant, seed)[1]:.0f} s", flush=True)
