"""Letters that nobody sees, which come with texts that are copied."""

#: No width, no break, and marks of the direction in which a text is read.
_UNSEEN = "\u00ad\u200b\u200e\u200f\u2060\ufeff"


def bare(text: str) -> str:
    """Take blanks off both ends, and letters that nobody sees."""
    text = text.strip()
    return text if text.isascii() else text.strip(_UNSEEN).strip()
