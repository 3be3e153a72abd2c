"""The tables in `uns` of a screen."""

from twinscreen.files.contracts.table_spec import TableSpec
from twinscreen.files.contracts.twin_tables import HYPOTHESES

TARGETS = TableSpec(
    "targets",
    "target of a drug, ranked or not",
    {
        "drug_id": (str, "the drug"),
        "target": (str, "a gene, or the genes of a complex joined by `|`"),
        "sign": (int, "of the action: -1, +1, or 0 if not known"),
        "conflict": (bool, "whether the sign is 0 because sources contradict each other"),
        "sources": (str, "who tells it, joined by `|`"),
    },
    key=("drug_id", "target"),
)

PRESENCE = TableSpec(
    "presence",
    "target gene of the first 25 drugs and compartment of the latest state, screened or not, that"
    " measured it",
    {
        "gene": (str, "the gene"),
        "compartment": (str, "where"),
        "n_cells": (int, "cells there"),
        "detected": (float, "share of them with a count of the gene"),
        "level": (float, "counts of the gene per 10,000 counts"),
        "found": (bool, "whether more cells have one than stray molecules explain"),
    },
    key=("gene", "compartment"),
)

EVIDENCE = TableSpec(
    "evidence",
    "target of the first 25 drugs",
    {
        "drug_id": (str, "the drug"),
        "target": (str, "as in `targets`"),
        "sign": (int, "of the action"),
        "z": (float, "over-activity of the target over all screened compartments"),
        "contribution": (float, "its part of the bare causal score; parts add up to it"),
        "compartment": (
            str,
            "screened and with a value, where it contributes most the way it does as a whole (for"
            " the drug or against it)",
        ),
        "compartment_z": (float, "over-activity there"),
        "genes": (str, "those there that carry most of it, joined by `|`"),
        "effects": (str, "their deviations, joined by `|`"),
    },
    key=("drug_id", "target"),
)

PROXIMITY_EVIDENCE = TableSpec(
    "proximity_evidence",
    "target gene of the first 25 drugs, in the screened compartment where the drug's p is smallest",
    {
        "drug_id": (str, "the drug"),
        "compartment": (str, "where"),
        "gene": (str, "the target gene"),
        "distance": (float, "to its nearest module gene"),
        "z": (float, "for a drug with this target alone"),
        "pvalue": (float, "likewise, exact lower tail"),
        "change": (
            float,
            "by how much the drug's mean distance grows when it is left out; NaN for an only one",
        ),
    },
    key=("drug_id", "gene"),
)

#: Between the proteins of a path, and between what is said of its steps.
THEN = " > "

PATHS = TableSpec(
    "paths",
    "signed path from a target to a gene that carries its evidence, the strongest first",
    {
        "drug_id": (str, "the drug"),
        "target": (str, "as in `targets`"),
        "sign": (int, "of the action"),
        "gene": (str, "where it ends"),
        "compartment": (str, "that of `evidence`"),
        "path": (str, f"proteins and the gene, joined by `{THEN}`"),
        "signs": (str, "+ or - of each step"),
        "share": (float, "of the target's influence on the gene; below 0 if it runs against that"),
        "expected": (int, "sign of the change that the drug brings about on all paths"),
        "effect": (float, "deviation of the gene"),
        "agrees": (bool, "whether the change opposes the deviation"),
        "sources": (str, f"of the steps: joined by `;` within a step, by `{THEN}` between"),
        "references": (str, f"how many publications each step has, joined by `{THEN}`"),
    },
)

SUPPORT = TableSpec(
    "support",
    "finding of a layer of the twin on a target of the first 25 drugs",
    {
        "drug_id": (str, "the drug"),
        "layer": (
            str,
            "transcript, protein, variant, phenotype, exposure, disease, relevance, communication",
        ),
        "compartment": (str, "where; empty for what holds for the patient"),
        "target": (str, "the gene"),
        "value": (
            float,
            "the effect, the deviation of the surface protein, the weight or the number of"
            " neighbours with one, the relevance, or the log2 fold change of a link",
        ),
        "detail": (str, "that in words, for people"),
        "direction": (str, "for (the action opposes it), against, either"),
    },
)

