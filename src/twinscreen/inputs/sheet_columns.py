"""Columns of the two sheets that jobs are told of."""

#: Columns of the sample sheet that an observation depends on, beside its cells; five are needed.
SAMPLE_COLUMNS = (
    *("sample", "patient", "condition", "tissue", "time", "batch", "select", "annotation"),
)

#: Columns of the patient sheet that name a file with findings.
FINDING_FILES = ("variants", "phenotypes", "exposures", "medication", "star_alleles")
#: Columns that say what was found of a patient beside cells: they become findings and layers.
FINDING_COLUMNS = (*FINDING_FILES, "variant_sample", "disease", "simulated")
