"""Options of the screen, and of what speaks against drugs."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from twinscreen.settings.foreign_kinds import foreign_kinds
from twinscreen.settings.section import Name, Section, Seeded, Share, Weight

#: Ways to rank the drugs.
Preset = Literal["calibrated", "causal", "origin", "proximity", "scdrugprio", "weighted"]


class _WeightsOfKinds(Section):
    """Weights of kinds of evidence by name, those of other packages among them."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Weight] = Field(init=False)

    @model_validator(mode="after")
    def _are_known(self) -> Self:
        known = sorted({*type(self).model_fields, *(kind.name for kind in foreign_kinds())})
        if unknown := sorted({*self.__pydantic_extra__} - {*known}):
            raise ValueError(f"no kind of evidence is named {unknown[0]}: {', '.join(known)}")
        return self


class CalibratedWeights(_WeightsOfKinds):
    """How much each kind of evidence counts in the preset `calibrated`."""

    causal: Weight = 1
    """Weight of signed paths from the targets to what deviates."""
    counteraction: Weight = 1
    """Weight of deviation of the targets themselves."""
    origin: Weight = 1
    """Weight of nearness to what the illness comes from."""
    precedent: Weight = 1.73
    """Weight of what helped in known states that look alike."""


class OwnWeights(CalibratedWeights):
    """How much each kind of evidence counts in the preset `weighted`."""

    proximity: Weight = 1
    """Weight of nearness to the modules."""
    centrality: Weight = 1
    """Weight of centrality of the targets in the modules."""
    communication: Weight = 1
    """Weight of links between cell types that gained."""


class ScreenSettings(Section):
    """What ranks the drugs, which are tried, and when one is recommended."""

    preset: Preset = "calibrated"
    """What ranks the drugs: all kinds of evidence, each against its own null models (calibrated);
    the bare over-activity that they oppose (causal); nearness to the patient's variants, symptoms
    and diseases (origin); to the modules, without a direction (proximity); the reference method
    scDrugPrio (scdrugprio), for which twins compare single cells too; or kinds weighted by
    own_weights (weighted).
    """
    compartments: Literal["equal", "communication"] = "equal"
    """How compartments are weighted: equally, or by centrality in communication, share of the cells
    and significance of the module. Ranks by the other weighting are given, too.
    """
    weights: CalibratedWeights = CalibratedWeights()
    own_weights: OwnWeights = OwnWeights()
    max_pvalue: Annotated[float, Field(gt=0, le=0.5)] = 0.01
    """The best drug is recommended (a call) if both p are below this: that of its score against the
    best drugs of null replicates, and that against the best that chance gives among so many.
    """
    random_seeds: Annotated[int, Field(ge=20)] = 100
    """How many random sets of seeds, of similar degree, origin evidence is tested against."""
    random_modules: Annotated[int, Field(ge=64)] = 256
    """How many random modules give the spread and the p of proximity; its mean is exact."""
    pairs: Annotated[int, Field(ge=0)] = 100
    """How many of the first drugs, each of another mechanism, are tried in pairs; 0 for none."""
    library: Literal["approved", "all"] = "approved"
    """Approved drugs, or all ligands of the drug table."""
    include: tuple[str, ...] = ()
    """Drugs to try in any case, by name, synonym or identifier (DrugBank, ChEMBL, CHEBI, ATC)."""
    withdrawn: bool = False
    """Whether to try withdrawn drugs."""
    diagnostics: bool = False
    """Whether to try diagnostic agents and allergens, which treat nothing: those of a table of the
    package, and those that have ATC codes of V01, V04, V08 and V09 alone.
    """


class LibrarySettings(ScreenSettings):
    """What ranks the drugs, which are tried and what they are, and when one is recommended."""

    drugs: str = ""
    """Drugs of your own: a table (tsv: drug, target, action, approved, and perhaps synonyms,
    drugbank, chembl, chebi, atc), one line per drug and target.
    """
    drugs_mode: Literal["add", "replace"] = "add"
    """Whether drugs of your own are added to the library or replace it."""
    approvals: str = ""
    """Approvals that the library does not know yet: a table (tsv: drug, agency, date, and perhaps
    reference).
    """


class Penalties(Section):
    """What each kind of concern takes from the reward of a drug."""

    withdrawn: Share = 0.5
    """Penalty of a withdrawal. Like all penalties it is a share of what the best drug of the screen
    achieves. It matters only if withdrawn drugs are tried, or if a configured table lists the
    withdrawal.
    """
    boxed_warning: Share = 0.2
    """Penalty of a boxed warning; several count once."""
    contraindication: Share = 0.5
    """Penalty of each contraindication by a symptom or disease that the patient has."""
    interaction_major: Share = 0.3
    """Penalty of each major interaction with a current drug."""
    interaction_moderate: Share = 0.1
    """Penalty of each moderate interaction with a current drug."""
    interaction_minor: Share = 0.02
    """Penalty of each minor interaction with a current drug."""
    interaction_unknown: Share = 0
    """Penalty of each interaction of unknown level with a current drug."""
    pharmacogenomic: Share = 0.2
    """Penalty of a genotype of more toxicity or less efficacy, once per gene."""
    pharmacogenomic_other: Share = 0.05
    """Penalty of a variant that affects dose or metabolism, that is or suggests a star allele, or
    for which the source gives no genotypes; once per gene, and only if the gene has no stronger
    penalty.
    """


class SafetyTables(Section):
    """Tables that tell what speaks against drugs, or for them."""

    clinpgx: tuple[Name, ...] = ()
    """Annotations of ClinPGx (summary_annotations.tsv, and summary_ann_alleles.tsv for what each
    genotype means), in place of the embedded release.
    """
    embedded: bool = True
    """Whether to use the indications and contraindications of the package: MeDIC's, read
    automatically from labels, and PharmacotherapyDB's.
    """
    warnings: tuple[Name, ...] = ()
    """Boxed warnings, withdrawals, contraindications, indications and adverse reactions: plain
    tables (tsv: drug, kind, subject, detail, source), or Open Targets' drug_warning (a file, or the
    folder of its parts).
    """
    molecules: str = ""
    """Open Targets' drug_molecule, which names the molecules of its drug_warning."""
    interactions: tuple[Name, ...] = ()
    """Interactions between drugs: files of DDInter, or tables of your own like them (csv: Drug_A,
    Drug_B, Level), with names of drugs or classes of ATC.
    """


class HarmSettings(Section):
    """What concerns and known indications change in the adjusted ranks."""

    indication_prior: Share = 0
    """What a known indication of a drug for a disease that the patient has adds to its score in the
    adjusted rank, as a share of the best score; 0 for none. Prior knowledge, not evidence from the
    patient: score, rank, p and call never count it.
    """
    popularity_prior: Share = 0
    """What the most popular drug, known to help in most reference states whoever the patient is,
    gains in the adjusted rank, as a share of the best score; others in proportion; 0 for none.
    Prior knowledge, not evidence from the patient: score, rank, p and call never count it.
    """
    penalties: Penalties = Penalties()


class SafetySettings(HarmSettings, SafetyTables):
    """What speaks against drugs: where it is told, and how much it counts."""


class ScreeningSettings(Seeded, HarmSettings, ScreenSettings):
    """All that decides how the copies of a twin are treated and the drugs ranked."""
