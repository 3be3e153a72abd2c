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
EVERY = [f"{name}=0.1" for name in PENALTIES]
FILES = ("influence", "wiring", "genes", "interactome", "drugs", "targets", "ligand-receptor")


def screen(*, weights=("causal=1",), own=(), penalties=EVERY, files="none"):
    """Run the verb on files that are not there."""
    return main(
        [
            *("screen", f"{files}.h5ad", *(f"--{name}={files}" for name in FILES)),
            *("--library=approved", "--withdrawn=false", "--preset=calibrated"),
            *("--compartments=equal", "--max-pvalue=0.01", "--random-seeds=20"),
            *("--random-modules=64", "--pairs=0", "--indication-prior=0", "--seed=1"),
            *(f"--screen={files}", f"--ranking={files}"),
            *(("--weights", *weights) if weights is not None else ()),
            *("--own-weights", *own),
            *(("--penalties", *penalties) if penalties is not None else ()),
        ]
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "none.h5ad"),  # all is well until the twin is read
        ({"weights": ["casual=1"]}, "found:    casual=1"),
        ({"weights": ["proximity=1"]}, "of causal, counteraction, origin"),
        ({"weights": ["causal=-1"]}, "numbers of at least 0"),
        ({"weights": ["causal=nan"]}, "correct the number"),
        ({"own": ["proximty=1"]}, "--own-weights"),
        ({"penalties": EVERY[1:]}, "no penalty of withdrawn"),
        ({"penalties": [*EVERY, "withdrawal=0.1"]}, "found:    withdrawal=0.1"),
        ({"penalties": [*EVERY[1:], "withdrawn=2"]}, "numbers between 0 and 1"),
    ],
)
def test_names_and_numbers_are_checked(capsys, given, told):
    assert screen(**given) == 2
    said = capsys.readouterr().err
    assert told in said
    assert all(word in said for word in ("found:", "expected:", "remedy:"))


@pytest.mark.parametrize("given", [{"weights": None}, {"penalties": None}, {"weights": ["causal"]}])
def test_what_a_screen_cannot_do_without_is_asked_for(capsys, given):
    with pytest.raises(SystemExit) as ended:
        screen(**given)
    assert ended.value.code == 2
    assert "--weights" in (said := capsys.readouterr().err) or "--penalties" in said


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
