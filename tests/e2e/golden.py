"""The frames of tests/golden with the text they print as."""

import re

from gateway import ROOT

FILES = sorted((ROOT / "tests/golden").glob("sccp_v*.txt"))


def version(path):
    return int(re.search(r"_v(\d+)", path.name)[1])


def frames(path):
    """(frame, text) of each."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [(bytes.fromhex(frame), text) for frame, text in zip(lines[::2], lines[1::2])]
