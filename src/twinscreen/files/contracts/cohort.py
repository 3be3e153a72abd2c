"""The shape of every table of a cohort."""

from twinscreen.files.tables import TableContract, schema

#: One row per patient, scored or not. `simulated` names the kinds of findings that are made up for
#: a demonstration, joined by ", "; `tier` is that of the evidence for the first drug, none without
#: a call; `second_drug` has other targets than the first; `deviation` is
#: that of the most deviating genes beside noise; `n_donors` the least number of donors that a
#: screened compartment is compared with; `batches` those of the samples, joined by ", ";
#: `median_counts` the median over the samples of counts in a cell; `not_used` what was given and
#: could not be used, with reasons.
COHORT_PATIENTS = TableContract(
    "cohort patients",
    schema(
        patient="string",
        condition="string",
        status="string",
        reason="string",
        n_samples="int64",
        n_cells="int64",
        n_compartments="int64",
        n_significant_modules="int64",
        simulated="string",
        first_drug="string?",
        first_score="double?",
        second_drug="string?",
        called="bool",
        tier="string",
        call_pvalue="double?",
        fit_pvalue="double?",
        deviation="double?",
        n_donors="int64?",
        batches="string",
        median_counts="double?",
        not_used="string",
        similar_state="string?",
        state_similarity="double?",
    ),
    key=("patient",),
)

#: One row per sample of the patients, used or not: `unusable` says why not, or nothing. Of the
#: barcodes found in the file `left_out` counts those that were not used, by reason; the medians are
#: over the cells that were, `median_mitochondrial` as a share of counts; `xist` and `y_genes` are
#: the shares of cells with XIST and with genes of chromosome Y, `expressed_sex` what they tell, and
#: `stated_sex` what the patient sheet says, if it has a column sex.
COHORT_SAMPLES = TableContract(
    "cohort samples",
    schema(
        sample="string",
        patient="string",
        condition="string",
        tissue="string",
        time="string",
        batch="string",
        unusable="string",
        n_cells_found="int64?",
        n_cells="int64?",
        left_out="string",
        median_counts="double?",
        median_genes="double?",
        median_mitochondrial="double?",
        xist="double?",
        y_genes="double?",
        expressed_sex="string",
        stated_sex="string",
        doublets="string",
        cell_types_by="string",
    ),
    key=("sample",),
)

#: Every ranked drug in every scored patient; `percentile` is 0 for the first drug, 1 for the last.
COHORT_RANKS = TableContract(
    "cohort ranks",
    schema(
        patient="string",
        drug_id="string",
        name="string",
        score="double",
        rank="double",
        percentile="double",
    ),
    key=("patient", "drug_id"),
)

#: Every pair of patients once, of a cohort of thousands every pair of some drawn at random: mean
#: correlation of effects and mean weighted Jaccard index of relevance over the places (cell type
#: and tissue) that both have; `similarity` is the mean of both, each less what all pairs have on
#: average in the same places, plus the average overall.
COHORT_SIMILARITY = TableContract(
    "cohort similarity",
    schema(
        patient_a="string",
        patient_b="string",
        effect="double?",
        relevance="double?",
        similarity="double?",
        n_compartments="int64",
    ),
    key=("patient_a", "patient_b"),
)

#: Who is most like each patient, up to 20, best first; figures as those of pairs.
COHORT_NEAREST = TableContract(
    "cohort nearest",
    schema(
        patient="string",
        rank="int64",
        other="string",
        effect="double?",
        relevance="double?",
        similarity="double",
        n_compartments="int64",
    ),
    key=("patient", "other"),
)

#: Every patient: `place` in an order in which those alike stand together, from 0; `cluster`,
#: missing for a patient who can't be compared with anybody; `silhouette` where there are groups.
COHORT_CLUSTERS = TableContract(
    "cohort clusters",
    schema(
        patient="string",
        place="int64",
        cluster="int64?",
        silhouette="double?",
        n_compartments="int64",
    ),
    key=("patient",),
)

#: Every number of groups that was tried; `limit` and `pvalue` are of the greatest silhouette.
COHORT_CLUSTER_NUMBERS = TableContract(
    "cohort cluster numbers",
    schema(n_clusters="int64", silhouette="double", limit="double", pvalue="double", chosen="bool"),
    key=("n_clusters",),
)

#: What patients have in common: mean similarity of pairs with the same value and of other pairs.
COHORT_NEIGHBOURS = TableContract(
    "cohort neighbours",
    schema(
        feature="string",
        n_values="int64",
        n_patients="int64",
        same="double",
        others="double",
        pvalue="double",
        qvalue="double",
    ),
    key=("feature",),
)

#: The virtual trial: every drug of it in every patient. `status` as in the screen, or
#: "unscorable" or "not tried"; `responder` is missing where that can't be told; `observed` is what
#: happened, where that was given.
COHORT_TRIAL = TableContract(
    "cohort trial",
    schema(
        drug_id="string",
        name="string",
        patient="string",
        status="string",
        benefit="double?",
        benefit_low="double?",
        benefit_high="double?",
        reward="double?",
        rank="double?",
        called="bool",
        responder="bool?",
        observed="bool?",
    ),
    key=("drug_id", "patient"),
)

#: Every drug of the trial: patients in whom it is first, was ranked, is called, and is predicted to
#: work; median and quartiles of its benefit over patients; and how well that tells
#: observed responses, where some were given. `same` names drugs with the same targets, by "|".
COHORT_TRIAL_DRUGS = TableContract(
    "cohort trial drugs",
    schema(
        drug_id="string",
        name="string",
        same="string",
        n_first="int64",
        n_ranked="int64",
        n_called="int64",
        n_responders="int64",
        median_benefit="double?",
        lower_quartile="double?",
        upper_quartile="double?",
        n_observed="int64",
        n_observed_responders="int64",
        auc="double?",
        auc_low="double?",
        auc_high="double?",
        pvalue="double?",
        qvalue="double?",
    ),
    key=("drug_id",),
)

#: Features that differ between responders and others. `outcome` is predicted (then `drug_id`
#: says of which drug) or observed (then `drug_id` is ""); `auc` is the share of pairs in which
#: the responder has more of the feature.
COHORT_TRIAL_FEATURES = TableContract(
    "cohort trial features",
    schema(
        outcome="string",
        drug_id="string",
        name="string",
        kind="string",
        feature="string",
        n="int64",
        n_responders="int64",
        mean_responders="double",
        mean_others="double",
        auc="double",
        pvalue="double",
        qvalue="double",
        simulated="bool",
    ),
    key=("outcome", "drug_id", "kind", "feature"),
)

#: What the evaluation against known answers found: one row per method, case and metric. `kind` is
#: preset, evidence or baseline, or answers, which says what the cases consist of; `case` a patient,
#: or "all" for the median over the `n` cases that have the metric; of a patient `n` counts drugs.
#: `low` and `high` hold 95 % over cases, `low_mechanisms` and `high_mechanisms` over mechanisms.
#: Of the metrics "beats ..." `value` counts the cases won, of `n`. See docs/methods/evaluation.md.
COHORT_EVALUATION = TableContract(
    "cohort evaluation",
    schema(
        kind="string",
        method="string",
        case="string",
        metric="string",
        value="double?",
        low="double?",
        high="double?",
        low_mechanisms="double?",
        high_mechanisms="double?",
        pvalue="double?",
        n="int64",
    ),
    key=("kind", "method", "case", "metric"),
)
