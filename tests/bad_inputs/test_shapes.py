"""Every file in the shape of a bug report is read rightly, or refused with what helps."""

import pytest
from letters import LETTERS
from reported import REPORTED
from shapes import SHAPES
from trial import fault_of


@pytest.mark.parametrize("shape", [*SHAPES, *LETTERS, *REPORTED], ids=lambda shape: shape.name)
def test_an_odd_file_is_read_rightly_or_refused_by_name(shape, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not fault_of(shape, tmp_path)
