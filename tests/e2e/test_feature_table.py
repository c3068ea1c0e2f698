"""The table of features says what the tests say, and every phone there is has a place in it."""

import os
import re
from types import SimpleNamespace

import pytest

from feature_table import DOCUMENT, README, collected, document, readme
from features import FAMILIES, PBXES, family_of, is_true
from gateway import ROOT


def test_the_table_is_what_the_tests_show(folder):
    seen = collected(folder)
    assert len(seen) > 100
    for file, text in ((DOCUMENT, document(seen)), (README, readme(seen, README.read_text()))):
        if os.environ.get("RENEW"):
            file.write_text(text)
        assert file.read_text() == text, f"{file.name} is not what the markers say; RENEW=1 makes it anew"


def test_every_model_has_one_family():
    models = re.findall(r'^MODEL\(\w+, "([^"]+)"', (ROOT / "sccp/models.def").read_text(), re.M)
    assert sorted(models) == sorted(model for family in FAMILIES.values() for model in family)
    assert all(family_of(model) for model in models)


@pytest.mark.parametrize("model, pbx", [("7960", "phones"), ("7970", "agent")])
def test_who_was_not_there_is_not_believed(model, pbx):
    marker = SimpleNamespace(args=("hold",), kwargs={"model": model, "pbx": pbx})
    item = SimpleNamespace(nodeid="x", iter_markers=lambda name: [marker])
    there = object.__new__(PBXES["P"][2])
    there.model = "7970"
    with pytest.raises(AssertionError, match="was not there"):
        is_true(item, [there])
    marker.kwargs = {"model": "7970", "pbx": "phones"}
    is_true(item, [there])
