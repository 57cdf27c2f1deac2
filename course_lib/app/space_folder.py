"""The folder that a Gradio Space on ZeroGPU runs as it is: ``python -m course_lib space --out DIR``."""

import shutil
import tempfile
from pathlib import Path

import course_lib
from course_lib.errors import CourseError
from course_lib.paths import course_root, zoo_dir

# What ZeroGPU offers (torch 2.8 to 2.11 on Python 3.12), not what the course itself is tested with.
_REQUIREMENTS = """\
torch==2.11.0
torchvision==0.26.0
accelerate>=1.15,<2
numpy>=2,<3
pillow>=12.3,<13
python-multipart>=0.0.27
safetensors>=0.7,<1
matplotlib>=3.10,<4
scipy>=1.14,<2
scikit-image>=0.25,<1
scikit-learn>=1.6,<2
"""

_README = """\
---
title: Losses You Can See
emoji: 🏠
colorFrom: blue
colorTo: red
sdk: gradio
sdk_version: 6.31.0
python_version: "3.12"
app_file: app.py
short_description: Losses of GANs, seen, dragged and trained live
license: other
suggested_hardware: zero-a10g
---

# Losses You Can See

The web app of a course on image-to-image translation whose losses are the lesson. It shows what a network learns from
the same photos under different losses.

The code is under the MIT licence (LICENSE). The weights in `zoo/` are under the terms that their cards state:
{cards}

The small example pictures of the CycleGAN tab are not under the MIT licence: apples and oranges are drawn from ImageNet
(research and teaching); emoji are Noto (Apache-2.0/OFL) and Twemoji (CC-BY-4.0). Those of the tabs
Flat → 3-D and Colour are Fluent Emoji (Microsoft, MIT).
"""

_APP = '''\
"""The Space: the course's page, and what ZeroGPU asks for."""

try:
    import spaces  # before anything touches CUDA
except ImportError:  # anywhere but on a Space
    spaces = None

from course_lib.app.start import main

if spaces is not None:

    @spaces.GPU
    def gpu() -> str:
        """ZeroGPU starts no Space in which nothing asks for a GPU. The tabs are faster on the CPU than in its queue."""
        import torch

        return torch.cuda.get_device_name()


if __name__ == "__main__":
    main()
'''

_ATTRIBUTES = "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"


def write_space(out: Path, models: list[str] | None = None) -> Path:
    """Writes app.py, README.md with its front matter, requirements.txt, the library and the models, all or nothing.

    Args:
        out: a folder that does not exist yet, or is empty.
        models: names in the zoo; those the page needs if None.

    Raises:
        CourseError: the folder holds something, or a model is missing.
    """
    if out.resolve().is_relative_to(Path(course_lib.__file__).resolve().parent):
        raise CourseError(f"{out} lies in the library, which is copied into it. Name a folder elsewhere with --out.")
    if models is None:
        from course_lib.app.page import models as needed

        models = needed()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(f"{out} is not empty. Name a new folder with --out, or empty it first.")
    missing = [name for name in models if not (zoo_dir() / name / "config.json").is_file()]
    if missing:
        raise CourseError(f"The page needs {missing[0]}, which is not in the zoo. Train it or pull it first.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
        new = Path(scratch) / out.name
        shutil.copytree(Path(course_lib.__file__).parent, new / "course_lib", ignore=_not_source)
        for name in models:
            shutil.copytree(zoo_dir() / name, new / "zoo" / name)
        cards = "\n".join(f"- [{name}](zoo/{name}/README.md)" for name in models)
        texts = {
            "README.md": _README.format(cards=cards),
            "requirements.txt": _REQUIREMENTS,
            "app.py": _APP,
            ".gitattributes": _ATTRIBUTES,
        }
        for file, text in texts.items():
            (new / file).write_text(text, encoding="utf-8")
        licence = course_root() / "LICENSE"
        if licence.is_file():
            shutil.copy(licence, new / "LICENSE")
        if out.exists():
            out.rmdir()
        new.rename(out)
    return out


_not_source = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyi")
