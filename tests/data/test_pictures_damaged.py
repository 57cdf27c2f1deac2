"""Two thousand pictures with something wrong in each, and what is special about some that are whole."""

import io
import random
import re
import struct
import time
import zlib
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from course_lib.data.pictures import MAX_ASPECT, MAX_SCANS, BadPicture, open_picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encoded(image, form, **options):
    file = io.BytesIO()
    image.save(file, format=form, **options)
    return file.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, depth, colour, rows, *before, after=b""):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return SIGNATURE + header + b"".join(before) + chunk(b"IDAT", zlib.compress(rows)) + after + chunk(b"IEND", b"")


# ---- damaged


def whole_pictures() -> dict[str, bytes]:
    """One of each kind that a visitor may bring."""
    noise = np.random.default_rng(5)
    rgb = Image.fromarray(noise.integers(0, 256, (13, 17, 3), dtype=np.uint8))
    other, exif = rgb.rotate(180), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a note"
    frames = {"save_all": True, "append_images": [other], "duration": 50}
    return {
        "png": encoded(rgb, "PNG", exif=exif.tobytes()),
        "png palette": encoded(rgb.quantize(16), "PNG", transparency=b"\0\x80\xff"),
        "png grey alpha": encoded(rgb.convert("LA"), "PNG"),
        "png 16 bit": encoded(Image.fromarray(noise.integers(0, 65536, (9, 7), dtype=np.uint16)), "PNG"),
        "png animated": encoded(rgb, "PNG", **frames),
        "png one bit": encoded(rgb.convert("1"), "PNG"),
        "jpeg": encoded(rgb, "JPEG", exif=exif.tobytes()),
        "jpeg progressive": encoded(rgb.resize((40, 40)), "JPEG", progressive=True),
        "jpeg cmyk": encoded(rgb.convert("CMYK"), "JPEG"),
        "webp": encoded(rgb, "WEBP", exif=exif.tobytes()),
        "webp alpha": encoded(rgb.convert("RGBA"), "WEBP", lossless=True),
        "webp animated": encoded(rgb, "WEBP", **frames),
        "bmp": encoded(rgb, "BMP"),
    }


