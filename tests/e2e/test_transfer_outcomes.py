"""Transfers at Asterisk that do not go as wished: the target is busy, refuses, is left alone, or somebody hangs up at the
same moment. Whoever is left hears who is left after every step, and the phone is where its user expects it."""

import pytest

from control import get
from flow import Flow
from peers import sip
from peers.agent import ok
from peers.process import until
from test_calls import talk_both_ways
from test_transfer import CAROL, are_connected, consults, dial


@pytest.fixture
def talk(asterisk, gateway, phone, baresip):
    """talk("7965") gives a phone that talks with Bob (900 Hz), its gateway, both of them, and Carol (1300 Hz)."""
    def build(model="7965", number="1002"):
        bob, carol = baresip("1002", asterisk, hz=900), baresip(CAROL, asterisk, hz=1300)
        gw = gateway(["1001"], asterisk)
        desk = phone(gw, "1001", model)
        desk.dial(f"{number}#")
        bob.wait_event("CALL_INCOMING")
        bob.accept()
        talk_both_ways(desk, bob)
        return gw, desk, bob, carol
    return build


def talk_now(desk, party):
    """Both, from now on."""
    desk.run("expect callstate connected within 5000", "expect rx open within 2000", "expect tx on within 2000")
    desk.hears(party.hz, 400)
    party.wait_heard_all(desk.hz)
    desk.run("expect lamp 1 on", 'expect prompt "Connected"')


def goes_on(desk, party):
    """The call on hold, the only one, is taken back."""
    desk.run("expect calls 1 within 5000", "expect callstate hold within 3000", "expect lamp 1 wink",
             "expect keys on_hold", "key resume")
    talk_now(desk, party)
    desk.run("expect keys connected")


def ends(gw, desk, *parties):
    desk.hang_up().is_idle()
    for party in parties:
        party.wait_event("CALL_CLOSED")
    gw.wait_ports_closed()


def is_left(asterisk):
    until(lambda: asterisk.channels() == 0, 5, "Asterisk to have no call left")


def sends_on(desk, number):
    """Blind: Transfer again while somebody rings there, who is rung anew."""
    desk.run("key transfer", "expect tone inside_dial within 3000", f"digits {number}#",
             "expect callstate ring_out call 2 within 3000", "key transfer")


# blind

@pytest.mark.feature("blind transfer")
@pytest.mark.parametrize("model", ["7960", "7965"])
def test_a_blind_one_that_is_refused(talk, model):
    """Asterisk lets nobody be sent there by who called 75...: Bob is still there."""
    gw, desk, bob, carol = talk(model, "751002")
    flow = Flow(desk)
    sends_on(desk, CAROL)
    desk.run('expect prompt "Can not complete transfer" call 1 within 3000')
    carol.wait_event("CALL_CLOSED")
    goes_on(desk, bob)
    ends(gw, desk, bob)
    flow.is_kept("transfer_refused", "A blind transfer is refused by the PBX, and the held call is taken back")


@pytest.mark.feature("blind transfer", model="7965")
def test_a_blind_one_to_who_is_busy(talk, asterisk):
    """Asterisk has taken Bob away before it knows, and hangs up on him; it tells the phone, which says so."""
    gw, desk, bob, _ = talk()
    sends_on(desk, "610")
    desk.run('expect prompt "Can not complete transfer" call 1 within 3000', "expect calls 1", "expect callstate hold",
             "expect lamp 1 wink", "expect keys on_hold")
    bob.wait_event("CALL_CLOSED")
    desk.run("key resume", "expect calls 0 within 5000").is_idle()
    is_left(asterisk)
    gw.wait_ports_closed()


@pytest.mark.feature("blind transfer", model="7965")
def test_a_blind_one_that_comes_back(talk):
    """For Asterisk it is done when Bob hears it ring: the phone is free. Carol is busy, and Bob rings here."""
    gw, desk, bob, carol = talk()
    desk.run("key transfer", "expect tone inside_dial within 3000", f"digits 74{CAROL}#",
             "expect callstate ring_out call 2 within 3000")
    carol.wait_event("CALL_INCOMING")
    mark = carol.mark()
    desk.run("key transfer", "expect calls 0 within 5000").is_idle()
    carol.wait_event("CALL_INCOMING", after=mark)
    carol.refuse(486, "Busy")
    desk.is_ringing().run('expect info calling "User 1002" 1002').answer()
    talk_now(desk, bob)
    ends(gw, desk, bob)


