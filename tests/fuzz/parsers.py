"""Every parser that is written by hand, each with files in its true shape to begin with."""

import gzip
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import yaml
from scipy import sparse

sys.path.insert(0, str(Path(__file__).parents[1] / "bad_inputs"))

from catalogue import TABLES
from mutate import Change, mutate, mutate_inside, mutate_values

from twinscreen.cli.network.many_pairs import _filled, _largest_component, _membership
from twinscreen.files import (
    KNOWN_VARIANTS,
    PHARMACOGENOMICS,
    GeneNames,
)
from twinscreen.files.own_tables import OWN_TABLES, read_own_table
from twinscreen.inputs.validate import check_config, read_yaml
from twinscreen.knowledge.diseases.ontology import build_diseases
from twinscreen.knowledge.genes import read_hgnc
from twinscreen.knowledge.pathways import gmt_sets
from twinscreen.knowledge.phenotypes import read_ontology
from twinscreen.knowledge.safety.interactions import read_interactions
from twinscreen.knowledge.sources import read_sources
from twinscreen.observe.cells.cell_types import read_markers
from twinscreen.observe.cells.given_deviations import _compartments
from twinscreen.observe.findings.consequence import GenePositions
from twinscreen.observe.findings.exposures import ExposureGenes
from twinscreen.observe.findings.pharmacogenomics import Genotypes
from twinscreen.observe.findings.phenotypes import read_phenotypes
from twinscreen.observe.findings.star_alleles import read_star_alleles
from twinscreen.observe.findings.symptom_network import SymptomNetwork
from twinscreen.observe.findings.variants import KnownVariants, read_variants
from twinscreen.observe.formats import open_cells
from twinscreen.settings.observe import FindingSettings

GENES = ["TP53", "CD4", "CD14", "STAT1", "TYK2", "IFNAR2", "JAK1", "EGFR"]
#: Every word of the examples of own tables means a gene, so that these are read to their end.
_KNOWN = sorted({*GENES, *(word for one in OWN_TABLES.values() for word in one.example.split())})
NAMES = GeneNames(pd.DataFrame({"name": _KNOWN, "symbol": _KNOWN, "kind": "symbol"}))


@dataclass(frozen=True)
class Parser:
    """What reads a file, under the name that the file must have, and files to begin with.

    `costly` are those that start another process for each file. `change` is how files are changed.
    """

    read: Callable[[Path], Any]
    name: str
    seeds: Sequence[bytes]
    costly: bool = False
    change: Change = mutate


