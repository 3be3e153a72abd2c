"""Files that are read together are of one patient."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.files import (
    REPLICATES,
    SCREEN,
    TWIN,
    AnnDataContract,
    InputError,
    Parts,
    read_replicates_of,
    read_screen_of,
    read_twins_and_screens,
)
from whole_tables import complete


def made(contract: AnnDataContract, patient: str, rows: list[str], columns: list[str]):
    """Make a file with all parts of its contract, and nothing in them."""
    shape = len(rows), len(columns)
    file = ad.AnnData(
        np.zeros(shape),
        obs=pd.DataFrame("", index=rows, columns=list(contract.obs)),
        var=pd.DataFrame("", index=columns, columns=list(contract.var)),
        layers={name: np.zeros(shape) for name in contract.layers},
        obsp={name: np.zeros((len(rows), len(rows))) for name in contract.obsp},
    )
    file.uns |= dict.fromkeys(contract.uns, "") | {"patient": {"patient": patient}}
    return complete(file, contract)


def twin(patient="P1"):
    return made(TWIN, patient, ["B|blood|T1", "T|blood|T1"], ["JAK1"])


@pytest.fixture
def write(tmp_path):
    def write(kind, patient, compartment="B|blood|T1"):
        if kind == "twin":
            file = twin(patient)
        elif kind == "screen":
            file = made(SCREEN, patient, ["drug"], [compartment])
        else:
            file = made(REPLICATES, patient, ["0"], ["JAK1"])
            file.obs["compartment"] = compartment
        path = tmp_path / f"{patient}.{kind}.h5ad"
        file.write_h5ad(path)
        return path

    return write


READERS = {"screen": read_screen_of, "replicates": read_replicates_of}


@pytest.mark.parametrize("kind", READERS)
def test_files_of_the_twin_s_patient_are_read(write, kind):
    assert READERS[kind](twin(), of="P1.h5ad", path=write(kind, "P1")).n_obs == 1


@pytest.mark.parametrize("kind", READERS)
def test_those_of_another_patient_are_refused(write, kind):
    path = write(kind, "P2")
    with pytest.raises(InputError) as told:
        READERS[kind](twin(), of="P1.h5ad", path=path)
    assert told.value.file == str(path)
    assert told.value.found == f"the {kind} of P2"
    assert told.value.expected == f"the {kind} of P1, whose twin is P1.h5ad"
    assert "of the same patient" in told.value.remedy


@pytest.mark.parametrize("kind", READERS)
def test_those_of_another_twin_of_the_patient_are_refused(write, kind):
    path = write(kind, "P1", "NK|blood|T1")
    with pytest.raises(InputError, match=r"NK\|blood\|T1\n +found: +a compartment that the twin"):
        READERS[kind](twin(), of="P1.h5ad", path=path)


def names(twins, screens):
    whose = Parts(uns=("patient",))
    return list(
        read_twins_and_screens(
            twins,
            screens,
            lambda *pair: [one.uns["patient"]["patient"] for one in pair],
            of_twin=whose,
            of_screen=whose,
        )
    )


def test_a_cohort_is_read_patient_by_patient(write, most_alive):
    patients = ("P1", "P2", "P3")
    twins, screens = ([write(kind, name) for name in patients] for kind in ("twin", "screen"))
    with most_alive() as numbers:
        assert names(twins, screens) == [[name, name] for name in patients]
    assert max(numbers) == 2  # a twin and its screen
    with pytest.raises(InputError, match="the screen of P3"):
        names(twins, screens[::-1])
    with pytest.raises(InputError, match=r"found: +3 twins and 1 screens"):
        names(twins, screens[:1])