def test_its_progress_is_shown(agent, gateway, phone):
    """What news of a blind transfer says on the way to its end: 100 is a transfer, 180 and more that it rings."""
    pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok})
    desk = phone(gateway(["1001"], pbx), "1001", "7965")
    first = dial(desk, pbx, "offhook")
    desk.is_talking().run("key transfer")
    hold = pbx.expect("INVITE", call_id=first.call_id)
    pbx.reply(hold, 200, "OK", body=sip.sdp(pbx.address, 40000))
    desk.run("expect tone inside_dial", "digits 1004#")
    second = pbx.expect("INVITE")
    pbx.reply(second, 180, "Ringing")
    desk.run("expect callstate ring_out call 2 within 3000", "key transfer")
    cancel = pbx.expect("CANCEL")
    pbx.reply(cancel, 200, "OK")
    pbx.reply(second, 487, "Request Terminated")
    refer = pbx.expect("REFER", call_id=first.call_id)
    pbx.reply(refer, 202, "Accepted")
    for news, shown in (("100 Trying", "Call transfer"), ("180 Ringing", "Ring out"), ("100 Trying", "Ring out"),
                        ("183 Session Progress", "Ring out"), ("486 Busy Here", "Can not complete transfer")):
        notify = pbx.in_call("NOTIFY", first, body=f"SIP/2.0 {news}\r\n", fields=[
            ("Event", "refer"), ("Subscription-State", "terminated" if news[0] == "4" else "active"),
            ("Content-Type", "message/sipfrag")])
        assert pbx.expect(200, call_id=notify.call_id)
        desk.run(f'expect prompt "{shown}" call 1 within 3000', "expect calls 1")
    desk.run("expect callstate hold", "key endcall call 1").is_idle()


# given up

@pytest.mark.feature("transfer", model="7965")
@pytest.mark.parametrize("how", ["key endcall call 2", "onhook"], ids=["endcall", "onhook"])
@pytest.mark.parametrize("when", ["dial", "ring", "talk"])
def test_one_that_is_given_up(talk, when, how):
    gw, desk, bob, carol = talk()
    if when == "talk":
        consults(desk, carol)
    else:
        desk.run("key transfer", "expect tone inside_dial within 3000", "expect callstate call_transfer call 1")
    if when == "ring":
        desk.run(f"digits {CAROL}#", "expect callstate ring_out call 2 within 3000")
        carol.wait_event("CALL_INCOMING")
    desk.run(how)
    if when != "dial":
        carol.wait_event("CALL_CLOSED")
    goes_on(desk, bob)
    ends(gw, desk, bob)


# raced

def settles(gw, asterisk):
    """The key has been obeyed, and whatever it began is over: nobody is left at Asterisk, or the phone and one party, in a
    call that is no longer being transferred. The states of the phone's calls."""
    gw.wait_log("(?s)event=transfer .*event=transfer ")

    def over():
        states = [one["state"] for one in get(gw, "/api/v1/calls")["calls"]]
        calls = [state for state in states if state != "off-hook"]
        pending = "--transfer--> held" in gw.log() and "can_not_complete_transfer" not in gw.log()
        stays = calls == ["talking"] or (calls == ["held"] and not pending)
        return (stays or not calls) and asterisk.channels() == 2 * len(calls) and (states,)
    return until(over, 10, "the transfer to be over")[0]


@pytest.mark.feature("transfer", model="7965")
@pytest.mark.parametrize("key_first", [True, False], ids=["key", "party"])
@pytest.mark.parametrize("who", ["bob", "carol", "both"])
def test_who_hangs_up_as_the_key_is_pressed(talk, asterisk, who, key_first):
    """Either the phone talks with who is left, or Asterisk had joined the two: then it has ended that call, too."""
    gw, desk, bob, carol = talk()
    consults(desk, carol)
    leaving = {"bob": [bob], "carol": [carol], "both": [bob, carol]}[who]
    staying = [party for party in (bob, carol) if party not in leaving]
    if key_first:
        desk.say("key transfer")
    for party in leaving:
        party.hang_up()
    if not key_first:
        desk.say("key transfer")
    desk.wait_done("key transfer")
    for party in leaving:
        party.wait_event("CALL_CLOSED")
    calls = settles(gw, asterisk)
    if "off-hook" in calls:                         # he was gone already: the key began a consultation
        desk.run("onhook")
    if "held" in calls and staying:
        desk.run("expect calls 1 within 5000", "expect callstate hold", "expect lamp 1 wink", "key resume")
        talk_now(desk, staying[0])
    elif "talking" in calls and staying:
        talk_now(desk, staying[0])
    else:
        desk.run("expect calls 0 within 5000")
    ends(gw, desk, bob, carol)
    is_left(asterisk)


@pytest.mark.feature("transfer", model="7965")
def test_who_transfers_hangs_up_just_before(talk):
    """The handset went down first: the consultation is over, nobody was joined, and Bob is still on hold."""
    gw, desk, bob, carol = talk()
    consults(desk, carol)
    desk.run("onhook", "key transfer")
    carol.wait_event("CALL_CLOSED")
    goes_on(desk, bob)
    ends(gw, desk, bob)


@pytest.mark.feature("transfer", model="7965")
def test_who_transfers_hangs_up_just_after(talk):
    gw, desk, bob, carol = talk()
    flow = Flow(desk)
    consults(desk, carol)
    desk.run("key transfer", "onhook").is_idle()
    are_connected(bob, carol)
    mark = bob.mark()
    carol.hang_up()
    bob.wait_event("CALL_CLOSED", after=mark)
    gw.wait_ports_closed()
