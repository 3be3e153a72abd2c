"""Changes of a file that people, programs and disks make, and some that nobody makes."""

from collections.abc import Callable, Sequence

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


CHANGES: list[Change] = [
    *(_flip, _overwrite, _cut, _remove, _repeat, _insert, _splice, _lines, _field, _field, _insert)
]


def mutate(content: bytes, random: np.random.Generator, others: Sequence[bytes]) -> bytes:
    """Change a file in one way, or in several."""
    for _ in range(int(random.geometric(0.7))):
        change = CHANGES[int(random.integers(len(CHANGES)))]
        content = change(content, random, others)
    return content[: 1 << 20]
