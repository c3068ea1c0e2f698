"""Where calls go that are not for this phone now: forwards, do not disturb, diverting to voicemail. Whoever calls hears whom
the call went to, the phone says what holds, and a restart changes none of it."""

import json
import re

import pytest

from command import BAD_USAGE, FAILED
from control import ask, get, request
from flow import Flow
from house import house  # noqa: F401 (fixture)
from peers import sip
from peers.agent import ok
from peers.process import until
from phone import phone_name
from test_calls import talk_both_ways

CAROL = "1004"


@pytest.fixture
def scene(asterisk, gateway, phone, baresip):
    """scene("7965", ...) gives a phone in rest, its gateway, Bob (900 Hz) and Carol (1300 Hz), all at Asterisk."""
    def build(model="7965", **config):
        bob, carol = baresip("1002", asterisk, hz=900), baresip(CAROL, asterisk, hz=1300, answer="auto")
        gw = gateway(["1001"], asterisk, **config)
        return phone(gw, "1001", model), gw, bob, carol
    return build


def forward(desk, kind="all", number=CAROL):
    desk.run(f"key forward_{kind}", "expect callstate off_hook", "expect keys digits_following",
             'expect prompt "Enter number"', f"digits {number}#", "expect calls 0")
    desk.run(f"expect forward 1 {kind} {number} within 3000").is_idle()


def hear_each_other(bob, carol, call=0):
    bob.wait_event("CALL_ESTABLISHED", after=call)
    bob.wait_heard(1300, seconds=0.5)
    carol.wait_heard(900, seconds=0.5)


def test_the_dialogue_of_a_forward_is_the_documented_one(scene):
    desk, _, bob, carol = scene()
    flow = Flow(desk)
    forward(desk)
    bob.call("1001")
    hear_each_other(bob, carol)
    desk.run("key forward_all", "expect forward 1 all off", 'expect prompt "Your current options"')
    flow.is_kept("forward_all", "All calls are forwarded to 1004 by soft key; one comes and goes there; the key takes it back")


@pytest.mark.feature("forward")
@pytest.mark.parametrize("model", ["7960", "7965"])
def test_every_call_is_forwarded_until_the_key_is_pressed_again(scene, model):
    desk, gw, bob, carol = scene(model)
    forward(desk)
    desk.run('expect prompt "Forwarded to 1004"')
    bob.call("1001")
    hear_each_other(bob, carol)
    desk.run("expect calls 0").is_idle()
    bob.hang_up()
    bob.wait_event("CALL_CLOSED")

    desk.run("key forward_all", "expect forward 1 all off", 'expect prompt "Your current options"').is_idle()
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()
    gw.wait_ports_closed()


@pytest.mark.feature("forward", model="7960")
def test_the_hard_key_forwards_too(scene):
    desk, _, bob, carol = scene("7960")
    desk.run("hardkey forward_all", "expect callstate off_hook", "digits 1004#", "expect forward 1 all 1004").is_idle()
    bob.call("1001")
    hear_each_other(bob, carol)


def test_a_key_pressed_in_a_call_takes_its_number_and_the_call_goes_on(scene):
    desk, _, bob, _ = scene()
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.run("key forward_all", "expect forward 1 all 1002", "expect calls 1", "expect callstate connected")
    desk.hears(900)
    desk.hang_up().is_idle()


@pytest.mark.feature("forward else", model="7965")
def test_a_busy_phone_forwards(scene, asterisk, baresip):
    desk, _, bob, carol = scene(calls={"busy_trigger": 1})
    forward(desk, "busy")
    dave = baresip("1005", asterisk, hz=1700)
    dave.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, dave)
    bob.call("1001")
    hear_each_other(bob, carol)
    desk.run("expect calls 1").hears(1700)
    desk.hang_up().is_idle()


@pytest.mark.feature("forward else", model="7965")
def test_a_call_that_nobody_answers_is_forwarded(scene):
    desk, _, bob, carol = scene(calls={"forward_no_answer": "2s"})
    forward(desk, "no_answer")
    bob.call("1001")
    desk.is_ringing()
    hear_each_other(bob, carol)
    desk.run("expect calls 0").is_idle()


