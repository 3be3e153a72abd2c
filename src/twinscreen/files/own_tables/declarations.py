"""Every table that a user may bring, each declared once: its readers, its check and its page."""

from twinscreen.files.own_tables.declared import (
    ANSWER,
    DIRECTION,
    GENE,
    NUMBER,
    PARTY,
    POSITION,
    SHARE,
    SIGN,
    TEXT,
    Column,
    OwnTable,
)

#: What other tables call a column of signs, and of time points.
_SIGNS = ("effect", "direction", "mode", "mor", "weight", "consensus_sign", "interaction")
_TIMES = ("timepoint", "time_point", "visit", "day")

_REFERENCES = Column("references", TEXT, "who says so, such as PubMed:12345; several by ;", False)

INTERACTIONS = OwnTable(
    name="interactions",
    about="interactions between proteins",
    does="Edges of the interactome: the network of proximity and of layers takes all of them, in"
    " both directions; signals take those with a sign, from source to target. A line without a sign"
    " takes direction and sign that the package's interactome has of the pair, if it has any.",
    columns=(
        Column("source", GENE, "the protein that acts, or either one where that is not known"),
        Column("target", GENE, "the other protein"),
        Column(
            "sign", SIGN, "1 activates, -1 inhibits, 0 has no sign; empty: not known", False, _SIGNS
        ),
        _REFERENCES,
    ),
    once=("source", "target"),
    example="source\ttarget\tsign\treferences\n"
    "IL6R\tJAK1\t1\tPubMed:8272872\n"
    "SOCS3\tJAK1\t-1\t\n"
    "3716\tP40763\t\t\n",
)

REGULONS = OwnTable(
    name="regulons",
    about="transcription factors and the genes that they regulate",
    does="Edges from transcription factors to genes, the last step of a signal. A line without a"
    " sign takes that of the package, if it has the pair; without one an edge carries no signal.",
    columns=(
        Column("tf", GENE, "the transcription factor"),
        Column("gene", GENE, "the gene that it regulates"),
        Column(
            "sign",
            SIGN,
            "1 switches it on, -1 off, 0 has no sign; empty: not known",
            False,
            _SIGNS,
        ),
        _REFERENCES,
    ),
    once=("tf", "gene"),
    example="tf\tgene\tsign\nSTAT3\tSOCS3\t1\nSTAT1\tIRF1\t1\nBCL6\tPRDM1\t-1\n",
)

LIGAND_RECEPTOR_PAIRS = OwnTable(
    name="ligand_receptor",
    about="ligand-receptor pairs",
    does="Pairs through which cell types are held to talk.",
    columns=(
        Column("ligand", PARTY, "the ligand; genes of a complex are joined by _"),
        Column("receptor", PARTY, "the receptor, likewise"),
        Column(
            "secreted",
            ANSWER,
            "whether cells release the ligand, so that it reaches other tissues; empty: as the"
            " package knows of it",
            False,
        ),
        _REFERENCES,
    ),
    once=("ligand", "receptor"),
    example="ligand\treceptor\tsecreted\nIL6\tIL6R_IL6ST\tyes\nCD80\tCD28\tno\n",
)

LIGANDS = OwnTable(
    name="ligands",
    about="ligands measured outside of the cells, such as in plasma",
    does="A raised ligand is tested with those that the patient's cells raise: whether the genes"
    " downstream of it are in the modules of cell types that express a receptor (table `upstream`"
    " of the twin, and the page). Lowered ones are kept in the table. Not in the design `group`.",
    columns=(
        Column("patient", TEXT, "the patient, as in the patient sheet"),
        Column("ligand", GENE, "the ligand"),
        Column("direction", DIRECTION, "up or down against healthy people"),
        Column(
            "time",
            TEXT,
            "the time point, as in the sample sheet; empty: all of them",
            False,
            _TIMES,
        ),
        Column("value", NUMBER, "what was measured, for the page", False),
    ),
    once=("patient", "ligand", "time"),
    example="patient\tligand\tdirection\ttime\tvalue\nP1\tIL6\tup\t\t152.5\nP1\tTNF\tup\t\t31\n",
    sections=("own",),
)

DISEASE_GENES_OF_ONES_OWN = OwnTable(
    name="disease_genes",
    about="genes of diseases",
    does="Genes that the illness of a patient with the disease may come from, with those of"
    " diseases near it in Mondo.",
    columns=(
        Column("disease_id", TEXT, "MONDO:..., EFO:..., DOID:..., MESH:..., OMIM:... or ORPHA:..."),
        Column("gene", GENE, "the gene"),
        Column("score", SHARE, "how sure it is that the gene is a cause; empty: 0.5", False),
        Column("disease", TEXT, "the name of the disease", False),
        _REFERENCES,
    ),
    once=("disease_id", "gene"),
    example="disease_id\tgene\tscore\tdisease\n"
    "MONDO:0008383\tPTPN22\t0.9\trheumatoid arthritis\n"
    "EFO:0000270\tIL33\t\tasthma\n",
)

GENE_POSITIONS = OwnTable(
    name="gene_positions",
    about="positions of genes",
    does="Genes of variants in VCF files without consequences of VEP or SnpEff.",
    columns=(
        Column("chrom", TEXT, "chromosome, with or without chr"),
        Column("start", POSITION, "first base, counted from 1"),
        Column("end", POSITION, "last base"),
        Column("symbol", GENE, "the gene"),
    ),
    once=("chrom", "start", "end", "symbol"),
    example="chrom\tstart\tend\tsymbol\n9\t4985033\t5128183\tJAK2\n",
    sections=("findings",),
)

#: All of them, by name.
OWN_TABLES = {
    table.name: table
    for table in (
        *(INTERACTIONS, REGULONS, LIGAND_RECEPTOR_PAIRS, LIGANDS),
        *(DISEASE_GENES_OF_ONES_OWN, GENE_POSITIONS),
    )
}
