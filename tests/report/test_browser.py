"""The pages in a real browser: no errors, no requests, keyboard, narrow screens."""

import json
import os
import shutil
import time
import zipfile
from functools import partial
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyarrow as pa
import pytest
from evaluated_cohort import evaluated_page

from twinscreen.files import COHORT_PATIENTS, COHORT_RANKS, COHORT_SAMPLES, read_table
from twinscreen.report.cohort.page import cohort_page

#: What `make axe` fetches.
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="needs chromium and chromedriver (Debian: chromium-driver)"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    os.environ["SE_OFFLINE"] = os.environ["SE_AVOID_STATS"] = "true"
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(
    params=["scored", "whole", "called", "uncalled", "unscorable", "cohort", "evaluated"]
)
def page(request, case, unscorable, render_cohort):
    if request.param == "whole":  # the same case, with time, communication and findings
        for part in ("over_time", "talking", "with_findings", "resembling"):
            request.getfixturevalue(part)
    if request.param in ("called", "uncalled"):  # with concerns, known and made up
        request.getfixturevalue("warned")
        request.getfixturevalue(request.param)
    if request.param in ("scored", "whole", "called", "uncalled"):
        return case.render()
    if request.param == "unscorable":
        return unscorable.render()
    if request.param == "evaluated":
        return evaluated_page(render_cohort, popular=True)
    drugs = {f"a drug with quite a long name {i}": float(i) for i in range(30)}
    return render_cohort(
        {f"P{i}": drugs for i in range(20)}, {"P99": "no cells were found"}, ("P3",)
    )


def requests(browser):
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]


def width(browser, pixels):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )


def test_page_stands_alone(browser, page):
    browser.get("about:blank")
    browser.get_log("browser"), browser.get_log("performance")
    browser.get(page.as_uri())
    assert "TwinScreen" in browser.title
    assert browser.get_log("browser") == []
    asked = [url for url in requests(browser) if not url.startswith("data:")]
    assert asked == [page.as_uri()]


def test_headings_are_in_order(browser, page):
    browser.get(page.as_uri())
    levels = browser.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert browser.execute_script("return document.documentElement.lang") == "en"


@pytest.mark.parametrize("pixels", [1280, 400])
def test_page_does_not_overflow(browser, page, pixels):
    width(browser, pixels)
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= pixels
    too_wide = (
        "return [...document.querySelectorAll('.drugs')].filter(t => t.clientWidth > %d).length"
    )
    assert browser.execute_script(too_wide % pixels) == 0


def test_tables_have_scopes_and_captions(browser, page):
    browser.get(page.as_uri())
    faults = browser.execute_script(
        "return [...document.querySelectorAll('th:not([scope])'),"
        " ...[...document.querySelectorAll('table')].filter(t => !t.caption)].length"
    )
    assert faults == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(browser, page, scheme):
    """WCAG AA: at least 4.5 between the colour of text and what lies behind it."""
    chosen = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", chosen)
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    low = browser.execute_script(
        """
        const parts = c => c.match(/[\\d.]+/g).map(Number);
        const over = (f, b) => { const a = f[3] ?? 1;
            return [0,1,2].map(i => f[i]*a + b[i]*(1-a)); };
        const light = c => { const v = c.map(x => x/255).map(x => x <= .03928 ? x/12.92
            : ((x+.055)/1.055)**2.4); return .2126*v[0] + .7152*v[1] + .0722*v[2]; };
        const behind = e => { const up = []; for (; e; e = e.parentElement) up.unshift(e);
            return up.reduce((b, x) => over(parts(getComputedStyle(x).backgroundColor), b),
            [255,255,255]); };
        const found = [];
        for (const e of document.querySelectorAll('body *:not(svg *):not(svg)')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
            const b = behind(e), a = light(over(parts(getComputedStyle(e).color), b)), c = light(b);
            const ratio = (Math.max(a, c) + .05) / (Math.min(a, c) + .05);
            if (ratio < 4.5) found.push([e.tagName, e.className, ratio]);
        }
        return found;
        """
    )
    assert low == []