_VCF = """\
##fileformat=VCFv4.2
##contig=<ID=21,length=46709983>
##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. \
Format: Allele|Consequence|IMPACT|SYMBOL|Gene|Existing_variation|gnomADe_AF|MAX_AF">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1
21\t33252612\t.\tA\tG\t.\tPASS\tAF=0.9;CSQ=G|stop_gained|HIGH|IFNAR2||rs1|0.001|0.002\tGT\t0/1
19\t10364976\trs34536443\tG\tC,<NON_REF>\t50\tPASS\tEND=10364976\tGT:DP\t/0|1:30
10\t94781859\trs4244285\tG\tA,*\t.\t.\t.\tGT\t1/2
X\t100\t.\tAC\tA\t.\tq10\tCSQ=-|frameshift_variant|HIGH|TYK2|||0.5|\tGT\t1
"""
_SNPEFF = """\
##fileformat=VCFv4.1
##INFO=<ID=ANN,Number=.,Type=String,Description="Functional annotations: 'Allele | Annotation | \
Annotation_Impact | Gene_Name | Gene_ID | HGVS.c'">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\tP2
chr21\t33252612\t.\tA\tG,T\t.\tPASS\tANN=G|missense_variant|MODERATE|IFNAR2|x|c.1A>G\tGT\t0/1\t./.
"""
_PHENOPACKET = """{"id": "1", "subject": {"id": "P1", "sex": "FEMALE"}, "phenotypicFeatures": [
{"type": {"id": "HP:0001945", "label": "Fever"}}, {"type": {"id": "HP:0001250"}, "excluded": true}],
"diseases": [{"term": {"id": "MONDO:0007915", "label": "lupus"}}],
"medicalActions": [{"treatment": {"agent": {"id": "CHEBI:1", "label": "aspirin"}}}],
"metaData": {"created": "2024-01-01T00:00:00Z", "createdBy": "x", "phenopacketSchemaVersion": "2.0"}
}"""
_PHARMCAT = """{"genes": {"CPIC": {"CYP2C19": {"geneSymbol": "CYP2C19", "sourceDiplotypes":
[{"allele1": {"name": "*1"}, "allele2": {"name": "*2"}, "phenotypes": ["Poor"], "label": "*1/*2"}]
}}}}"""
_PHARMCAT_TABLE = (
    "PharmCAT 3.0\nGene\tSource Diplotype\tPhenotype\tOutside Call\nCYP2C19\t*1/*2\tPoor\tno\n"
)
_ONTOLOGY = """format-version: 1.2

[Term]
id: HP:0000118
name: Phenotypic abnormality

[Term]
id: HP:0001945
name: Fever
synonym: "Pyrexia" EXACT []
alt_id: HP:0000001
is_a: HP:0000118 ! Phenotypic abnormality
"""
_MONDO = """[{"id": "0007915", "name": "lupus", "synonyms": ["SLE"], "alt_ids": ["0000002"],
"xrefs": [{"namespace": "OMIM", "id": "152700"}], "relations": {"is_a": ["0000001"]}}]"""
_SOURCES = """\
own:
  content: a table
  release: "2024"
  licence: CC0
  citation: nobody
  attribution: nobody
  path: tables/x.tsv
  sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
  regenerate: make
"""
_HGNC = (
    "hgnc_id\tsymbol\tname\tlocus_type\tstatus\talias_symbol\tprev_symbol\tentrez_id"
    "\tensembl_gene_id\tuniprot_ids\nHGNC:11998\tTP53\ttumor protein p53\tgene with protein product"
    "\tApproved\tp53|LFS1\t\t7157\tENSG00000141510\tP04637\n"
)
_DEVIATIONS = (
    "cell_type\tgene\tlogfc\tpvalue\ttissue\ttime\tn_cells\nB\tTP53\t1.5\t0.01\tblood\tT0\t30\n"
    "B\tCD4\t-2\t1e-9\tblood\tT0\t30\nT\tTP53\t0\t1\tblood\tT0\t9\n"
)
_MARKERS = (
    "cell_type\tgene\tsign\nB\tTP53\t+\nB\tCD4\t1\nB\tCD14\t\nT\tCD4\t\nT\tSTAT1\t\nT\tJAK1\t-\n"
)
_MODULES = "module\tgene\nm\tTP53\nm\tCD4\nn\tEGFR\n"
_TARGETS = "drug\tgene\na\tTP53\nb\tCD14\n"
_EDGES = "source\ttarget\nTP53\tCD4\nCD4\tCD14\nCD14\tEGFR\nSTAT1\tSTAT1\n"
_CONFIG = {
    "samples": "samples.tsv",
    "patients": "patients.tsv",
    "output": "out",
    "observe": {"cell_type": "cell_type", "min_genes": 200},
    "reference": {"control": "healthy", "donors": "controls"},
    "twin": {"random_sets": 50},
    "screen": {"weights": {"causal": 1}, "include": ["aspirin"]},
    "evaluation": {"labels": ""},
}


