"""Readers of networks, on files in the true shape of each source, with its quirks."""

from pathlib import Path

import numpy as np
import pytest
from readings import lines, made, packed, zipped

from twinscreen.files import InputError
from twinscreen.knowledge.official.networks.signor import HEADER
from twinscreen.knowledge.official.networks.string import together

STRING_PROTEINS = lines(
    """
    #string_protein_id | preferred_name | protein_size | annotation
    9606.ENSP1 | EGFR | 1210 | Epidermal growth factor receptor
    9606.ENSP2 | GRB2 | 217 | Growth factor "receptor-bound" protein 2
    9606.ENSP3 | SOS1 | 1333 | Son of sevenless
    """
)
STRING_LINKS = """protein1 protein2 neighborhood fusion cooccurence coexpression experimental \
database textmining combined_score
9606.ENSP1 9606.ENSP2 0 0 0 45 900 0 81 973
9606.ENSP2 9606.ENSP1 0 0 0 45 900 0 81 973
9606.ENSP1 9606.ENSP3 0 0 0 0 0 0 999 999
9606.ENSP3 9606.ENSP1 0 0 0 0 0 0 999 999
9606.ENSP2 9606.ENSP3 0 0 0 0 500 500 0 749
9606.ENSP3 9606.ENSP2 0 0 0 0 500 500 0 749
"""


def test_string_leaves_out_text_mining_and_lists_a_pair_once(tmp_path: Path):
    files = {"links": packed(STRING_LINKS), "proteins": packed(STRING_PROTEINS)}
    assert made(tmp_path, "string", "interactions", files) == [
        ("EGFR", "GRB2", "", ""),
        ("GRB2", "SOS1", "", ""),
    ]


def test_channels_of_string_are_put_together_without_the_prior_twice():
    # (0.5 - 0.041) / 0.959 = 0.47862; 1 - 0.52138^2 = 0.72816; 0.72816 * 0.959 + 0.041 = 0.73931
    half = np.array([500], dtype=np.int16)
    nothing = np.array([0], dtype=np.int16)
    assert together(half, half, nothing)[0] == pytest.approx(0.73931, abs=1e-5)
    assert together(half, nothing)[0] == pytest.approx(0.5)
    assert together(nothing)[0] == pytest.approx(0.041)


def test_huri_has_no_header_and_pairs_of_one_with_itself(tmp_path: Path):
    pairs = (
        "ENSG00000000005\tENSG00000061656\nENSG00000061656\tENSG00000000005\n"
        "ENSG00000099968\tENSG00000000005\nENSG00000000005\tENSG00000000005\n"
    )
    paper = "PubMed:32296183"
    assert made(tmp_path, "huri", "interactions", {"pairs": pairs}) == [
        ("ENSG00000000005", "ENSG00000061656", "", paper),
        ("ENSG00000000005", "ENSG00000099968", "", paper),
    ]


def test_biogrid_keeps_human_physical_pairs_with_all_their_publications(tmp_path: Path):
    table = lines(
        """
        #BioGRID Interaction ID | Entrez Gene Interactor A | Entrez Gene Interactor B | Experimental System | Experimental System Type | Publication Source | Organism ID Interactor A | Organism ID Interactor B | Score
        103 | 6416 | 2318 | Two-hybrid | physical | PUBMED:9006895 | 9606 | 9606 | -
        104 | 2318 | 6416 | Affinity Capture-MS | physical | PUBMED:8810341 | 9606 | 9606 | 0.9
        105 | 6416 | 2318 | Phenotypic Enhancement | genetic | PUBMED:1 | 9606 | 9606 | -
        106 | 6416 | 26398 | Two-hybrid | physical | PUBMED:2 | 9606 | 10090 | -
        107 | 6416 | 6416 | Two-hybrid | physical | PUBMED:3 | 9606 | 9606 | -
        108 | - | 6416 | Two-hybrid | physical | PUBMED:4 | 9606 | 9606 | -
        """  # noqa: E501
    )
    archive = zipped(tmp_path, **{"BIOGRID-MV-Physical-5__0__261__tab3__txt": table})
    assert made(tmp_path, "biogrid", "interactions", {"interactions": archive}) == [
        ("2318", "6416", "", "PubMed:8810341;PubMed:9006895")
    ]