@pytest.mark.feature("forward else", model="7965")
@pytest.mark.parametrize("kind", ["all", "no_answer"])
def test_a_phone_that_is_away_forwards(scene, phone, asterisk, kind):
    desk, gw, bob, carol = scene()
    forward(desk, kind)
    desk.leave()
    gw.wait_log("SEP000000001001: (lost|unregistered)")
    bob.call("1001")
    hear_each_other(bob, carol)
    assert asterisk.contacts("1001")


def test_forwards_and_last_numbers_survive_a_restart(scene, phone):
    desk, gw, bob, carol = scene()
    desk.dial("1004#").is_talking().hang_up().is_idle()
    forward(desk)
    desk.run("key dnd")
    gw.wait_log("SEP000000001001: do not disturb: ")    # nothing on the display says so: the forward comes first
    desk.run('expect prompt "Forwarded to 1004"', "close")
    gw.stop()
    gw.was_stopped = False
    before = len(gw.log())
    gw.start()
    gw.wait_log(" 1001: registered at", after=before)
    bob.call("1001")                                    # before the phone is there again
    hear_each_other(bob, carol)
    desk.run("register", "expect registered within 10000", "expect forward 1 all 1004 within 3000",
             'expect prompt "Forwarded to 1004"', "key forward_all", "expect forward 1 all off",
             'expect prompt "Do not disturb"', "key dnd", 'expect prompt "Your current options"')
    desk.run("key redial", "expect dialed 1004")
    desk.hang_up().is_idle()


def test_a_gateway_that_is_killed_leaves_a_whole_file(gateway, phone):
    """Fifty times: while forwards come and go as fast as keys can be pressed, the process ends at once. What was written
    stays; what was not yet is as it was before."""
    gw = gateway(["1001"])
    desk = phone(gw, "1001", "7965")
    state = gw.folder / "state.json"
    for number in range(1100, 1150):
        desk.run("key forward_all", f"digits {number}#", f"expect forward 1 all {number}")
        if number % 2:
            until(lambda: state.exists() and f'"{number}"' in state.read_text(), 5, "the number in the file")
        for _ in range(number % 7):
            desk.run("key dnd")
        gw.kill()
        forwards = json.loads(state.read_text())["lines"].get("SEP000000001001/1", {}) if state.exists() else {}
        assert forwards.get("all", "") in ([str(number)] if number % 2 else ["", str(number)])
        gw.start()
        desk.run("close", "register", "expect registered within 10000")
        if forwards.get("all"):
            desk.run(f"expect forward 1 all {forwards['all']}", "key forward_all")
        desk.run("expect forward 1 all off")


def test_a_file_nobody_understands_is_put_aside(gateway, phone, folder):
    (folder / "gateway").mkdir()
    (folder / "gateway/state.json").write_text('{"version": 1, "lines": {"SEP0000')
    gw = gateway(["1001"])
    gw.wait_log("state.json is not understood")
    assert (gw.folder / "state.json.bad").read_text().startswith('{"version"')
    desk = phone(gw, "1001", "7965")
    forward(desk)
    state = gw.folder / "state.json"
    until(lambda: state.exists() and "1004" in state.read_text(), 5, "the new state")


def test_a_folder_that_is_missing_is_one_warning(gateway, phone):
    gw = gateway(["1001"], node={"state": "/nowhere/at/all"})
    desk = phone(gw, "1001", "7965")
    forward(desk)
    assert len(re.findall("/nowhere/at/all", gw.log())) == 1


# circles

def test_forwards_in_a_circle_are_refused(house):
    desk, other = house("7960", "7965")
    desk.run("key forward_all", "digits 1001#", "expect tone reorder", 'expect prompt "Cfwdall loop detected"')
    desk.hang_up().is_idle().run("expect forward 1 all off")
    desk.run("key forward_all", "digits 1003#", "expect forward 1 all 1003").is_idle()
    other.run("key forward_all", "digits 1001#", 'expect notify "Cfwdall loop detected"',
              "expect forward 1 all off").is_idle()
    other.dial("1001#")                                  # whom the calls go to may call here
    desk.is_ringing().answer()
    other.is_talking().hang_up().is_idle()
    desk.is_idle()


