"""Files that pass between stages: whole or absent, of a declared shape, and traceable."""

import hashlib
import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import sparse

import twinscreen
from twinscreen.files import (
    GENE_NAMES,
    GENES,
    AnnDataContract,
    GeneNames,
    InputError,
    Parts,
    TableContract,
    atomic,
    generator,
    hdf,
    provenance,
    read_anndata,
    read_parquet,
    read_parts,
    read_table,
    read_table_once,
    sha256,
    tables,
    write_anndata,
    write_table,
    write_tsv,
    writing_table,
)
from twinscreen.files.intact.seal import Seal, seal, seal_of
from twinscreen.files.intact.walk import walk
from twinscreen.files.paths import once

PAIRS = TableContract(
    "pairs",
    pa.schema(
        [
            pa.field("gene", pa.string(), nullable=False),
            pa.field("sign", pa.int8(), nullable=True),
            pa.field("weight", pa.float64(), nullable=False),
        ]
    ),
    key=("gene",),
)
CELLS = AnnDataContract("cells", obs=("kind",), layers=("counts",), uns=("sample",))


def pairs(**changes) -> pd.DataFrame:
    columns = {"weight": [0.5, 1.0], "gene": ["TP53", "EGFR"], "sign": [1, None]}
    return pd.DataFrame({**columns, **changes})


def cells() -> ad.AnnData:
    return ad.AnnData(
        np.array([[1.0, np.nan], [0.0, 2.0]], dtype=np.float32),
        obs=pd.DataFrame({"kind": ["B", "T"]}, index=["c1", "c2"]),
        var=pd.DataFrame(index=["TP53", "EGFR"]),
        layers={"counts": sparse.csr_matrix([[1, 0], [0, 2]])},
        uns={"sample": {"id": "S1"}},
    )


class TestAtomic:
    def test_the_file_takes_its_name_at_the_end(self, tmp_path):
        final = tmp_path / "deep" / "er" / "x.tsv.gz"
        with atomic(final) as partial:
            partial.write_text("whole")
            assert not final.exists()
            assert partial.parent == final.parent
            assert partial.name.endswith(".tsv.gz")
        assert final.read_text() == "whole"
        assert os.listdir(final.parent) == ["x.tsv.gz"]

    def test_a_failure_leaves_what_stood_there(self, tmp_path):
        final = tmp_path / "x.txt"
        final.write_text("old")

        def fail() -> None:
            with atomic(final) as partial:
                partial.write_text("half")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert final.read_text() == "old"
        assert os.listdir(tmp_path) == ["x.txt"]

    def test_a_killed_writer_leaves_nothing_under_the_final_name(self, tmp_path):
        code = (
            "import os, sys; from twinscreen.files import atomic\n"
            "with atomic(sys.argv[1]) as partial:\n"
            "    partial.write_text('half'); os._exit(9)"
        )
        final = tmp_path / "x.txt"
        assert subprocess.run([sys.executable, "-c", code, final]).returncode == 9
        assert not final.exists()

    def test_a_writer_that_makes_its_file_anew_is_fine(self, tmp_path):
        final = tmp_path / "x.txt"
        with atomic(final) as partial:
            partial.unlink()
            partial.write_text("anew")
        assert final.read_text() == "anew"

    @pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
    def test_permissions_follow_the_umask(self, tmp_path, mask, mode):
        before = os.umask(mask)
        try:
            with atomic(tmp_path / "x") as partial:
                partial.write_text("")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == mode

    def test_two_writers_do_not_meet(self, tmp_path):
        final = tmp_path / "x.txt"
        both = threading.Barrier(2)

        def write(text: str) -> None:
            with atomic(final) as partial:
                both.wait(timeout=10)
                partial.write_text(text)
                both.wait(timeout=10)

        writers = [threading.Thread(target=write, args=(letter * 9,)) for letter in "ab"]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert final.read_text() in {"a" * 9, "b" * 9}
        assert os.listdir(tmp_path) == ["x.txt"]


class TestInputError:
    ERROR = InputError(
        file=Path("/data/patients.tsv"),
        place="line 3",
        found="'P 1'",
        expected="letters and digits",
        remedy="rename the patient",
    )

    def test_the_message_says_where_what_and_how_to_mend_it(self):
        assert str(self.ERROR) == (
            "/data/patients.tsv, line 3\n"
            "  found:    'P 1'\n"
            "  expected: letters and digits\n"
            "  remedy:   rename the patient"
        )

    def test_the_reason_for_a_report_has_no_path(self):
        assert self.ERROR.reason == "line 3: found 'P 1', expected letters and digits"

    def test_the_place_may_be_left_out(self):
        error = InputError(file="x", found="nothing", expected="something", remedy="add it")
        assert str(error).startswith("x\n")
        assert error.reason == "found nothing, expected something"


