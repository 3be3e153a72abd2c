"""What jobs took, from the files that Snakemake leaves, and the page of it."""

import numpy as np
import pytest

from twinscreen.inputs.benchmarks import read_costs
from twinscreen.report.cohort.costs import costs_page

HEAD = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
FILES = {
    "genes": "2.5\t0:00:02\t200\t1\t1\t1\t1\t1\t1\t2.0",
    "fetch/hgnc": "1.0\t0:00:01\t-\t-\t-\t-\t-\t-\t-\t-",
    "observe/P1_T0": "3.0\t0:00:03\t300\t1\t1\t1\t1\t1\t1\t2.5",
    "observe/D1": "3.0\t0:00:03\t310\t1\t1\t1\t1\t1\t1\t2.6",
    "observe/gone": "3.0\t0:00:03\t300\t1\t1\t1\t1\t1\t1\t2.5",
    "twin/P1": "9.0\t0:00:09\t1000\t1\t1\t1\t1\t1\t1\t7.5",
    "twin/gone": "9.0\t0:00:09\t700\t1\t1\t1\t1\t1\t1\t7.5",
    "costs": "",
}


@pytest.fixture
def costs(tmp_path):
    for name, numbers in FILES.items():
        path = tmp_path / f"{name}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{HEAD}{numbers}\n", encoding="utf-8")
    return read_costs(tmp_path, patients=["P1"], samples={"P1_T0": "P1", "D1": ""})


def test_each_job_is_a_row_with_its_patient(costs):
    rows = costs[["patient", "stage", "of", "cpu_seconds"]].to_numpy(dtype=object).tolist()
    assert rows[0][:3] == ["", "fetch", "hgnc"]
    assert np.isnan(rows[0][3])  # it ended before it was looked at
    assert rows[1:] == [
        ["", "genes", "", 2.0],
        ["", "observe", "D1", 2.6],
        ["P1", "observe", "P1_T0", 2.5],
        ["P1", "twin", "", 7.5],
    ]
    assert costs["peak_mb"].max() == pytest.approx(1048.576)


def test_the_page_adds_up_stages_and_patients(costs):
    page = costs_page(costs)
    assert '>twin</th><td class="number">1</td><td class="number">7.5</td>' in page
    assert "nan" not in page
    of_patient = page[page.index('id="patients"') :]
    assert '<a href="../reports/P1.html">P1</a></th><td class="number">2.5</td>' in of_patient
    assert '<td class="number">10.0</td>' in of_patient
