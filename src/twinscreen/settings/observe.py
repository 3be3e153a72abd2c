"""Options of what is read of a patient: cells, and findings beside them."""

from typing import Annotated, Literal

from pydantic import Field

from twinscreen.settings.section import Name, PositiveShare, Section, Share


class ObserveSettings(Section):
    """Where cell types come from, and which cells are kept."""

    cell_type: str = ""
    """Column of obs or of the annotation that holds the cell types; of this key and the next two
    exactly one must be given.
    """
    markers: str = ""
    """Instead: table of marker genes (cell_type, gene, and if some are absent from a type, sign: +
    or -).
    """
    celltypist: str = ""
    """Instead: file of a CellTypist model (pkl); only from authors whom you trust, since reading it
    runs their code.
    """
    min_counts: Annotated[int, Field(ge=0)] = 100
    """Cells with fewer counts are left out."""
    min_genes: Annotated[int, Field(ge=0)] = 50
    """Cells with fewer genes are left out."""
    max_mitochondrial: Share = 0.25
    """Cells with a larger share of mitochondrial counts are left out."""
    mad: Annotated[float, Field(ge=0)] = 5
    """Cells farther than this from the median of their cell type are left out, in median absolute
    deviations: of log counts and log genes either way, of the mitochondrial share above it; 0 for
    no such limit.
    """
    doublets: Literal["none", "scrublet"] = "none"
    """How to find doublets: not at all, or by Scrublet in each sample."""
    doublet_rate: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """Share of doublets that Scrublet expects."""


class FindingSettings(Section):
    """How variants are read, and the tables that findings are read with."""

    assembly: Literal["GRCh37", "GRCh38"] = "GRCh38"
    """Assembly of all variants; checked against each file."""
    max_frequency: PositiveShare = 0.01
    """Alleles at least this frequent in a population don't count as rare."""
    gene_positions: str = ""
    """Positions of genes (tsv: chrom, start, end, symbol), for VCF files without consequences of
    VEP or SnpEff.
    """
    clinvar: str = ""
    """ClinVar's VCF of the same assembly."""
    gwas_catalog: tuple[Name, ...] = ()
    """Associations of the GWAS Catalog (full tables): more genes of diseases, and their lead
    variants.
    """
    eqtl: tuple[Name, ...] = ()
    """Significant pairs of GTEx or credible sets of the eQTL Catalogue (GRCh38): lead variants of
    expression, with the expected sign.
    """
    exposure_genes: str = ""
    """Genes of exposures (tsv: exposure, gene, weight, sign)."""
    symptom_network: str = ""
    """Symptoms of diseases by co-occurrence (tsv: symptom_name, tfidf_score, doid_code, doid_name):
    diseases with symptoms similar to the patient's, and their genes.
    """
