"""Tensors and a little text over a pipe: safetensors bytes, capped and checked before anything is built from them.

Nothing is unpickled. The header is read here first, because the bytes may come from a process that ran a stranger's code.
"""

import json
import math
import struct
from typing import BinaryIO

from safetensors.torch import load, save
from torch import Tensor

CAP = 16 << 20  # bytes a submission may answer with
HEADER_CAP = 1 << 20
MOST_TENSORS = 2000
DTYPE_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
    "C64": 8,
}


class BadMessage(Exception):
    """The bytes are not what they say they are."""


def pack(tensors: dict[str, Tensor], meta: dict[str, str]) -> bytes:
    """The tensors and the text as safetensors bytes."""
    # The file format aligns to 8 bytes by itself; contiguous copies keep it from refusing shared memory.
    return save({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, metadata=meta)


def unpack(data: bytes, cap: int = CAP) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and text of a message.

    Raises:
        BadMessage: too long, a header that lies about sizes, offsets, shapes or dtypes, or not safetensors at all.
    """
    if len(data) > cap:
        raise BadMessage(f"{len(data)} bytes, more than the {cap} that are allowed")
    if len(data) < 8:
        raise BadMessage("shorter than its own header length")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(HEADER_CAP, len(data) - 8):
        raise BadMessage(f"a header of {length} bytes in a message of {len(data)}")
    try:
        header = json.loads(data[8 : 8 + length].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadMessage("a header that is not JSON") from error
    if not isinstance(header, dict):
        raise BadMessage("a header that is not an object")
    meta = header.pop("__metadata__", {})
    if not isinstance(meta, dict) or not all(isinstance(v, str) for v in meta.values()):
        raise BadMessage("text that is not text")
    _check_layout(header, len(data) - 8 - length)
    try:
        return load(data), meta
    except Exception as error:  # safetensors has an error class of its own in each release
        raise BadMessage(f"not safetensors: {error}") from error


def _check_layout(header: dict, body: int) -> None:
    """Every tensor's bytes lie one after the other, are as many as its shape needs, and fill the body exactly."""
    if len(header) > MOST_TENSORS:
        raise BadMessage(f"{len(header)} tensors, more than {MOST_TENSORS}")
    spans = []
    for name, entry in header.items():
        try:
            size, (start, end) = DTYPE_BYTES[entry["dtype"]], entry["data_offsets"]
            shape = entry["shape"]
            whole = all(type(n) is int and 0 <= n <= CAP for n in [*shape, start, end]) and len(shape) <= 16
        except (KeyError, TypeError, ValueError) as error:
            raise BadMessage(f"a malformed entry for {name[:60]!r}") from error
        if not whole or end - start != size * math.prod(shape):
            raise BadMessage(
                f"{name[:60]!r} claims the shape {str(shape)[:60]} in {end - start if whole else '?'} bytes"
            )
        spans.append((start, end))
    at = 0
    for start, end in sorted(spans):
        if start != at:
            raise BadMessage("tensors that overlap or leave a gap")
        at = end
    if at != body:
        raise BadMessage(f"{body} bytes where the header announces {at}")


MAGIC = b"LYCS1\n"


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """One framed message."""
    stream.write(MAGIC + struct.pack("<Q", len(data)) + data)
    stream.flush()


def read_frame(data: bytes, cap: int = CAP) -> bytes | None:
    """The message in what a pipe gave; None if it is not complete.

    Raises:
        BadMessage: it is something else, or there is more behind it.
    """
    if not MAGIC.startswith(data[: len(MAGIC)]):
        raise BadMessage("something other than an answer")
    head = len(MAGIC) + 8
    if len(data) < head:
        return None
    (length,) = struct.unpack("<Q", data[len(MAGIC) : head])
    if length > cap:
        raise BadMessage(f"an answer of {length} bytes, more than the {cap} that are allowed")
    if len(data) > head + length:
        raise BadMessage("an answer with something behind it")
    return data[head:] if len(data) == head + length else None


def scrub(text: str, most: int = 2000) -> str:
    """Text from a submission, fit for a terminal, XML and a web page: no control characters, no lone surrogates, not endless."""
    clean = "".join(
        c if c in "\n\t" or (c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF) else "\N{REPLACEMENT CHARACTER}"
        for c in text[: most + 1]
    )
    return clean if len(text) <= most else clean[:most] + " […]"