def test_no_damaged_byte_of_a_table_is_read(tmp_path):
    path = tmp_path / "x.parquet"
    write_table(pairs(), path, PAIRS)
    right, whole = read_table(path, PAIRS), path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        try:
            pd.testing.assert_frame_equal(read_table(path, PAIRS), right)
        except InputError:
            continue
        assert seal_of(path) is Seal.ABSENT  # the seal itself was hit


@pytest.mark.parametrize("kept", [slice(-300), slice(90), slice(0)])
def test_a_damaged_table_of_others_is_a_fault_of_the_file(tmp_path, kept):
    path = tmp_path / "x.parquet"
    pairs().to_parquet(path)
    path.write_bytes(path.read_bytes()[kept])
    with pytest.raises(InputError, match="no whole Parquet file") as error:
        read_parquet(path, columns=["gene"], expected="pairs", remedy="export it again")
    assert error.value.remedy == "export it again"


@pytest.mark.parametrize("group", [2**20, 3])
def test_a_table_in_parts_is_the_table(tmp_path, monkeypatch, group):
    whole = pairs(gene=list("abcdefg"), sign=[1, None] * 3 + [1], weight=np.arange(7.0))
    write_table(whole, tmp_path / "whole.parquet", PAIRS)
    rows = pq.read_table(tmp_path / "whole.parquet")
    pq.write_table(rows, tmp_path / "groups.parquet", compression="zstd", row_group_size=group)
    monkeypatch.setattr(tables, "_GROUP", group)
    with writing_table(tmp_path / "parts.parquet", PAIRS) as write:
        for some in (slice(0), slice(0, 2), slice(2, 2), slice(2, 7)):
            write(whole[some])
    seal(tmp_path / "groups.parquet")
    expected = (tmp_path / "groups.parquet").read_bytes()
    assert (tmp_path / "parts.parquet").read_bytes() == expected


def test_a_table_in_parts_may_have_no_row(tmp_path):
    none = pairs()[:0]
    write_table(none, tmp_path / "whole.parquet", PAIRS)
    with writing_table(tmp_path / "parts.parquet", PAIRS) as write:
        write(none)
    expected = (tmp_path / "whole.parquet").read_bytes()
    assert (tmp_path / "parts.parquet").read_bytes() == expected


def test_a_part_that_breaks_its_contract_leaves_no_table(tmp_path):
    def write_both() -> None:
        with writing_table(tmp_path / "parts.parquet", PAIRS) as write:
            write(pairs())
            write(pairs(gene=["a", "a"]))

    with pytest.raises(ValueError, match="stands twice"):
        write_both()
    assert list(tmp_path.iterdir()) == []


