"""Keys beside the display: features, services and lines that do not ring; and which of them a phone cannot have."""

import pytest

from command import BAD_CONFIG, OK
from house import talk
from test_phones import DESK, checked, line, place  # noqa: F401 (fixture)

OTHER = "SEP000000001002"
KEYS = [{"line": line(1001)}, {"speeddial": "1002"}, {"feature": "hold", "label": "Hold it"}, {"feature": "transfer"},
        {"service": "http://intranet/menu.xml", "label": "Menu"}]


@pytest.mark.feature("keys")
@pytest.mark.parametrize("model", ["7960", "7965"])
def test_a_feature_key_is_its_soft_key_with_a_lamp(place, model):
    place({DESK: {"buttons": KEYS}, OTHER: {"lines": [line(1002)]}})
    desk, other = place.phone(DESK, model, hz=500), place.phone(OTHER, "7960", hz=700)
    desk.run('expect feature hold off "Hold it"', 'expect feature transfer off "transfer"',
             'expect service 1 "http://intranet/menu.xml" "Menu"', "speeddial 1")
    other.is_ringing().answer()
    talk(desk, other)
    desk.run("feature hold", "expect callstate hold within 3000", "expect feature hold on within 3000", "expect lamp 1 wink",
             "feature hold", "expect callstate connected within 3000", "expect feature hold off within 3000")
    talk(desk, other)
    desk.run("feature transfer", "expect callstate call_transfer call 1", "expect tone inside_dial",
             "expect feature hold on within 3000", "key endcall", "expect calls 1 within 3000", "key resume",
             "expect callstate connected within 3000", "expect feature hold off within 3000")
    desk.hang_up().is_idle()
    other.is_idle()


@pytest.mark.feature("keys", model="7960")
def test_a_line_that_does_not_ring_is_seen_and_answered(place):
    place({DESK: {"buttons": [{"line": line(1001), "ring": "off"}, {"line": line(1003)}]}, OTHER: {"lines": [line(1002)]},
           "SEP000000001004": {"lines": [line(1004)]}})
    desk, other = place.phone(DESK, "7960", hz=500), place.phone(OTHER, "7965", hz=700)
    third = place.phone("SEP000000001004", "7960")
    other.dial("1001#")
    desk.run("expect callstate ring_in within 3000", "expect lamp 1 blink", "expect ringer flash_only",
             'expect prompt "From 1002"', "expect key answer shown")
    third.dial("1003#")
    desk.run("expect calls 2 within 3000", "expect ringer inside", "expect lamp 2 blink")
    third.hang_up().is_idle()
    desk.run("expect ringer flash_only", "key answer call 1")
    talk(desk, other)
    desk.hang_up().is_idle()
    other.is_idle()


@pytest.mark.feature("keys", model="7965")
def test_keys_of_settings_are_lit_while_these_hold(place):
    place({DESK: {"buttons": [{"line": line(1001)}, {"feature": "dnd"}, {"feature": "cfwdall"}]}})
    desk = place.phone(DESK, "7965")
    desk.run("expect feature do_not_disturb off", "expect feature forward_all off", "feature do_not_disturb",
             "expect feature do_not_disturb on within 3000", "feature do_not_disturb",
             "expect feature do_not_disturb off within 3000", "feature forward_all", "expect keys digits_following",
             "digits 1004#", "expect feature forward_all on within 8000", "feature forward_all",
             "expect feature forward_all off within 3000").is_idle()


@pytest.mark.feature("keys")
@pytest.mark.parametrize("model", ["7960", "7965"])
def test_the_private_key_is_lit_while_a_call_says_nobody(place, model):
    place({DESK: {"buttons": [{"line": line(1001)}, {"feature": "private"}]}, OTHER: {"lines": [line(1002)]}})
    desk, other = place.phone(DESK, model, hz=500), place.phone(OTHER, "7960", hz=700)
    desk.run("expect feature privacy off", "feature privacy", "expect feature privacy on within 3000",
             'expect prompt "Private"', "feature privacy", "expect feature privacy off within 3000", "feature privacy",
             "expect feature privacy on within 3000", "digits 1002#")
    other.run("expect callstate ring_in within 3000", 'expect prompt "Private"').answer()
    talk(desk, other)
    desk.run("expect feature privacy on").hang_up().run("expect feature privacy off within 3000").is_idle()
    other.is_idle()
    desk.dial("1002#").run("expect feature privacy off")
    other.is_ringing()
    desk.hang_up().is_idle()


@pytest.mark.parametrize("phone, status, said", [
    ("{buttons: [{feature: holt}]}", BAD_CONFIG, "error: holt is no feature this gateway has keys for; did you mean 'hold'?"),
    ("{buttons: [{feature: answer}]}", BAD_CONFIG, "error: answer is no feature this gateway has keys for"),
    ("{buttons: [{feature: hold}, {feature: hold}]}", BAD_CONFIG, "error: SEP000000001001 has two keys for hold"),
    ("{buttons: [{feature: hold, speeddial: '1'}]}", BAD_CONFIG, "error: a key with `speeddial` has no `feature`"),
    ("{buttons: [{service: 'http://a'}]}", BAD_CONFIG, "error: a key with `service` needs a `label`"),
    ("{buttons: [{service: 'ftp://a', label: x}]}", BAD_CONFIG, "error: service must be an address such as http://"),
    ("{buttons: [{line: {number: '1'}, label: x}]}", BAD_CONFIG, "error: a key with `line` has no `label`"),
    ("{buttons: [{speeddial: '1', ring: off}]}", BAD_CONFIG, "error: a key with `speeddial` has no `ring`"),
    ("{buttons: [{line: {number: '1'}, ring: of}]}", BAD_CONFIG, "error: ring must be on or off"),
    ("{model: '7912', buttons: [{line: {number: '1'}}, {feature: hold}]}", OK,
     "warning: 1 of the keys of SEP000000001001 find no place on a 7912"),
    ("{model: '7960', buttons: [{line: {number: '1'}, ring: off}, {feature: hold}, empty, {service: 'http://a', label: x}]}",
     OK, "0 errors, 0 warnings"),
], ids=["no such feature", "no key for it", "twice", "two things", "no label", "no address", "a line's own label",
        "ring of a dial", "ring", "no place", "good"])
def test_check_says_what_is_wrong_with_keys(folder, phone, status, said):
    done = checked(folder, phone)
    assert said in done.stdout
    assert done.returncode == status
