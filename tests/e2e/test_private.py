"""Calls that do not say who calls, both ways; phones that call one number only; calls put on record; what call lists
remember."""

import pytest

from peers import sip
from peers.agent import ok
from flow import Flow
from phone import phone_name
from house import VERSIONS
from test_calls import talk_both_ways


@pytest.fixture
def pbx(agent):
    return agent("pbx", automatic={"REGISTER": ok, "BYE": ok, "CANCEL": ok})


def desk_of(gateway, phone, pbx, kind="7965", line=None, **config):
    lines = [{"number": "1001", "password": "pw1001", "name": "Alice", **(line or {})}]
    gw = gateway(server=pbx, phones={phone_name("1001"): {"lines": lines}}, **config)
    return phone(gw, "1001", kind, version=VERSIONS.get(kind)), gw


def is_anonymous(invite):
    assert invite.header("from").startswith('"Anonymous" <sip:anonymous@anonymous.invalid>;tag=')
    assert invite.header("privacy") == "id"
    assert "<sip:1001@" in invite.header("p-asserted-identity")     # for the PBX
    assert "1001" not in invite.header("from")


def is_open(invite):
    assert "<sip:1001@" in invite.header("from") and '"Alice"' in invite.header("from")
    assert not invite.header("privacy") and not invite.header("p-asserted-identity")


def give_up(pbx, invite):
    pbx.reply(invite, 486, "Busy Here")
    pbx.expect("ACK", call_id=invite.call_id)


# privacy

@pytest.mark.feature("privacy", model="7965")
def test_the_private_key_is_for_one_call(pbx, gateway, phone):
    desk, _ = desk_of(gateway, phone, pbx)
    desk.run("expect key private shown", "key private", "expect tone inside_dial", 'expect prompt "Private"',
             "digits 1002#")
    invite = pbx.expect("INVITE")
    is_anonymous(invite)
    give_up(pbx, invite)
    desk.hang_up().is_idle().dial("1002#")
    invite = pbx.expect("INVITE")
    is_open(invite)
    give_up(pbx, invite)
    desk.hang_up().is_idle()


def test_it_can_be_pressed_while_the_number_is_typed_and_taken_back(pbx, gateway, phone):
    desk, _ = desk_of(gateway, phone, pbx)
    desk.dial("10").run("key private", 'expect prompt "Private"', "key private", 'expect prompt "Enter number"',
                        "key private", "digits 02#")
    invite = pbx.expect("INVITE")
    is_anonymous(invite)
    give_up(pbx, invite)
    desk.hang_up().is_idle()


def test_a_line_may_always_be_private(pbx, gateway, phone):
    desk, _ = desk_of(gateway, phone, pbx, line={"privacy": "on"})
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    is_anonymous(invite)
    give_up(pbx, invite)
    desk.hang_up().run("key private", "expect tone inside_dial", "key private", "digits 1002#")
    give_up(pbx, pbx.expect("INVITE"))
    desk.hang_up().is_idle()


