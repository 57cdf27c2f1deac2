"""The folder of uploads and results: kept to an age and a size, by time and at the start, whatever was left lying there.

Gradio forgets what an earlier process made, uploads that broke off midway, and folders that are empty.
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import anyio
import gradio as gr

from course_lib.app.answers import Refused
from course_lib.app.sessions import forget_unfetched, forget_uploads


@dataclass(frozen=True)
class Keeping:
    """How long and how much.

    Args:
        age: seconds after which a file goes.
        unfinished: seconds after which an upload goes that never got its name: its request ended long ago.
        most: bytes of all files; above them the oldest go first, but
        young: none of fewer seconds, since it may be in use; uploads are refused instead.
        every: seconds between two sweeps.
    """

    age: float = 3600
    unfinished: float = 300
    most: int = 500_000_000
    young: float = 60
    every: float = 60


class _Found(NamedTuple):
    changed: float
    size: int
    path: str


def sweep(folder: Path, kept: Iterable[str], keeping: Keeping, now: float | None = None) -> int:
    """Removes what is too old or too much, and folders that are empty. The bytes that are left.

    Args:
        kept: files that stay as long as the page runs. They are touched, so that another process's sweep leaves them, too.
    """
    now = time.time() if now is None else now
    for path in kept:
        _done(os.utime, path)
    files, folders = _inside(folder)
    left = []
    for file in files:
        is_unfinished = os.path.dirname(file.path) == str(folder) and os.path.basename(file.path).startswith("tmp")
        too_old = now - file.changed > (keeping.unfinished if is_unfinished else keeping.age)
        if not (too_old and _done(os.remove, file.path)):
            left.append(file)
    size = sum(file.size for file in left)
    for file in sorted(left):
        if size <= keeping.most or now - file.changed < keeping.young:
            break
        if _done(os.remove, file.path):
            size -= file.size
    for place in reversed(folders):  # inner ones first
        if now - place.changed > keeping.young:  # else it was made for a file that is on its way
            _done(os.rmdir, place.path)
    return size


def _inside(folder: Path) -> tuple[list[_Found], list[_Found]]:
    """All files and folders below a folder; links are files, and nobody follows them."""
    files: list[_Found] = []
    folders: list[_Found] = []
    for above, below, names in os.walk(folder):
        links = [name for name in below if os.path.islink(os.path.join(above, name))]
        for name in [*names, *below]:
            path = os.path.join(above, name)
            try:
                status = os.lstat(path)
            except OSError:
                continue  # gone meanwhile
            is_folder = name in below and name not in links
            changed = status.st_mtime if is_folder else max(status.st_mtime, status.st_ctime)
            (folders if is_folder else files).append(_Found(changed, status.st_size, path))
    return files, folders


def _done(act: Callable[[str], None], path: str) -> bool:
    try:
        act(path)
    except OSError:  # gone, or not empty, or in use (Windows)
        return False
    return True


class Sweeper:
    """Sweeps a page's folder as long as the page runs, and knows whether there is room for another upload."""

    def __init__(self, page: gr.Blocks, folder: Path, keeping: Keeping | None = None) -> None:
        self.page, self.folder, self.keeping = page, folder, keeping or Keeping()
        self.used = 0

    def sweep(self, room: int = 0) -> None:
        """One sweep, which leaves ``room`` bytes if it can; and what Gradio notes about files that are gone."""
        kept = {path for part in self.page.blocks.values() for path in getattr(part, "keep_in_cache", ())}
        self.used = sweep(self.folder, kept, replace(self.keeping, most=self.keeping.most - room))
        for noted in self.page.temp_file_sets:
            noted -= {path for path in list(noted) if not os.path.lexists(path)}
        forget_unfetched(self.page._queue)
        forget_uploads()

    @asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """As the server's lifespan: a sweep at the start, then by time."""
        await anyio.to_thread.run_sync(self.sweep)
        task = asyncio.create_task(self._by_time())
        try:
            yield
        finally:
            task.cancel()

    async def _by_time(self) -> None:
        while True:
            await asyncio.sleep(self.keeping.every)
            try:
                await anyio.to_thread.run_sync(self.sweep)
            except Exception:  # one sweep that fails must not be the last one
                logging.getLogger(__name__).exception("The temporary folder was not swept.")

    async def make_room(self, size: int) -> None:
        """Room for an upload of ``size`` bytes.

        Raises:
            Refused: 507, the folder is full of files that are in use.
        """
        if self.used + size > self.keeping.most:
            await anyio.to_thread.run_sync(self.sweep, size)
        if self.used + size > self.keeping.most:
            raise Refused(507, "The server has no room for files just now. Try again in a few minutes.")
        self.used += size
