"""No parser does anything but read or refuse what mutation makes of a file: a short run."""

import pytest
from parsers import parsers

from fuzz import fuzz


@pytest.mark.parametrize("name", list(parsers()))
def test_what_is_mutated_is_read_as_it_stands(tmp_path, name):
    """Else mutants would be refused for its faults, and never come far."""
    for seed in parsers()[name].seeds:
        (tmp_path / parsers()[name].name).write_bytes(seed)
        parsers()[name].read(tmp_path / parsers()[name].name)


@pytest.mark.parametrize("name", list(parsers()))
def test_what_is_damaged_is_read_or_refused(name):
    parser = parsers()[name]
    found = fuzz(parser, seed=7, executions=3 if parser.costly else 50)
    assert found.crashes == {}
    assert parser.costly or found.refused < found.executions
