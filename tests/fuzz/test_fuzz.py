"""No parser does anything but read or refuse what mutation makes of a file: a short run."""

import pytest
from parsers import parsers

from fuzz import fuzz


@pytest.mark.parametrize("name", list(parsers()))
def test_what_is_damaged_is_read_or_refused(name):
    parser = parsers()[name]
    found = fuzz(parser, seed=7, executions=3 if parser.costly else 50)
    assert found.crashes == {}
    assert found.executions
