"""From the word for an action to what it says of a patient: who blocks, who drives, who is silent.

What each word means is written here once more, by hand, from pharmacology.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.data import TABLES
from twinscreen.kb.wiring import Wiring
from twinscreen.knowledge.drugs.actions import read_actions, signs
from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges
from twinscreen.screen.evidence.causal import causal_evidence
from twinscreen.screen.evidence.counteraction import counteraction_evidence
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import drug_scores, target_sets, target_values

ROOT = Path(__file__).resolve().parents[4]
ACTIONS = TABLES / "actions.tsv"

#: Words that say that the activity of the target falls, or rises, or nothing.
LOWERS = {
    "type": {"Antagonist", "Antibody", "Channel blocker", "Gating inhibitor", "Inhibitor"},
    "action": {
        *("Antagonist", "Feedback inhibition", "Inhibition", "Inverse agonist"),
        *("Irreversible inhibition", "Negative", "Pore blocker", "Voltage-dependent inhibition"),
        *("Allosteric antagonist", "Antibody binding", "Blocker", "Inhibitor"),
        *("Negative allosteric modulator", "Negative modulator"),
    },
}
RAISES = {
    "type": {"Activator", "Agonist"},
    "action": {
        *("Activation", "Agonist", "Biased agonist", "Full agonist", "Irreversible agonist"),
        *("Partial agonist", "Positive", "Potentiation", "Slows inactivation"),
        *("Activator", "Opener", "Pharmacological chaperone"),
        *("Positive allosteric modulator", "Positive modulator"),
    },
}
SILENT = {
    "type": {"Allosteric modulator", "None", "Subunit-specific"},
    "action": {
        *("Binding", "Biphasic", "Competitive", "Mixed", "Neutral", "Non-competitive", "None"),
        *("Modulator", "Other", "Releasing agent", "Substrate", "Unknown"),
    },
}
WORDS = [
    (kind, word, sign)
    for sign, meaning in ((-1, LOWERS), (1, RAISES), (0, SILENT))
    for kind in ("type", "action")
    for word in sorted(meaning[kind])
]


def drug(kind, word):
    """A drug on the gene A, of whose action one word is known."""
    words = {"type": ["None"], "action": ["None"]} | {kind: [word]}
    sign = signs(pd.DataFrame(words), read_actions(ACTIONS), file=ACTIONS)
    targets = pd.DataFrame({"drug_id": "d", "target": "A", "gene": "A", "sign": sign})
    return target_sets(pd.DataFrame({"drug_id": ["d"]}), targets, pd.Index(["A", "B", "C"]))


def test_every_word_of_the_table_has_a_meaning_here_and_no_other():
    table = pd.read_csv(ACTIONS, sep="\t", keep_default_na=False)
    for kind in ("type", "action"):
        here = [*LOWERS[kind], *RAISES[kind], *SILENT[kind]]
        assert len(here) == len(set(here))
        assert set(table.loc[table["kind"] == kind, "word"]) == set(here)
    written = {(row.kind, row.word): int(row.sign) for row in table.itertuples()}
    assert written == {(kind, word): sign for kind, word, sign in WORDS}


@pytest.mark.parametrize(("kind", "word", "sign"), WORDS)
def test_what_a_word_says_of_a_target_that_is_raised(kind, word, sign):
    """A blocker speaks for itself where its target is raised, and a drug that drives it doesn't."""
    targets = drug(kind, word)
    over = np.array([[3.0, -3.0], [0, 0], [0, 0]])  # raised in one compartment, lowered in another
    score = drug_scores(targets, target_values(targets, over))[0]
    expected = [-3.0 * sign, 3.0 * sign] if sign else [np.nan, np.nan]
    assert score == pytest.approx(expected, nan_ok=True)


# --- three patients ---------------------------------------------------------------------

#: Receptors lead by two ways to the genes that say what happened: inflammation, interferon.
SIGNALS = [("TNF", "TNFRSF1A"), ("TNFRSF1A", "RELA"), ("IFNAR1", "JAK1"), ("IFNAR2", "TYK2")]
SIGNALS += [("JAK1", "STAT1"), ("TYK2", "STAT2")]
INFLAMED = [f"NFKB_{i}" for i in range(15)]
ANTIVIRAL = [f"ISG_{i}" for i in range(15)]
OTHERS = [f"OTHER_{i}" for i in range(40)]