def test_intact_keeps_sure_pairs_of_human_proteins_without_isoforms(tmp_path: Path):
    table = lines(
        """
        #ID(s) interactor A | ID(s) interactor B | Interaction detection method(s) | Publication Identifier(s) | Taxid interactor A | Taxid interactor B | Confidence value(s)
        uniprotkb:P49418-2 | uniprotkb:O43426 | psi-mi:"MI:0018"(two hybrid) | pubmed:10542231|mint:MINT-5211933 | taxid:9606(human)|taxid:9606(Homo sapiens) | taxid:9606(human) | intact-miscore:0.67
        uniprotkb:O43426 | uniprotkb:P49418 | psi-mi:"MI:0084"(phage) | pubmed:1|imex:IM-1 | taxid:9606(human) | taxid:9606(human) | author score:D|intact-miscore:0.45
        uniprotkb:P49418 | uniprotkb:P12345 | - | pubmed:2 | taxid:9606(human) | taxid:9606(human) | intact-miscore:0.37
        uniprotkb:P49418 | uniprotkb:P23456 | - | pubmed:3 | taxid:9606(human) | taxid:96061(other) | intact-miscore:0.9
        uniprotkb:P49418 | chebi:"CHEBI:15422" | - | pubmed:4 | taxid:9606(human) | taxid:-2(chemical synthesis) | intact-miscore:0.9
        uniprotkb:P49418 | intact:EBI-1 | - | - | taxid:9606(human) | taxid:9606(human) | intact-miscore:0.9
        uniprotkb:P49418 | - | - | - | taxid:9606(human) | - | -
        """  # noqa: E501
    )
    archive = zipped(tmp_path, intact__txt=table, intact_negative__txt=table.replace("0.37", "0.9"))
    assert made(tmp_path, "intact", "interactions", {"interactions": archive}) == [
        ("O43426", "P49418", "", "PubMed:1;PubMed:10542231")
    ]


OMNIPATH = lines(
    """
    source | target | source_genesymbol | target_genesymbol | is_directed | is_stimulation | is_inhibition | consensus_direction | consensus_stimulation | consensus_inhibition
    P0DP25 | P48995 | CALM3 | TRPC1 | True | False | True | True | False | True
    Q13438 | Q9HBA0 | OS9 | TRPV4 | 1 | 1 | 1 | 1 | 1 | 1
    COMPLEX:P67775_Q15172 | P28749 | PPP2CA_PPP2R5A | RBL1 | True | False | True | True | False | True
    P67775 | P28749 | PPP2CA | RBL1 | True | True | False | True | True | False
    P11111 | P22222 | A | B | False | False | False | False | False | False
    """  # noqa: E501
)


def test_omnipath_takes_the_consensus_and_complexes_by_member(tmp_path: Path):
    assert made(tmp_path, "omnipath", "interactions", {"interactions": OMNIPATH}) == [
        ("P0DP25", "P48995", "-1", ""),
        ("P67775", "P28749", "0", ""),  # one row up, another down
        ("Q13438", "Q9HBA0", "", ""),  # both at once
        ("Q15172", "P28749", "-1", ""),
    ]


def test_omnipath_gives_regulons_in_the_same_shape(tmp_path: Path):
    rows = made(tmp_path, "omnipath_regulons", "regulons", {"regulons": OMNIPATH})
    assert rows[0] == ("P0DP25", "P48995", "-1", "")


