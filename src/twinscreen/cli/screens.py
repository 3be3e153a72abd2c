"""Verbs that treat twins, and write the page of a patient."""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from twinscreen.cli.arguments import add_keep_going
from twinscreen.cli.options import add_options, options_from


def _describe_screen(add: Callable[..., argparse.Action]) -> None:
    add("twin", help="twin of the patient")
    add("--replicates", help="its replicates, for intervals, p and call")
    add("--influence", required=True, help="influence of proteins on genes")
    add("--wiring", required=True, help="signed network and its rewired versions")
    add("--genes", required=True, help="gene table")
    add("--interactome", required=True, help="interactome")
    add("--drugs", required=True, help="drug table")
    add("--targets", required=True, help="target table")
    add("--ligand-receptor", required=True, help="ligand-receptor pairs")
    add("--precedents", help="reference states and what helped in them")
    add("--diseases", help="diseases and those above them, if known, for states left out")
    add("--warnings", help="warnings of drugs, if known")
    add("--interactions", help="interactions between drugs, if known")
    add("--pharmacogenomics", help="table of what variants change in drugs")
    add("--terms", help="phenotype terms, for contraindications and indications")
    add_options(add, "screen")
    add("--screen", required=True, help="screen to write (h5ad)")
    add("--ranking", required=True, help="ranking to write (tsv)")
    add_keep_going(add)


def _screen(given: argparse.Namespace) -> None:
    from twinscreen.files import (
        SCREEN,
        check_anndata,
        keeping_going,
        read_replicates_of,
        read_table_once,
        read_twin_once,
        sources,
        write_anndata,
        write_tsv,
    )
    from twinscreen.kb import Knowledge
    from twinscreen.screen.library import Library
    from twinscreen.screen.rank.ranking import ranking_table
    from twinscreen.screen.screen import KNOWLEDGE, SAFETY, screen_twin
    from twinscreen.settings.screen import ScreeningSettings

    options = options_from(given)
    settings = ScreeningSettings(**options["screen"], **options["safety"], seed=options["seed"])
    library = Library.of(settings)
    parts = {name: getattr(given, name) for name in (*KNOWLEDGE, *SAFETY)}
    kb = Knowledge(parts, read=read_table_once)
    shared = kb.files(*KNOWLEDGE, *SAFETY)
    twin = read_twin_once(given.twin)
    behind = sources([given.twin, *filter(None, [given.replicates]), *shared])
    patient = str(twin.uns["patient"]["patient"])
    with keeping_going(given.keep_going, of=patient, shared=shared) as loss:
        replicates = None
        if given.replicates and not twin.uns["unscorable"]:
            replicates = read_replicates_of(twin, of=given.twin, path=given.replicates)
        screen = screen_twin(
            twin, replicates, kb, library=library, settings=settings, sources=behind
        )
        ranking = ranking_table(screen)
        check_anndata(screen, SCREEN)
    if loss.reason:
        screen = screen_twin(
            twin,
            None,
            kb,
            library=library,
            settings=settings,
            sources=behind,
            loss=loss,
        )
        ranking = ranking_table(screen)
    write_tsv(ranking, given.ranking)
    write_anndata(screen, given.screen, SCREEN, compress=False)  # a megabyte or two


def _describe_treat(add: Callable[..., argparse.Action]) -> None:
    add("twin", help="twin of the patient")
    add("--influence", required=True, help="influence of proteins on genes")
    add("--drugs", required=True, help="drug table")
    add("--targets", required=True, help="target table")
    add("--screen", help="screen of the patient, which says how strongly drugs act")
    add("--beta", type=float, help="how strongly drugs act, in place of what the screen says")
    add("--drug", required=True, help="drug by name, synonym or id")
    add("--and", dest="second", metavar="DRUG", help="another drug, given together with the first")
    add("--output", required=True, help="copy of the twin to write (h5ad)")


def _treat(given: argparse.Namespace) -> None:
    from pathlib import Path

    from twinscreen.files import TWIN, read_anndata, read_screen_of, sources, write_anndata
    from twinscreen.kb import Knowledge
    from twinscreen.screen.treatment.treated_copy import KNOWLEDGE, check_strength, treat_twin

    check_strength(given.screen, given.beta)
    kb = Knowledge({name: getattr(given, name) for name in KNOWLEDGE})
    twin = read_anndata(given.twin, TWIN)
    screen = None
    if given.screen:
        screen = read_screen_of(twin, of=given.twin, path=given.screen)
    files = [given.twin, given.influence, given.drugs, given.targets]
    copy = treat_twin(
        twin,
        kb,
        [given.drug, *([given.second] if given.second else [])],
        screen=screen,
        beta=given.beta,
        of=Path(given.twin).name,
        sources=sources([*files, *filter(None, [given.screen])]),
    )
    write_anndata(copy, given.output, TWIN)


