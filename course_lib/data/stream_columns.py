"""Which columns of a stream are the pictures: told by their names, or asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.data.pictures import PictureBytes
from course_lib.errors import CourseError

# Both sides, as sets that are about call them; A (the input, or the left half) first.
SIDES = (
    ("a", "b"),
    ("input", "target"),
    ("input", "output"),
    ("source", "target"),
    ("imagea", "imageb"),
    ("image_a", "image_b"),
    ("input_image", "target_image"),
    ("input_image", "edited_image"),
    ("original_image", "edited_image"),
    ("conditioning_image", "image"),
)
_WAY_OUT = "Write it behind the number, as in #100000:photo,map"


def picture_columns(features: Mapping[str, Any], example: Mapping[str, Any]) -> list[str]:
    """The columns that hold pictures: declared so, or the bytes of a file."""
    return [
        name
        for name, value in example.items()
        if type(features.get(name)).__name__ == "Image"
        or isinstance(value, bytes)
        or (isinstance(value, dict) and isinstance(value.get("bytes"), bytes))
    ]


def asked_columns(source: str, columns: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """The columns of a source that a user asks for, by their names with or without the ending of their files.

    Raises:
        CourseError: one is not there.
    """
    found = []
    for name in asked:
        matching = [column for column in columns if name.lower() in (column.lower(), base(column))]
        if len(matching) != 1:
            problem = "no column" if not matching else f"{len(matching)} columns"
            raise CourseError(
                f"{source} has {problem} {name!r} of pictures; it has {', '.join(columns)}. Choose of them."
            )
        found += matching
    if len(set(found)) < len(found):
        raise CourseError(f"{source}: the column {found[0]} is asked for twice. Name two different ones.")
    return tuple(found)


def both_sides(source: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of A and of B, by their names; the only one, where there is one.

    Raises:
        CourseError: names do not tell, or no column holds pictures.
    """
    if len(columns) == 1:
        return (columns[0],)
    named = {base(column): column for column in columns}
    found = [(named[a], named[b]) for a, b in SIDES if a in named and b in named]
    if len(found) != 1:
        raise CourseError(_ambiguous(source, columns, "Which are the two sides of a pair?", f"{_WAY_OUT}: A first."))
    return found[0]


def only_column(source: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The one column of pictures.

    Raises:
        CourseError: there are several, or none.
    """
    if len(columns) != 1:
        raise CourseError(_ambiguous(source, columns, "Which one is meant?", f"{_WAY_OUT} (or one of them alone)."))
    return (columns[0],)


def base(column: str) -> str:
    """A column's name without the ending of its files: WebDataset's columns are called input.jpg."""
    return column.partition(".")[0].lower()


def refuse_split_pairs(source: str, head: Sequence[Mapping[str, Any]]) -> None:
    """Refuses WebDataset samples called NAME_A and NAME_B: each would be taken for a whole pair.

    Raises:
        CourseError: they are called so.
    """
    keys = [str(example.get("__key__", "")) for example in head[:2]]
    if len(keys) == 2 and keys[0][:-2] == keys[1][:-2] and {key[-2:].lower() for key in keys} == {"_a", "_b"}:
        raise CourseError(
            f"{source} has the two pictures of a pair in two samples, {keys[0]} and {keys[1]}. WebDataset puts what belongs "
            f"together into one: call the files {keys[0][:-2]}.a.jpg and {keys[0][:-2]}.b.jpg, side by side."
        )


def pictures_of(example: Mapping[str, Any], columns: Sequence[str], number: int) -> tuple[PictureBytes, ...]:
    """The files' bytes of an example's pictures, each with what to call it in messages.

    Args:
        number: of the example in the order of its arrival.
    """
    place = f"{str(example['__url__']).rpartition('/')[2]}/{example['__key__']}." if "__key__" in example else ""
    found = []
    for column in columns:
        value = example.get(column)
        path = value.get("path") if isinstance(value, dict) else None
        content = value if isinstance(value, bytes) else (value or {}).get("bytes")
        if content is None and path:
            content = _fetched(path)
        found.append(PictureBytes(place + column if place else path or f"{column} of example {number}", content or b""))
    return tuple(found)


def _fetched(path: str) -> bytes:
    """A picture's file, wherever it lies; nothing, as of a damaged one, where it is not there.

    Raises:
        CourseError: what holds it cannot be reached.
    """
    import fsspec

    try:
        with fsspec.open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return b""
    except Exception as error:  # disk and network each have their own kinds
        raise CourseError(f"{path} cannot be read ({type(error).__name__}: {error}). Check the source.") from error


def _ambiguous(source: str, columns: Sequence[str], question: str, way_out: str) -> str:
    if not columns:
        return f"{source} has no column of pictures. Name a source that has."
    return f"{source} has {len(columns)} columns of pictures: {', '.join(columns)}. {question} {way_out}"
