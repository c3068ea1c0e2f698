"""Call back: a party that was busy, or did not answer, is called when it is free again."""

import pytest

from flow import Flow
from house import VERSIONS
from peers.agent import ok
from peers.process import until

RINGS_UP = ("expect callstate ring_in within 20000", "expect ringer inside",
            "expect lamp 1 blink")
RESTS = 'expect prompt "Your current options" within 5000'


@pytest.fixture
def scene(asterisk, gateway, phone, baresip):
    """scene("7965") gives the phone 1001 and Bob (1002) at an Asterisk."""
    def build(model="7965", **config):
        gw = gateway(["1001"], asterisk, pbx={"mwi": "off"}, **config)
        return gw, phone(gw, "1001", model, version=VERSIONS.get(model)), baresip("1002", asterisk, hz=900)
    return build


def meets_busy_bob(desk, bob):
    """Bob talks to somebody else, and refuses our call."""
    mark = bob.mark()
    bob.call("601")
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    mark = bob.mark()
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING", after=mark)
    bob.refuse(486, "Busy Here")
    desk.run("expect callstate busy within 5000", "expect tone line_busy", 'expect prompt "Busy"')


def wants_a_call_back(desk):
    whom = "" if desk.model == "6921" else " 1002"      # it shows nothing but its own words
    desk.run("expect key callback shown", "key callback", f'expect notify "Callback{whom}" within 3000')
    desk.hang_up().is_idle().run("expect key callback shown")
    if whom:
        desk.run('expect prompt "Callback 1002" within 3000')


def takes_it(desk, bob, *how):
    mark = bob.mark()
    desk.run(*how)
    bob.wait_event("CALL_INCOMING", after=mark)
    bob.accept()
    desk.run('expect info called "User 1002" 1002 within 5000').is_talking().hears(bob.hz)
    bob.wait_heard(desk.hz, 1)
    desk.run("onhook").is_idle().run("expect key callback hidden")
    bob.wait_event("CALL_CLOSED", after=mark)


@pytest.mark.feature("call back")
@pytest.mark.parametrize("model, how", [("7960", "offhook"), ("7965", "key answer"), ("6921", "line 1")])
def test_who_was_busy_is_called(asterisk, scene, model, how):
    _, desk, bob = scene(model)
    flow = Flow(desk)
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    assert asterisk.subscriptions() == 1
    bob.hang_up()
    desk.run(*RINGS_UP)
    if model != "6921":
        desk.run('expect prompt "Callback User 1002 (1002)"')
    takes_it(desk, bob, how)
    if model == "7965":
        flow.is_kept("call_back", "Call back on busy: the key, the party hangs up, the phone rings, the party is called")
    until(lambda: asterisk.subscriptions() == 0, 10, "the subscription to be ended")


@pytest.mark.feature("call back", model="7965")
def test_who_did_not_answer_is_called_when_he_is_there(scene):
    gw, desk, bob = scene()
    desk.dial("1002#").run("expect callstate ring_out within 5000")
    bob.wait_event("CALL_INCOMING")
    wants_a_call_back(desk)
    bob.wait_event("CALL_CLOSED")
    gw.wait_log(r"1002: is idle")
    mark = bob.mark()
    bob.call("601")
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    gw.wait_log(r"1002: is busy")
    desk.run("expect calls 0", "expect ringer off")
    bob.hang_up()
    desk.run(*RINGS_UP)
    takes_it(desk, bob, "key answer")


def test_who_is_busy_is_rung_up_later(scene):
    gw, desk, bob = scene()
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    desk.dial("600#").is_talking()
    bob.hang_up()
    gw.wait_log(r"call back to 1002: ready")
    desk.run("expect calls 1", "expect ringer off").hears(desk.hz)
    desk.hang_up().run(*RINGS_UP)
    takes_it(desk, bob, "key answer")


def test_do_not_disturb_puts_it_off(scene):
    gw, desk, bob = scene()
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    desk.run("key dnd", 'expect prompt "Do not disturb" within 3000')
    bob.hang_up()
    gw.wait_log(r"call back to 1002: ready")
    desk.run("expect calls 0", "key dnd", *RINGS_UP)
    takes_it(desk, bob, "key answer")


