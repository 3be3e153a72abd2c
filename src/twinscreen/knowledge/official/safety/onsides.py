"""OnSIDES: adverse reactions read automatically from labels of several countries.

Source: Tanaka et al., Med 2025 (OnSIDES).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks
from twinscreen.knowledge.official.reading.tables import REACTION

#: How many of the four countries' labels must name a reaction.
COUNTRIES = 4


def adverse_reactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield reactions that labels of all `COUNTRIES` name for an ingredient (RxNorm)."""
    archive = files["archive"]
    country = _all(archive, "product_label", "label_id", "source")
    product = _all(archive, "product_to_rxnorm", "label_id", "rxnorm_product_id")
    ingredient = _all(archive, "vocab_rxnorm_ingredient_to_product", "product_id", "ingredient_id")
    called = _all(archive, "vocab_rxnorm_ingredient", "rxnorm_id", "rxnorm_name")
    reaction = _all(archive, "vocab_meddra_adverse_effect", "meddra_id", "meddra_name")
    labels = (
        product.merge(ingredient.rename(columns={"product_id": "rxnorm_product_id"}))
        .merge(called.rename(columns={"rxnorm_id": "ingredient_id", "rxnorm_name": "drug"}))
        .merge(country)[["label_id", "drug", "source"]]
        .drop_duplicates()
    )
    names = dict(zip(reaction["meddra_id"], reaction["meddra_name"], strict=True))
    seen = []
    for part in _parts(archive, "product_adverse_effect", "product_label_id", "effect_meddra_id"):
        told = part.rename(columns={"product_label_id": "label_id"}).merge(labels)
        seen.append(told[["drug", "effect_meddra_id", "source"]].drop_duplicates())
    every = pd.concat(seen).drop_duplicates()
    countries = every.groupby(["drug", "effect_meddra_id"])["source"].nunique()
    rows = countries[countries >= COUNTRIES].reset_index()
    rows["subject"] = rows["effect_meddra_id"].map(names)
    yield rows.dropna(subset="subject").assign(
        kind=REACTION, detail=f"labels of {COUNTRIES} countries", source="OnSIDES"
    )


def _all(archive: Path, table: str, *columns: str) -> pd.DataFrame:
    return pd.concat(_parts(archive, table, *columns))


def _parts(archive: Path, table: str, *columns: str) -> Iterator[pd.DataFrame]:
    return text_chunks(
        archive,
        columns,
        content=f"OnSIDES' {table}",
        delimiter=",",
        quoted=True,
        member=f"*{table}.csv",
    )
