"""Read a page as its reader would: text, tables, attributes."""

import re
from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "br", "img", "input", "hr", "path", "use", "image"}


class Page(HTMLParser):
    """Text, elements and attributes of a page; `facts` holds what elements with data-fact say."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.parts: list[str] = []
        self.facts: dict[str, str] = {}
        self._told: list[tuple[int, str, list[str]]] = []
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        if name := dict(attrs).get("data-fact"):
            self._told.append((len(self.open), name, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self._told and self._told[-1][0] == len(self.open):
            _, name, said = self._told.pop()
            self.facts[name] = " ".join("".join(said).split())
        if tag not in _VOID:
            assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if not {"style", "script"}.intersection(self.open):
            self.parts.append(data)
        for _, _, said in self._told:
            said.append(data)

    @property
    def text(self) -> str:
        """All text, white space as one blank."""
        return " ".join(" ".join(self.parts).split())

    @property
    def loaded(self) -> list[str]:
        """Give all addresses from which the page itself would load something."""
        return [
            values[name] or ""
            for tag, values in self.elements
            for name in ("href", "src", "xlink:href", "srcset", "data", "action")
            if name in values and tag != "a"
        ]

    @property
    def ways_out(self) -> list[str]:
        """Give the addresses that a reader may follow out of the page's folder."""
        kept = {"name": "referrer", "content": "no-referrer"}
        assert kept in [values for tag, values in self.elements if tag == "meta"]
        found = [values.get("href") or "" for tag, values in self.elements if tag == "a"]
        return [address for address in found if "://" in address]

    def attributes(self, name: str) -> list[str]:
        """Give the values of an attribute in all elements."""
        return [values[name] or "" for _, values in self.elements if name in values]


def section(source: str, start: str, end: str) -> str:
    """Cut the text between two headings, without tags."""
    part = source[source.index(start) : source.index(end, source.index(start))]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def answer(page: Page) -> str:
    """Cut the answer, without tags."""
    return section(page.source, 'id="answer"', "</section>")
