"""Cells in a folder as 10x Genomics' Cell Ranger writes it: matrix, barcodes, features."""

import io as streams
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from scipy import io, sparse

from twinscreen.files import InputError
from twinscreen.observe.formats.cell_file import CellFile, Counts, Features, reading, same_length
from twinscreen.observe.formats.unpacked import open_bytes, open_text

_WHOLE = "a whole 10x folder: matrix.mtx, barcodes.tsv and features.tsv or genes.tsv, or as .gz"
_REMEDY = "write it again with Cell Ranger"

#: The first line of a sparse matrix with a number for each entry.
_BANNER = re.compile(
    r"%%MatrixMarket\s+matrix\s+coordinate\s+(unsigned-integer|integer|real|double)\s+general",
    re.IGNORECASE,
)

#: Bytes of which entries of whole numbers consist, and further ones of other numbers.
_WHOLE_NUMBERS, _NUMBERS = b"0123456789+- \t\r\n", b".eE"

#: Bytes that are read at once.
_BLOCK = 1 << 20

#: Entries of the matrix that are looked at where a look must do.
_A_FEW = 5000


def is_tenx_folder(path: Path) -> bool:
    """Tell a folder with one matrix, or its matrix."""
    return path.is_dir() or path.name.removesuffix(".gz").endswith("matrix.mtx")


class _Entries(streams.RawIOBase):
    """The text of a matrix: its entries are numbers, and its last line has an end.

    scipy leaves out what follows the digits of a whole number, so that 2.5 would be 2, and a last
    line without an end that has more than digits ends the process.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, open_bytes(path)
        banner = line = self._file.readline()
        self._head, self._last = b"", b""
        while line.startswith(b"%"):
            self._head += line
            line = self._file.readline()
        self._head += line
        whole = b"integer" in banner.lower()
        self._usual = _WHOLE_NUMBERS if whole else _WHOLE_NUMBERS + _NUMBERS

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read as much as comes, and an end of the last line."""
        block, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        if not block:
            block = self._file.read(len(buffer))
            if odd := block.translate(None, self._usual):
                raise InputError(
                    file=self._path,
                    place="an entry of the matrix",
                    found=repr(odd[:1].decode("latin-1")),
                    expected="whole numbers in a matrix that says integer in its first line, and"
                    " otherwise numbers with a point",
                    remedy="write the raw counts again, by scipy.io.mmwrite or R's Matrix::writeMM",
                )
            if not block and not self._last.endswith(b"\n"):
                block = b"\n"
        self._last = block or self._last
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close the file, too."""
        self._file.close()
        super().close()


class TenxFolder(CellFile):
    """Cells of a 10x folder, or of the files beside a matrix that share its prefix (as in GEO)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._matrix = self._one_of("matrix.mtx") if path.is_dir() else path
        prefix = self._matrix.name.removesuffix(".gz").removesuffix("matrix.mtx")
        self._folder, self._prefix = self._matrix.parent, prefix
        barcodes = self._table("barcodes.tsv")
        self._features = self._table("features.tsv", "genes.tsv")
        self.obs = pd.DataFrame(index=pd.Index(barcodes[0], name=None))

    def read(self, rows: np.ndarray) -> Counts:
        """Read the matrix, which stands in the file by feature, and keep the rows asked for."""
        self._check_banner()
        with reading(self._matrix, _WHOLE, _REMEDY), self._opened(self._matrix) as source:
            matrix = sparse.csr_array(io.mmread(source, spmatrix=False).T)
        same_length(self.path, "barcodes", len(self.obs), matrix.shape[0], "barcodes")
        same_length(self.path, "features", len(self._features), matrix.shape[1], "features")
        return Counts(sparse.csr_array(matrix[rows]), self._named(), "matrix.mtx")

    def look(self, rows: np.ndarray) -> Counts:
        """Read the first entries of the matrix, whatever cells they are of."""
        self._check_banner()
        with reading(self._matrix, _WHOLE, _REMEDY), open_text(self._matrix) as file:
            lines = (line for line in file if not line.startswith("%"))
            features, cells, _ = map(int, next(lines).split())
            entries = [line.split() for line in islice(lines, _A_FEW)]
            index = np.array([entry[:2] for entry in entries], dtype=int).reshape(-1, 2).T - 1
            values = np.array([entry[2] for entry in entries], dtype=float)
        same_length(self.path, "barcodes", len(self.obs), cells, "barcodes")
        same_length(self.path, "features", len(self._features), features, "features")
        with reading(self._matrix, _WHOLE, _REMEDY):
            found = sparse.csr_array((values, (index[1], index[0])), shape=(cells, features))
        return Counts(found, self._named(), "matrix.mtx")

    def _check_banner(self) -> None:
        """Refuse a matrix without values, or written in another way than Cell Ranger's."""
        with reading(self._matrix, _WHOLE, _REMEDY), open_text(self._matrix) as file:
            banner = file.readline(200).strip()
        if not _BANNER.fullmatch(banner):
            raise InputError(
                file=self._matrix,
                place="line 1",
                found=repr(banner[:80]),
                expected="%%MatrixMarket matrix coordinate integer general (or real)",
                remedy="write the counts, as of features by cells, by scipy.io.mmwrite or R's"
                " Matrix::writeMM",
            )

    @staticmethod
    @contextmanager
    def _opened(path: Path) -> Iterator[Path | BinaryIO]:
        """Give what scipy reads: a plain file by itself, in several threads, if it is sound."""
        last = b""
        if path.suffix != ".gz":
            with (
                streams.BufferedReader(_Entries(path), _BLOCK) as checked,
                open(path, "rb") as file,
            ):
                while checked.read(_BLOCK):
                    pass
                file.seek(-1, streams.SEEK_END)
                last = file.read()
        if last == b"\n":
            yield path
            return
        with streams.BufferedReader(_Entries(path), _BLOCK) as file:
            yield file

    def _named(self) -> Features:
        """Features as `id, symbol, kind`; older files have no kind, some no id."""
        columns = [self._features[c].to_numpy(dtype=str) for c in self._features][:3]
        if len(columns) == 1:
            return Features.of(columns[0])
        return Features.of(columns[1], columns[0], *columns[2:])

    def _one_of(self, ending: str) -> Path:
        """Find the one file of the folder with this ending, packed or not."""
        found = [
            p
            for p in sorted(self.path.iterdir())
            # hidden ones are what a Mac keeps beside each file
            if p.name.endswith((ending, f"{ending}.gz")) and not p.name.startswith(".")
        ]
        if len(found) != 1:
            raise InputError(
                file=self.path,
                found=f"a folder with {len(found)} files named {ending}",
                expected=_WHOLE,
                remedy="name the folder of one sample, or in a folder of several the matrix itself",
                detail=", ".join(p.name for p in found),
            )
        return found[0]

    def _table(self, *names: str) -> pd.DataFrame:
        """Read a table without header that belongs to the matrix."""
        beside = [self._folder / f"{self._prefix}{n}{end}" for n in names for end in ("", ".gz")]
        path = next((p for p in beside if p.is_file()), None)
        if path is None:
            raise InputError(
                file=self.path,
                found=f"no {' or '.join(names)} beside the matrix",
                expected=_WHOLE,
                remedy="put the file there, with the same prefix as the matrix if it has one",
                detail=f"no {' or '.join(self._prefix + name for name in names)}",
            )
        with reading(path, _WHOLE, _REMEDY), open_bytes(path) as file:
            return pd.read_csv(
                file, sep="\t", header=None, dtype=str, keep_default_na=False, quoting=3
            )