def _variants(path: Path) -> None:
    pharmacogenomics = pd.DataFrame(
        [("rs4244285", "10", 94781859, "CYP2C19", "*2", "clopidogrel")],
        columns=["rs_id", "chrom", "pos", "gene", "haplotype", "drug"],
    ).reindex(columns=PHARMACOGENOMICS.schema.names)
    genotypes = Genotypes(pharmacogenomics, assembly="GRCh38")
    read_variants(
        path,
        patient="P1",
        sample="",
        settings=FindingSettings(),
        names=NAMES,
        known=KnownVariants(pd.DataFrame(columns=KNOWN_VARIANTS.schema.names)),
        positions=None,
        genotypes=genotypes,
    )
    list(genotypes.findings())


def _cells(path: Path) -> None:
    cells = open_cells(path, GENES.__contains__)
    cells.look(np.arange(len(cells.obs)))
    cells.read(np.arange(len(cells.obs)))


def _tenx_part(part: str, path: Path) -> None:
    """Read a folder of Cell Ranger, one file of which is the one that is given."""
    for name, content in _TENX.items():
        (path.parent / name).write_bytes(path.read_bytes() if name == part else content)
    _cells(path.parent / "matrix.mtx")


def _network(path: Path) -> None:
    network, _ = _largest_component(path, _filled(path, (), "interactions"))
    beside = path.parent / "modules.txt"
    beside.write_text(_MODULES, encoding="utf-8")
    _membership(network, _filled(beside, ("module", "gene"), "modules"), "module", beside)


def _sets(column: str, path: Path) -> None:
    edges = path.parent / "edges.txt"
    edges.write_text(_EDGES, encoding="utf-8")
    network, _ = _largest_component(edges, _filled(edges, (), "interactions"))
    _membership(network, _filled(path, (column, "gene"), "sets"), column, path)


def _matrix() -> sparse.csr_matrix:
    return sparse.csr_matrix(np.random.default_rng(1).poisson(1, (6, len(GENES))).astype("f4"))


_TENX = {
    "matrix.mtx": (
        b"%%MatrixMarket matrix coordinate integer general\n%\n8 3 4\n1 1 3\n2 1 1\n8 2 5\n4 3 2\n"
    ),
    "barcodes.tsv": b"AAAC-1\nAAAG-1\nAAAT-1\n",
    "features.tsv": "".join(
        f"ENSG{n:011}\t{g}\tGene Expression\n" for n, g in enumerate(GENES)
    ).encode(),
}


