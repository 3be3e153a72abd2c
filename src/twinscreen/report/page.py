"""A page in memory: shown in a notebook, saved as a file."""

from dataclasses import dataclass, field
from html import escape

from twinscreen.files import FilePath, write_text


@dataclass(frozen=True)
class Page:
    """A page as HTML, which loads nothing from outside."""

    html: str = field(repr=False)

    def _repr_html_(self) -> str:
        """Show the page in a notebook, in a frame of its own."""
        return (
            f'<iframe srcdoc="{escape(self.html)}" width="100%" height="800"'
            ' style="border: 1px solid #ccc"></iframe>'
        )

    def save(self, path: FilePath) -> None:
        """Write the page to a file."""
        write_text(self.html, path)
