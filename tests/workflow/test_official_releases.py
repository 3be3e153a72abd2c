"""Official releases in the workflow: in place of files, and of what the package brings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from official_site import Site, serving
from tiny_cohort import Study
from twinscreen.data import OFFICIAL_SOURCES

HGNC = """hgnc_id\tsymbol\tname\tlocus_type\tstatus\tprev_symbol\talias_symbol\tentrez_id\tensembl_gene_id\tuniprot_ids
HGNC:6190\tJAK1\tJanus kinase 1\tgene with protein product\tApproved\t\t"JAK1A|JTK3"\t3716\tENSG00000162434\tP23458
HGNC:6192\tJAK2\tJanus kinase 2\tgene with protein product\tApproved\t\tJTK10\t3717\tENSG00000096968\tO60674
"""  # noqa: E501
DDINTER = """DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level
DDInter1834,Tofacitinib,DDInter1600,Rifampicin,Major
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Serve two releases, and write a list that names their addresses there."""
    served = {"/hgnc_complete_set.txt": HGNC.encode(), "/ddinter_downloads_code_A.csv": DDINTER}
    files = {
        path: text if isinstance(text, bytes) else text.encode() for path, text in served.items()
    }
    with serving(Site(files)) as site:
        described = yaml.safe_load(OFFICIAL_SOURCES.read_text(encoding="utf-8"))
        for name, role in (("hgnc", "genes"), ("ddinter", "a")):
            file = described[name]["files"][role]
            file["url"] = f"{site.url}/{file['url'].rpartition('/')[2]}"
            described[name]["files"] = {role: file}
        (tmp_path / "official.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
        yield site


def official(**more: object) -> dict[str, object]:
    return {"list": "official.yaml", "lock": "lock.json", **more}


def test_releases_stand_in_place_of_files_and_of_what_is_embedded(tmp_path: Path, site: Site):
    study = Study(tmp_path, tmp_path / "cache")
    safety = {"interactions": ["official:ddinter"]}
    config = study.configure(official=official(instead=["hgnc"]), safety=safety)
    made = study.output / "knowledge"
    table = "official/ddinter.drug_interactions.csv"
    study.run(config, "output/knowledge/genes.parquet", f"output/knowledge/{table}")
    assert (made / "sources" / "hgnc").read_text() == HGNC
    assert pq.read_table(made / "genes.parquet")["symbol"].to_pylist() == ["JAK1", "JAK2"]
    assert (made / table).read_text() == "Drug_A,Drug_B,Level\nRifampicin,Tofacitinib,Major\n"
    assert sorted(path for path, _ in site.requests) == [
        "/ddinter_downloads_code_A.csv",
        "/hgnc_complete_set.txt",
    ]
    # how releases are obtained changes no result, so that nothing of this runs again
    offline = official(instead=["hgnc"], offline=True)
    config = study.configure("offline", official=offline, safety=safety)
    planned = study.run(config, "--dry-run", "output/knowledge/drug_interactions.parquet")
    jobs = set(re.findall(r"^ *(?:local)?rule (\w+):", planned, re.MULTILINE))
    assert jobs == {"drugs", "drug_interactions"}
    assert f", output/knowledge/{table}, " in planned