def _h5ad(compression: str | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.h5ad")
        cells = [f"c{n}" for n in range(6)]
        obs = pd.DataFrame({"cell_type": pd.Categorical(["B", "T"] * 3)}, index=cells)
        ad.AnnData(_matrix(), obs=obs, var=pd.DataFrame(index=GENES)).write_h5ad(
            path, compression=compression
        )
        return path.read_bytes()


def _hdf(fill: Callable[[h5py.File], None]) -> bytes:
    whole = io.BytesIO()
    with h5py.File(whole, "w") as file:
        fill(file)
    return whole.getvalue()


def _tenx_h5(file: h5py.File) -> None:
    matrix = _matrix()
    group = file.create_group("matrix")
    for name in ("data", "indices", "indptr"):
        group[name] = getattr(matrix, name).astype("i4")
    group["shape"] = [len(GENES), 6]
    group["barcodes"] = np.array([f"A{n}-1" for n in range(6)], dtype="S")
    features = group.create_group("features")
    features["name"] = features["id"] = np.array(GENES, dtype="S")
    features["feature_type"] = np.array(["Gene Expression"] * len(GENES), dtype="S")


def _loom(file: h5py.File) -> None:
    file["matrix"] = _matrix().toarray().T
    file["row_attrs/Gene"] = np.array(GENES, dtype="S")
    file["col_attrs/CellID"] = np.array([f"c{n}" for n in range(6)], dtype="S")


def _text(read: Callable[[Path], Any], *texts: str, name: str = "table.tsv") -> Parser:
    return Parser(read, name, [text.encode() for text in texts])


def _in_hdf(name: str, *seeds: bytes) -> Parser:
    return Parser(_cells, name, seeds, costly=True, change=mutate_values(seeds))


@cache
def parsers() -> dict[str, Parser]:
    """List all parsers by what they read."""
    dense = "cell\t" + "\t".join(GENES) + "\nc1" + "\t1" * 8 + "\nc2" + "\t0" * 8 + "\n"
    triplets = "cell,gene,count\nc1,TP53,3\nc1,CD4,1\nc2,TP53,5\n"
    rare = "symptom_name\ttfidf_score\tdoid_code\tdoid_name\nFever\t3.5\tDOID:1\tflu\n"
    exposure = "exposure\tgene\tweight\tsign\nsmoke\tTP53\t0.5\t+1\nsmoke\tCD4\t1\t\n"
    vcfs = [text.encode() for text in (_VCF, _SNPEFF)]
    return {
        **{name: _text(table.read, table.text) for name, table in TABLES.items()},
        **{
            f"own {name}": _text(partial(read_own_table, table, names=NAMES), table.example)
            for name, table in OWN_TABLES.items()
        },
        "configuration": _text(
            lambda path: check_config(read_yaml(path), file=path),
            yaml.safe_dump(_CONFIG),
            name="config.yaml",
        ),
        "VCF": Parser(_variants, "p.vcf", vcfs),
        "VCF, compressed": Parser(
            _variants, "p.vcf.gz", [gzip.compress(one) for one in vcfs], change=mutate_inside
        ),
        "phenopacket": _text(read_phenotypes, _PHENOPACKET, name="p.json"),
        "phenopacket in YAML": _text(
            read_phenotypes, yaml.safe_dump(yaml.safe_load(_PHENOPACKET)), name="p.yaml"
        ),
        "star alleles (JSON)": _text(read_star_alleles, _PHARMCAT, name="report.json"),
        "star alleles (table)": _text(read_star_alleles, _PHARMCAT_TABLE, name="report.tsv"),
        "deviations": _text(lambda path: _compartments(path, NAMES), _DEVIATIONS),
        "markers": _text(lambda path: read_markers(path, NAMES), _MARKERS),
        "genes of exposures": _text(lambda path: ExposureGenes(path, NAMES), exposure),
        "symptoms of diseases": _text(SymptomNetwork, rare),
        "positions of genes": _text(
            lambda path: GenePositions(path, NAMES), OWN_TABLES["gene_positions"].example
        ),
        "interactions of drugs": _text(
            read_interactions, "Drug_A\tDrug_B\tLevel\naspirin\twarfarin\tMajor\na\tb\tMinor\n"
        ),
        "gene sets (GMT)": _text(
            lambda path: gmt_sets(path, source="x", names=NAMES), "s\tabout\tTP53\tCD4\n"
        ),
        "ontology (OBO)": _text(read_ontology, _ONTOLOGY, name="hp.obo"),
        "terms of Mondo": _text(
            lambda path: build_diseases(path, output=path.with_suffix(".parquet")), _MONDO
        ),
        "list of sources": _text(read_sources, _SOURCES, name="sources.yaml"),
        "HGNC": _text(read_hgnc, _HGNC),
        "proximity: network": _text(_network, _EDGES),
        "proximity: targets": _text(partial(_sets, "drug"), _TARGETS),
        "proximity: modules": _text(partial(_sets, "module"), _MODULES),
        "cells: dense table": _text(_cells, dense, dense.replace("\t", ",")),
        "cells: table, packed": Parser(
            _cells, "t.csv.gz", [gzip.compress(dense.encode())], change=mutate_inside
        ),
        "cells: triplets": _text(_cells, triplets, name="cells.csv"),
        **{
            f"cells: 10x {part}": Parser(partial(_tenx_part, part), "part", [content])
            for part, content in _TENX.items()
        },
        "cells: h5ad": _in_hdf("x.h5ad", _h5ad(), _h5ad("gzip")),
        "cells: 10x h5": _in_hdf("x.h5", _hdf(_tenx_h5)),
        "cells: loom": _in_hdf("x.loom", _hdf(_loom)),
    }
