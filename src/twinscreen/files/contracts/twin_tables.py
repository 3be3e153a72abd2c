"""The tables in `uns` of a twin."""

from enum import StrEnum
from typing import NamedTuple

from twinscreen.files.contracts.patient import BATCH, FINDINGS_TABLE
from twinscreen.files.contracts.table_spec import TableSpec

#: Names of the layers of a twin, in order.
LAYERS = ("transcript", "protein", "variant", "phenotype", "exposure", "disease")

SAMPLES = TableSpec(
    "samples",
    "sample",
    {
        "sample": (str, "its name"),
        "condition": (str, "as the sample sheet has it"),
        "tissue": (str, "as the sample sheet has it"),
        "time": (str, "time point"),
        "batch": (str, "as the sample sheet has it"),
        "n_cells": (float, "cells kept; NaN where the sample could not be used"),
        "n_genes": (float, "genes kept"),
        "median_counts": (float, "median counts of a cell"),
        "cell_types_by": (str, "how cell types came about"),
        "doublets": (str, "what became of doublets"),
        "lost": (str, "features and counts that mean no gene, where they are many, or empty"),
        "treatment": (str, "drugs received since the time point before, joined by `|`"),
        "unscorable": (str, "why it could not be used, or empty"),
        "remedy": (str, "what to do about that, or empty"),
    },
    key=("sample",),
)


class Source(StrEnum):
    """What of a patient may not be used."""

    SAMPLE = "sample"
    DEVIATIONS = "deviations"
    """Computed elsewhere."""
    FINDINGS = "findings"
    """A file of what was found beside cells."""


class WhyNot(StrEnum):
    """Why something of a patient is not used."""

    UNUSABLE = "unusable"
    """It is at fault itself."""
    NO_CONTROL = "no_control"
    """There is no control sample to compare it with."""
    TWICE = "twice"
    """It says something else of what samples say too."""


class NotUsed(NamedTuple):
    """A row of NOT_USED."""

    what: Source
    name: str
    kind: WhyNot
    reason: str
    remedy: str = ""


NOT_USED = TableSpec(
    "not_used",
    "sample, table of deviations or file of findings that could not be used",
    {
        "what": (str, "sample, deviations (computed elsewhere) or findings"),
        "name": (str, "of the sample; the kind of findings; empty of deviations"),
        "kind": (str, "unusable (at fault itself), no_control, or twice (samples say it too)"),
        "reason": (str, "why, for people"),
        "remedy": (str, "what to do about it, or empty"),
    },
    key=("what", "name"),
)

LACKING = TableSpec(
    "lacking",
    "gene that describes a cell type which too few controls have to compare it with",
    {
        "compartment": (str, "the cell type, where and when"),
        "n_cells": (int, "its cells"),
        "share": (float, "of the patient's cells of that tissue and time"),
        "gene": (
            str,
            "found in at least a quarter of its cells; the ten most raised, the most raised first;"
            " empty where there is none, or no other cell type beside it",
        ),
        "detected": (float, "share of its cells with a count"),
        "elsewhere": (float, "share of the patient's other cells of that tissue and time"),
        "logfc": (float, "log2 of the ratio of counts per 10,000, 0.1 added to both"),
    },
    key=("compartment", "gene"),
)

RELEVANCE = TableSpec(
    "relevance",
    "protein, of the 25 most relevant of each compartment",
    {
        "compartment": (str, "its name; empty for the patient-level layers alone"),
        "gene": (str, "the protein"),
        "relevance": (float, "from all layers; 1 is what chance gives"),
        "rank": (int, "within the compartment, from 1"),
        **{name: (float, f"share of the {name} layer in it") for name in LAYERS},
    },
    key=("compartment", "gene"),
)

LAYER_LINKS = TableSpec(
    "layer_links",
    "pair of layers that have genes",
    {
        "compartment": (str, "its name; empty between patient-level layers"),
        "layer_a": (str, "the layer that is redrawn in the null"),
        "layer_b": (str, "the other one"),
        "size_a": (int, "genes of the first"),
        "size_b": (int, "genes of the second"),
        "overlap": (float, "genes of both"),
        "overlap_z": (float, "against the null; large where linked"),
        "overlap_p": (float, "upper tail"),
        "distance": (float, "mean distance on the interactome"),
        "distance_z": (float, "against the null; below 0 where linked"),
        "distance_p": (float, "lower tail"),
    },
)

