"""Names that differ in their spelling alone."""

import re
import unicodedata

#: What makes no other name: blanks, quotation marks, and letters that nobody sees.
_NO_MATTER = re.compile(
    r"""[\s"'`\u00b4\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u00ad\u200b-\u200f\u2060\ufeff]+"""
)
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
#: Dashes, underscores and points between words, and points at the end; between digits they are
#: signs, and a plus or minus at the end says what somebody has (HLA-B27+, HLA-B27-).
_BETWEEN = re.compile(r"(?<=[^\W\d_])[-_.]+(?=[^\W_])|(?<=[^\W_])[-_.]+(?=[^\W\d_])|\.+$")


def differs_in_spelling(one: str, other: str) -> bool:
    """Tell whether two names differ in case, blanks, quotes, accents or signs between words."""
    return one != other and plain(one) == plain(other)


def plain(name: str) -> str:
    """Write a name without what makes no other one."""
    name = _DASHES.sub("-", unicodedata.normalize("NFKC", name))
    name = re.sub(r"(?<=\w)\s+(?=\w)", "_", _NO_MATTER.sub(" ", name).strip())
    return _BETWEEN.sub("", name.replace(" ", "")).casefold()
