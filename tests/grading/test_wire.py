"""Messages of a process that ran a stranger's code."""

import json
import struct

import pytest
import torch

from course_lib.grading.wire import BadMessage, pack, scrub, unpack


def message(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def test_round_trip():
    sent = {
        "a": torch.arange(6, dtype=torch.float64).reshape(2, 3),
        "flag": torch.tensor(True),
        "none": torch.zeros(0, 5),
    }
    tensors, meta = unpack(pack(sent, {"text": "λ = 100"}))
    assert meta == {"text": "λ = 100"}
    assert all(torch.equal(tensors[k], sent[k]) for k in sent)


def entry(dtype="F64", shape=(1,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "shorter"),
        (struct.pack("<Q", 1 << 60) + b"{}", "a header of"),
        (message(b"\xff\xfe{}"), "not JSON"),
        (message(b"[" * 100000), "not JSON"),
        (message([1]), "not an object"),
        (message({"a": entry(shape=(1_000_000,))}, b"12345678"), "claims the shape"),
        (message({"a": entry(offsets=(0, 80))}, b"12345678"), "claims the shape"),
        (message({"a": entry(shape=(-1,), offsets=(0, -8))}, b"12345678"), "claims"),
        (message({"a": entry(), "b": entry()}, b"12345678"), "overlap"),
        (message({"a": entry()}, b"12345678" * 2), "16 bytes where"),
        (message({"a": entry("PICKLE")}, b"12345678"), "malformed"),
        (message({"a": 3}), "malformed"),
        (message({"__metadata__": {"x": 3}}), "text"),
        (message({str(i): entry(shape=(0,), offsets=(0, 0)) for i in range(2001)}), "2001 tensors"),
    ],
)
def test_a_lying_header_is_refused(data, why):
    with pytest.raises(BadMessage, match=why):
        unpack(data)


def test_too_long_is_refused_before_it_is_read():
    with pytest.raises(BadMessage, match="more than the 10"):
        unpack(b"x" * 11, cap=10)


def test_scrub_leaves_nothing_that_acts():
    assert scrub("ok\x1b[2J\x07\ud800é\n", 100) == "ok�[2J��é\n"
    assert len(scrub("x" * 5000, 100)) < 110
