"""Words that stand for nothing, by one rule for whatever is read."""

#: Words that programs and people write where there is nothing, in small letters.
_MISSING = frozenset(("", "na", "n/a", "#n/a", "<na>", "nan", "none", "null"))


def is_missing(text: str) -> bool:
    """Tell a word that stands for nothing, in any case of letters: it is never a name."""
    return text.strip().casefold() in _MISSING