def _describe_report(add: Callable[..., argparse.Action]) -> None:
    add("twin", help="twin of the patient")
    add("screen", help="screen of the patient")
    add("--interactome", required=True, help="interactome, to draw the module")
    add("--own-tables", help="tables of knowledge of one's own, by checksum (tsv)")
    add("--cohort", default="", help="where the page of the cohort is, seen from this one")
    add("--ranking", default="", help="where the ranking is, seen from the page")
    add("--summary", help="the page in short to write, for programs (json)")
    add("--network", help="paths of the first drugs to write (graphml, or cyjs for Cytoscape)")
    add("--output", required=True, help="page to write (html)")


def _report(given: argparse.Namespace) -> None:
    from twinscreen.files import (
        INTERACTOME,
        read_screen_of,
        read_table_once,
        read_twin_once,
        sources_by_kind,
        write_text,
    )
    from twinscreen.files.text_table import read_people_table
    from twinscreen.report.patient.network import as_text, path_network
    from twinscreen.report.patient.page import facts_of, patient_page
    from twinscreen.report.patient.summary import patient_summary
    from twinscreen.report.progress import line_of_patient, outcome

    own = None
    if given.own_tables:
        listed = ("key", "file", "sha256")
        own = read_people_table(given.own_tables, columns=listed, content="tables of one's own")
    twin = read_twin_once(given.twin)
    screen = read_screen_of(twin, of=given.twin, path=given.screen)
    facts = facts_of(
        twin,
        screen,
        read_table_once(given.interactome, INTERACTOME),
        sources=sources_by_kind(
            {"twin": given.twin, "screen": given.screen, "interactome": given.interactome}
        ),
        own_tables=own,
        ways=_ways(given, str(twin.uns["patient"]["patient"])),
    )
    if given.summary:
        summary = json.dumps(patient_summary(facts), indent=1, ensure_ascii=False, allow_nan=False)
        write_text(f"{summary}\n", given.summary)
    if given.network:
        write_text(as_text(path_network(twin, screen), Path(given.network).suffix), given.network)
    write_text(patient_page(facts), given.output)
    print(line_of_patient(outcome(screen), given.output), flush=True)


def _ways(given: argparse.Namespace, patient: str) -> list[tuple[str, str]]:
    """Lead from a patient's page to that of the cohort, and to the patient's files."""
    found = [("The cohort", f"{given.cohort}#patient-{patient}")] if given.cohort else []
    if given.ranking:
        found.append(("Ranking as a table", given.ranking))
    folder = Path(given.output).parent
    files = (("Summary for programs", given.summary), ("Paths as a network", given.network))
    return found + [(text, quote(os.path.relpath(path, folder))) for text, path in files if path]


def _describe_treated_patients(add: Callable[..., argparse.Action]) -> None:
    add("--precedents", required=True, help="reference states that are there")
    add("--twins", nargs="*", default=[], help="twins of the patients who were treated")
    add("--drugs", required=True, help="drug table")
    add_options(add, "treated-patients")
    add("--output", required=True, help="reference states with these patients to write (h5ad)")


def _treated_patients(given: argparse.Namespace) -> None:
    from twinscreen.cohort.trial.responses import read_responses
    from twinscreen.files import (
        DRUGS,
        PRECEDENTS,
        TWIN,
        Parts,
        read_anndata,
        read_parts,
        read_table,
        write_anndata,
    )
    from twinscreen.files.drug_names import DrugNames
    from twinscreen.kb.precedents import Precedents
    from twinscreen.knowledge.precedents.own_outcomes import read_own_outcomes
    from twinscreen.screen.treated_patients import OF_TWIN, sheet_of, take, with_patients

    options = options_from(given)
    responses, outcomes = options["trial"]["responses"], options["precedent"]["outcomes"]
    # one after the other, for patients may be thousands
    whose = (read_parts(path, TWIN, Parts(uns=("patient",))) for path in given.twins)
    sheets = dict(map(sheet_of, whose)) if responses else {}
    found = with_patients(
        Precedents.of(read_anndata(given.precedents, PRECEDENTS)),
        (take(read_parts(path, TWIN, OF_TWIN)) for path in given.twins),
        DrugNames(read_table(given.drugs, DRUGS)),
        responses=read_responses(responses, sheets, of_all=False).observed,
        outcomes=read_own_outcomes(outcomes) if outcomes else None,
    )
    write_anndata(found.anndata(), given.output, PRECEDENTS)


VERBS = {
    "treated-patients": (
        _describe_treated_patients,
        _treated_patients,
        "add patients who were treated to the reference states",
    ),
    "screen": (_describe_screen, _screen, "treat copies of one twin with every drug"),
    "treat": (_describe_treat, _treat, "write the copy of a twin that a drug is given to"),
    "report": (_describe_report, _report, "write the report of one patient"),
}