def test_the_key_pressed_again_ends_it(asterisk, scene):
    _, desk, bob = scene()
    meets_busy_bob(desk, bob)
    desk.run("key callback", 'expect notify "activated" within 3000', "key callback",
             'expect notify "Callback 1002 cancelled" within 3000').hang_up().is_idle()
    desk.run(RESTS, "expect key callback hidden", "key callback", 'expect notify "Key is not active" within 3000')
    bob.hang_up()
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    desk.run("key callback", 'expect notify "Callback 1002 cancelled" within 3000', RESTS, "expect key callback hidden")
    until(lambda: asterisk.subscriptions() == 0, 10, "the subscription to be ended")


def test_a_user_who_does_not_want_it_any_more_rejects_it(scene):
    gw, desk, bob = scene()
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    bob.hang_up()
    desk.run(*RINGS_UP, "expect key end_call shown", "expect key divert hidden", "key endcall").is_idle()
    desk.run(RESTS, "expect key callback hidden")
    gw.wait_log(r"call back to 1002: off")


def test_a_party_that_calls_by_itself_needs_no_call_back(scene):
    gw, desk, bob = scene()
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    mark = bob.mark()
    bob.call("1001")        # the other call is put on hold
    desk.is_ringing().answer().is_talking().hears(bob.hz)
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    gw.wait_log(r"call back to 1002: off")
    desk.hang_up().is_idle().run(RESTS)


def test_it_is_given_up_in_time(asterisk, scene):
    _, desk, bob = scene(calls={"call_back": "4s"})
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    desk.run('expect notify "Callback 1002 given up" within 8000', RESTS, "expect key callback hidden").is_idle()
    until(lambda: asterisk.subscriptions() == 0, 10, "the subscription to be ended")


def test_it_is_gone_with_the_phone(asterisk, scene):
    _, desk, bob = scene()
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    desk.run("unregister", "expect unregistered")
    until(lambda: asterisk.subscriptions() == 0, 10, "the subscription to be ended")
    desk.run("register", "expect registered within 10000", RESTS)


@pytest.mark.feature("call back", model=("7965", "7970"))
def test_lamps_and_call_backs_share_a_subscription(asterisk, gateway, phone, baresip):
    gw = gateway((), asterisk, pbx={"mwi": "off"}, phones={
        f"SEP00000000{number}": {"buttons": [{"line": {"number": number, "password": f"pw{number}"}},
                                             {"speeddial": "1002", "label": "Bob", "blf": True}]}
        for number in ("1001", "1003")})
    one, other, bob = phone(gw, "1001", "7970"), phone(gw, "1003", "7965"), baresip("1002", asterisk, hz=900)
    for desk in (one, other):
        desk.run("expect busylamp 1 not_in_use within 8000")
        meets_busy_bob(desk, bob)
        desk.run("expect busylamp 1 in_use within 8000")
        wants_a_call_back(desk)
        bob.hang_up() if desk is one else None
        if desk is one:
            desk.run(*RINGS_UP, "key endcall").is_idle()
    assert asterisk.subscriptions() == 1
    bob.hang_up()
    other.run("expect busylamp 1 not_in_use within 8000", *RINGS_UP, "key endcall").is_idle()
    one.run("expect busylamp 1 not_in_use within 8000").is_idle()
    assert asterisk.subscriptions() == 1


def test_a_pbx_that_does_not_tell_is_named_on_the_phone(agent, gateway, phone):
    pbx = agent("pbx", automatic={"REGISTER": ok})      # and 489 to every SUBSCRIBE
    desk = phone(gateway(["1001"], pbx), "1001", "7965")
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 486, "Busy Here")
    desk.run("expect callstate busy within 5000", "key callback", 'expect notify "Callback 1002 not possible" within 5000')
    desk.hang_up().is_idle().run(RESTS, "expect key callback hidden")


@pytest.mark.parametrize("config", [{"pbx": {"blf": "off"}}, {"calls": {"call_back": "0s"}}])
def test_without_somebody_to_ask_there_is_no_such_key(asterisk, gateway, phone, config):
    desk = phone(gateway(["1001"], asterisk, **config), "1001", "7965")
    desk.dial("604#").run("expect callstate busy within 5000", "expect key callback hidden", "key callback",
                          'expect notify "Key is not active" within 3000').hang_up().is_idle()


@pytest.mark.feature("call back", model="7965")
def test_presence_tells_as_well(asterisk, gateway, phone, baresip):
    gw = gateway(["1001"], asterisk, pbx={"mwi": "off", "blf": "presence"})
    desk, bob = phone(gw, "1001", "7965"), baresip("1002", asterisk, hz=900)
    meets_busy_bob(desk, bob)
    wants_a_call_back(desk)
    bob.hang_up()
    desk.run(*RINGS_UP)
    takes_it(desk, bob, "key answer")
