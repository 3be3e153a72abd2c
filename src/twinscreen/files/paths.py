"""What counts as the path of a file, and reading once what stays as it is."""

import os
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar

FilePath = str | os.PathLike[str]

Content = TypeVar("Content")


def once(*, kept: int) -> Callable[[Callable[..., Content]], Callable[..., Content]]:
    """Let stages of one process read a file once, as long as it stays as it is.

    All of them are given the same object, which none of them may change.

    Parameters
    ----------
    kept
        Number of files, those asked for last, whose content the process keeps.
    """

    def sharing(read: Callable[..., Content]) -> Callable[..., Content]:
        @lru_cache(maxsize=kept)
        def known(path: Hashable, _state: tuple[int, ...], *further: Hashable) -> Content:
            return read(path, *further)

        @wraps(read)
        def reader(path: FilePath, *further: Any) -> Content:
            try:
                found = os.stat(path)
            except OSError:
                return read(path, *further)  # which says what is wrong
            state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
            return known(os.fspath(path), state, *further)

        return reader

    return sharing
