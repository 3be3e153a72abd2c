"""What tables of one's own change in the knowledge that is made."""

import pandas as pd
import pytest

from small_tables import write_gene_names
from twinscreen.files import (
    DISEASE_GENES,
    LIGAND_RECEPTOR,
    PATHWAYS,
    GeneNames,
    read_table,
    sha256,
)
from twinscreen.knowledge.diseases.genes import build_disease_genes
from twinscreen.knowledge.ligand_receptor import build_ligand_receptor
from twinscreen.knowledge.own.edges import with_own_edges
from twinscreen.knowledge.own.listing import list_own_tables
from twinscreen.knowledge.pathways import build_pathways

COLUMNS = ["layer", "source", "target", "sign", "sources", "references"]
EDGES = pd.DataFrame(
    [
        ("PT", "A", "B", 1, "x", "x:1"),
        ("PT", "B", "A", -1, "x", ""),
        ("PT", "C", "D", pd.NA, "x", ""),
        ("PT", "E", "F", -1, "x", ""),
        ("TR", "A", "F", 1, "y", ""),
        ("TR", "B", "F", -1, "y", ""),
    ],
    columns=COLUMNS,
).astype({"sign": "Int8"})


@pytest.fixture
def names(tmp_path):
    return GeneNames(write_gene_names(tmp_path / "names", "ABCDEFG"))


@pytest.fixture
def joined(names, tmp_path):
    """Join the edges above with a table of one's own; give signs by layer and ends."""

    def joined(table: str, text: str, *, alone: bool) -> dict[str, object]:
        (tmp_path / "own.tsv").write_text(text)
        given = {table: [tmp_path / "own.tsv"]}
        both = {"added": {} if alone else given, "instead": given if alone else {}}
        edges = with_own_edges(EDGES, names, **both)
        key = edges["layer"] + " " + edges["source"] + edges["target"]
        return dict(zip(key, edges["sign"].fillna(0).tolist(), strict=True))

    return joined


def test_without_tables_nothing_changes(names):
    pd.testing.assert_frame_equal(with_own_edges(EDGES, names, added={}, instead={}), EDGES)


INTERACTIONS = "source\ttarget\tsign\nB\tA\t1\nD\tC\t\nF\tE\t\nF\tG\t\nA\tG\t0\nA\tA\t1\n"


#: Of D-C and F-E, without a sign, direction and sign are the package's.
GIVEN = {"PT BA": 1, "PT CD": 0, "PT EF": -1, "PT FG": 0, "PT AG": 0}
REGULATED = {"TR AF": 1, "TR BF": -1}


def test_interactions_are_added_and_their_signs_go_first(joined):
    added = joined("interactions", INTERACTIONS, alone=False)
    assert added == {"PT AB": 1} | GIVEN | REGULATED


def test_interactions_take_over_and_pairs_keep_direction_and_sign(joined):
    assert joined("interactions", INTERACTIONS, alone=True) == GIVEN | REGULATED


def test_regulons_are_added_or_take_over(joined):
    text = "tf\tgene\tsign\nA\tF\t-1\nC\tF\t1\nB\tF\t\nF\tA\t\n"
    others = {"PT AB": 1, "PT BA": -1, "PT CD": 0, "PT EF": -1}
    mine = {"TR AF": -1, "TR BF": -1, "TR CF": 1, "TR FA": 0}
    assert joined("regulons", text, alone=True) == others | mine
    added = joined("regulons", "tf\tgene\nC\tF\n", alone=False)
    assert added == others | REGULATED | {"TR CF": 0}


@pytest.mark.parametrize("alone", [False, True])
def test_ligand_receptor_pairs(names, tmp_path, alone):
    head = "source_genesymbol,target_genesymbol,resource\n"
    (tmp_path / "omni.csv").write_text(head + "A,B,consensus\nC,D,consensus\n")
    (tmp_path / "proteins.csv").write_text("uniprot,secreted\nA,True\nE,True\nC,True\n")
    (tmp_path / "own.tsv").write_text("ligand\treceptor\tsecreted\nE\tG_F\t\nC\tD\tno\n")
    given = {"instead" if alone else "added": [tmp_path / "own.tsv"]}
    build_ligand_receptor(
        tmp_path / "omni.csv",
        proteins=tmp_path / "proteins.csv",
        names=tmp_path / "names",
        output=tmp_path / "pairs",
        **given,
    )
    rows = read_table(tmp_path / "pairs", LIGAND_RECEPTOR)
    found = list(rows[["ligand", "receptor", "secreted"]].itertuples(index=False, name=None))
    mine = [("C", "D", False), ("E", "F_G", True)]
    assert found == (mine if alone else [("A", "B", True), *mine])


@pytest.mark.parametrize("alone", [False, True])
def test_disease_genes(names, tmp_path, alone):
    (tmp_path / "sets.tsv").write_text("disease_id\tentrez_ids\nEFO:1\tA|B\n")
    text = "disease_id\tgene\tscore\tdisease\nMONDO_7\tC\t\trare\nEFO:1\tA\t0.9\t\n"
    (tmp_path / "own.tsv").write_text(text)
    given = {"instead" if alone else "added": [tmp_path / "own.tsv"]}
    build_disease_genes(
        tmp_path / "sets.tsv",
        catalogs=[],
        names=tmp_path / "names",
        output=tmp_path / "genes",
        **given,
    )
    rows = read_table(tmp_path / "genes", DISEASE_GENES)
    mine = rows[rows["source"] == "own table"]
    assert list(mine.drop(columns="source").itertuples(index=False, name=None)) == [
        ("EFO:1", "EFO:1", "A", 0.9),
        ("MONDO:7", "rare", "C", 0.5),
    ]
    assert len(rows) == (2 if alone else 4)


def test_gene_sets_in_place_of_reactome(names, tmp_path):
    (tmp_path / "own.gmt").write_text("mine\tna\tA\tB\n")
    build_pathways(
        *["never read"] * 3,
        names=tmp_path / "names",
        gmt=[tmp_path / "own.gmt"],
        output=tmp_path / "sets",
        reactome=False,
    )
    assert read_table(tmp_path / "sets", PATHWAYS)["pathway"].unique().tolist() == ["mine"]


def test_what_was_brought_is_listed_by_checksum(tmp_path):
    for name in ("edges.tsv", "a.parquet", "b.parquet"):
        (tmp_path / name).write_text(name)
    (tmp_path / "parts").mkdir()
    for name in ("a.parquet", "b.parquet"):
        (tmp_path / name).rename(tmp_path / "parts" / name)
    own = {"interactions": (str(tmp_path / "edges.tsv"),), "regulons": ()}
    safety = {"warnings": (str(tmp_path / "parts"),)}
    listed = list_own_tables({"own": own, "findings": {"clinvar": ""}, "safety": safety})
    assert listed.to_dict("list") == {
        "key": ["own.interactions", "safety.warnings", "safety.warnings"],
        "file": ["edges.tsv", "a.parquet", "b.parquet"],
        "sha256": [
            sha256(tmp_path / "edges.tsv"),
            *[sha256(tmp_path / "parts" / name) for name in ("a.parquet", "b.parquet")],
        ],
    }