DRUGS = {
    "infliximab": [("TNF", -1)],
    "TNF itself": [("TNF", 1)],
    "interferon": [("IFNAR1|IFNAR2", 1)],
    "anifrolumab": [("IFNAR1", -1)],
    "tofacitinib": [("JAK1", -1), ("TYK2", -1)],
}
PROTEINS = {name for pair in SIGNALS for name in pair}
NAMES = pd.Index(sorted({*PROTEINS, *INFLAMED, *ANTIVIRAL, *OTHERS}))


def edges(pairs):
    source, target = (NAMES.get_indexer(list(part)) for part in zip(*pairs, strict=True))
    return SignedEdges.of(source, target, np.ones(len(pairs), np.int8), n=len(NAMES))


def patient(raised, by=3.0):
    values = np.random.default_rng(0).normal(0, 0.3, len(NAMES))
    values[NAMES.get_indexer(raised)] += by
    none = np.empty((0, len(NAMES)))
    seen = np.ones((1, len(NAMES)), dtype=bool)
    return ScreenedState(values[None], values, none, none, seen, 1.0, np.empty(0), np.ones(1))


def library():
    rows = [
        (name, target, gene, sign)
        for name, targets in DRUGS.items()
        for target, sign in targets
        for gene in target.split("|")
    ]
    table = pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])
    return target_sets(pd.DataFrame({"drug_id": list(DRUGS)}), table, NAMES)


def counteraction(raised, by=3.0):
    ring = [(i, (i + 1) % len(NAMES)) for i in range(len(NAMES))]
    near = sparse.coo_array((np.ones(len(ring)), tuple(zip(*ring, strict=True)))).tocsr()
    found = counteraction_evidence(patient(raised, by), sparse.csr_array(near + near.T), library())
    return dict(zip(DRUGS, found.z, strict=True))


def causal(raised, by=3.0):
    random = np.random.default_rng(1)
    aside = [(f"OTHER_{i}", f"OTHER_{i + 1}") for i in range(0, 38, 2)]
    regulation = [("RELA", gene) for gene in INFLAMED]
    regulation += [(factor, gene) for factor in ("STAT1", "STAT2") for gene in ANTIVIRAL]
    network = SignalNetwork(edges(SIGNALS + aside), edges(regulation), 0.8, 3)
    rewired = np.array([network.signalling.rewired(random) for _ in range(60)])
    found = causal_evidence(
        patient(raised, by),
        Wiring(NAMES, network, rewired),
        np.arange(len(NAMES)),
        library(),
        np.zeros((len(DRUGS), 1)),
    )
    return dict(zip(DRUGS, found.weaker_z, strict=True))


def test_anti_tnf_counteracts_raised_tnf_and_tnf_does_not():
    found = counteraction(["TNF"])
    assert found["infliximab"] == max(found.values()) > 2
    assert found["TNF itself"] == min(found.values()) < -2


def test_anti_tnf_does_not_counteract_tnf_that_has_fallen():
    assert counteraction(["TNF"], by=-3.0)["infliximab"] < -2


def test_interferon_does_not_counteract_raised_receptors_of_interferon():
    found = counteraction(["IFNAR1", "IFNAR2"])
    assert found["interferon"] == min(found.values()) < -2
    assert found["anifrolumab"] > 1.5


def test_anti_tnf_opposes_the_cause_of_inflammation():
    found = causal(INFLAMED)
    assert found["infliximab"] == max(found.values()) > 1.645
    assert found["TNF itself"] == min(found.values()) < -1.645


def test_interferon_does_not_oppose_a_response_to_interferon_but_blockers_do():
    found = causal(ANTIVIRAL)
    assert found["interferon"] == min(found.values()) < -1.645
    assert found["anifrolumab"] > 1.645
    assert found["tofacitinib"] > 1.645


def test_interferon_opposes_a_lack_of_the_response():
    found = causal(ANTIVIRAL, by=-3.0)
    assert found["interferon"] == max(found.values()) > 1.645
    assert found["tofacitinib"] < -1.645
