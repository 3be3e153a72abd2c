"""The reader of each table of each official release."""

from collections.abc import Mapping

from twinscreen.knowledge.official.diseases import gencc, gene2phenotype, gwas_catalog
from twinscreen.knowledge.official.drugs import chembl, dgidb, drugcentral, gtopdb
from twinscreen.knowledge.official.drugs import open_targets as targets
from twinscreen.knowledge.official.networks import (
    biogrid,
    cellphonedb,
    huri,
    intact,
    omnipath,
    signor,
    string,
)
from twinscreen.knowledge.official.reading.tables import Reader
from twinscreen.knowledge.official.safety import clinpgx, ddinter, onsides, sider
from twinscreen.knowledge.official.safety import open_targets as safety

#: By release and table. A release that is not here has the shape of an embedded source, or is a
#: file that TwinScreen reads as it is.
READERS: Mapping[str, Mapping[str, Reader]] = {
    "omnipath": {"interactions": omnipath.interactions},
    "omnipath_regulons": {"regulons": omnipath.regulons},
    "string": {"interactions": string.interactions},
    "biogrid": {"interactions": biogrid.interactions},
    "huri": {"interactions": huri.interactions},
    "signor": {"interactions": signor.interactions, "regulons": signor.regulons},
    "intact": {"interactions": intact.interactions},
    "cellphonedb": {"ligand_receptor": cellphonedb.ligand_receptor},
    "open_targets_drugs": {"drugs": targets.drugs},
    "open_targets_indications": {"warnings": safety.indications},
    "open_targets_warnings": {"warnings": safety.warnings},
    "open_targets_reactions": {"adverse_reactions": safety.adverse_reactions},
    "chembl": {"drugs": chembl.drugs, "warnings": chembl.warnings},
    "drugcentral": {"drugs": drugcentral.drugs},
    "dgidb": {"drugs": dgidb.drugs},
    "gtopdb": {"drugs": gtopdb.drugs},
    "gwas_catalog": {"gwas_catalog": gwas_catalog.gwas_catalog},
    "gencc": {"disease_genes": gencc.disease_genes},
    "gene2phenotype": {"disease_genes": gene2phenotype.disease_genes},
    "clinpgx": {
        "clinpgx_annotations": clinpgx.clinpgx_annotations,
        "clinpgx_genotypes": clinpgx.clinpgx_genotypes,
    },
    "sider": {"adverse_reactions": sider.adverse_reactions},
    "onsides": {"adverse_reactions": onsides.adverse_reactions},
    "ddinter": {"drug_interactions": ddinter.drug_interactions},
}