class TestTables:
    def test_what_is_written_is_read(self, tmp_path):
        write_table(pairs(), tmp_path / "x.parquet", PAIRS)
        table = read_table(tmp_path / "x.parquet", PAIRS)
        assert table.columns.tolist() == ["gene", "sign", "weight"]
        assert table["gene"].tolist() == ["TP53", "EGFR"]
        assert table["sign"].isna().tolist() == [False, True]
        assert table["weight"].tolist() == [0.5, 1.0]

    def test_an_empty_table_keeps_its_types(self, tmp_path):
        write_table(pairs().iloc[:0], tmp_path / "x.parquet", PAIRS)
        assert pq.read_schema(tmp_path / "x.parquet").types == PAIRS.schema.types
        assert read_table(tmp_path / "x.parquet", PAIRS).empty

    def test_a_column_that_may_be_missing_may_be_absent(self, tmp_path):
        write_table(pairs().drop(columns="sign"), tmp_path / "x.parquet", PAIRS)
        assert read_table(tmp_path / "x.parquet", PAIRS)["sign"].isna().all()

    def test_columns_beyond_the_contract_are_left_out(self, tmp_path):
        write_table(pairs(more=[1, 2]), tmp_path / "x.parquet", PAIRS)
        assert pq.read_schema(tmp_path / "x.parquet").names == ["gene", "sign", "weight"]

    def test_the_same_table_gives_the_same_bytes(self, tmp_path):
        write_table(pairs(), tmp_path / "a.parquet", PAIRS)
        shuffled = pairs().set_index(pd.Index([7, 8]))[["sign", "gene", "weight"]]
        write_table(shuffled, tmp_path / "b.parquet", PAIRS)
        assert sha256(tmp_path / "a.parquet") == sha256(tmp_path / "b.parquet")

    @pytest.mark.parametrize(
        ("table", "says"),
        [
            (pairs().drop(columns="weight"), "weight"),
            (pairs(gene=["TP53", None]), "gene.*(missing|null) values"),
            (pairs(weight=[0.5, np.nan]), "weight.*(missing|null) values"),
            (pairs(gene=["TP53", "TP53"]), "TP53.* stands twice"),
            (pairs(sign=[1, 300]), "300"),
            (pairs(weight=["heavy", "light"]), "heavy"),
        ],
        ids=["column", "key", "value", "twice", "range", "type"],
    )
    def test_a_table_that_breaks_its_contract_is_not_written(self, tmp_path, table, says):
        with pytest.raises(ValueError, match=f"(?s){says}"):
            write_table(table, tmp_path / "x.parquet", PAIRS)
        assert os.listdir(tmp_path) == []

    def test_no_file(self, tmp_path):
        with pytest.raises(InputError, match="no such file"):
            read_table(tmp_path / "x.parquet", PAIRS)

    @pytest.mark.parametrize("content", [b"", b"gene\tsign\n", b"PAR1 and no more"])
    def test_not_parquet(self, tmp_path, content):
        (tmp_path / "x.parquet").write_bytes(content)
        with pytest.raises(InputError, match="no whole Parquet file"):
            read_table(tmp_path / "x.parquet", PAIRS)

    def test_a_missing_column_is_named(self, tmp_path):
        pairs()[["gene"]].to_parquet(tmp_path / "x.parquet")
        with pytest.raises(InputError, match=r"column sign\n.*no such column"):
            read_table(tmp_path / "x.parquet", PAIRS)

    def test_a_column_of_another_type_is_named(self, tmp_path):
        pairs(sign=["up", "down"]).to_parquet(tmp_path / "x.parquet")
        with pytest.raises(InputError, match=r"column sign\n.*string\n.*int8"):
            read_table(tmp_path / "x.parquet", PAIRS)

    def test_a_table_for_people(self, tmp_path):
        table = pd.DataFrame({"drug": ["a", "b"], "score": [1 / 3, np.nan], "rank": [1, 2]})
        write_tsv(table, tmp_path / "x.tsv")
        assert (tmp_path / "x.tsv").read_bytes() == b"drug\tscore\trank\na\t0.333333\t1\nb\t\t2\n"


#: Both ways to read an AnnData file: the whole, and no more than the names of rows and columns.
READERS = (read_anndata, partial(read_parts, parts=Parts()))


