"""The page of a patient.

The package is called as a function, too: `twinscreen.report.patient(twin, screen)`.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anndata as ad

    from twinscreen.kb import Knowledge
    from twinscreen.report.page import Page


def compose(twin: "ad.AnnData", screen: "ad.AnnData", kb: "Knowledge | None" = None) -> "Page":
    """Compose the page of a patient, which shows itself in a notebook.

    Parameters
    ----------
    twin, screen
        Of one patient.
    kb
        Knowledge, to draw the module; without it none is drawn.

    Examples
    --------
    >>> import twinscreen as ts
    >>> page = ts.report.patient(ts.datasets.toy_twin(), ts.datasets.toy_screen())
    >>> page.save("P1.html")  # doctest: +SKIP
    """
    from twinscreen.files import check_given
    from twinscreen.report.page import Page
    from twinscreen.report.patient.page import facts_of, patient_page

    check_given(twin, screen=screen, to="report.patient")
    return Page(patient_page(facts_of(twin, screen, None if kb is None else kb.edges)))


class _Callable(ModuleType):
    __call__ = staticmethod(compose)


sys.modules[__name__].__class__ = _Callable
