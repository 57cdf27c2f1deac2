# Run this first. Where the course is installed it does nothing; elsewhere, as on Colab, it fetches the course once.
import importlib
import io
import os
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

COURSE = ""  # the address of the course's ZIP; or leave it empty and put the ZIP beside this notebook


def find_the_course(address, folder="losses-you-can-see"):
    """Unpacks the course into ``folder``, unless it is there; from the ZIP beside this notebook, else from the address."""
    here, inside = Path(folder).resolve(), "course_lib/lessons.py"
    if not (here / inside).is_file():
        beside = [path for path in sorted(Path().glob("*.zip")) if zipfile.is_zipfile(path)]
        ours = [p for p in beside if any(name.endswith(inside) for name in zipfile.ZipFile(p).namelist())]
        if not ours and not address:
            raise RuntimeError(f"The course is not installed here. Put its ZIP into {Path().resolve()}, or write the ZIP's "
                               "address behind COURSE =, and run this cell again.")  # fmt: skip
        archive = zipfile.ZipFile(ours[0] if ours else io.BytesIO(urllib.request.urlopen(address, timeout=60).read()))
        tops = [name.removesuffix(inside) for name in archive.namelist() if name.endswith(inside)]
        if not tops:
            raise RuntimeError(f"{address} is not the course's ZIP: it holds no {inside}.")
        with tempfile.TemporaryDirectory(dir=".") as scratch:  # it appears whole, by the last line
            archive.extractall(scratch)
            (Path(scratch) / tops[0]).rename(here)
    os.environ["COURSE_ROOT"] = str(here)
    sys.path.insert(0, str(here))
    for name in [name for name in sys.modules if name.split(".")[0] == "course_lib"]:
        del sys.modules[name]  # another part of the course, such as a kit's


try:
    importlib.import_module("course_lib.lessons")
except ImportError:
    find_the_course(COURSE)
    importlib.import_module("course_lib.learners.needs").install_missing()