@pytest.mark.parametrize("with_header", [True, False])
def test_signor_is_read_with_and_without_a_header(tmp_path: Path, with_header: bool):
    def row(**given: str) -> str:
        known = {
            **{"IDA": "P00533", "DATABASEA": "UNIPROT", "IDB": "P62993", "DATABASEB": "UNIPROT"},  # noqa: PIE800
            **{"EFFECT": "up-regulates activity", "MECHANISM": "binding", "TAX_ID": "9606"},  # noqa: PIE800
            **{"PMID": "123", "SENTENCE": 'called "a switch"'},  # noqa: PIE800
        }
        return "\t".join((known | given).get(name, "") for name in HEADER)

    rows = [
        row(),
        row(EFFECT='"up-regulates quantity by stabilization"', PMID="124"),
        row(EFFECT="down-regulates", IDA="P11111"),
        row(EFFECT="up-regulates", IDA="P11111"),
        row(EFFECT="form complex", IDA="P22222", PMID="Other"),
        row(MECHANISM="transcriptional regulation", EFFECT="down-regulates quantity by repression"),
        row(IDA="SIGNOR-C1", DATABASEA="SIGNOR"),
        row(IDA="CHEBI:15422", DATABASEA="ChEBI"),
        row(TAX_ID="10090", IDA="P33333"),
    ]
    text = "\n".join([*(["\t".join(HEADER)] if with_header else []), *rows]) + "\n"
    assert made(tmp_path, "signor", "interactions", {"relations": text}) == [
        ("P00533", "P62993", "1", "PubMed:123;PubMed:124"),
        ("P11111", "P62993", "0", "PubMed:123"),
        ("P22222", "P62993", "", ""),
    ]
    assert made(tmp_path, "signor", "regulons", {"relations": text}) == [
        ("P00533", "P62993", "-1", "PubMed:123")
    ]


def test_cellphonedb_joins_complexes_and_leaves_out_what_is_no_ligand(tmp_path: Path):
    interactions = """id_cp_interaction,partner_a,partner_b,annotation_strategy,source,is_ppi,directionality
,P05231,IL6_receptor,curated,"PMID:1, PMID:2",True,Ligand-Receptor
,P12830,integrin_a2b1_complex,curated,PMID:3,True,Adhesion-Adhesion
,Cortisol_byCYP11B1,P04150,curated,PMID:4,False,Ligand-Receptor
,P01589,Q00001,curated,uniprot,True,Ligand-Receptor
"""  # noqa: E501
    complexes = """complex_name,uniprot_1,uniprot_2,uniprot_3,uniprot_4,uniprot_5,secreted
IL6_receptor,P40189,P08887,,,,FALSE
integrin_a2b1_complex,P17301,P05556,,,,FALSE
"""
    proteins = "uniprot,protein_name,secreted\nP05231,IL6_HUMAN,TRUE\n"
    files = {"interactions": interactions, "complexes": complexes, "proteins": proteins}
    assert made(tmp_path, "cellphonedb", "ligand_receptor", files) == [
        ("P05231", "P08887_P40189", "yes", "PMID:1, PMID:2"),
        ("P01589", "Q00001", "", "uniprot"),
    ]


def test_a_file_of_another_shape_is_told_by_its_columns(tmp_path: Path):
    files = {"links": packed(STRING_LINKS), "proteins": packed("id\tname\n1\tEGFR\n")}
    with pytest.raises(InputError, match="no column string_protein_id, preferred_name"):
        made(tmp_path, "string", "interactions", files)


def test_links_of_another_shape_are_told(tmp_path: Path):
    files = {"links": packed("one other\n1 2\n"), "proteins": packed(STRING_PROTEINS)}
    with pytest.raises(InputError, match="protein1"):
        made(tmp_path, "string", "interactions", files)


def test_a_damaged_archive_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="can't be read to its end"):
        made(
            tmp_path,
            "string",
            "interactions",
            {"links": packed(STRING_LINKS)[:-20], "proteins": packed(STRING_PROTEINS)},
        )
    with pytest.raises(InputError, match="no line for the table"):
        made(tmp_path, "huri", "interactions", {"pairs": "ENSG1\tENSG1\n"})
