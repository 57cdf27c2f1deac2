"""``evaluate``: the figures of a model's card, measured on pairs or on samples."""

import shlex
from pathlib import Path
from typing import Any


def evaluate(
    model: str, data: str, split: str = "val", seed: int = 0, write_card: bool = False, device: str = "cpu"
) -> None:
    """Measure a model on DATA. Of a translator on pairs: L1, PSNR, SSIM, KID-VGG with interval, high-frequency power. Of
    a two-way translator: what an independent classifier calls its answers, the way back, KID-VGG. Of a generator: class
    accuracy by an independent classifier, KID-VGG, nearness to the training pictures, variety.

    Args:
        model: a name in the zoo, or the folder of a trained model.
        data: a folder or a named set.
        split: which part of it; without pairs it is always what was held out.
        seed: of the generator's noise.
        write_card: put the figures onto the model's card.
    """
    from course_lib.models import zoo
    from course_lib.models.card import validation_lines

    figures = measure(model, data, split, seed, device)
    print("\n".join(validation_lines(figures)))
    if write_card:
        zoo.update_card(model if not Path(model).is_dir() else Path(model), validation=figures)
        print(f"Written to the card of {model}.")


def measure(model: str, data: str, split: str = "val", seed: int = 0, device: str = "cpu") -> dict[str, Any]:
    """The figures as a card stores them."""
    import torch
    from tqdm import tqdm

    from course_lib.data.pairs import open_pairs
    from course_lib.data.pictures import to_picture, to_tensor, to_unit
    from course_lib.metrics import pairs_report
    from course_lib.models import zoo
    from course_lib.models.measure_sampler import measure_samples
    from course_lib.models.measure_two_way import measure_domains

    command = shlex.join(
        ["python", "-m", "course_lib", "evaluate", "--model", Path(model).name, "--data", data, "--split", split]
    )
    translator = zoo.load(model, device=device)
    config = translator.config
    if config.get("kind") == "generator":
        return {"command": command, **measure_samples(translator, data, seed)}
    if config.get("two_way"):
        return {"command": command, **measure_domains(model, data, device, seed)}
    pairs = open_pairs(
        data, size=config["size"], split=split, direction=config.get("direction"),
        maker=config.get("maker"), palette=config.get("palette") or "none",
    )  # fmt: skip
    generated, real = [], []
    for index in tqdm(range(len(pairs)), unit="pair"):
        pair = pairs.example(index)
        # Through 8 bits, as a visitor gets it; and every picture with its own seed, so that no noise is shared.
        generated.append(to_tensor(to_picture(translator.translate(pair["input"][None], seed + index)))[0])
        real.append(pair["target"])
    report = pairs_report(to_unit(torch.stack(generated)), to_unit(torch.stack(real))).to_json()
    return {"data": f"{Path(data).name}/{split}", "command": command, **report}