@pytest.mark.feature("privacy", model="7965")
def test_asterisk_keeps_it_to_itself(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk, _ = desk_of(gateway, phone, asterisk)
    flow = Flow(desk)
    desk.run("key private", "digits 1002#")
    call = bob.wait_event("CALL_INCOMING")
    assert "1001" not in call["peeruri"] and "anonymous" in call["peeruri"]
    bob.accept()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()
    flow.is_kept("private", "A call that does not say who calls, begun with the Private key")


@pytest.mark.feature("privacy")
@pytest.mark.parametrize("kind", ["7960", "7965", "6921"])
def test_a_caller_who_does_not_say_who_it_is_is_private(pbx, gateway, phone, kind):
    desk, _ = desk_of(gateway, phone, pbx, kind)
    contact = next(message for message in pbx.seen if message.method == "REGISTER").contact_uri
    invite = pbx.request("INVITE", contact, f"<{contact}>", body=sip.sdp(pbx.address, 40000), fields=[("Privacy", "id")],
                         from_field="<sip:anonymous@anonymous.invalid>;tag=x")
    pbx.expect(180)
    desk.run("expect callstate ring_in", 'expect prompt "Private"', 'expect info calling "" ""').answer()
    answer = pbx.expect(200, call_id=invite.call_id)
    pbx.acknowledge(invite, answer)
    desk.is_talking().hang_up().is_idle()


# hotline

@pytest.mark.feature("hotline", model="7965")
def test_a_hotline_calls_when_the_handset_is_lifted(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk, _ = desk_of(gateway, phone, asterisk, line={"hotline": "1002"})
    flow = Flow(desk)
    desk.run("offhook", "expect dialed 1002 within 2000")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()
    flow.is_kept("hotline", "The handset of a hotline is lifted")


@pytest.mark.feature("hotline")
@pytest.mark.parametrize("kind", ["ATA186", "7960"])
def test_a_warm_line_calls_after_a_while(asterisk, gateway, phone, kind):
    desk, _ = desk_of(gateway, phone, asterisk, kind, line={"hotline": "601", "hotline_delay": "1s"})
    flow = Flow(desk, "7960")
    desk.run("offhook", "expect tone inside_dial", "expect rx open within 5000").hears(1004).hang_up().is_idle()
    flow.is_kept("warm_line", "The handset of a warm line is lifted, and nothing is dialled for a second")


def test_a_warm_line_can_call_others(asterisk, gateway, phone):
    desk, _ = desk_of(gateway, phone, asterisk, line={"hotline": "606", "hotline_delay": "3s"})
    desk.dial("601#").is_talking().hears(1004).hang_up().is_idle()


def test_a_hotline_can_be_called(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk, _ = desk_of(gateway, phone, asterisk, line={"hotline": "601"})
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


# on record

@pytest.mark.feature("record", model="7965")
def test_malicious_calls_and_bad_quality_are_put_on_record(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk, gw = desk_of(gateway, phone, asterisk)
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    flow = Flow(desk)
    desk.run("expect key mcid shown", "key mcid", 'expect notify "Malicious call identification successful"')
    gw.wait_log(r"WARN +call \d+ line 1001: malicious call, says the user of SEP000000001001: incoming 1002 \"User 1002\" "
                r"to 1001, \d+ s old")
    desk.run("key qrt", 'expect notify "Quality report tool"')
    flow.is_kept("mcid_qrt", "A malicious call and bad quality are put on record by their keys")
    gw.wait_log(r"call \d+ line 1001: bad quality, says the user of SEP000000001001: incoming 1002")
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


# call lists

@pytest.mark.feature("call lists")
@pytest.mark.parametrize("kind, told", [("7965", "CallHistoryDisposition"), ("7960", "CallState state=connected")])
@pytest.mark.parametrize("reason", ['SIP;cause=200;text="Call completed elsewhere"', "Q.850;cause=26"])
def test_what_somebody_else_answered_is_no_missed_call(pbx, gateway, phone, kind, told, reason):
    """Newer phones are told; on the others it looks like a call that was answered, hidden (field-guide N and O)."""
    desk, _ = desk_of(gateway, phone, pbx, kind)
    contact = next(message for message in pbx.seen if message.method == "REGISTER").contact_uri
    for answered in (False, True):
        before = len(desk.log())
        invite = pbx.request("INVITE", contact, f"<{contact}>", body=sip.sdp(pbx.address, 40000))
        pbx.expect(180, call_id=invite.call_id)
        desk.is_ringing()
        pbx.request("CANCEL", invite.uri, invite.header("to"), call_id=invite.call_id, branch=invite.branch,
                    from_field=invite.header("from"), cseq=invite.header("cseq").split()[0],
                    fields=[("Reason", reason)] if answered else [])
        pbx.acknowledge(invite, pbx.expect(487, call_id=invite.call_id))
        desk.is_idle()
        assert (told in desk.log()[before:]) == answered
