"""Keys with a lamp at Asterisk that fetch a call: one that is parked, and one that rings elsewhere."""

import pytest

from flow import Flow
from house import talk
from phone import phone_name
from test_calls import talk_both_ways

CODES = {"directed_pickup": "**", "park": "700"}
OLD_AND_NEW = {"7960": ("line 2", "lamp 2 off", "lamp 2 on", "lamp 2 blink"),
               "7965": ("hardkey blf_speed_dial 1", "busylamp 1 not_in_use", "busylamp 1 in_use", "busylamp 1 alerting")}


@pytest.fixture(params=OLD_AND_NEW)
def model(request):
    return request.param


@pytest.fixture
def keyed(model, asterisk, gateway, phone):
    """keyed(701) gives a phone whose second key watches that number: the press, and what it shows when the number is
    free, in use and ringing; and its gateway, which has the phone 1003 too."""
    def build(watched):
        gw = gateway((), asterisk, calls={"feature_codes": CODES}, phones={
            phone_name(1001): {"buttons": [{"line": {"number": "1001", "password": "pw1001"}},
                                           {"speeddial": watched, "label": "Key", "blf": True}]},
            phone_name(1003): {"lines": [{"number": "1003", "password": "pw1003"}]}})
        desk = phone(gw, "1001", model, in_service=False)
        press, free, used, rings = OLD_AND_NEW[model]
        gw.wait_log(f" {watched}: is idle")
        desk.run(f"expect {free} within 5000")
        return gw, desk, press, free, used, rings
    return build


@pytest.mark.feature("park", "blf")
def test_a_parked_call_lights_its_key_and_is_fetched_by_it(asterisk, keyed, baresip):
    gw, desk, press, free, used, _ = keyed("701")
    bob = baresip("1002", asterisk, hz=900)
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    talk_both_ways(desk, bob)
    flow = Flow(desk)
    desk.run(f"expect {free}", "key park", 'expect notify "Call park at 700" within 5000', "expect calls 0",
             f"expect {used} within 5000",
             "expect keys on_hook", "expect lamp 1 off", "expect speaker off")
    desk.run(press, "expect dialed 701 within 5000", "expect callstate connected within 5000",
             f"expect {free} within 5000").hears(bob.hz)
    bob.wait_heard_all(desk.hz)
    desk.hang_up().is_idle()
    bob.wait_event("CALL_CLOSED")
    flow.is_kept("park_lamp", "A call is parked, which lights the key of its place, and fetched with that key")
    gw.wait_ports_closed()


@pytest.mark.feature("pickup", "blf")
def test_a_phone_that_rings_is_picked_up_by_its_key(asterisk, keyed, phone, baresip):
    gw, desk, press, free, used, rings = keyed("1004")
    alice, carol = phone(gw, "1003", hz=900), baresip("1004", asterisk, hz=1300)
    alice.dial("1004#")
    carol.wait_event("CALL_INCOMING")
    desk.run(f"expect {rings} within 5000")
    desk.run(press, 'expect info called "User 1003" 1003 within 5000')
    carol.wait_event("CALL_CLOSED")
    desk.run(f"expect {free} within 5000")
    talk(desk, alice)
    desk.hang_up().is_idle()
    alice.run("expect calls 0 within 5000").hang_up().is_idle()
    desk.run(f"expect {free}")
    assert asterisk.channels() == 0
    gw.wait_ports_closed()
