"""Make up variants and symptoms of a few patients of the demonstration.

    python config/simulated/simulate.py GENES PATIENT...

GENES is the gene table of a run (output/knowledge/genes.parquet). For each PATIENT, PATIENT.vcf
and PATIENT.phenopacket.json are written beside this file, from variants.tsv and phenotypes.tsv
here. Genotypes follow the frequencies (two copies drawn independently); of the rare variants each
patient gets another one, heterozygous, because rare variants as they are drawn would be none.
Nothing here was measured on anybody: patients.tsv marks these patients as simulated.
"""

import csv
import json
import sys
from pathlib import Path

from twinscreen.files import GENES, atomic, generator, read_table
from twinscreen.files.vcf import CHROMOSOME_LENGTHS

FOLDER = Path(__file__).parent
SEED = 1
FIELDS = "Allele|Consequence|IMPACT|SYMBOL|Gene|Existing_variation|gnomADe_AF|MAX_AF"


def rows_of(name: str) -> list[dict[str, str]]:
    """Read a table beside this file; lines that start with # are comments."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t"))


def simulated_vcf(patient: str, number: int, ensembl: dict[str, str]) -> str:
    """Draw the genotypes of one patient and write them as VEP annotates."""
    random = generator(SEED, "variants", patient)
    sites = rows_of("variants.tsv")
    rare = [site["rs_id"] for site in sites if site["draw"] == "one"]
    lengths = CHROMOSOME_LENGTHS["GRCh38"]
    lines = [
        "##fileformat=VCFv4.2",
        "##source=config/simulated/simulate.py: made up for a demonstration, of no real person",
        *(f"##contig=<ID={chrom},length={lengths[chrom]},assembly=GRCh38>" for chrom in lengths),
        '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl'
        f' VEP. Format: {FIELDS}">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{patient}",
    ]
    order = list(lengths)
    for site in sorted(sites, key=lambda one: (order.index(one["chrom"]), int(one["pos"]))):
        if site["draw"] in {"each", "apart"}:
            # apart: from a stream of their own, so that adding one leaves the others as they are
            own = generator(SEED, "variants", patient, site["rs_id"])
            drawn = (random if site["draw"] == "each" else own).random(2)
            copies = int((drawn < float(site["frequency"])).sum())
        else:
            copies = int(site["rs_id"] == rare[number % len(rare)])
        if not copies:
            continue
        allele = site["alt"] if len(site["alt"]) == len(site["ref"]) else site["alt"][1:] or "-"
        consequence = "|".join(
            [
                *(allele, site["consequence"], site["impact"], site["symbol"]),
                *(ensembl[site["symbol"]], site["rs_id"], site["frequency"], site["frequency"]),
            ]
        )
        genotype = "1/1" if copies == 2 else "0/1"
        fields = [site[name] for name in ("chrom", "pos", "rs_id", "ref", "alt")]
        lines.append("\t".join([*fields, ".", "PASS", f"CSQ={consequence}", "GT", genotype]))
    return "\n".join(lines) + "\n"


def simulated_phenopacket(patient: str) -> str:
    """Draw the symptoms of one patient; those it doesn't have are said to be absent."""
    random = generator(SEED, "phenotypes", patient)
    features = []
    for row in rows_of("phenotypes.tsv"):
        feature: dict[str, object] = {"type": {"id": row["hpo_id"], "label": row["label"]}}
        if random.random() >= float(row["share"]):
            feature["excluded"] = True
        features.append(feature)
    packet = {
        "id": f"simulated-{patient}",
        "subject": {"id": patient},
        "phenotypicFeatures": features,
        "metaData": {
            "created": "2025-01-16T00:00:00Z",
            "createdBy": "config/simulated/simulate.py: made up for a demonstration",
            "resources": [
                {
                    "id": "hp",
                    "name": "human phenotype ontology",
                    "url": "http://purl.obolibrary.org/obo/hp.owl",
                    "version": "2025-01-16",
                    "namespacePrefix": "HP",
                    "iriPrefix": "http://purl.obolibrary.org/obo/HP_",
                }
            ],
            "phenopacketSchemaVersion": "2.0",
        },
    }
    return json.dumps(packet, indent=1) + "\n"


def main() -> None:
    """Write the files of all patients named."""
    genes, *patients = sys.argv[1:]
    table = read_table(genes, GENES)
    ensembl = dict(zip(table["symbol"], table["ensembl_id"], strict=True))
    for number, patient in enumerate(patients):
        texts = {
            f"{patient}.vcf": simulated_vcf(patient, number, ensembl),
            f"{patient}.phenopacket.json": simulated_phenopacket(patient),
        }
        for name, text in texts.items():
            with atomic(FOLDER / name) as partial:
                partial.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