STATES = TableSpec(
    "states",
    "reference state, the most similar first",
    {
        "state": (str, "the state"),
        "name": (str, "what it is called"),
        "origin": (str, "library, own or cohort"),
        "similarity": (
            float,
            "rank correlation of the patient's deviation over all screened compartments with that"
            " of the state; NaN where it is not compared",
        ),
        "null_low": (float, "5 % point of the same in the null replicates"),
        "null_high": (float, "95 % point"),
        "n_genes": (int, "genes measured in both"),
        "n_drugs": (int, "drugs of this screen known to have helped there"),
        "left_out": (
            str,
            "what the patient is known to have, for which it takes no part; or empty",
        ),
    },
    key=("state",),
)

PRECEDENT_REASONS = TableSpec(
    "precedents",
    "reference state that speaks for or against one of the first 25 drugs, the strongest first",
    {
        "drug_id": (str, "the drug"),
        "state": (str, "as in `states`"),
        "similarity": (float, "of the patient to it"),
        "contribution": (
            float,
            "its part of the bare score, beyond what the mean similarity would give; parts add up",
        ),
        "helped": (str, "`yes`, `no`, or `inherited` where another drug did that shares targets"),
        "through": (str, "names of the drugs of which that is known, joined by `|`"),
        "genes": (
            str,
            "those that deviate most in both, the same way where the similarity is above 0; joined"
            " by `|`",
        ),
        "effects": (str, "+ or - of each in the patient, joined by `|`"),
    },
    key=("drug_id", "state"),
)

CONCERNS = TableSpec(
    "concerns",
    "what speaks against a drug",
    {
        "drug_id": (str, "the drug"),
        "kind": (
            str,
            "withdrawn, boxed warning, contraindication, interaction or pharmacogenomic",
        ),
        "subject": (str, "what contraindicates or interacts, which gene and genotype, or empty"),
        "detail": (str, "what is said, for people"),
        "severity": (str, "how grave, for people"),
        "penalty": (
            float,
            "what it takes from the reward; of several that say the same the gravest alone has one",
        ),
        "source": (str, "who says it"),
        "simulated": (bool, "whether it rests on findings made up for a demonstration"),
    },
    key=("drug_id", "kind", "subject", "detail", "source"),
)

LOOKED_UP = TableSpec(
    "looked_up",
    "kind of concern, indication or adverse reaction, and source",
    {
        "kind": (str, "as in concerns, or indication, or adverse reaction"),
        "source": (str, "where it was looked up"),
    },
    key=("kind", "source"),
)

REACTIONS = TableSpec(
    "reactions",
    "adverse reaction that a table names of one of the first 25 drugs",
    {
        "drug_id": (str, "the drug"),
        "reaction": (str, "its name"),
        "detail": (str, "how often or where it is told, for people"),
        "source": (str, "who tells it"),
    },
    key=("drug_id", "reaction", "detail", "source"),
)

COMBINATIONS = TableSpec(
    "combinations",
    "pair of drugs, the best 50",
    {
        "drug_id_a": (str, "one drug"),
        "drug_id_b": (str, "the other"),
        "name_a": (str, "its name"),
        "name_b": (str, "its name"),
        "residual": (float, "share of the deviation that remains"),
        "benefit": (float, "share that both take away"),
        "gain": (float, "over the better of the two"),
        "gain_low": (float, "5 % point"),
        "gain_high": (float, "95 % point"),
        "beyond_dose": (float, "gain over twice the better one"),
        "separation": (float, "s_AB of the targets"),
        "proximity_a": (float, "z of the one, below 0 if near the modules"),
        "proximity_b": (float, "z of the other"),
        "complementary": (bool, "both near, and their targets apart"),
        "interaction": (str, "its level as listed, `none listed` or `not looked up`"),
        "shared": (str, "subjects on which both carry a boxed warning"),
        "penalty": (float, "what speaks against both and the pair"),
        "score": (float, "benefit less that"),
        "rank": (int, "from 1"),
    },
    key=("drug_id_a", "drug_id_b"),
)

