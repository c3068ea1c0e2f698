"""docs/features.md and the table of README.md, from the markers of all tests; features.py has the words."""

import json
import os
import subprocess
import sys
from pathlib import Path

from features import FAMILIES, FEATURES, PBXES, claims, family_of
from gateway import ROOT

DOCUMENT, README = ROOT / "docs/features.md", ROOT / "README.md"
BEGIN, END = "<!-- made by the tests: tests/e2e/feature_table.py -->\n", "<!-- end of what is made -->\n"
HEAD = """# Features: with which phones, with which PBX

Every cell is a test of `tests/e2e` that ran with that phone, simulated by `tests/sccpphone`, and with that PBX; it fails
when one of them was not there. An empty cell means that nobody has looked, not that it does not work. A test says what it shows by a marker;
this page is made of the markers (`RENEW=1`) and a test compares the two.

"""


def pytest_collection_finish(session):
    """As a plugin: every claim of every test, for collected()."""
    seen = [[item.path.name, item.name, *claim] for item in session.items for claim in claims(item)]
    Path(os.environ["SCCPGW_CLAIMS"]).write_text(json.dumps(seen))


def collected(folder):
    """[file, test, feature, model, letter] of all tests, whichever of them this run has."""
    out = folder / "claims.json"
    subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
                    "-p", "feature_table", ROOT / "tests/e2e"], cwd=ROOT, check=True, capture_output=True,
                   env={**os.environ, "SCCPGW_CLAIMS": str(out), "PYTHONPATH": str(ROOT / "tests/e2e")})
    return json.loads(out.read_text())


def row(*cells):
    return "| " + " | ".join(cells) + " |\n"


def rule(columns):
    return "|" + "---|" * columns + "\n"


def legend():
    return ("\n" + "; ".join(f"**{one}** {what}" for one, (_, what, who) in PBXES.items() if who) + ".\nNever tried: " +
            ", ".join(what for _, what, who in PBXES.values() if not who) + ".\n")


def letters(seen, feature, family):
    there = {pbx for _, _, what, model, pbx in seen if what == feature and family_of(model) == family}
    return " ".join(one for one in PBXES if one in there)


def overview(seen, features, link):
    """Feature x phone family, the letters of the PBXes in each cell."""
    return (row("", *FAMILIES) + rule(1 + len(FAMILIES)) +
            "".join(row(f"[{FEATURES[feature][0]}]({link}#{anchor(feature)})",
                        *(letters(seen, feature, family) for family in FAMILIES)) for feature in features) + legend())


def anchor(feature):
    return "feature-" + feature.replace(" ", "-")


def linked(test):
    file, name = test
    return f"[{name}](../tests/e2e/{file})".replace("|", "\\|")


def evidence(seen, feature):
    """A row for each family and PBX, with the tests that say so."""
    text = f'<a id="{anchor(feature)}"></a>\n\n## {FEATURES[feature][0]}\n\n'
    rows = ""
    for family in FAMILIES:
        for pbx in PBXES:
            tests = sorted({(file, name) for file, name, what, model, by in seen
                            if (what, family_of(model), by) == (feature, family, pbx)})
            rows += row(family, pbx, "<br>".join(map(linked, tests))) if tests else ""
    return text + (row("phones", "PBX", "shown by") + rule(3) + rows if rows else "Nothing yet.\n") + "\n"


def document(seen):
    return HEAD + overview(seen, FEATURES, "") + "\n" + "".join(evidence(seen, feature) for feature in FEATURES)


def readme(seen, text):
    """README.md with its table made anew."""
    before, rest = text.split(BEGIN)
    main = [feature for feature, (_, is_main) in FEATURES.items() if is_main]
    return before + BEGIN + overview(seen, main, "docs/features.md") + END + rest.split(END)[1]