def chunks(content):
    """A PNG as its chunks: (kind, data)."""
    found, at = [], len(SIGNATURE)
    while at + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        found.append((kind, content[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


KINDS = (b"gAMA", b"cHRM", b"tRNS", b"iCCP", b"eXIf", b"sRGB", b"pHYs", b"PLTE", b"acTL", b"fcTL", b"fdAT", b"tEXt", b"zTXt", b"iTXt")  # fmt: skip


def damaged_chunks(content, chance):
    """A chunk cut short, doubled, moved, made up or filled with something else; every checksum is right again."""
    parts = chunks(content)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(parts))
        kind, data = parts[at]
        match chance.randrange(5):
            case 0:
                parts[at] = kind, data[: chance.randrange(len(data) + 1)]
            case 1:
                parts.insert(chance.randrange(len(parts) + 1), (kind, data))
            case 2:
                parts.insert(chance.randrange(len(parts)), parts.pop(at))
            case 3:
                made_up = chance.choice(KINDS), chance.randbytes(chance.choice((0, 1, 2, 3, 5, 8, 26, 33)))
                parts.insert(chance.randrange(1, len(parts) + 1), made_up)
            case 4:
                parts[at] = kind, damaged_bytes(data or b"\0", chance)
    return SIGNATURE + b"".join(chunk(kind, data) for kind, data in parts)


def damaged_bytes(content, chance):
    """Bytes changed, cut out or doubled."""
    content = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(content) or 1)
        match chance.randrange(4):
            case 0:
                content[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del content[at : at + chance.randrange(1, 9)]
            case 2:
                content[at:at] = content[at : at + chance.randrange(1, 9)]
            case 3:
                content[at:] = content[at : at + chance.randrange(1, 200)]
    return bytes(content)


@pytest.mark.filterwarnings("ignore")
def test_two_thousand_damaged_pictures():
    chance, whole, ends = random.Random(20), whole_pictures(), Counter()
    for number in range(2000):
        kind = list(whole)[number % len(whole)]
        damage = damaged_chunks if kind.startswith("png") and chance.random() < 0.7 else damaged_bytes
        content = damage(whole[kind], chance)
        started = time.perf_counter()
        try:
            picture = open_picture(content, name="This file")
        except BadPicture as error:
            assert re.fullmatch(r"This file [^/<>\\]*\.", str(error)), (number, kind, str(error))
            ends["refused"] += 1
        else:
            assert picture.mode == "RGB" and picture.width * picture.height <= 16_000_000, (number, kind)
            ends["read"] += 1
        assert time.perf_counter() - started < 5, (number, kind)
    assert ends["read"] > 300 and ends["refused"] > 300, ends  # both are met often enough to mean something


CUT_SHORT = {
    "gAMA": chunk(b"gAMA", b"\0\0"),
    "cHRM": chunk(b"cHRM", b"\0" * 30),
    "tRNS": chunk(b"tRNS", b"\0"),
    "iCCP": chunk(b"iCCP", b"name"),
    "eXIf": chunk(b"eXIf", b"Exif"),
    "fdAT": chunk(b"fdAT", b"\0"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kind", CUT_SHORT)
def test_a_chunk_cut_short_is_read_over_or_a_sentence(kind, late):
    part = CUT_SHORT[kind]
    file = png(4, 4, 8, 2, b"\0" * 52, *([] if late else [part]), after=part if late else b"")
    try:
        assert open_picture(file, name="This file").size == (4, 4)
    except BadPicture as error:
        assert str(error) == "This file is damaged and cannot be read. Save it anew from its source."


def test_the_decoders_words_are_not_repeated(tmp_path, monkeypatch):
    def trips(self):
        raise AssertionError(f"in {tmp_path}")

    file = tmp_path / "a.png"
    Image.new("RGB", (4, 4)).save(file)
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", trips)
    with pytest.raises(BadPicture) as caught:
        open_picture(file, name="This file")
    assert str(tmp_path) not in str(caught.value)


# ---- whole, and special


def colours(content):
    picture = open_picture(content)
    return [picture.getpixel((x, 0)) for x in range(picture.width)]


def test_a_transparent_colour_is_white_at_every_depth():
    white = (255, 255, 255)
    grey16 = b"\0" + struct.pack(">HH", 0x1234, 0x4040)
    assert colours(png(2, 1, 16, 0, grey16, chunk(b"tRNS", b"\x12\x34"))) == [white, (64, 64, 64)]
    rgb16 = b"\0" + struct.pack(">6H", 0x1234, 0x5678, 0x9ABC, 0x4040, 0, 0)
    assert colours(png(2, 1, 16, 2, rgb16, chunk(b"tRNS", struct.pack(">3H", 0x1234, 0x5678, 0x9ABC)))) == [white, (64, 0, 0)]  # fmt: skip
    assert colours(png(2, 1, 4, 0, b"\0\x5a", chunk(b"tRNS", b"\0\5"))) == [white, (170, 170, 170)]
    assert colours(png(2, 1, 2, 0, b"\0\x60", chunk(b"tRNS", b"\0\1"))) == [white, (170, 170, 170)]
    assert colours(png(2, 1, 1, 0, b"\0\x40", chunk(b"tRNS", b"\0\0"))) == [white, white]
    assert colours(png(2, 1, 8, 0, b"\0\x07\x08", chunk(b"tRNS", b"\0\x07"))) == [white, (8, 8, 8)]


def test_the_aspect_has_a_limit():
    long = Image.new("RGB", (7 * MAX_ASPECT, 7))
    assert open_picture(encoded(long, "PNG")).size == long.size
    for size in ((7 * MAX_ASPECT + 1, 7), (7, 7 * MAX_ASPECT + 1)):
        with pytest.raises(BadPicture, match=rf"{size[0]} × {size[1]} pixels; the longer side may be 20 times"):
            open_picture(encoded(Image.new("RGB", size), "PNG"))


@pytest.mark.parametrize(
    ("size", "most", "said"),
    [
        ((5000, 4000), None, "5,000 × 4,000 = 20,000,000 pixels; at most 16 megapixels"),
        ((30, 20), 512, "30 × 20 = 600 pixels; at most 512 pixels"),
        ((50_000, 40_000), None, "2,000,000,000 pixels; at most 16 megapixels"),
    ],
)
def test_too_large_says_how_large(size, most, said):
    content = png(*size, 8, 2, b"\0")
    with pytest.raises(BadPicture, match=re.escape(said)):
        open_picture(content, **({"max_pixels": most} if most else {}))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_is_told_from_a_picture(form):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    animated = open_picture(
        encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=50, lossless=True)
    )
    assert animated.info == {"frames": 3} and animated.getpixel((0, 0)) == (255, 0, 0)
    assert open_picture(encoded(frames[0], form)).info == {}


def test_a_jpeg_of_a_thousand_passes_is_refused_at_once():
    content = encoded(Image.new("L", (2000, 2000), 128), "JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    few = content[:-2] + last * (MAX_SCANS - content.count(b"\xff\xda")) + content[-2:]
    assert open_picture(few).size == (2000, 2000)
    many = content[:-2] + last * 2000 + content[-2:]
    started = time.perf_counter()
    with pytest.raises(BadPicture, match=r"2,006 passes; at most 50"):
        open_picture(many)
    assert time.perf_counter() - started < 1


def test_an_empty_file_and_a_folder(tmp_path):
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(BadPicture, match="empty.png is empty .0 bytes., as a broken download"):
        open_picture(tmp_path / "empty.png")
    with pytest.raises(BadPicture, match="is a folder. Name a picture in it"):
        open_picture(tmp_path)
