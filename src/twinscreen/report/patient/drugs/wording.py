"""How a page speaks of the score, by the preset that ranked the drugs."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Wording:
    """What the page of a patient says of a preset, in phrases that its sentences take up.

    `score` names the score and `meaning` explains it; `greater` says what a higher one means,
    `doubt` how far to trust it, `parts` how to read it by compartment; `none` is the title where no
    drug has a score above 0, `unranked` why a drug may have no score. `targets` are those that the
    preset uses, `counted` and `uncounted` those of them that did and did not count. `reason` is
    what a rank rests on: what the drug opposes, where it is near or a candidate, or evidence, and
    `test` the measurement that would test it, after the names of the targets. `calls` says whether
    the preset compares the best drug with null replicates.
    """

    score: str
    meaning: str
    greater: str
    doubt: str
    parts: str
    none: str
    unranked: str
    targets: str
    counted: str
    uncounted: str
    reason: Literal["opposes", "near", "candidate", "evidence"]
    test: str
    calls: bool = False


_ACTIVITY = (
    "here it is inferred from the genes that respond to it, not measured (for a kinase, measure its"
    " phosphorylated form; for a receptor, its ligand and the receptor)"
)
_ON_A_COPY = "The model ignores dose, kinetics and feedback: a rank is a hypothesis to test."
_COUNTED = "with a path to measured genes"
_UNCOUNTED = "no path to the genes measured and count for nothing"

CALIBRATED = Wording(
    score="calibrated score",
    meaning="The kinds of evidence in the score together: the z of each, as it stands after both of"
    " its null models, added over those that say something and divided by the root of their number"
    " (Stouffer's sum). Higher is better; 0 is what chance gives.",
    greater="more evidence for the drug that chance does not explain",
    doubt=_ON_A_COPY,
    parts="teal supports the drug there, brown speaks against it",
    none="The evidence supports no drug",
    unranked="has a target with a known action of which any evidence says something",
    targets="with a known action",
    counted=_COUNTED,
    uncounted="no path to the genes measured and count for nothing in the causal evidence",
    reason="evidence",
    test=_ACTIVITY,
    calls=True,
)

WORDINGS = {
    "calibrated": CALIBRATED,
    "weighted": replace(
        CALIBRATED,
        score="weighted score",
        meaning="The kinds of evidence with the weights that the configuration gives them: the z of"
        " each, as it stands after its null models, times its weight, added over those that say"
        " something, and scaled to standard deviation 1 (Stouffer's sum). Greater is better; 0 is"
        " what chance gives.",
        doubt=_ON_A_COPY + " The weights are the user's choice, not an estimate.",
    ),
    "origin": replace(
        CALIBRATED,
        score="origin score",
        meaning="How near a drug's targets are to what the illness comes from (the patient's"
        " variants, symptoms and exposures, and genes known for the disease): the z of their mean"
        " log relevance, as it stands after both of its null models. It has no direction.",
        greater="that the drug's targets lie nearer to what the illness comes from than chance"
        " explains; whether the drug would mend or worsen it, this score cannot tell",
        doubt="Origin has no direction: a drug that makes the illness worse is as near as one that"
        " mends it. It is the same in all cell types, and says nothing of what deviates.",
        none="No drug is nearer than chance to what the illness comes from",
        unranked="has a target on the interactome, or nothing is known of what the illness comes"
        " from",
        test="nearness tells where a drug acts, not whether it helps: expose the patient's cells"
        " to it, and see whether what deviates moves back",
        calls=False,
    ),
    "causal": Wording(
        score="causal score",
        meaning="The over-activity of what a drug inhibits, less that of what it activates, over"
        " the square root of the number of its targets, over all screened compartments. Greater is"
        " better; 0 says nothing.",
        greater="that the drug's targets look more active in the direction the drug opposes",
        doubt="This score has no null model: it is not compared with rewired networks or null"
        " replicates, and targets with many connections score high in many patients. So a rank is"
        " a hypothesis to test, without a p value. The preset calibrated has one.",
        parts="teal opposes the deviation there, brown would add to it",
        none="No drug opposes this patient's state",
        unranked="has a target with a known action and a path to the genes that were measured",
        targets="with a known action",
        counted=_COUNTED,
        uncounted=_UNCOUNTED,
        reason="opposes",
        test=_ACTIVITY,
    ),
    "proximity": Wording(
        score="proximity score",
        meaning="How much nearer than chance the drug's targets lie to the modules on the"
        " interactome: the z of its proximity with the sign turned, over all screened compartments"
        " by Stouffer's sum. Greater is nearer; 0 is what chance gives. It has no direction.",
        greater="that the drug's targets lie nearer to the modules than random proteins with as"
        " many connections; whether the drug would mend or worsen the state, this score cannot"
        " tell",
        doubt="Proximity has no direction: a drug that makes the state worse is as near as one that"
        " mends it. Cell types are no independent tests of one patient, so the score is no z to"
        " take a p value from. A rank is a hypothesis to test.",
        parts="teal is nearer to the module there than chance, brown farther",
        none="No drug is nearer to this patient's modules than chance",
        unranked="has a target on the interactome, or no screened compartment has a module there",
        targets="in all, members of complexes counted singly",
        counted="on the interactome",
        uncounted="no place on the interactome and count for nothing",
        reason="near",
        test="nearness tells where a drug acts, not whether it helps: expose the patient's cells"
        " to it, and see whether the genes of the module move back",
    ),
    "scdrugprio": Wording(
        score="scDrugPrio score",
        meaning="The reference method's: the sum, over the screened compartments in which the drug"
        " is a candidate, of their centrality among cell types, and a tenth of the mean centrality"
        " of its targets among changed genes. Candidate: p of proximity below 0.05, mean distance"
        " below 1, and at least one changed gene opposed (an antagonist of what is up, an agonist"
        " of what is down).",
        greater="that the drug is a candidate in more, and more central, cell types",
        doubt="This is the reference method as published, for comparison: it counts cells as"
        " replicates, does not correct for multiple testing, lets random gene sets pass too, and"
        " favours cell types with many cells. A rank is a hypothesis to test, without a p value.",
        parts="teal is a candidate there, the deeper the more central the cell type",
        none="No drug is a candidate for this patient",
        unranked="is near the changed genes of a screened compartment and opposes one of them",
        targets="in all, members of complexes counted singly",
        counted="on the interactome",
        uncounted="no place on the interactome and count for nothing",
        reason="candidate",
        test="it opposes one changed gene among many: expose the patient's cells to it, and"
        " see whether the changed genes move back",
    ),
}
