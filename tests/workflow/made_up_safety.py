"""Whether a page says of its first drug what config/simulated/safety makes up against it.

    python tests/workflow/made_up_safety.py output/safety/reports/HGR0000137.html

`.ci/run` makes that page of a patient of the demonstration. A disease and a medication of theirs
are made up; a label and a table of interactions name what is above both.
"""

import argparse
import re
import sys
from pathlib import Path

#: What the row of the drug says, in words.
DRUG = "cyclopentolate"
SAID = (
    "contraindication: angle-closure glaucoma (MONDO:0001744) simulated",
    "the patient has chronic closed-angle glaucoma (MONDO:0001966)",
    "MeDIC 2025",
    "interaction: pyridostigmine bromide (moderate) simulated",
    "moderate interaction with pyridostigmine bromide, which the patient takes; by the class N07AA",
    "interactions.csv",
)


def main() -> int:
    """Print what the page says at the drug, and what it lacks; the exit code is 1 if it does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("page", type=Path)
    source = parser.parse_args().page.read_text(encoding="utf-8")
    table = source.partition('<table class="safety">')[2].partition("</table>")[0]
    rows = [_text(row) for row in table.split("<tr>")]
    told = next((row for row in rows if row.casefold().startswith(DRUG)), "")
    print(told or f"no row of {DRUG} in the section on safety")
    lacking = [words for words in SAID if words.casefold() not in told.casefold()]
    for words in lacking:
        print(f"not said: {words}", file=sys.stderr)
    return 1 if lacking else 0


def _text(markup: str) -> str:
    """Give the words of markup, white space as one blank."""
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


if __name__ == "__main__":
    sys.exit(main())