class TestAnnData:
    def test_what_is_written_is_read(self, tmp_path):
        write_anndata(cells(), tmp_path / "x.h5ad", CELLS)
        found = read_anndata(tmp_path / "x.h5ad", CELLS)
        np.testing.assert_array_equal(found.X, cells().X)
        assert found.layers["counts"].toarray().tolist() == [[1, 0], [0, 2]]
        assert found.obs["kind"].tolist() == ["B", "T"]
        assert found.uns["sample"] == {"id": "S1"}

    def test_the_same_cells_give_the_same_bytes(self, tmp_path):
        write_anndata(cells(), tmp_path / "a.h5ad", CELLS)
        write_anndata(cells(), tmp_path / "b.h5ad", CELLS)
        assert sha256(tmp_path / "a.h5ad") == sha256(tmp_path / "b.h5ad")

    def test_a_part_that_lacks_is_named_on_write(self, tmp_path):
        bare = cells()
        del bare.layers["counts"], bare.obs["kind"]
        with pytest.raises(ValueError, match=r"cells: lacks obs\[kind\], layers\[counts\]"):
            write_anndata(bare, tmp_path / "x.h5ad", CELLS)
        assert os.listdir(tmp_path) == []

    def test_a_part_that_lacks_is_named_on_read(self, tmp_path):
        bare = cells()
        del bare.uns["sample"]
        bare.write_h5ad(tmp_path / "x.h5ad")
        for read in READERS:
            with pytest.raises(InputError, match=r"no uns\[sample\]"):
                read(tmp_path / "x.h5ad", CELLS)

    def test_parts_are_those_of_the_whole_file(self, tmp_path):
        write_anndata(cells(), tmp_path / "x.h5ad", CELLS)
        whole = read_anndata(tmp_path / "x.h5ad", CELLS)
        parts = Parts(obs=("kind",), layers=("counts",), uns=("sample", "absent"), x=True)
        found = read_parts(tmp_path / "x.h5ad", CELLS, parts)
        pd.testing.assert_frame_equal(found.obs, whole.obs[["kind"]])
        assert (found.var_names == whole.var_names).all()
        np.testing.assert_array_equal(found.X, whole.X)
        assert (found.layers["counts"] != whole.layers["counts"]).nnz == 0
        assert found.uns == {"sample": {"id": "S1"}}

    def test_what_is_not_among_the_parts_is_not_read(self, tmp_path):
        write_anndata(cells(), tmp_path / "x.h5ad", CELLS)
        found = read_parts(tmp_path / "x.h5ad", CELLS, Parts())
        assert found.X is None
        assert found.shape == cells().shape
        assert (list(found.obs), list(found.layers), list(found.uns)) == ([], [], [])

    def test_hdf_of_another_kind_is_no_h5ad(self, tmp_path):
        with h5py.File(tmp_path / "x.h5ad", "w") as file:
            for name in ("obs/kind", "layers/counts", "uns/sample"):
                file.create_group(name)
        with pytest.raises(InputError, match=r"a cells \(h5ad\)"):
            read_parts(tmp_path / "x.h5ad", CELLS, Parts(obs=("kind",)))

    def test_no_file(self, tmp_path):
        for read in READERS:
            with pytest.raises(InputError, match="no such file"):
                read(tmp_path / "x.h5ad", CELLS)

    @pytest.mark.parametrize("compress", [True, False])
    def test_no_damaged_byte_is_read(self, tmp_path, compress):
        path = tmp_path / "x.h5ad"
        write_anndata(cells(), path, CELLS, compress=compress)
        whole = path.read_bytes()
        sealed = len(whole) - 60  # the seal itself is the last 61 bytes
        for place in np.linspace(0, sealed, 40, dtype=int, endpoint=False):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            for read in READERS:
                with pytest.raises(InputError, match=r"by its checksum\): it is damaged"):
                    read(path, CELLS)

    @pytest.mark.parametrize("sealed", [True, False])
    def test_zeros_inside_that_keep_hdf_for_ever_do_not_keep_us(
        self, tmp_path, monkeypatch, sealed
    ):
        path = tmp_path / "x.h5ad"
        large = ad.AnnData(np.zeros((200, 300), dtype=np.float32), uns={"sample": {"id": "S1"}})
        large.obs["kind"], large.layers["counts"] = "B", sparse.csr_matrix(large.X)
        write_anndata(large, path, CELLS)
        if not sealed:
            with h5py.File(path, "r+"):
                pass
        with open(path, "r+b") as file:
            file.seek(3000)
            file.write(bytes(1500))
        monkeypatch.setattr(hdf, "walk", partial(walk, patience=2))
        with pytest.raises(InputError, match=r"it is damaged\n.*\n.*writes this file again"):
            read_anndata(path, CELLS)

    def test_a_file_that_was_opened_for_writing_is_read_by_what_is_in_it(self, tmp_path):
        path = tmp_path / "x.h5ad"
        write_anndata(cells(), path, CELLS)
        with h5py.File(path, "r+") as file:
            file["uns/sample"].create_dataset("more", data="x")
        assert seal_of(path) is Seal.ABSENT
        assert read_anndata(path, CELLS).uns["sample"] == {"id": "S1", "more": "x"}

    @pytest.mark.parametrize("foreign", [False, True])
    def test_a_part_in_another_file_is_refused(self, tmp_path, foreign):
        """In a file without a seal; and in one from elsewhere, which anybody may have sealed."""
        path = tmp_path / "x.h5ad"
        write_anndata(cells(), path, CELLS)
        with h5py.File(path, "r+") as file:
            file["uns/sample/secret"] = h5py.ExternalLink("/etc/hostname", "/x")
        if foreign:
            seal(path)
        for read in READERS:
            with pytest.raises(InputError, match=r"sample/secret\n.*stands in another"):
                read(path, replace(CELLS, foreign=foreign))

    @pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n and no more", b"a,b\n1,2\n"])
    def test_not_an_h5ad(self, tmp_path, content):
        (tmp_path / "x.h5ad").write_bytes(content)
        for read in READERS:
            with pytest.raises(InputError, match="h5ad"):
                read(tmp_path / "x.h5ad", CELLS)


