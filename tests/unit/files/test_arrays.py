"""Files of plain arrays: what is written is read, and what is wrong is said."""

import numpy as np
import pytest

from twinscreen.files import InputError
from twinscreen.files.arrays import ArraysContract, read_arrays, write_arrays

PAIR = ArraysContract("pair", ("one", "two"))
VALUES = {"one": np.array(["a", "bc"]), "two": np.arange(6, dtype=np.int16).reshape(2, 3)}


def test_what_is_written_is_read(tmp_path):
    write_arrays(tmp_path / "pair.npz", PAIR, **VALUES)
    found = read_arrays(tmp_path / "pair.npz", PAIR)
    assert list(found) == ["one", "two"]
    for name, values in VALUES.items():
        assert found[name].dtype == values.dtype
        assert found[name].tolist() == values.tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["pair.npz"]  # nothing half written


def test_the_same_arrays_give_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        write_arrays(tmp_path / name, PAIR, **VALUES)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@pytest.mark.parametrize("arrays", [{"one": np.ones(1)}, {**VALUES, "three": np.ones(1)}])
def test_other_arrays_than_the_contract_are_not_written(tmp_path, arrays):
    with pytest.raises(ValueError, match="pair: has"):
        write_arrays(tmp_path / "pair.npz", PAIR, **arrays)
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError) as raised:
        read_arrays(tmp_path / "none.npz", PAIR)
    assert raised.value.found == "no such file"
    assert "pair: the arrays one, two" in str(raised.value)


def test_a_missing_array_is_said(tmp_path):
    np.savez(tmp_path / "half.npz", one=np.ones(1))
    with pytest.raises(InputError, match="two"):
        read_arrays(tmp_path / "half.npz", PAIR)


@pytest.mark.parametrize("content", [b"", b"not arrays", b"PK\x03\x04 broken"])
def test_a_file_of_something_else_is_said(tmp_path, content):
    (tmp_path / "broken.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.npz"):
        read_arrays(tmp_path / "broken.npz", PAIR)


def test_objects_are_never_loaded(tmp_path):
    """Loading them would run what the file says."""
    np.savez(tmp_path / "objects.npz", one=np.array([{}], dtype=object), two=np.ones(1))
    with pytest.raises(InputError):
        read_arrays(tmp_path / "objects.npz", PAIR)


def test_a_cut_file_is_said(tmp_path):
    write_arrays(tmp_path / "pair.npz", PAIR, **VALUES)
    whole = (tmp_path / "pair.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut\.npz"):
        read_arrays(tmp_path / "cut.npz", PAIR)


def test_a_single_array_is_no_file_of_arrays(tmp_path):
    with open(tmp_path / "one.npz", "wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(InputError, match=r"one\.npz"):
        read_arrays(tmp_path / "one.npz", PAIR)
