"""What a user gets wrong in the arguments of a screen is told before anything is computed."""

import json

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.cli import main
from twinscreen.data import SCHEMAS
from twinscreen.files import InputError
from twinscreen.network import Interactome
from twinscreen.screen.evidence.collect import _aligned
from twinscreen.screen.evidence.registry import names as names_of_kinds
from twinscreen.screen.safety.concerns import PENALTIES

SCHEMA = SCHEMAS / "config.schema.json"
FILES = ("influence", "wiring", "genes", "interactome", "drugs", "targets", "ligand-receptor")


def screen(*flags, files="none"):
    """Run the verb on files that are not there."""
    named = [f"--{name}={files}" for name in (*FILES, "screen", "ranking")]
    return main(["screen", f"{files}.h5ad", *named, *flags])


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([], "none.h5ad"),  # every option has a default, so all is well until the twin is read
        (["--weights", "causal=2", "origin=0"], "none.h5ad"),
        (["--weights", "casual=1"], "found:    no kind of evidence is named casual"),
        (["--weights", "proximity=1"], "numbers of causal, counteraction, origin"),
        (["--weights", "causal=-1"], "greater than or equal to 0"),
        (["--weights", "causal=nan"], "a finite number"),
        (["--own-weights", "proximty=1"], "--own-weights"),
        (["--penalties", "withdrawal=0.1"], "found:    unknown name 'withdrawal'"),
        (["--penalties", "withdrawn=2"], "less than or equal to 1"),
        (["--pairs", "many"], "command line, --pairs"),
    ],
)
def test_names_and_numbers_are_checked(capsys, flags, told):
    assert screen(*flags) == 2
    said = capsys.readouterr().err
    assert told in said
    assert all(word in said for word in ("found:", "expected:", "remedy:"))


def test_a_number_by_name_needs_both(capsys):
    with pytest.raises(SystemExit) as ended:
        screen("--weights", "causal")
    assert ended.value.code == 2
    assert "expected NAME=NUMBER" in capsys.readouterr().err


def test_the_names_are_those_of_the_configuration():
    sections = json.loads(SCHEMA.read_text())["properties"]

    def names(section, key):
        return tuple(sections[section]["properties"][key]["properties"])

    assert names("screen", "weights") == names_of_kinds(in_score=True)
    assert names("screen", "own_weights") == names_of_kinds()
    assert names("safety", "penalties") == PENALTIES


def test_a_twin_of_another_release_is_refused():
    network = Interactome.from_edges([("A", "B"), ("B", "C")])
    twin = ad.AnnData(np.zeros((1, 3)), var=pd.DataFrame(index=["C", "A", "B"]))
    order = _aligned(network, twin, "interactome.parquet")
    assert order.names.tolist() == ["C", "A", "B"]
    assert order.adjacency.toarray().tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]
    twin.var_names = ["C", "X", "B"]
    with pytest.raises(InputError, match="1 of the twin's 3 proteins missing, the first X") as told:
        _aligned(network, twin, "interactome.parquet")
    assert told.value.file == "interactome.parquet"