HYPOTHESES = TableSpec(
    "hypotheses",
    "chain of evidence from a gene to a protein, strongest first, at most 50",
    {
        "rank": (int, "from 1"),
        "gene": (str, "where it starts"),
        "start": (str, "variant; phenotype or disease if nothing was sequenced"),
        "weight": (float, "of the gene in that layer"),
        "expected": (float, "sign of the change that its variant lets expect, or NaN"),
        "expression_gene": (str, "the gene whose expression it runs over"),
        "step": (str, "own or neighbour: what the expression gene is to the first"),
        "compartment": (str, "where it deviates most; empty if nowhere"),
        "compartments": (int, "in how many it deviates"),
        "effect": (float, "its deviation there"),
        "qvalue": (float, "q of that"),
        "expression_state": (str, "deviates, does not deviate, not measured"),
        "protein": (float, "deviation of the surface protein"),
        "protein_qvalue": (float, "q of that"),
        "protein_state": (str, "likewise, or against"),
        "missing": (str, "the first link that lacks: variant, impact, expression, protein or none"),
        "evidence": (str, "the chain as a sentence, for people"),
        "measure": (str, "what to measure next, as a sentence"),
        "strength": (float, "product of the links"),
    },
)

COMMUNICATION = TableSpec(
    "communication",
    "link of ligand and receptor, the greatest weight first",
    {
        "sender": (str, "compartment"),
        "receiver": (str, "compartment"),
        "ligand": (str, "gene; members of a complex joined by `_`"),
        "receptor": (str, "likewise"),
        "secreted": (bool, "whether cells are known to release the ligand"),
        "weight": (
            float,
            "strength x (1 + |effect of the ligand in the sender| + |effect of the receptor in the"
            " receiver|)",
        ),
        "strength": (
            float,
            "geometric mean of the levels of ligand and receptor, each scaled by its largest level"
            " in the patient's compartments and their controls; 0 where one is not expressed",
        ),
        "control_strength": (float, "the same of the control; NaN where there is none"),
        "ligand_effect": (float, "its deviation in the sender; NaN adds nothing to the weight"),
        "receptor_effect": (float, "its deviation in the receiver; likewise"),
        "pvalue": (
            float,
            "whether the strength is more than cell types explain: types permuted over the cells of"
            " each tissue and time point, p with +1; NaN for a link of the control alone",
        ),
        "qvalue": (float, "Benjamini-Hochberg over the patient's links"),
        "gain": (float, "strength less control strength"),
        "gain_logfc": (float, "log2 fold change of the link, mean of ligand and receptor"),
        "gain_pvalue": (
            float,
            "whether it differs from 0, by the errors of the two deviations; where there were too"
            " few counts to compare, by the counting error; NaN for outliers of the group design",
        ),
        "gain_qvalue": (float, "Benjamini-Hochberg of that"),
    },
)

UPSTREAM = TableSpec(
    "upstream",
    "upstream regulator: a ligand raised in a compartment, with a path to transcription",
    {
        "regulator": (str, "the ligand"),
        "rank": (int, "by `n_lists`, ties by `n_targets`"),
        "n_lists": (
            int,
            "in how many modules of receivers its targets are over-represented: hypergeometric,"
            " against tested genes that anything regulates and that have a neighbour on the"
            " interactome, q within the compartment",
        ),
        "n_targets": (int, "targets in those modules, added up"),
        "n_reached": (int, "compartments it could reach"),
        "activity": (
            float,
            "mean causal score there; above 0 the change looks like what more of the ligand does",
        ),
        "senders": (str, "compartments that raise it, or `outside of the cells`, joined by `; `"),
        "receivers": (str, "compartments whose modules it explains, joined by `; `"),
    },
    key=("regulator",),
)

