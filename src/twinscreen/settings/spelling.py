"""Names of conditions that differ in their spelling alone."""

import re

#: What makes no other condition of a name: blanks and quotation marks.
_NO_MATTER = re.compile(r"""[\s"'`\u00b4\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]+""")


def differs_in_spelling(condition: str, control: str) -> bool:
    """Tell whether a condition differs from the control in case, blanks or quotes alone."""
    return condition != control and _plain(condition) == _plain(control)


def _plain(condition: str) -> str:
    return _NO_MATTER.sub("", condition).casefold()
