"""Table of lesson 06: L1, adversarial, both; no skips. ``python -m benchmarks.pix2pix_losses``."""

from benchmarks.provenance import store
from benchmarks.small_measure import real_row, seconds_of, sheet, table
from benchmarks.small_pix2pix import SEEDS, SMALL

VARIANTS = ["L1", "cGAN", "L1+cGAN", "L1, no skips"]


def main() -> None:
    rows = table(VARIANTS)
    path = store(
        "pix2pix_losses",
        command="python -m benchmarks.pix2pix_losses",
        seeds=SEEDS,
        seconds=seconds_of(rows),
        result={"config": vars(SMALL), "rows": rows, "real": real_row(), "sheet": sheet("pix2pix_losses", VARIANTS)},
    )
    print(path)


if __name__ == "__main__":
    main()
