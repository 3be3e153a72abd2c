"""Options of the knowledge that all patients share."""

from typing import Annotated, Literal

from pydantic import Field

from twinscreen.settings.section import Name, PositiveShare, Section


class KnowledgeSettings(Section):
    """How knowledge is made from its sources."""

    folder: str = ""
    """Folder `knowledge` of a finished run: what was built there is taken as it is, if it is what
    this run would build, and never written to; empty to build it in the output.
    """
    damping: PositiveShare = 0.5
    """Share of a signal that one post-translational step passes on."""
    steps: Annotated[int, Field(ge=0, le=10)] = 3
    """Largest number of post-translational steps from a protein to a transcription factor."""
    rewirings: Annotated[int, Field(ge=20)] = 300
    """How many rewired networks causal evidence is tested against."""
    ligand_receptor: str = "consensus"
    """Ligand-receptor resource to take."""


class PrecedentSettings(Section):
    """Which reference states patients are compared with, and what is known to have helped there."""

    library: bool = True
    """Whether the states of the package and the drugs known to modify these diseases are among the
    reference states.
    """
    states: tuple[Name, ...] = ()
    """Reference states of your own: tables (gene, effect or logfc, pvalue), or up and down genes as
    gene sets (GMT).
    """
    outcomes: str = ""
    """What helped in a state and what did not (tsv: state, drug, helped), of states of your own, of
    the package, or patients of the cohort.
    """
    cohort: bool = False
    """Whether treated patients of the cohort are reference states for the others: their state
    before the treatment, with their response (trial.responses).
    """


class AddedTables(Section):
    """Knowledge of your own beside that of the package: see docs/own_knowledge.md."""

    interactions: tuple[Name, ...] = ()
    """More interactions between proteins (tsv: source, target, and perhaps sign)."""
    regulons: tuple[Name, ...] = ()
    """More genes that transcription factors regulate (tsv: tf, gene, and perhaps sign)."""
    ligand_receptor: tuple[Name, ...] = ()
    """More ligand-receptor pairs (tsv: ligand, receptor, and perhaps secreted)."""
    disease_genes: tuple[Name, ...] = ()
    """More genes of diseases (tsv: disease_id, gene, and perhaps score)."""
    ligands: tuple[Name, ...] = ()
    """Ligands measured outside the cells, such as in plasma (tsv: patient, ligand, direction, and
    perhaps time and value).
    """


class TablesInstead(Section):
    """Knowledge of your own in place of that of the package: see docs/own_knowledge.md."""

    interactions: tuple[Name, ...] = ()
    """Interactions between proteins, in place of the package's; columns as above."""
    regulons: tuple[Name, ...] = ()
    """Genes that transcription factors regulate, in place of the package's."""
    ligand_receptor: tuple[Name, ...] = ()
    """Ligand-receptor pairs, in place of the package's."""
    disease_genes: tuple[Name, ...] = ()
    """Genes of diseases, in place of the package's."""


class OfficialSettings(Section):
    """Official releases of public databases: which are used, and how they are obtained."""

    instead: tuple[Name, ...] = ()
    """Releases in place of the embedded sources of the same shape: hgnc, reactome, hpo. All others
    are named as `official:NAME` where a table of their kind may be named (docs/official.md).
    """
    use: Literal["any", "commercial"] = "any"
    """What the results are for: `commercial` refuses releases whose licence does not allow it."""
    list: str = ""
    """List of official releases (YAML), in place of the one of the package."""
    mirrors: tuple[Name, ...] = ()
    """Mirrors, each as ADDRESS=MIRROR: addresses that begin with the first are fetched from the
    second.
    """
    offline: bool = False
    """Whether to work without the network: the message says which file is missing, and where to put
    it.
    """
    lock: str = ""
    """File with the sha256 of what was fetched first, where nobody has pinned one; empty for one in
    the cache. Kept with the configuration, it holds everybody to the same files.
    """