@pytest.mark.feature("forward", model="7960")
def test_phones_without_a_pbx_forward(house):
    desk, other, third = house("7960", "7965", "7970")
    desk.run("key forward_all", "digits 1003#", "expect forward 1 all 1003").is_idle()
    third.dial("1001#")
    other.is_ringing().run('expect info calling "" 1005').answer()
    third.is_talking().hears(other.hz)
    other.hears(third.hz)
    third.hang_up().is_idle()
    other.is_idle()


@pytest.fixture
def raw(agent, gateway, phone):
    """A phone at a raw PBX, and a way to call it that tells how the call came there."""
    def build(**config):
        pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok})
        desk = phone(gateway(["1001"], pbx, **config), "1001", "7965")
        contact = next(message for message in pbx.seen if message.method == "REGISTER").contact_uri

        def call(*fields):
            return pbx.request("INVITE", contact, f"<sip:1001@{pbx.address}>", fields=fields,
                               body=sip.sdp(pbx.address, 40000))
        return desk, pbx, call
    return build


@pytest.mark.feature("forward", model="7965")
def test_a_redirection_says_who_sent_the_call_on_and_why(raw):
    desk, pbx, call = raw()
    forward(desk)
    invite = call(("Diversion", "<sip:1099@pbx>;reason=no-answer;counter=2"), ("History-Info", "<sip:1099@pbx>;index=1"))
    answer = pbx.expect(302, call_id=invite.call_id)
    assert answer.contact_uri.startswith(f"sip:1004@{pbx.address}")
    ours, older = answer.header("Diversion").split(", ")
    assert re.fullmatch(rf"<sip:1001@{re.escape(pbx.address)}>;reason=unconditional;counter=1", ours)
    assert older == "<sip:1099@pbx>;reason=no-answer;counter=2"
    assert answer.header("History-Info") == "<sip:1099@pbx>;index=1"
    pbx.acknowledge(invite, answer)


@pytest.mark.parametrize("field", [
    ("Diversion", "<sip:1003@pbx>;reason=unconditional, <sip:1001@pbx>;reason=unconditional"),
    ("Diversion", "<sip:1003@pbx>;reason=unconditional;counter=5"),
    ("History-Info", "<sip:1001@pbx>;index=1, <sip:1003@pbx;cause=302>;index=1.1, <sip:1001@pbx;cause=302>;index=1.2")])
def test_a_call_that_has_been_here_is_not_sent_round_again(raw, field):
    desk, pbx, call = raw()
    forward(desk)
    invite = call(field)
    answer = pbx.expect(482, call_id=invite.call_id)
    pbx.acknowledge(invite, answer)
    desk.is_idle()


# Kamailio hands the redirection on, and the caller follows it

@pytest.mark.feature("forward", model="7965")
def test_a_caller_behind_a_proxy_is_redirected(kamailio, gateway, phone, baresip):
    bob, carol = baresip("1002", kamailio, hz=900), baresip(CAROL, kamailio, hz=1300, answer="auto")
    desk = phone(gateway(["1001"], kamailio), "1001", "7965")
    forward(desk)
    bob.call("1001")
    hear_each_other(bob, carol)


# do not disturb

@pytest.mark.feature("dnd", model="7965")
def test_do_not_disturb_rejects_calls_also_during_one(scene, baresip, asterisk):
    desk, _, bob, _ = scene()
    desk.run("key dnd", 'expect prompt "Do not disturb"').is_idle()
    bob.call("1001")
    bob.wait_event("CALL_CLOSED")
    desk.run("expect calls 0")
    desk.dial("1004#").is_talking().hears(1300)
    mark = bob.mark()
    bob.call("1001")
    bob.wait_event("CALL_CLOSED", after=mark)
    desk.run("expect calls 1", "expect waitingtones 0").hang_up().is_idle()
    desk.run("key dnd", 'expect prompt "Your current options"')
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


@pytest.mark.feature("dnd", model="7965")
def test_do_not_disturb_may_let_calls_ring_silent(scene):
    desk, _, bob, _ = scene(calls={"dnd": "silent"})
    desk.run("hardkey do_not_disturb", 'expect prompt "Do not disturb"')
    desk.dial("1004#").is_talking()
    bob.call("1001")
    desk.run("expect calls 2", "expect ringer flash_only", "expect waitingtones 0", "onhook", "expect calls 1",
             "expect ringer flash_only", "expect lamp 1 blink", 'expect prompt "From User 1002"', "key answer")
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


