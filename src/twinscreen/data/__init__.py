"""What ships with the package beside its code.

Schemas of the configuration and the sheets, the small curated tables, the list of the sources that
are fetched, and in an installed package the workflow, which the build copies here.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent

#: Folder of the schemas of configuration and sheets.
SCHEMAS = _HERE / "schemas"

#: Folder of the curated tables, some of them derived from larger ones.
TABLES = _HERE / "tables"

#: Those of them that tell what drugs are indicated for and contraindicated in.
WARNING_TABLES = ("medic.tsv.gz", "pharmacotherapydb.tsv")

#: The sources that can be fetched, and where the tables come from.
SOURCES = _HERE / "sources.yaml"

#: Official releases that a group may use beside them, or in their place.
OFFICIAL_SOURCES = _HERE / "sources.official.yaml"


def workflow() -> Path:
    """Return the Snakefile: in a clone the clone's, else the one that was installed."""
    installed = _HERE / "workflow" / "Snakefile"
    return installed if installed.is_file() else _HERE.parents[2] / "workflow" / "Snakefile"
