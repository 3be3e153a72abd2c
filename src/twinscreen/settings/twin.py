"""Options of the twin, section by section."""

from typing import Annotated, Literal

from pydantic import Field

from twinscreen.settings.section import Name, PositiveShare, Section, Seeded, Weight

#: What patients are compared with.
Design = Literal["reference", "paired", "group"]

#: Whom the reference is made of.
Donors = Literal["controls", "patients"]


class DonorSettings(Section):
    """Whom patients are compared with."""

    control: Name
    """The condition of the control samples: healthy donors, or in the paired design the patients'
    own controls.
    """
    donors: Donors = "controls"
    """In the reference design, whom each patient is compared with: the donors of the control
    condition (controls), or the other patients of the cohort, never themselves (patients).
    """
    public: str = ""
    """In the reference design, the condition of donors of another study, such as public healthy
    ones, beside the donors of the control condition or alone; empty for none.
    """
    min_donors: Annotated[int, Field(ge=3)] = 3
    """Smallest number of reference donors, in the cohort and in a compartment."""


class ReferenceSettings(DonorSettings):
    """What patients are compared with."""

    sites: tuple[str, ...] = ()
    """In the reference design, files in which other sites share sums over their donors (h5ad of
    `twinscreen share`); these donors are added to your own.
    """


class TwinSettings(Section):
    """How compartments are compared, and how modules are found in them."""

    design: Design = "reference"
    """Compare each patient with the healthy donors (reference), each sample with the same patient's
    control sample (paired), or all patients of a condition with all controls (group: one twin per
    condition).
    """
    min_cells: Annotated[int, Field(ge=2)] = 10
    """Smallest number of cells of a compartment, on both sides."""
    min_count: Annotated[float, Field(ge=0)] = 10
    """Genes with fewer counts on both sides together are not compared."""
    min_genes: Annotated[int, Field(ge=20)] = 100
    """Compartments in which fewer genes can be compared are not scored."""
    bootstrap_replicates: Annotated[int, Field(ge=0)] = 100
    """Twins of each patient from resampled cells and donors, which give the intervals; 0 for none.
    """
    null_replicates: Annotated[int, Field(ge=0)] = 100
    """Largest number of null replicates of each patient, with which its scores are compared:
    healthy donors analysed as patients (reference), labels of cells (paired) or of donors (group)
    permuted; 0 for none.
    """
    max_qvalue: PositiveShare = 0.05
    """A gene enters the module if its q-value is below this."""
    min_fold_change: Annotated[float, Field(ge=1)] = 1.5
    """Genes of a module have at least this fold change, up or down."""
    max_genes: Annotated[int, Field(ge=1)] = 500
    """Largest number of genes of a module: the most deviating are kept."""
    background: Literal["expressed", "interactome"] = "expressed"
    """Proteins of which modules and their random sets may consist: those compared in the
    compartment, or the whole interactome.
    """
    random_sets: Annotated[int, Field(ge=20)] = 1000
    """How many random sets of matched degree a module is tested against."""
    growth: Literal["none", "diamond", "walk"] = "none"
    """Which genes other than the deviating ones count for centrality in a module: none, those that
    DIAMOnD adds (with more links to it than expected from their degree), or those most visited by a
    random walk from it.
    """
    grown_genes: Annotated[int, Field(ge=1)] = 50
    """Largest number of genes that growth adds to a module."""
    growth_pvalue: PositiveShare = 0.01
    """DIAMOnD stops when the p of the next gene's links is above this."""
    centrality: Literal["eigenvector", "pagerank", "betweenness"] = "eigenvector"
    """What ranks the genes of a module: eigenvector centrality, PageRank that starts anew in
    proportion to the size of a gene's effect, or betweenness. Only eigenvector centrality without
    growth has intervals.
    """


class LayerWeights(Section):
    """How much each layer counts where the walk starts."""

    transcript: Weight = 1
    """Weight of the transcript layer: genes of a compartment's module; 0 leaves it out."""
    protein: Weight = 1
    """Weight of the protein layer: surface proteins that deviate in a compartment; 0 leaves it out.
    """
    variant: Weight = 1
    """Weight of the variant layer; 0 leaves it out."""
    phenotype: Weight = 1
    """Weight of the phenotype layer; 0 leaves it out."""
    exposure: Weight = 1
    """Weight of the exposure layer; 0 leaves it out."""
    disease: Weight = 1
    """Weight of the disease layer; 0 leaves it out."""


class LayerSettings(Section):
    """How layers are walked over, and how large the sets of patient-level layers are."""

    restart: PositiveShare = 0.7
    """Probability that the walk over layers goes back to a seed."""
    jump: Annotated[float, Field(ge=0, lt=1)] = 0.5
    """Probability that a step that does not go back leads to another layer."""
    weights: LayerWeights = LayerWeights()
    max_genes: Annotated[int, Field(ge=1)] = 200
    """Largest number of genes in the set of a variant, phenotype, exposure or disease layer, for
    links and hypotheses; the walk starts from all of them.
    """


class CommunicationSettings(Section):
    """Which compartments communicate, and what regulates them."""

    min_share: PositiveShare = 0.1
    """A compartment expresses a ligand or receptor if at least this share of its cells does."""
    permutations: Annotated[int, Field(ge=100)] = 1000
    """How many permutations of cell types a link is tested against."""
    max_qvalue: PositiveShare = 0.05
    """Links between compartments, and modules that a regulator explains, need a q below this."""
    targets: Annotated[int, Field(ge=1)] = 100
    """Genes downstream of an upstream regulator: the most influenced of those tested."""


class PathwaySettings(Section):
    """Which pathways are tested."""

    gmt: tuple[str, ...] = ()
    """Files with further gene sets (GMT), tested with the pathways of Reactome."""
    reactome: bool = True
    """Whether the pathways of Reactome are tested, too."""
    min_genes: Annotated[int, Field(ge=2)] = 5
    """Pathways with fewer genes among those compared in the compartment are not tested."""
    max_genes: Annotated[int, Field(ge=2)] = 500
    """Pathways with more genes among those compared in the compartment are not tested."""


class ComparisonSettings(Seeded, DonorSettings, TwinSettings):
    """All that decides how the compartments of a twin are compared and their modules found."""
