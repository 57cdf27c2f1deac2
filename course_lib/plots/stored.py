"""Results of the long runs in ``benchmarks/results``: numbers, pictures, and where they come from."""

import json
from typing import Any

from PIL import Image

from course_lib.errors import CourseError
from course_lib.paths import course_root


def stored(name: str) -> dict[str, Any]:
    """A stored result by name, as its benchmark wrote it.

    Raises:
        CourseError: there is none of that name.
    """
    folder = course_root() / "benchmarks" / "results"
    path = folder / f"{name}.json"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.json"))) or "none"
        raise CourseError(f"No stored result {name!r}. There is: {known}. `python -m benchmarks.{name}` would make it.")
    return {"name": name, **json.loads(path.read_text(encoding="utf-8"))}


def provenance(record: dict[str, Any]) -> str:
    """One sentence: what made the numbers, with which seeds and versions, when in the project's history, how long."""
    versions = ", ".join(f"{package} {version}" for package, version in record["versions"].items())
    added = "".join(
        f" {name} was added on {one['machine']['processor']} ({one['machine']['threads']} thread(s)), commit {one['commit']}."
        for name, one in record.get("added", {}).items()
    )
    return (
        f"`{record['command']}`, seeds {record['seeds']}, {record['seconds'] / 60:.0f} minutes of training on "
        f"{record['machine']['processor']} ({record['machine']['threads']} thread(s)), {versions}, commit {record['commit']}."
        + added
    )


def stored_sheet(record: dict[str, Any]) -> dict[str, list[Image.Image]]:
    """The pictures beside a stored result: row name → square pictures, cut from its one sheet."""
    with Image.open(course_root() / "benchmarks" / "results" / f"{record['name']}.png") as file:
        sheet = file.convert("RGB")
    side = sheet.height // len(record["sheet"])
    return {
        row: [sheet.crop((x, at * side, x + side, (at + 1) * side)) for x in range(0, sheet.width, side)]
        for at, row in enumerate(record["sheet"])
    }


def per_seed(record: dict[str, Any], measure: str) -> dict[str, list[float]]:
    """Variant → one value per seed; "reads.pixel" reaches into nested measures."""

    def value(row: dict[str, Any]) -> float:
        found: Any = row
        for key in measure.split("."):
            found = found[key]
        return float(found)

    return {variant: [value(row) for row in rows] for variant, rows in record["rows"].items()}
