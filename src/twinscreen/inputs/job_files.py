"""What jobs of the workflow are told in files: the options of a verb, the rows of a patient.

The name of a file holds a hash of its content. So a job that was planned reads what it was planned
with, whatever is configured meanwhile, and Snakemake sees by the name what must run again; that a
file was touched changes nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinscreen.files.atomic import atomic
from twinscreen.inputs.cohort import Cohort
from twinscreen.inputs.sheet_columns import FINDING_COLUMNS, SAMPLE_COLUMNS
from twinscreen.settings.stages import taken_by


@dataclass(frozen=True)
class JobFiles:
    """Files for jobs, each written below a folder when it is first asked for.

    Parameters
    ----------
    folder
        Where they are kept.
    config
        Configuration with defaults.
    cohort
        The cohort, checked.
    """

    folder: str
    config: Mapping[str, Any]
    cohort: Cohort

    def options(self, verb: str) -> str:
        """Return the path of the options of a verb."""
        return self._kept(verb, taken_by(verb, self.config))

    def sample(self, name: str) -> str:
        """Return the path of what the sheet says of a sample."""
        row = self.cohort.samples[name]
        return self._kept(f"samples/{name}", {column: row[column] for column in SAMPLE_COLUMNS})

    def patient(self, name: str) -> str:
        """Return the path of what the sheets say of a patient: what is shown, and treatments."""
        rows = {one: self.cohort.samples[one] for one in self.cohort.samples_of(name)}
        told = {
            "patient": name,
            "about": self.cohort.about(name),
            "treatments": {one: row["treatment"] for one, row in rows.items() if row["treatment"]},
        }
        return self._kept(f"patients/{name}", told)

    def findings(self, name: str) -> str:
        """Return the path of what the patient sheet says of findings."""
        row = self.cohort.patients[name]
        told = {column: row[column] for column in ("patient", *FINDING_COLUMNS)}
        return self._kept(f"findings/{name}", told)

    def costs(self) -> str:
        """Return the path of whose the patients and samples are whose costs are counted."""
        cohort = self.cohort
        shared = set(cohort.samples if cohort.grouped else cohort.reference)
        samples = {
            name: "" if name in shared else cohort.samples[name]["patient"]
            for name in cohort.observed
        }
        return self._kept("costs", {"patients": cohort.treated, "samples": samples})

    def _kept(self, name: str, told: Mapping[str, Any]) -> str:
        content = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
        path = Path(self.folder, f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.json")
        if not path.is_file() or path.stat().st_size != len(content):  # a power cut may leave none
            with atomic(path, lasting=False) as partial:
                partial.write_bytes(content)
        return str(path)