def test_details_open_from_the_keyboard(browser, case):
    from selenium.webdriver.common.keys import Keys

    width(browser, 1280)
    browser.get(case.render().as_uri())
    inside = "#drugs ~ .scroll .drugs details"
    details = browser.find_element("css selector", inside)
    summary = details.find_element("tag name", "summary")
    assert details.get_attribute("open") is None
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if browser.switch_to.active_element == summary:
            break
    assert browser.switch_to.active_element == summary
    outline = browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", summary)
    assert outline == "solid"
    summary.send_keys(Keys.ENTER)
    assert details.get_attribute("open") is not None
    assert details.find_element("css selector", "table").is_displayed()


def test_skip_link_comes_first(browser, case):
    from selenium.webdriver.common.keys import Keys

    browser.get(case.render().as_uri())
    browser.find_element("tag name", "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the answer"


def test_prints_what_matters(browser, case):
    browser.get(case.render().as_uri())
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not browser.find_element("tag name", "nav").is_displayed()
        assert browser.find_element("css selector", ".printed table").is_displayed()
        assert browser.find_element("css selector", ".paths1").is_displayed()
        assert not browser.find_element("css selector", ".paths2").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("pixels", [1280, 400])
def test_the_call_and_what_to_do_next_stand_above_all_else(browser, called, pixels):
    """The figures of the call lie beside each other, two by two on a narrow screen."""
    width(browser, pixels)
    browser.get(called.render().as_uri())
    top = "return [...document.querySelectorAll('%s')].map(e => e.getBoundingClientRect().top)"
    figures = browser.execute_script(top % ".figures > div")
    assert len(figures) == 4
    assert len(set(figures)) == (1 if pixels == 1280 else 2)
    heads = [browser.execute_script(top % f"#{name}")[0] for name in ("answer", "next", "why")]
    assert heads == sorted(heads)
    if pixels == 1280:
        assert heads[1] < 900


def rows(browser, table):
    found = browser.find_elements("css selector", f"{table} tbody tr")
    return [row for row in found if row.is_displayed()]


def test_any_drug_can_be_found_and_filtered(browser, case):
    """The sixth of six drugs stands in no other table of the page."""
    browser.get(f"{case.render().as_uri()}#alldrugs")
    every = rows(browser, "#alldrugs")
    assert len(every) == case.screen.n_obs
    last = str(case.screen.obs.sort_values("rank")["name"].iloc[-1])
    search = browser.find_element("css selector", "#alldrugs input")
    search.send_keys(last.upper())
    assert [row.find_element("tag name", "th").text for row in rows(browser, "#alldrugs")] == [last]
    assert browser.find_element("css selector", "#alldrugs output").text == f"1 of {len(every)}"
    search.send_keys(" no such word")
    assert rows(browser, "#alldrugs") == []


def test_drugs_are_sorted_by_any_column_from_the_keyboard(browser, case):
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{case.render().as_uri()}#alldrugs")
    score = next(
        button
        for button in browser.find_elements("css selector", "#alldrugs thead button")
        if button.text.startswith("Score")
    )
    at = browser.find_elements("css selector", "#alldrugs thead button").index(score)
    expected = sorted(case.screen.obs["score"].dropna().round(1))
    for wanted in (expected, expected[::-1]):
        score.send_keys(Keys.ENTER)
        shown = [
            row.find_elements("css selector", "td, th")[at] for row in rows(browser, "#alldrugs")
        ]
        scores = [float(cell.text.replace("\N{MINUS SIGN}", "-")) for cell in shown[: len(wanted)]]
        assert scores == wanted
    assert browser.find_elements("css selector", "#alldrugs [aria-sort=descending]")


def read_sheet(path: Path) -> pd.DataFrame:
    """Read the only sheet of a workbook: numbers where cells are numbers, nothing where empty."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as parts:
        assert parts.testzip() is None
        texts = {name: ElementTree.fromstring(parts.read(name)) for name in parts.namelist()}
    rows = [
        [
            "".join(cell.itertext()) if cell.get("t") else float("".join(cell.itertext()) or "nan")
            for cell in row
        ]
        for row in texts["xl/sheet.xml"].iter(f"{space}row")
    ]
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_rows_are_saved_as_a_table_without_formulas(browser, case, tmp_path):
    names = case.screen.obs["name"].astype(str).tolist()
    case.screen.obs["name"] = ["=cmd", 'a "b", c', *names[2:]]
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    browser.get(f"{case.render().as_uri()}#alldrugs")
    best = case.screen.obs.sort_values("rank").iloc[0]
    buttons = browser.find_elements("css selector", "#alldrugs .tools button")
    readers = {"csv": pd.read_csv, "tsv": partial(pd.read_csv, sep="\t"), "xlsx": read_sheet}
    for button, (ending, read) in zip(buttons, readers.items(), strict=True):
        button.click()
        saved = tmp_path / f"P1.drugs.{ending}"
        for _ in range(100):
            if saved.is_file():
                break
            time.sleep(0.05)
        table = read(saved)
        assert len(table) == case.screen.n_obs
        assert {"Rank", "Drug", "Score", "Causal z"} <= set(table.columns)
        formula = "=cmd" if ending == "xlsx" else "'=cmd"  # in a workbook it is text by its type
        assert {formula, 'a "b", c'} <= set(table["Drug"])
        assert table["Score"].iloc[0] == pytest.approx(best["score"], rel=1e-5)
        assert table["Causal z"].iloc[0] == pytest.approx(best["causal_z"], abs=0.005)
        assert (table["Origin z"].dropna() != "–").all()


def test_marks_of_both_maps_say_what_they_mean(browser, called):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    width(browser, 1280)
    browser.get(called.render().as_uri())
    for name, told in (
        ("network", "CCL2: effect −5.0, centrality 0.30"),
        ("paths1", "STAT1 activates ISG15"),
    ):
        marks = browser.find_elements("css selector", f"svg.{name} [aria-label]")
        tip = browser.find_element("css selector", ".tip")
        stops = [mark.get_attribute("tabindex") for mark in marks]
        assert stops == ["0", *["-1"] * (len(marks) - 1)]
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", marks[1])
        assert not tip.is_displayed()
        ActionChains(browser).move_to_element(marks[1]).perform()
        assert tip.text == marks[1].get_attribute("aria-label")
        assert told in {mark.get_attribute("aria-label") for mark in marks}
        marks[0].send_keys(Keys.ARROW_LEFT)
        assert browser.switch_to.active_element == marks[-1]
        assert tip.text == marks[-1].get_attribute("aria-label")
        marks[-1].send_keys(Keys.ARROW_RIGHT)
        assert tip.text == marks[0].get_attribute("aria-label")
        marks[0].send_keys(Keys.ESCAPE)
        assert not tip.is_displayed()


def test_a_gene_is_looked_up(browser, case):
    browser.get(f"{case.render().as_uri()}#genes")
    browser.find_element("css selector", "#genes input").send_keys("jak1")
    shown = [row.find_element("tag name", "th").text for row in rows(browser, "#genes")]
    assert shown
    assert set(shown) == {"JAK1"}


def test_without_its_script_a_page_says_the_same(browser, case):
    path = case.render()
    plain = path.with_name("plain.html")
    html = path.read_text()
    plain.write_text(html[: html.index("<script>")] + html[html.index("</script>") + 9 :])
    told = []
    for page in (path, plain):
        browser.get(page.as_uri())
        told.append(
            browser.execute_script(
                "document.querySelectorAll('details').forEach(d => d.open = true);"
                "return [...document.querySelectorAll('td, tbody th, p, li')].map(e => e.innerText)"
            )
        )
    assert told[0] == told[1]


def test_a_script_that_is_not_the_page_s_own_does_not_run(browser, case):
    path = case.render()
    path.write_text(
        path.read_text().replace("</body>", "<script>document.title='X'</script></body>")
    )
    browser.get(path.as_uri())
    assert browser.title != "X"


HOSTILE = [
    *("N" * 200, "<script>alert(1)</script>", "abc\u202elive\u202c"),
    *("{{7*7}} $x^2$", "א", "=cmd|A1"),
]


@pytest.mark.parametrize("pixels", [1280, 360])
def test_hostile_names_are_text_and_break_no_layout(browser, called, pixels):
    """A name of 200 letters, markup, and what turns the direction of text around it."""
    called.screen.obs["name"] = HOSTILE
    called.screen.obs[["indications", "n_indications"]] = ["K" * 200, 4]
    called.twin.uns["patient"]["condition"] = "K" * 200
    width(browser, pixels)
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(called.render().as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide, scripts, said = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.scripts.length,"
        " document.documentElement.textContent]"
    )
    assert wide <= pixels
    assert scripts == 1
    assert "\u202e" not in said
    assert {"<script>alert(1)</script>", "abclive", "{{7*7}} $x^2$"} <= {
        head.text for head in browser.find_elements("css selector", "#alldrugs tbody th")
    }
    assert browser.get_log("browser") == []


def hostile_cohort(folder: Path) -> Path:
    """Write the page of a cohort in which all that people write is hostile."""
    patients = read_table(folder / "patients.parquet", COHORT_PATIENTS)
    for at, name in enumerate(("condition", "batches", "similar_state", "not_used", "second_drug")):
        patients[name] = [HOSTILE[(at + row) % len(HOSTILE)] for row in range(len(patients))]
    patients["reason"] = ["", "", "", "K" * 200]
    samples = hostile_samples(patients["patient"])
    page = cohort_page(
        patients, read_table(folder / "ranks.parquet", COHORT_RANKS), samples=samples
    )
    path = folder / "hostile.html"
    path.write_text(page, encoding="utf-8")
    return path


def hostile_samples(patients: pd.Series) -> pd.DataFrame:
    """Make a sample of each patient, with hostile words in every column of words."""
    table = pd.DataFrame(index=range(len(patients)), columns=COHORT_SAMPLES.schema.names)
    for at, field in enumerate(COHORT_SAMPLES.schema):
        text = [HOSTILE[(at + row) % len(HOSTILE)] for row in range(len(patients))]
        table[field.name] = text if pa.types.is_string(field.type) else 7
    return table.assign(patient=patients, unusable=["", "", "", "=cmd"])


@pytest.mark.parametrize("pixels", [1280, 360])
def test_hostile_names_of_a_cohort_are_text_and_break_no_layout(
    browser, render_cohort, tmp_path, pixels
):
    drugs = {name: float(at) for at, name in enumerate(HOSTILE)}
    render_cohort({f"P{at}": drugs for at in range(3)}, {"P" * 100: "none"}, called=("P1",))
    path = hostile_cohort(tmp_path)
    width(browser, pixels)
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(path.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide, scripts, markup, said = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.scripts.length,"
        " document.querySelectorAll('b, i, img').length, document.documentElement.textContent]"
    )
    assert (wide <= pixels, scripts, markup) == (True, 1, 0)
    assert "\u202e" not in said
    cells = set(
        browser.execute_script(
            "return [...document.querySelectorAll('.people td')].map(e => e.textContent)"
        )
    )
    assert {"<script>alert(1)</script>", "abclive", "{{7*7}} $x^2$", "=cmd|A1", "N" * 200} <= cells
    assert browser.get_log("browser") == []


@pytest.mark.axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pixels", [1280, 360])
def test_axe_finds_no_violation(browser, page, pixels, scheme):
    """With all that can be unfolded, by the rules of WCAG and those of best practice."""
    chosen = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", chosen)
    width(browser, pixels)
    browser.set_script_timeout(60)
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    # by the protocol of the browser's own tools: the page's policy admits no other script
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done("
        "r.violations.map(v => [v.id, v.nodes[0].html, v.nodes[0].failureSummary])))"
    )
    assert found == []