COURSE = TableSpec(
    "course",
    "cell type, tissue and gene that is in a module at some time",
    {
        "gene": (str, "the gene"),
        "cell_type": (str, "where"),
        "tissue": (str, "where"),
        "status": (str, "persisting, reversed, returned, new, resolved or unknown: see below"),
        "sign": (int, "of its deviation at `last`"),
        "onset": (str, "the first time point at which it is significant"),
        "onset_known": (bool, "whether it was compared before that, and not significant"),
        "last": (str, "the last time point at which it is significant"),
        "n_measured": (int, "time points at which it was compared"),
        "n_significant": (int, "of those, at which it was significant"),
        "run": (int, "significant comparisons of that sign in a row that end at `last`"),
        "times": (str, "time points, joined by `|`"),
        "effects": (str, "its effects along them, joined by `|`; empty where not compared"),
    },
    key=("cell_type", "tissue", "gene"),
)

#: What became of a gene, as seen from the latest time point.
STATUSES = ("persisting", "reversed", "returned", "new", "resolved", "unknown")

COURSE_SUMMARY = TableSpec(
    "course_summary",
    "cell type and tissue",
    {
        "cell_type": (str, "where"),
        "tissue": (str, "where"),
        "latest": (str, "latest time point"),
        "n_times": (int, "time points at which it could be scored"),
        "n_genes": (int, "genes of the course"),
        **{name: (int, f"genes that are {name}") for name in STATUSES},
    },
    key=("cell_type", "tissue"),
)

MODULE_OVERLAP = TableSpec(
    "module_overlap",
    "cell type, tissue and pair of scored time points next to each other",
    {
        "cell_type": (str, "where"),
        "tissue": (str, "where"),
        "earlier": (str, "time point"),
        "later": (str, "time point"),
        "n_tested": (int, "genes compared at both"),
        "n_earlier": (int, "of these, genes in the earlier module"),
        "n_later": (int, "genes in the later one"),
        "overlap": (int, "genes in both"),
        "same_sign": (int, "of these, with the same sign"),
        "expected": (
            float,
            "overlap of modules of these sizes, drawn within bins of like degree",
        ),
        "jaccard": (float, "overlap over union"),
        "pvalue": (float, "exact, of an overlap as large"),
    },
    key=("cell_type", "tissue", "earlier", "later"),
)

EARLY_REGULATORS = TableSpec(
    "early_regulators",
    "regulator and tissue, most lists first",
    {
        "regulator": (str, "a gene that was in a module at the scored time point before"),
        "tissue": (str, "where"),
        "n_lists": (
            int,
            "lists of what is new in a cell type's module in which its direct targets are"
            " over-represented (p < 0.05), among the genes that could be new there: compared at"
            " both times, regulated by anything, with a neighbour on the interactome",
        ),
        "n_targets": (int, "its targets in those lists"),
        "n_signed": (int, "of these, with a known sign"),
        "n_agreeing": (int, "of these, changed as its own change lets expect"),
        "lists": (str, "the lists (`cell type, time before > time`), joined by `|`"),
        "targets": (str, "the targets, joined by `|`"),
        "pvalue": (float, "over all lists"),
        "qvalue": (float, "Benjamini-Hochberg of that"),
    },
)

PATHWAYS_TABLE = TableSpec(
    "pathways",
    "compartment and pathway, smallest p first within a compartment",
    {
        "compartment": (str, "its name"),
        "source": (str, "of the pathway"),
        "pathway_id": (str, "identifier"),
        "pathway": (str, "name"),
        "overlap": (int, "its genes in the module, at least two and more than expected"),
        "n_up": (int, "of these, those raised"),
        "module_size": (int, "genes of the module with a neighbour on the interactome"),
        "size": (int, "genes of the pathway among those compared"),
        "n_tested": (int, "genes compared that have a neighbour on the interactome"),
        "pvalue": (float, "hypergeometric"),
        "qvalue": (
            float,
            "Benjamini-Hochberg within the compartment; kept are those below"
            " `twin.max_qvalue`, and at least the ten of smallest p",
        ),
        "genes": (str, "the genes of the overlap, joined by `|`"),
        "also": (str, "pathways with the same genes among those compared, joined by `|`"),
    },
)

#: In the order of the page.
TWIN_TABLES = (
    SAMPLES,
    NOT_USED,
    LACKING,
    BATCH,
    FINDINGS_TABLE,
    RELEVANCE,
    LAYER_LINKS,
    HYPOTHESES,
    COMMUNICATION,
    UPSTREAM,
    COURSE,
    COURSE_SUMMARY,
    MODULE_OVERLAP,
    EARLY_REGULATORS,
    PATHWAYS_TABLE,
)
