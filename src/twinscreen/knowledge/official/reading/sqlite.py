"""Asking a SQLite database that came in an archive."""

import fnmatch
import logging
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd

from twinscreen.files import InputError, atomic
from twinscreen.knowledge.official.reading.chunks import LINES

log = logging.getLogger(__name__)


def query(path: Path, question: str) -> Iterator[pd.DataFrame]:
    """Ask a database, and yield the rows part by part.

    Parameters
    ----------
    path
        The database, or a tar archive with one `.db` file, which is unpacked beside it once.
    question
        SQL that reads.

    Raises
    ------
    InputError
        There is no database, or it lacks a table or a column.
    """
    database = unpacked(path)
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as open_:
            yield from pd.read_sql_query(question, open_, chunksize=LINES)
    except (sqlite3.DatabaseError, pd.errors.DatabaseError) as error:
        said = " ".join(str(error.__cause__ or error).split())
        raise InputError(
            file=database,
            found=said,
            expected="the database of the release that the list of official sources names",
            remedy="remove the file and fetch it again",
        ) from error


def unpacked(path: Path) -> Path:
    """Return the database of an archive, which is unpacked when it is first asked for.

    Raises
    ------
    InputError
        The archive is damaged, or has no database.
    """
    if not path.name.endswith((".tar.gz", ".tgz", ".tar")):
        return path
    database = path.with_name(f"{path.name.partition('.tar')[0]}.db")
    if database.is_file():
        return database
    log.info("unpacking %s", path)
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content and fnmatch.fnmatch(member.name, "*.db"):
                    with atomic(database) as partial, open(partial, "wb") as file:
                        shutil.copyfileobj(content, file, 1 << 20)
                    return database
        found = "an archive without a .db file"
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # a full disk is no fault of the archive
        found = f"can't be unpacked: {error}"
    raise InputError(
        file=path,
        found=found,
        expected="a tar archive with a SQLite database",
        remedy="remove the file and fetch it again",
    )
