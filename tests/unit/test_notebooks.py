"""Notebooks of the documentation run as they stand, and are short."""

from pathlib import Path

import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
MOST_LINES, MOST_BYTES = 40, 500_000


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs_and_is_short(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    lines = [line for cell in code for line in cell.source.splitlines() if line.strip()]
    assert len(lines) < MOST_LINES
    assert path.stat().st_size < MOST_BYTES
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=300, resources=resources).execute()
    texts = [text_of(output) for cell in code for output in cell.outputs]
    assert any("the best drug exceeds" in text for text in texts)
    assert sum("image/png" in output.get("data", {}) for c in code for output in c.outputs) >= 3


def text_of(output):
    """Return what an output says."""
    return output.get("text", "") + output.get("data", {}).get("text/plain", "")
