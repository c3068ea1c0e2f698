"""Soft keys of one's own: what is configured is what the phone has, in its places, hidden while it would do nothing."""

import re

import pytest

from command import BAD_CONFIG, OK, sccpgw
from gateway import ROOT
from flow import Flow
from house import talk
from test_phones import DESK, line, place  # noqa: F401 (fixture)

SOURCE = ROOT / "sccp/softkeys.c"
OTHER = "SEP000000001002"
OWN = {"onhook": ["newcall", "empty", "redial"], "connected": ["endcall", "transfer"], "ringin": ["endcall"]}


@pytest.mark.feature("soft keys", model="7960")
def test_a_phone_has_the_soft_keys_of_its_configuration(place):
    gw = place({DESK: {"lines": [line(1001)], "softkeys": "own"}, OTHER: {"lines": [line(1002)]}},
               softkeys={"own": OWN})
    desk, other = place.phone(DESK, "7960", hz=500), place.phone(OTHER, "7965", hz=700)
    flow = Flow(desk, "7960")
    flow.begin = 0                                      # which keys there are is told when it registers
    desk.run("expect key new_call shown", "expect key redial hidden", "key newcall", "expect tone inside_dial",
             "digits 1002#")
    other.is_ringing().run("expect key answer shown", "key answer")
    talk(desk, other)
    desk.run("expect key end_call shown", "expect key transfer shown", "expect key hold hidden")
    other.run("expect key hold shown", "expect key end_call shown")
    desk.run("key endcall").is_idle()
    other.hang_up().is_idle()
    desk.run("expect key redial shown")
    other.dial("1001#")
    desk.is_ringing().run("expect key answer hidden", "expect key end_call shown", "key endcall").is_idle()
    flow.is_kept("soft_keys", "A phone with soft keys of its own registers, calls, and rejects a call")
    other.hang_up().is_idle()
    assert "has no soft keys" not in gw.log()


def test_the_default_is_for_phones_that_say_nothing(place):
    place({DESK: {"lines": [line(1001)]}, OTHER: {"lines": [line(1002)], "softkeys": "standard"}},
          softkeys={"own": {"onhook": ["redial"]}}, defaults={"softkeys": "own"})
    place.phone(DESK, "7960").run("expect key new_call hidden")
    place.phone(OTHER, "7960").run("expect key new_call shown")


def test_keys_for_a_phone_without_any_are_said_once(place):
    gw = place({DESK: {"lines": [line(1001)], "softkeys": "own"}}, softkeys={"own": OWN})
    phone = place.phone(DESK, "7910")
    gw.wait_log("WARN .*a 7910 has no soft keys: those of its configuration are left out")
    phone.run("close", "register", "expect registered within 10000")
    assert gw.log().count("has no soft keys") == 1


def checked(folder, softkeys, phone="{lines: [{number: '1'}]}"):
    (folder / "gw.yaml").write_text(f"version: 1\nsoftkeys:\n  own: {softkeys}\nphones:\n  {DESK}: {phone}\n")
    return sccpgw("check", "-c", str(folder / "gw.yaml"))


@pytest.mark.parametrize("softkeys, phone, status, said", [
    ("{onhook: [redial, newcal]}", "{lines: [{number: '1'}]}", BAD_CONFIG,
     "3:17: error: newcal is no soft key this gateway has; did you mean 'newcall'?"),
    ("{onhok: [redial]}", "{lines: [{number: '1'}]}", BAD_CONFIG, "unknown option 'onhok'; did you mean 'onhook'?"),
    ("{onhook: [redial, redial]}", "{lines: [{number: '1'}]}", BAD_CONFIG,
     "error: redial is twice in one state of soft keys 'own'"),
    ("{onhook: [" + ", ".join(["empty"] * 17) + "]}", "{lines: [{number: '1'}]}", BAD_CONFIG,
     "error: onhook has at most 16 items, not 17"),
    ("{onhook: [redial]}", "{lines: [{number: '1'}], softkeys: owm}", BAD_CONFIG,
     "error: softkeys names no soft keys of this file; did you mean 'own'?"),
    ("{onhook: [redial]}", "{lines: [{number: '1'}], model: '7910', softkeys: own}", OK,
     "warning: a 7910 has no soft keys"),
    ("{onhook: [redial, empty, empty]}", "{lines: [{number: '1'}], model: '7960', softkeys: own}", OK,
     "0 errors, 0 warnings"),
], ids=["no such key", "no such state", "twice", "too many", "no such name", "none to have", "good"])
def test_check_says_what_is_wrong_with_soft_keys(folder, softkeys, phone, status, said):
    done = checked(folder, softkeys, phone)
    assert said in done.stdout
    assert done.returncode == status


def test_every_key_the_reference_names_is_one(folder):
    """And the other way round: what a message about a wrong key would offer is named there."""
    reference = (ROOT / "docs/configuration.md").read_text()
    said = re.search(r"each state, from the left: ([^;]+) and (\w+); `empty`", reference)
    names = [*said[1].split(", "), said[2]]
    done = checked(folder, "{onhook: [" + ", ".join(names[:16]) + "], connected: [" + ", ".join(names[16:]) + "]}")
    assert done.returncode == OK, done.stdout
    template = SOURCE.read_text().split("template_keys[] = {")[1].split("#define")[0]
    assert sorted(re.findall(r'"([a-z_]+)"}', template)) == sorted(names)
