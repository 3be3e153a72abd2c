"""Make twins, screens, treated copies and cohorts from objects in memory.

The verbs of the command line call the same functions: the same inputs and options give the same
arrays.
"""

from twinscreen.tl.cohorts import cohort, similarity, trial
from twinscreen.tl.screens import screen, treat, with_patients
from twinscreen.tl.twins import reference, twin

__all__ = ["cohort", "reference", "screen", "similarity", "treat", "trial", "twin", "with_patients"]
