"""Write the JSON schema and the table of config/README.md anew: `python -m twinscreen.settings`."""

from pathlib import Path

from twinscreen.settings.documents import schema_text, with_table

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.json"
README = ROOT / "config" / "README.md"


def documents() -> dict[Path, str]:
    """Return what is made from the options, by path in the clone of the repository."""
    return {SCHEMA: schema_text(), README: with_table(README.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
