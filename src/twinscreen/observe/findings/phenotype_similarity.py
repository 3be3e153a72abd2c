"""How well the phenotypes of genes match those of a patient.

Source: Resnik, Proceedings of IJCAI 1995:448; Koehler et al., American Journal of Human Genetics
2009;85:457; best-match average: Pesquita et al., PLoS Computational Biology 2009;5:e1000443;
similarity on a scale of 0 to 1: Lin, Proceedings of ICML 1998:296.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse


class Phenotypes:
    """The ontology and the annotated genes, as matrices.

    Parameters
    ----------
    terms
        Contract PHENOTYPE_TERMS.
    annotations
        Contract PHENOTYPE_GENES.
    """

    def __init__(self, terms: pd.DataFrame, annotations: pd.DataFrame) -> None:
        self._terms = pd.Index(terms["id"])
        self.content = terms["information_content"].to_numpy()
        above = terms["ancestors"].str.split("|")
        row = np.repeat(np.arange(len(terms)), [len(names) for names in above])
        column = self._terms.get_indexer(above.explode())
        ones = np.ones(len(row), dtype=bool)
        self._above = sparse.csr_array((ones, (row, column)), shape=(len(terms),) * 2)
        self._below = self._above.T.tocsr()
        ordered = annotations.sort_values("gene", kind="stable")
        self.genes, self._first = np.unique(ordered["gene"].to_numpy(dtype=str), return_index=True)
        self._annotated = self._terms.get_indexer(ordered["term"])

    def similarity(self, term: str) -> np.ndarray:
        """Resnik similarity of one term to every term: the most telling ancestor they share.

        Returns
        -------
        In nats, shape (terms,).
        """
        shared = self._above[[self._terms.get_loc(term)]].indices
        similar = np.zeros(len(self._terms))
        for one in shared[np.argsort(self.content[shared], kind="stable")]:
            similar[self._below.indices[self._below.indptr[one] : self._below.indptr[one + 1]]] = (
                self.content[one]
            )
        return similar

    def best_match_average(self, patient: Sequence[str]) -> np.ndarray:
        """Mean of two means: over the patient's terms of the gene's best match, and the reverse.

        Parameters
        ----------
        patient
            Terms of the patient, at least one, none of them twice.

        Returns
        -------
        In nats, shape (genes,), in the order of `genes`.
        """
        best = np.full(len(self._annotated), -np.inf)
        of_patient = np.zeros(len(self.genes))
        for term in patient:
            similar = self.similarity(term)[self._annotated]
            of_patient += np.maximum.reduceat(similar, self._first)
            np.maximum(best, similar, out=best)
        number = np.diff(np.append(self._first, len(best)))
        return (of_patient / len(patient) + np.add.reduceat(best, self._first) / number) / 2

    def effective_number(self, patient: Sequence[str]) -> float:
        """Count the independent terms that would tell as much as the patient's terms.

        n^2 / sum_ij c_ij, the effective size of a correlated sample, with the similarity of Lin
        (twice the content of what two terms share over the sum of their contents) as correlation:
        n where no two terms share anything, 1 where all say the same.

        Parameters
        ----------
        patient
            Terms of the patient, at least one, each with information content above 0.
        """
        place = self._terms.get_indexer(pd.Index(patient))
        content = self.content[place]
        shared = np.array([self.similarity(term)[place] for term in patient])
        alike = 2 * shared / (content[:, None] + content)
        return float(len(patient) ** 2 / alike.sum())


def phenotype_weight(score: np.ndarray, *, n_terms: float, least: float = 1e-3) -> np.ndarray:
    """Turn best-match averages into weights of genes, above 0 and at most 1.

    A restart weight is a share of probability, a similarity in nats the logarithm of one: exp(-s)
    is how often a disease taken at random shares what was matched. Over n terms that is
    exp(-n s), so genes weigh exp(n (s - largest s)): as many times more as chance is less able to
    match that well. Without the exponent, thousands of genes that match a little by chance
    outweigh those that match well.

    Parameters
    ----------
    score
        Best-match averages in nats, shape (genes,).
    n_terms
        Terms of the patient, as many as they are worth: see `Phenotypes.effective_number`.
    least
        Smaller weights are set to 0: such genes are not in the layer.
    """
    if score.max(initial=0) <= 0:
        return np.zeros_like(score)
    weight = np.exp(n_terms * (score - score.max()))
    return np.where((weight >= least) & (score > 0), weight, 0)
