"""How a style network learned: pictures and losses of a finished training: ``python -m benchmarks.style_learning RUN``.

It trains nothing: it reads the sheets and the log that ``train fast_style --sample-epochs 1`` left in the folder RUN.
"""

import argparse
import json
from pathlib import Path

from PIL import Image

from benchmarks.provenance import RESULTS, store
from course_lib.errors import CourseError

EPOCHS = (1, 2, 4, 8, 16)
SIDE, LINE = 256, 2  # pixels of a picture on a training's sheet, and between two
SMALL = 176  # pixels of a picture that is kept


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("run", type=Path, help="folder of a finished training")
    run = words.parse_args().run
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    log = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    epochs = log[-1]["epoch"] + 1
    if epochs < EPOCHS[-1]:
        raise CourseError(f"{run} has no {EPOCHS[-1]} epochs; its log ends at epoch {epochs}.")
    sheets = [Image.open(run / "samples" / f"epoch_{epoch:04d}.png").convert("RGB") for epoch in EPOCHS]

    def cell(sheet: Image.Image, row: int, column: int) -> Image.Image:
        left, top = column * (SIDE + LINE), row * (SIDE + LINE)
        return sheet.crop((left, top, left + SIDE, top + SIDE))

    rows = [[cell(sheets[-1], at, 0), *(cell(sheet, at, 1) for sheet in sheets)] for at in range(2)]
    out = Image.new("RGB", (SMALL * len(rows[0]), SMALL * len(rows)))
    for at, row in enumerate(rows):
        for column, picture in enumerate(row):
            out.paste(picture.resize((SMALL, SMALL), Image.Resampling.LANCZOS), (column * SMALL, at * SMALL))
    config, losses = record["config"], ("total", "content", "style", "tv")
    path = store(
        "style_learning",
        # A preset may change; how long this run was is part of what it shows.
        command=f"{record['command']} --epochs-flat {config['epochs_flat']} --epochs-decay {config['epochs_decay']}",
        seeds=[record["settings"]["seed"]],
        seconds=log[-1]["seconds"],
        result={
            "epochs": list(EPOCHS),
            "steps": [round(log[-1]["step"] / epochs) * epoch for epoch in EPOCHS],
            "log": [{"step": one["step"], **{name: one[name] for name in losses}} for one in log],
            "sheet": ["first photo", "second photo"],
        },
    )
    out.save(RESULTS / "style_learning.png", optimize=True)
    print(path)


if __name__ == "__main__":
    main()
