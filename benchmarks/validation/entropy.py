"""Do the same ten drugs come first for everybody? Entropy of the first mechanisms over patients."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from twinscreen.files import SCREEN, read_anndata
from twinscreen.files.contracts.screen import TargetPresence
from validation.common import ROOT, Figure, Places, reported
from validation.kang import DONORS

PART = "entropy"

#: So many mechanisms of each patient count as the first ones.
FIRST = 10


def figures(places: Places) -> Iterator[Figure]:
    """Measure how much the first mechanisms differ between the patients of both cohorts."""
    sheet = pd.read_csv(ROOT / "config/patients.tsv", sep="\t", dtype=str, keep_default_na=False)
    samples = pd.read_csv(ROOT / "config/samples.tsv", sep="\t", dtype=str, keep_default_na=False)
    healthy = set(samples.loc[samples["condition"] == "healthy", "patient"])
    patients = sorted(set(sheet["patient"]) - healthy)
    for what, output, names in (
        ("Kang's donors", places.kang, [f"patient_{donor}" for donor in DONORS]),
        ("the demonstration", places.demo, patients),
    ):
        folder = output(*(f"screens/{name}.h5ad" for name in names)) / "screens"
        files = [folder / f"{name}.h5ad" for name in names]
        screens = [pd.DataFrame(read_anndata(file, SCREEN).obs) for file in files]
        first = [first_mechanisms(drugs) for drugs in screens]
        yield reported(PART, f"{what} ({len(names)}): entropy of the first {FIRST}", entropy(first))
        common, number = Counter(one for some in first for one in some).most_common(1)[0]
        yield reported(PART, f"{what}: the commonest of them, in so many", f"{common} {number}")
        counts = pd.DataFrame(map(presence_of_first, screens))
        for presence, number in counts.mean().items():
            yield reported(PART, f"{what}: of the first {FIRST}, targets {presence}, mean", number)


def first_mechanisms(drugs: pd.DataFrame) -> list[str]:
    """Name the first mechanisms of a screen by their first drug."""
    return _first(drugs)["name"].astype(str).tolist()


def presence_of_first(drugs: pd.DataFrame) -> dict[str, int]:
    """Count the first mechanisms of a screen by whether the cells have a target of theirs."""
    counts = _first(drugs)["presence"].astype(str).value_counts()
    return {str(name): int(counts.get(str(name), 0)) for name in TargetPresence}


def _first(drugs: pd.DataFrame) -> pd.DataFrame:
    ranked = drugs[drugs["rank"].notna()].sort_values(["rank", "name"], kind="stable")
    return ranked.drop_duplicates("mechanism").head(FIRST)


def entropy(first: Sequence[Sequence[str]]) -> float:
    """Return how much the first mechanisms differ between patients: 0 the same, 1 all different.

    Parameters
    ----------
    first
        Of each of n patients, n >= 2.

    Returns
    -------
    Shannon entropy of the mechanisms over all patients, less that of the same ones for everybody,
    over the difference that all different ones make, log n.
    """
    number = np.array(list(Counter(one for some in first for one in some).values()), dtype=float)
    share = number / number.sum()
    found = -(share * np.log(share)).sum() - np.log(len(first[0]))
    return float(found / np.log(len(first)))