class TestProvenance:
    def test_the_digest_is_that_of_the_bytes(self, tmp_path):
        (tmp_path / "x").write_bytes(b"abc" * 1_000_000)
        assert sha256(tmp_path / "x") == hashlib.sha256(b"abc" * 1_000_000).hexdigest()

    def test_a_known_digest(self, tmp_path):
        (tmp_path / "x").write_bytes(b"abc")
        assert sha256(tmp_path / "x") == (  # FIPS 180-2, appendix B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )

    def test_it_names_version_parameters_and_inputs_but_no_folder(self, tmp_path):
        (tmp_path / "genes.tsv").write_bytes(b"abc")
        record = provenance(
            parameters={"seed": 7, "alpha": 0.05, "limit": None}, inputs=[tmp_path / "genes.tsv"]
        )
        assert record["version"] == twinscreen.__version__
        assert list(record["parameters"].items()) == [("alpha", 0.05), ("seed", 7)]
        assert record["inputs"]["file"].tolist() == ["genes.tsv"]
        assert record["inputs"]["sha256"].tolist() == [sha256(tmp_path / "genes.tsv")]
        assert str(tmp_path) not in str(record)

    @pytest.mark.parametrize("named", [[], ["genes.tsv"]])
    def test_it_survives_an_h5ad(self, tmp_path, named):
        for name in named:
            (tmp_path / name).write_bytes(b"abc")
        record = provenance(parameters={"seed": 7}, inputs=[tmp_path / name for name in named])
        kept = ad.AnnData(np.zeros((1, 1)), uns={"provenance": record})
        kept.write_h5ad(tmp_path / "x.h5ad")
        found = ad.read_h5ad(tmp_path / "x.h5ad").uns["provenance"]
        assert found["version"] == record["version"]
        assert found["inputs"]["file"].tolist() == named


class TestGenerator:
    def test_the_same_unit_draws_the_same(self):
        assert generator(1, "P1", "B").random() == generator(1, "P1", "B").random()

    def test_seed_unit_and_the_cut_between_names_all_count(self):
        units = [(1, "P1", "B"), (2, "P1", "B"), (1, "P1", "T"), (1, "P1B"), (1, "B", "P1"), (1,)]
        assert len({generator(*unit).random() for unit in units}) == len(units)


def test_no_text_of_a_table_for_people_is_a_formula(tmp_path):
    texts = ["=HYPERLINK(1)", "+1+2", "@x", "-x", "-7", "-", "a=b", None]
    table = pd.DataFrame({"text": texts, "kind": pd.Categorical(["=x"] * 8), "number": -1.5})
    write_tsv(table, tmp_path / "x.tsv")
    lines = [line.split("\t") for line in (tmp_path / "x.tsv").read_text().splitlines()[1:]]
    assert [line[0] for line in lines] == ["'=HYPERLINK(1)", "'+1+2", "'@x", "'-x", *texts[4:7], ""]
    assert {(line[1], line[2]) for line in lines} == {("'=x", "-1.5")}


class TestOnce:
    def test_a_file_is_read_again_only_when_it_has_changed(self, tmp_path):
        path, read = tmp_path / "x", []

        def reader(path, kind):
            read.append(kind)
            return [Path(path).read_text()]

        shared = once(kept=2)(reader)
        path.write_text("one")
        first = shared(path, "a")
        assert shared(str(path), "a") is first
        assert (shared(path, "b"), read) == (["one"], ["a", "b"])
        path.write_text("three")
        assert shared(path, "a") == ["three"]

    def test_what_is_wrong_with_a_file_is_said_each_time(self, tmp_path):
        for _ in range(2):
            with pytest.raises(InputError, match="no such file"):
                read_table_once(tmp_path / "genes.parquet", GENES)

    def test_names_of_genes_follow_their_file(self, tmp_path):
        path = tmp_path / "names.parquet"
        table = pd.DataFrame({"name": ["p53"], "kind": ["alias"], "symbol": ["TP53"]})
        write_table(table, path, GENE_NAMES)
        assert GeneNames(path).resolve("p53") == "TP53"
        assert GeneNames(path, kinds={"symbol"}).resolve("p53") is None
        write_table(table.assign(symbol="TP53BP1"), path, GENE_NAMES)
        assert GeneNames(path).resolve("p53") == "TP53BP1"