@pytest.mark.feature("dnd")
@pytest.mark.parametrize("model", ["7960", "7965"])
def test_do_not_disturb_goes_round_its_states(asterisk, gateway, phone, baresip, model):
    bob = baresip("1002", asterisk, hz=900)
    desk = phone(gateway((), asterisk, calls={"dnd": "cycle"}, phones={phone_name("1001"): {"buttons": [
        {"line": {"number": "1001", "password": "pw1001"}}, {"feature": "dnd", "label": "DND"}]}}), "1001", model)
    flow = Flow(desk)
    for _ in range(2):
        desk.run('expect prompt "Your current options"', 'expect feature do_not_disturb off "DND"', "key dnd",
                 'expect prompt "Do not disturb"', "expect feature do_not_disturb on")
        mark = bob.mark()
        bob.call("1001")
        bob.wait_event("CALL_CLOSED", after=mark)
        desk.run("expect calls 0", "feature do_not_disturb", 'expect prompt "Do not disturb (silent)"',
                 "expect feature do_not_disturb on")
        mark = bob.mark()
        bob.call("1001")
        desk.run("expect callstate ring_in within 5000", "expect ringer flash_only", "expect rings 0")
        bob.hang_up()
        desk.is_idle().run('expect prompt "Do not disturb (silent)"', "key dnd")
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.run("expect feature do_not_disturb off").hang_up().is_idle()
    flow.is_kept("dnd", "The DND key twice round: reject, silent, off; a call each time, and one that is answered in the end")


@pytest.mark.feature("dnd", model="7965")
@pytest.mark.parametrize("answer, status", [("busy", 486), ("decline", 603)])
def test_callers_are_told_that_it_is_busy_or_declined(raw, answer, status):
    desk, pbx, call = raw(calls={"dnd_answer": answer})
    desk.run("key dnd", 'expect prompt "Do not disturb"')
    invite = call()
    pbx.acknowledge(invite, pbx.expect(status, call_id=invite.call_id))


# divert

@pytest.mark.feature("divert", model="7965")
def test_a_caller_is_diverted_to_voicemail(scene):
    desk, gw, bob, _ = scene(pbx={"voicemail": "1900"})
    flow = Flow(desk)
    bob.call("1001")
    desk.is_ringing().run("expect key divert shown", "key divert", "expect calls 0").is_idle()
    flow.is_kept("idivert", "A call that rings is sent to voicemail")
    bob.wait_event("CALL_ESTABLISHED")
    bob.wait_heard(700)
    gw.wait_ports_closed()


@pytest.mark.feature("divert", model="7965")
def test_who_talks_is_transferred_to_voicemail(scene):
    desk, gw, bob, _ = scene(pbx={"voicemail": "1900"})
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.run("key divert", "expect calls 0 within 5000").is_idle()
    bob.wait_heard(700)
    gw.wait_ports_closed()


@pytest.mark.feature("divert", model="7965")
def test_who_cannot_be_transferred_to_voicemail_is_not_lost(raw):
    desk, pbx, call = raw(pbx={"voicemail": "1900"})
    invite = call()
    desk.is_ringing().answer()
    answer = pbx.expect(200, call_id=invite.call_id)
    pbx.acknowledge(invite, answer)
    desk.is_talking().run("key divert")
    hold = pbx.expect("INVITE", call_id=invite.call_id)
    pbx.reply(hold, 200, "OK", body=sip.sdp(pbx.address, 40000))
    refer = pbx.expect("REFER", call_id=invite.call_id)
    assert f"sip:1900@{pbx.address}" in refer.header("Refer-To")
    pbx.reply(refer, 603, "Decline")
    desk.run('expect prompt "Can not complete transfer" within 3000', "expect callstate hold", "key resume")
    resumed = pbx.expect("INVITE", call_id=invite.call_id)
    pbx.reply(resumed, 200, "OK", body=sip.sdp(pbx.address, 40000))
    desk.is_talking().hang_up().is_idle()


def test_without_voicemail_there_is_no_such_key(scene):
    desk, _, bob, _ = scene()
    bob.call("1001")
    desk.is_ringing().run("expect key divert hidden", "key divert", "expect calls 1")
    bob.hang_up()
    desk.is_idle()


