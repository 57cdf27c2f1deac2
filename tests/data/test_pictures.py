"""Opening picture files: what is read, how, and what is refused with a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.pictures import BadPicture, open_picture, to_picture, to_tensor, to_unit


def encoded(image, form, **options):
    file = io.BytesIO()
    image.save(file, format=form, **options)
    return file.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, depth=8, colour=2, extra=b"", rows=b"\0" * 4000):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def photo():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8))


@pytest.mark.parametrize("form", ["PNG", "BMP", "WEBP"])
def test_lossless_formats_come_back_exactly(photo, form, tmp_path):
    content = encoded(photo, form, **({"lossless": True} if form == "WEBP" else {}))
    path = tmp_path / "photo.bin"
    path.write_bytes(content)
    for source in (content, io.BytesIO(content), path, str(path)):
        opened = open_picture(source)
        assert opened.mode == "RGB"
        assert np.array_equal(opened, photo)


def test_jpeg_grey_and_one_pixel(photo):
    assert open_picture(encoded(photo, "JPEG")).size == (9, 6)
    grey = open_picture(encoded(Image.new("L", (3, 2), 77), "PNG"))
    assert grey.getpixel((2, 1)) == (77, 77, 77)
    dot = open_picture(encoded(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG"))
    assert (dot.size, dot.getpixel((0, 0))) == ((1, 1), (1, 2, 3))


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = np.array([[0, 257 * 100, 65535, 30000]], dtype=np.uint16)
    opened = open_picture(encoded(Image.fromarray(ramp), "PNG"))
    assert [opened.getpixel((x, 0))[0] for x in range(4)] == [0, 100, 255, 117]  # 30000/257 = 116.7


def test_sixteen_bit_colour():
    # One row of one pixel: filter byte, then R, G, B of two bytes each.
    row = b"\0" + struct.pack(">HHH", 0, 257 * 200, 65535)
    assert open_picture(png(1, 1, depth=16, rows=row)).getpixel((0, 0)) == (0, 200, 255)


def test_cmyk():
    red = open_picture(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100)).getpixel((4, 4))
    assert red[0] > 240
    assert max(red[1:]) < 15


def test_alpha_is_laid_over_white():
    half_red = Image.new("RGBA", (2, 1), (255, 0, 0, 128))
    half_red.putpixel((1, 0), (0, 255, 0, 0))
    for form in ("PNG", "WEBP"):
        opened = open_picture(encoded(half_red, form, **({"lossless": True} if form == "WEBP" else {})))
        assert opened.getpixel((0, 0)) == (255, 127, 127)
        assert opened.getpixel((1, 0)) == (255, 255, 255)
    grey = encoded(Image.new("LA", (1, 1), (0, 0)), "PNG")
    assert open_picture(grey).getpixel((0, 0)) == (255, 255, 255)


def test_transparent_colour_of_a_palette_and_of_plain_rgb():
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putpixel((1, 0), 1)
    opened = open_picture(encoded(palette, "PNG", transparency=0))
    assert [opened.getpixel((x, 0)) for x in range(2)] == [(255, 255, 255), (0, 0, 255)]
    rgb = Image.new("RGB", (2, 1), (9, 9, 9))
    rgb.putpixel((1, 0), (8, 8, 8))
    opened = open_picture(encoded(rgb, "PNG", transparency=(9, 9, 9)))
    assert [opened.getpixel((x, 0)) for x in range(2)] == [(255, 255, 255), (8, 8, 8)]


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_exif_rotation(photo, form):
    tag = Image.Exif()
    tag[0x0112] = 6  # "turn by 90° to the right to see it upright"
    opened = open_picture(encoded(photo, form, exif=tag.tobytes(), **({"lossless": True} if form == "WEBP" else {})))
    assert opened.size == (6, 9)
    assert np.array_equal(opened, np.rot90(np.asarray(photo), -1))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("note", [b"", b"nonsense", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff\x01\x12"])
def test_a_broken_exif_note_does_not_spoil_a_whole_picture(note):
    assert open_picture(png(10, 10, extra=chunk(b"eXIf", note))).size == (10, 10)


def test_the_first_frame_of_an_animation(photo):
    other = Image.new("RGB", photo.size, "white")
    for form, options in (("WEBP", {"lossless": True}), ("PNG", {})):
        animated = encoded(photo, form, save_all=True, append_images=[other], duration=50, **options)
        assert np.array_equal(open_picture(animated), photo)


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (9_000, 9_999), (4_001, 4_000), (1, 16_000_001)])
@pytest.mark.filterwarnings("error")
def test_huge_by_its_header_is_refused_before_decoding(width, height):
    with pytest.raises(BadPicture, match="16 megapixels"):
        open_picture(png(width, height), name="big.png")


def test_the_limit_itself_is_allowed():
    assert open_picture(png(20, 10, rows=b"\0" * 10 * 61), max_pixels=200).size == (20, 10)
    with pytest.raises(BadPicture, match="20 × 10"):
        open_picture(png(20, 10, rows=b"\0" * 10 * 61), max_pixels=199)


def test_a_bomb_in_a_text_chunk():
    bomb = chunk(b"zTXt", b"note\0\0" + zlib.compress(b"A" * 8_000_000, 9))
    with pytest.raises(BadPicture, match="damaged"):
        open_picture(png(10, 10, extra=bomb))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_truncated(form, share, photo):
    content = encoded(photo.resize((90, 60)), form)
    with pytest.raises(BadPicture, match=r"^shot\.x is (damaged|not a picture).*\.$"):
        open_picture(content[: int(len(content) * share)], name="shot.x")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n", b"BM", png(0, 10)]
)
def test_no_picture_at_all(content, tmp_path):
    file = tmp_path / "note.png"
    file.write_bytes(content)
    with pytest.raises(BadPicture) as caught:
        open_picture(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_gif_and_a_format_left_out(photo):
    gif = encoded(photo, "GIF", save_all=True, append_images=[photo])
    with pytest.raises(BadPicture, match="Convert it to PNG"):
        open_picture(gif)
    with pytest.raises(BadPicture, match=r"\(PNG\)"):
        open_picture(encoded(photo, "BMP"), formats=("PNG",))


def test_missing_and_folder(tmp_path):
    with pytest.raises(BadPicture, match=r"nowhere\.png is not there"):
        open_picture(tmp_path / "nowhere.png")
    with pytest.raises(BadPicture, match=str(tmp_path)):
        open_picture(tmp_path)


def test_bytes_and_tensors_are_the_same_picture(photo):
    tensor = to_tensor(photo)
    assert (tensor.shape, tensor.dtype) == ((1, 3, 6, 9), torch.float32)
    assert tensor[0, 2, 4, 7].item() == pytest.approx(photo.getpixel((7, 4))[2] / 255 * 2 - 1, abs=1e-6)
    assert np.array_equal(to_picture(tensor), photo)
    assert np.array_equal(to_picture(tensor[0]), photo)
    every = torch.arange(256).float().reshape(1, 1, 256).expand(3, 1, 256) / 127.5 - 1
    assert np.array_equal(np.asarray(to_picture(every))[0, :, 0], np.arange(256))


def test_out_of_range_is_clipped_and_shapes_are_checked():
    assert to_picture(torch.full((3, 1, 1), 1.7)).getpixel((0, 0)) == (255, 255, 255)
    assert to_picture(torch.full((3, 1, 1), -9.0)).getpixel((0, 0)) == (0, 0, 0)
    assert to_unit(torch.tensor([-1.5, -1.0, 0.0, 1.0, 3.0])).tolist() == [0, 0, 0.5, 1, 1]
    for wrong in ((2, 3, 4, 4), (2, 4, 4), (5, 4, 4), (4, 4)):
        with pytest.raises(ValueError, match="1, 3 or 4 channels"):
            to_picture(torch.zeros(wrong))


@pytest.mark.parametrize(("white", "shown"), [(1.0, [0, 128, 255]), (255.0, [0, 128, 255])])
def test_grey_floats_are_read_on_the_scale_they_are_on(tmp_path, white, shown):
    Image.fromarray(np.array([[0, 0.5, 1]], dtype=np.float32) * white).save(tmp_path / "a.tiff")
    assert np.asarray(open_picture(tmp_path / "a.tiff"))[0, :, 0].tolist() == shown
