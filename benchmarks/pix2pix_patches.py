"""Table of lesson 06: L1 + cGAN at 64² with patches of 1, 16, 34 and 70. ``python -m benchmarks.pix2pix_patches``."""

from benchmarks.provenance import store
from benchmarks.small_measure import real_row, seconds_of, sheet, table
from benchmarks.small_pix2pix import SEEDS, SMALL

VARIANTS = ["patch 1", "patch 16", "patch 34", "L1+cGAN"]


def main() -> None:
    rows = table(VARIANTS)
    path = store(
        "pix2pix_patches",
        command="python -m benchmarks.pix2pix_patches",
        seeds=SEEDS,
        seconds=seconds_of(rows),
        result={"config": vars(SMALL), "rows": rows, "real": real_row(), "sheet": sheet("pix2pix_patches", VARIANTS)},
    )
    print(path)


if __name__ == "__main__":
    main()
