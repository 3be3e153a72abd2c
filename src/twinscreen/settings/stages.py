"""Which options each verb takes: all that its result depends on, and no others."""

from collections.abc import Mapping
from typing import Any

#: What stands before the name of an official release, where an option names files.
OFFICIAL = "official:"

_RELEASES = (
    *("official.use", "official.list", "official.mirrors", "official.offline"),
    *("official.lock", "cache"),
)

#: By verb, sections of the configuration, or single options of one.
STAGES: Mapping[str, tuple[str, ...]] = {
    "interactome": (
        *("own.interactions", "own.regulons"),
        *("instead.interactions", "instead.regulons"),
    ),
    "knowledge": (*_RELEASES, "sources"),
    "official": _RELEASES,
    "influence": ("knowledge.damping", "knowledge.steps"),
    "wiring": ("knowledge.damping", "knowledge.steps", "knowledge.rewirings", "seed"),
    "drugs": ("screen.drugs", "screen.drugs_mode", "screen.approvals"),
    "ligand-receptor": (
        *("knowledge.ligand_receptor", "own.ligand_receptor", "instead.ligand_receptor"),
    ),
    "precedents": ("precedent",),
    "pathways": ("pathways.reactome",),
    "own-tables": (
        *("own", "instead", "pathways.gmt", "precedent.states", "precedent.outcomes"),
        *("findings.gene_positions", "findings.exposure_genes", "findings.symptom_network"),
        *("findings.clinvar", "findings.gwas_catalog", "findings.eqtl"),
        *("safety.clinpgx", "safety.warnings", "safety.interactions"),
        *("screen.drugs", "screen.approvals"),
    ),
    "treated-patients": ("precedent.outcomes", "trial.responses"),
    "disease-genes": ("findings.gwas_catalog", "own.disease_genes", "instead.disease_genes"),
    "drug-warnings": ("safety.embedded",),
    "known-variants": (
        *("findings.clinvar", "findings.gwas_catalog", "findings.eqtl", "findings.assembly"),
    ),
    "observe": ("observe", "seed"),
    "ligands": ("own.ligands",),
    "findings": (
        *("findings.assembly", "findings.max_frequency", "findings.gene_positions"),
        *("findings.exposure_genes", "findings.symptom_network"),
    ),
    "reference": (
        *("twin.min_cells", "twin.min_count"),
        *("reference.min_donors", "reference.donors", "reference.public"),
    ),
    "twin": (
        *("twin", "reference.control", "reference.donors", "reference.public"),
        *("reference.min_donors", "layers", "communication"),
        *("pathways.min_genes", "pathways.max_genes", "seed"),
    ),
    "screen": (
        *("screen.preset", "screen.compartments", "screen.weights", "screen.own_weights"),
        *("screen.max_pvalue", "screen.random_seeds", "screen.random_modules", "screen.pairs"),
        *("screen.library", "screen.include", "screen.withdrawn"),
        *("safety.indication_prior", "safety.popularity_prior", "safety.penalties"),
        "seed",
    ),
    "evaluate": ("evaluation", "seed"),
    "similarity": ("seed",),
    "trial": ("trial", "seed"),
}


def taken_by(verb: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Take the options of a verb out of those of all sections.

    Parameters
    ----------
    verb
        As on the command line.
    options
        By name; those of a section are a mapping of their own. It may be a configuration with its
        defaults, or hold anything else by the names of the options.

    Returns
    -------
    Options as they were found, by section.
    """
    found: dict[str, Any] = {}
    for path in STAGES[verb]:
        section, _, name = path.partition(".")
        if name:
            found.setdefault(section, {})[name] = options[section][name]
        else:
            found[section] = options[section]
    return found