SCREEN_HYPOTHESES = TableSpec(
    "hypotheses",
    "chain of the twin",
    {
        **HYPOTHESES.columns,
        "missing": (
            str,
            "as in the twin, or `drug`: nothing else is missing, and no drug opposes the end",
        ),
        "drug_id": (str, "the best ranked drug that opposes the deviation, or empty"),
        "drug": (str, "its name"),
        "drug_rank": (float, "its rank"),
        "drug_target": (str, "through which target"),
        "further_drugs": (str, "names of the next ones, joined by `|`"),
    },
)

RANKING_COURSE = TableSpec(
    "ranking_course",
    "time point, for the first 25 drugs and those received",
    {
        "drug_id": (str, "the drug"),
        "name": (str, "its name"),
        "time": (str, "time point"),
        "score": (
            float,
            "Stouffer's sum with equal weights of the layer `score` over the compartments of that"
            " time point alone: time points compare by it with each other, and not with the rank",
        ),
        "rank": (float, "by it"),
        "n_ranked": (int, "drugs ranked"),
    },
    key=("drug_id", "time"),
)

TREATMENT_COURSE = TableSpec(
    "treatment_course",
    "drug received, pair of time points and cell type, and one for `all` together",
    {
        "treatment": (str, "as the sample sheet has it"),
        "drug_id": (str, "the drug"),
        "tissue": (str, "where"),
        "earlier": (str, "time point"),
        "later": (str, "time point"),
        "cell_type": (str, "where; `all` has the mean correlation"),
        "n_genes": (int, "genes compared both times"),
        "correlation": (
            float,
            "of the change observed with that predicted (influence of the signed targets)",
        ),
        "percentile": (
            float,
            "share of the other drugs, those of the same prediction counted once, that agree"
            " better; 0: none",
        ),
        "beyond_recovery": (
            float,
            "the correlation given the state before: what deviated tends to come back under any"
            " drug",
        ),
        "beyond_recovery_percentile": (float, "likewise"),
        "n_drugs": (int, "other drugs"),
        "note": (str, "why there is no figure, or empty"),
    },
)

KINDS = TableSpec(
    "kinds",
    "kind of evidence",
    {
        "kind": (str, "its name"),
        "weight": (float, "in the preset `calibrated`"),
        "null": (str, "the null model"),
        "second_null": (str, "the second one, or empty"),
        "n": (int, "mechanisms that it says something of"),
        "best": (float, "the greatest z of one"),
        "supports": (
            float,
            "share with at least 1.645: by chance 1 in 20, and in any case of kinds that are ranks"
            " among the drugs",
        ),
        "score_weight": (float, "in the score of this patient; 0 where it is not in it"),
        "share": (float, "how much of its weight it has in this patient"),
        "title": (str, "what it is called"),
        "compared_with": (str, "its null models in words"),
        "relative": (bool, "whether it is compared with the other drugs alone"),
        "says_supports": (str, "what it says of a drug that it supports"),
        "says_undecided": (str, "of one that it says little of"),
        "says_opposes": (str, "of one that it speaks against"),
        "says_silent": (str, "of one that it says nothing of"),
        "layers": (str, "its layers, joined by `|`"),
        "package": (str, "the package that it is of and its version; empty for TwinScreen's own"),
    },
    key=("kind",),
)

STABILITY = TableSpec(
    "stability",
    "kind of evidence; with the preset `weighted` alone",
    {
        "kind": (str, "left out"),
        "weight": (float, "that it had"),
        "correlation": (float, "of the ranking without it with that of all"),
        "top_kept": (float, "share of the first drugs that stay first"),
        "largest_move": (float, "of a drug, in ranks"),
    },
    key=("kind",),
)

#: In the order of the page.
SCREEN_TABLES = (
    KINDS,
    TARGETS,
    PRESENCE,
    EVIDENCE,
    PATHS,
    STATES,
    PRECEDENT_REASONS,
    SUPPORT,
    CONCERNS,
    LOOKED_UP,
    REACTIONS,
    COMBINATIONS,
    PROXIMITY_EVIDENCE,
    SCREEN_HYPOTHESES,
    RANKING_COURSE,
    TREATMENT_COURSE,
)
