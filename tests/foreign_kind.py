"""A kind of evidence of another package, as docs/evidence.md tells to make one."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evidence.md"


def page_blocks(language: str) -> list[str]:
    """Return the code blocks of docs/evidence.md in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def install(folder: Path, *, code: str = "", entry: str = "") -> Path:
    """Put a package beside ours as an installer does; by default that of the page.

    Parameters
    ----------
    folder
        To be put on `sys.path`, or PYTHONPATH.
    code
        What its module `my_kinds` holds.
    entry
        Its entry point: name and place.
    """
    [module], [project] = page_blocks("python"), page_blocks("toml")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "my_kinds.py").write_text(code or module, encoding="utf-8")
    group, *entries = project.splitlines()
    group = re.fullmatch(r'\[project\.entry-points\."(.*)"\]', group)[1]  # type: ignore[index]
    information = folder / "my_kinds-1.2.dist-info"
    information.mkdir(exist_ok=True)
    text = "Metadata-Version: 2.1\nName: my-kinds\nVersion: 1.2\n"
    (information / "METADATA").write_text(text, encoding="utf-8")
    lines = [f"[{group}]", *([entry] if entry else [line.replace('"', "") for line in entries])]
    (information / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
