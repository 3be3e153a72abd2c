"""The signed network and its rewired versions, from the table of interactions to a file."""

import numpy as np
import pandas as pd
import pytest

from twinscreen.files import INTERACTOME, InputError, write_table
from twinscreen.kb.wiring import read_wiring
from twinscreen.knowledge.signalling.wiring import build_wiring

ROWS = [
    # layer, source, target, sign
    ("PT", "R", "K", 1),
    ("PT", "S", "L", 1),
    ("PT", "K", "T", 1),
    ("PT", "L", "T", -1),
    ("PT", "R", "X", None),  # without a sign, not a signal
    ("TR", "T", "G", 1),
    ("TR", "T", "H", -1),
]


@pytest.fixture
def interactome(tmp_path):
    table = pd.DataFrame(ROWS, columns=["layer", "source", "target", "sign"])
    table["sign"] = table["sign"].astype("Int8")
    path = tmp_path / "interactome.parquet"
    write_table(table.assign(sources="made", references=""), path, INTERACTOME)
    return path


def build(interactome, output, *, seed=1, rewirings=7):
    build_wiring(
        interactome=interactome, damping=0.8, steps=3, rewirings=rewirings, seed=seed, output=output
    )
    return output


def test_the_network_comes_back_as_the_table_has_it(interactome, tmp_path):
    wiring = read_wiring(build(interactome, tmp_path / "wiring.npz"))
    assert list(wiring.proteins) == ["G", "H", "K", "L", "R", "S", "T"]
    name = wiring.proteins.to_numpy()
    for edges, layer in ((wiring.network.signalling, "PT"), (wiring.network.regulation, "TR")):
        found = zip(name[edges.source], name[edges.target], edges.sign.tolist(), strict=True)
        assert sorted(found) == sorted(row[1:] for row in ROWS if row[0] == layer and row[3])
    assert (wiring.network.damping, wiring.network.steps) == (0.8, 3)


def test_rewired_networks_keep_signs_and_numbers_of_edges(interactome, tmp_path):
    wiring = read_wiring(build(interactome, tmp_path / "wiring.npz"))
    edges = wiring.network.signalling
    assert wiring.rewirings == 7
    assert wiring.rewired.shape == (7, 4)
    for targets in wiring.rewired:
        for sign in (-1, 1):
            here = edges.sign == sign
            assert sorted(targets[here]) == sorted(edges.target[here])
    assert len({tuple(targets) for targets in wiring.rewired}) > 1


def test_without_rewirings_the_network_stands_alone(interactome, tmp_path):
    wiring = read_wiring(build(interactome, tmp_path / "wiring.npz", rewirings=0))
    assert wiring.rewirings == 0
    assert wiring.rewired.shape == (0, 4)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(interactome, tmp_path):
    one, same, other = (
        build(interactome, tmp_path / name, seed=seed).read_bytes()
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )
    assert one == same != other


def test_more_rewirings_leave_the_first_ones_as_they_are(interactome, tmp_path):
    few, many = (
        read_wiring(build(interactome, tmp_path / f"{n}.npz", rewirings=n)).rewired for n in (3, 9)
    )
    assert many[:3].tolist() == few.tolist()


def test_a_missing_file_and_a_file_that_lacks_a_part_are_said(interactome, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_wiring(tmp_path / "none.npz")
    with np.load(build(interactome, tmp_path / "wiring.npz")) as file:
        parts = {name: file[name] for name in file.files if name != "rewired"}
    np.savez(tmp_path / "old.npz", **parts)
    with pytest.raises(InputError, match="rewired"):
        read_wiring(tmp_path / "old.npz")
