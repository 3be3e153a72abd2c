"""Changes of a file that people, programs and disks make, and some that nobody makes."""

import gzip
import io
import zlib
from collections.abc import Callable, Sequence

import h5py
import numpy as np

#: Texts that have been trouble before, of any parser.
TROUBLE = [
    *(b"", b"\0", b"\t", b"\n", b"\r", b"\r\n", b'"', b"'", b",", b";", b"|", b"/", b"\\", b" "),
    *(b"NA", b"NaN", b"nan", b"inf", b"-inf", b"1e400", b"-1", b"0", b"1.5", b"1,5", b"+", b"-"),
    *(b"9" * 25, b"9" * 5000, b"1" * 400 + b".5", b"x" * 3000, b"0x10", b"1_000", b"1e-400"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", "\u0663".encode(), "\u202e".encode(), b"\x1b[31m"),
    *(b"=1+1", b"@x", b"--seed", b"../../x", b"/etc/passwd", b"{x}", b"$(x)", b"None", b"null"),
    *(b"[", b"]", b"{", b"}", b"[" * 3000, b"&a [*a]", b"!!python/object:x", b"<<: *a", b"%", b"#"),
    *(b"0|1", b"./.", b"<DEL>", b"*", b".", b"END=9", b"END=-1", b"HP:0001945", b"2024-13-45"),
]

Change = Callable[[bytes, np.random.Generator, Sequence[bytes]], bytes]


def _span(content: bytes, random: np.random.Generator) -> tuple[int, int]:
    """Choose a part of a file, mostly a short one."""
    start = int(random.integers(len(content) + 1))
    length = min(int(random.geometric(0.05)), len(content) - start)
    return start, start + length


def _flip(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    if not content:
        return content
    changed, place = bytearray(content), int(random.integers(len(content)))
    changed[place] ^= 1 << int(random.integers(8))
    return bytes(changed)


def _overwrite(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    start, end = _span(content, random)
    filled = bytes([int(random.choice([0, 255, 1, 127]))]) * (end - start)
    return content[:start] + filled + content[end:]


def _cut(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    return content[: int(random.integers(len(content) + 1))]


def _remove(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    start, end = _span(content, random)
    return content[:start] + content[end:]


def _repeat(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    start, end = _span(content, random)
    return content[:end] + content[start:end] * int(random.integers(1, 4)) + content[end:]


def _insert(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    place = int(random.integers(len(content) + 1))
    return content[:place] + TROUBLE[int(random.integers(len(TROUBLE)))] + content[place:]


def _splice(content: bytes, random: np.random.Generator, others: Sequence[bytes]) -> bytes:
    other = others[int(random.integers(len(others)))]
    start, end = _span(other, random)
    place = int(random.integers(len(content) + 1))
    return content[:place] + other[start:end] + content[place:]


def _lines(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    lines = content.splitlines(keepends=True)
    if len(lines) < 2:
        return content
    one, other = random.integers(len(lines), size=2)
    how = int(random.integers(3))
    if how == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif how == 1:
        lines.insert(one, lines[other])
    else:
        del lines[one]
    return b"".join(lines)


def _field(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    """Put trouble, or another field, in the place of a whole field."""
    mark = b"\t" if b"\t" in content else b","
    lines = [line.split(mark) for line in content.split(b"\n")]
    row = lines[int(random.integers(len(lines)))]
    fields = [field for line in lines for field in line]
    new = [*TROUBLE, *fields][int(random.integers(len(TROUBLE) + len(fields)))]
    row[int(random.integers(len(row)))] = new
    return b"\n".join(mark.join(line) for line in lines)


def _rows(content: bytes) -> tuple[bytes, list[list[bytes]]]:
    """Split a table as it seems to be separated."""
    mark = max((b"\t", b",", b" "), key=content.count)
    return mark, [line.split(mark) for line in content.split(b"\n")]


def _of_the_same_column(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    """Put a field in the place of another of its column, or let two change places."""
    mark, rows = _rows(content)
    if len(rows) < 3:
        return content
    one, other = (rows[int(place)] for place in random.integers(1, len(rows), size=2))
    column = int(random.integers(min(len(one), len(other))))
    swapped = bool(random.integers(2))
    one[column], other[column] = other[column], one[column] if swapped else other[column]
    return b"\n".join(mark.join(row) for row in rows)


def _digit(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    """Write another digit in the place of one."""
    places = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if not places:
        return content
    changed = bytearray(content)
    changed[places[int(random.integers(len(places)))]] = 48 + int(random.integers(10))
    return bytes(changed)


def _line_below(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    """Let two lines below the first change places, or take one out."""
    lines = content.split(b"\n")
    if len(lines) < 4:
        return content
    one, other = (int(place) for place in random.integers(1, len(lines), size=2))
    if random.integers(2):
        lines[one], lines[other] = lines[other], lines[one]
    else:
        del lines[one]
    return b"\n".join(lines)


def _blank(content: bytes, random: np.random.Generator, _: Sequence[bytes]) -> bytes:
    """Add what should make no difference: a blank, a line without text, another end of lines."""
    how = int(random.integers(3))
    if how == 0:
        return content.replace(b"\n", b"\r\n")
    places = [place for place, byte in enumerate(content) if byte in b"\n\t,:"]
    place = places[int(random.integers(len(places)))] if places else len(content)
    return content[:place] + (b" " if how == 1 else b"\n") + content[place:]


CHANGES: list[Change] = [
    *(_flip, _overwrite, _cut, _remove, _repeat, _insert, _splice, _lines, _field, _field, _insert)
]

#: Changes that keep the shape of a file, so that more than its first lines are read.
GENTLE: list[Change] = [_of_the_same_column, _digit, _line_below, _blank]


def mutate(content: bytes, random: np.random.Generator, others: Sequence[bytes]) -> bytes:
    """Change a file gently, in one way, or in several."""
    changes = GENTLE if random.random() < 0.5 else CHANGES
    for _ in range(int(random.geometric(0.7))):
        change = changes[int(random.integers(len(changes)))]
        content = change(content, random, others)
    return content[: 1 << 20]


def mutate_inside(content: bytes, random: np.random.Generator, others: Sequence[bytes]) -> bytes:
    """Change what is packed in a file, mostly, and at times the packed file."""
    if random.random() < 0.2:
        return mutate(content, random, others)
    try:
        inside = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return mutate(content, random, others)
    return gzip.compress(mutate(inside, random, [inside]), mtime=0)


def mutate_values(seeds: Sequence[bytes]) -> Change:
    """Change values of a whole HDF5 file, one of the seeds, at times, and else the file."""

    def change(content: bytes, random: np.random.Generator, others: Sequence[bytes]) -> bytes:
        if random.random() < 0.5:
            return mutate(content, random, others)
        whole = io.BytesIO(seeds[int(random.integers(len(seeds)))])
        with h5py.File(whole, "r+") as file:
            found: list[h5py.Dataset] = []
            file.visititems(
                lambda _, part: found.append(part) if isinstance(part, h5py.Dataset) else None
            )
            parts = [part for part in found if part.shape and part.size]
            part = parts[int(random.integers(len(parts)))]
            values = part[...]
            place = tuple(int(random.integers(size)) for size in values.shape)
            if values.dtype.kind in "iuf":
                values[place] = random.choice([0, 1, 2, 3, 7, 100])
            else:
                values[place] = TROUBLE[int(random.integers(20, len(TROUBLE)))].strip(b"\0")
            try:
                part[...] = values
            except (TypeError, ValueError):  # a text that h5py does not write
                return mutate(content, random, others)
        return whole.getvalue()

    return change
