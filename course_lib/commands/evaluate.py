"""``evaluate``: the figures of a model's card, measured on data."""

from pathlib import Path


def evaluate(
    model: str, data: str, split: str = "val", seed: int = 0, write_card: bool = False, device: str = "cpu"
) -> None:
    """Measure a model on DATA. Of a translator on pairs: L1, PSNR, SSIM, KID-VGG with interval, high-frequency power.
    Of a two-way translator: what an independent classifier calls its answers, the way back, KID-VGG. Of a sampler: class
    accuracy by an independent classifier, KID-VGG, nearness to the training pictures, variety.

    Args:
        model: a name in the zoo, or the folder of a trained model.
        data: a folder, a named set, or NAME=FOLDER for a named set that lies in FOLDER.
        split: which part of it; without pairs only val is held out.
        seed: of the noise, the samples and the classifiers.
        write_card: put the figures onto the model's card.
        device: cpu, cuda or mps.
    """
    from course_lib.models import zoo
    from course_lib.models.card import measured_lines
    from course_lib.models.measure import measure
    from course_lib.seeds import check_seed

    check_seed(seed)
    figures = measure(model, data, split, seed, device)
    _, kind = zoo.config_of(model)
    print("\n".join(measured_lines(figures, kind)))
    if write_card:
        zoo.update_card(model if not Path(model).is_dir() else Path(model), validation=figures)
        print(f"Written to the card of {model}.")