# a PBX that forwards itself

CODES = {"all": "*72", "all_off": "*73", "busy": "*90"}


@pytest.mark.feature("forward", model="7965")
@pytest.mark.parametrize("mode", ["relay", "direct"])
def test_the_pbx_is_told_by_its_code_and_forwards(scene, asterisk, mode):
    desk, gw, bob, carol = scene(pbx={"forward": CODES}, media={"mode": mode})
    forward(desk)
    desk.run('expect prompt "Forwarded to 1004"')
    assert "1004" in asterisk.command("database get forward 1001")
    bob.call("1001")
    hear_each_other(bob, carol)
    assert "is sent to" not in gw.log()
    bob.hang_up()
    desk.run("key forward_all", "expect forward 1 all off within 3000", 'expect prompt "Your current options"')
    bob.wait_event("CALL_CLOSED")
    bob.call("1001")
    desk.is_ringing()
    bob.hang_up()
    desk.is_idle()
    gw.wait_ports_closed()


def test_a_code_the_pbx_refuses_sets_nothing_and_is_told(scene):
    desk, _, bob, _ = scene(pbx={"forward": CODES})
    desk.run("key forward_busy", "digits 1004#", 'expect notify "Declined" within 5000', "expect forward 1 busy off")
    desk.is_idle().run("key forward_busy", "expect callstate off_hook").hang_up().is_idle()


# operators

def test_an_operator_forwards_and_silences_a_phone_that_is_there_or_away(gateway, phone):
    gw = gateway(["1001", "1003"])
    desk = phone(gw, "1001", "7965")
    ask(gw, "ctl", "forward", desk.name, "1001", "all", "1004")
    desk.run("expect forward 1 all 1004", 'expect prompt "Forwarded to 1004"')
    shown = get(gw, f"/api/v1/phones/{desk.name}")
    assert (shown["dnd"], shown["forwards"]) == ("off", [{"line": "1001", "kind": "all", "to": "1004"}])
    ask(gw, "ctl", "forward", desk.name.lower(), "1", "all", "off")
    ask(gw, "ctl", "dnd", desk.name, "silent")
    desk.run("expect forward 1 all off", 'expect prompt "Do not disturb"')
    ask(gw, "ctl", "dnd", desk.name, "off")
    desk.run('expect prompt "Your current options"')
    ask(gw, "ctl", "forward", "SEP000000001003", "1", "no_answer", "1004")
    phone(gw, "1003", "7960").run("expect forward 1 no_answer 1004 within 3000")


@pytest.mark.parametrize("words, status, said", [
    (("forward", "SEP000000009999", "1", "all", "1004"), FAILED, "no phone of that name"),
    (("forward", "SEP000000001001", "7", "all", "1004"), FAILED, "no such line"),
    (("forward", "SEP000000001001", "1", "never", "1004"), FAILED, "all, busy or no_answer"),
    (("forward", "SEP000000001001", "1", "all", "bob"), FAILED, "a number of digits"),
    (("forward", "SEP000000001001", "1", "all", "1001"), FAILED, "in a circle"),
    (("forward", "SEP000000001001", "1", "all"), BAD_USAGE, "a word is missing"),
    (("dnd", "SEP000000001001", "loud"), FAILED, "off, reject or silent"),
    (("dnd", "SEP000000001001", "off", "now"), BAD_USAGE, "one word too many")])
def test_what_an_operator_gets_wrong_is_told_and_changes_nothing(gateway, words, status, said):
    gw = gateway(["1001"])
    assert said in ask(gw, "ctl", *words, status=status)
    assert not (gw.folder / "state.json").exists()


def test_over_http_only_the_token_may(gateway):
    gw = gateway(["1001"], admin={"token": "a-long-random-token"})
    path, body = "/api/v1/phones/SEP000000001001/dnd", '{"mode": "reject"}'
    assert request(gw, "POST", path, tcp=True, body=body).status == 401
    answer = request(gw, "POST", path, tcp=True, body=body, Authorization="Bearer a-long-random-token")
    assert (answer.status, answer.json()) == (200, {"mode": "reject"})
    assert request(gw, "POST", path, body="[]").status == 400
