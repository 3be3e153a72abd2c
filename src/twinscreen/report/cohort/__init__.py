"""The page of a cohort.

The package is called as a function, too: `twinscreen.report.cohort(patients, ranks)`.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from twinscreen.report.page import Page


def compose(patients: "pd.DataFrame", ranks: "pd.DataFrame") -> "Page":
    """Compose the page of a cohort from the tables of `tl.cohort`.

    Examples
    --------
    >>> import twinscreen as ts
    >>> tables = ts.tl.cohort([ts.datasets.toy_twin()], [ts.datasets.toy_screen()])
    >>> page = ts.report.cohort(*tables)
    """
    from twinscreen.report.cohort.page import cohort_page
    from twinscreen.report.page import Page

    return Page(cohort_page(patients, ranks))


class _Callable(ModuleType):
    __call__ = staticmethod(compose)


sys.modules[__name__].__class__ = _Callable
