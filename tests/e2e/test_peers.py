"""The peers among themselves: before they judge the gateway they have to work without it."""

import socket

import pytest

from peers import sip
from peers.agent import ok
from peers.process import NotReady, Process, group_alive, until


def talk(caller, callee, number):
    """A complete call with audio in both directions."""
    caller.call(number)
    callee.wait_event("CALL_INCOMING")
    callee.accept()
    caller.wait_event("CALL_ESTABLISHED")
    caller.wait_heard(callee.hz)
    callee.wait_heard(caller.hz)
    caller.hang_up()
    callee.wait_event("CALL_CLOSED")


def test_two_softphones_talk_through_kamailio(kamailio, baresip):
    alice, bob = baresip("1001", kamailio, hz=500), baresip("1002", kamailio, hz=900)
    assert len(kamailio.contacts("1001")) == 1
    talk(alice, bob, "1002")
    assert not kamailio.contacts("1003")


def test_two_softphones_talk_through_asterisk(asterisk, baresip):
    alice, bob = baresip("1001", asterisk, hz=500), baresip("1002", asterisk, hz=900)
    assert len(asterisk.contacts("1001")) == 1
    talk(alice, bob, "1002")
    assert asterisk.channels() == 0


def test_two_softphones_talk_without_a_pbx(baresip):
    alice, bob = baresip("alice", hz=500), baresip("bob", hz=900)
    talk(alice, bob, f"sip:bob@{bob.address}")


def test_a_wrong_password_is_refused(kamailio, agent):
    for password, status in (("pw1001", 200), ("wrong", 401)):
        phone, uri, to = agent("1001"), f"sip:{kamailio.address}", "<sip:1001@pbx.test>"
        first = phone.request("REGISTER", uri, to, from_field=f"{to};tag=1")
        challenge = phone.expect(401, call_id=first.call_id).header("www-authenticate")
        answer = sip.credentials(challenge, "REGISTER", uri, "1001", password)
        second = phone.request("REGISTER", uri, to, [("Authorization", answer)], from_field=f"{to};tag=1")
        assert phone.expect(range(200, 700), call_id=second.call_id).status == status


@pytest.mark.parametrize("number, hz", [("600", 500), ("601", 1004), ("602", 900), ("607", 900)])
def test_asterisk_answers_with_sound(asterisk, baresip, number, hz):
    alice = baresip("1001", asterisk, hz=500)
    alice.call(number)
    if number == "602":
        alice.wait_heard(700)
        assert not any(event["type"] == "CALL_ESTABLISHED" for event in alice.events)
    alice.wait_heard(hz)
    alice.hang_up()
    alice.wait_event("CALL_CLOSED")


@pytest.mark.parametrize("number, reason", [("604", "486"), ("605", "503"), ("609", "404")])
def test_asterisk_refuses_before_any_answer(asterisk, baresip, number, reason):
    alice = baresip("1001", asterisk)
    alice.call(number)
    assert reason in alice.wait_event("CALL_CLOSED")["param"]
    assert not any(event["type"] == "CALL_ESTABLISHED" for event in alice.events)


def test_asterisk_rings_without_an_answer_until_the_caller_cancels(asterisk, baresip):
    alice = baresip("1001", asterisk)
    alice.call("606")
    alice.wait_event("CALL_RINGING")
    alice.hang_up()
    alice.wait_event("CALL_CLOSED")
    until(lambda: asterisk.channels() == 0, 5, "the channel to end")


def test_the_raw_agent_calls_and_is_called(agent, rtp, baresip):
    bob = baresip("bob", hz=900)
    raw = agent("raw")
    sound = rtp(raw.address, hz=500)
    invite = raw.request("INVITE", f"sip:bob@{bob.address}", f"<sip:bob@{bob.address}>",
                         body=sip.sdp(sound.address, sound.port))
    raw.expect(180)
    bob.accept()
    answer = raw.expect(200)
    raw.acknowledge(invite, answer)
    sound.peer = answer.rtp()
    bob.wait_heard(500)
    raw.in_call("BYE", invite, answer)
    raw.expect(200)
    bob.wait_event("CALL_CLOSED")

    mark = bob.mark()
    bob.call(f"sip:raw@{raw.address}")
    raw.reply(raw.expect("INVITE"), 486, "Busy Here")
    raw.expect("ACK")
    assert "486" in bob.wait_event("CALL_CLOSED", after=mark)["param"]


def test_the_raw_registrar_registers_a_softphone(agent, baresip):
    registrar = agent("pbx", automatic={"REGISTER": ok})
    baresip("1001", registrar)
    assert registrar.count("REGISTER") == 1


def test_sipp_runs_a_scenario_and_reports_a_failed_one(kamailio, sipp, net):
    sipp("options", f"{kamailio.address}:5060").finish()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((net.host(), 5060))
        silent = sipp("options", "%s:%d" % deaf.getsockname(), options=("-timeout", "1s"))
        with pytest.raises(AssertionError, match="exit status"):
            silent.finish()


def test_tshark_reads_what_was_captured_and_notices_garbage(capture, kamailio, baresip, net):
    baresip("1001", kamailio)
    host = net.host()
    server = socket.create_server((host, 2000))
    with socket.create_connection((host, 2000), source_address=(net.host(), 0)) as phone:
        phone.sendall(bytes.fromhex("0400000000000000" "00000000"))         # KeepAlive
        phone.sendall(bytes.fromhex("0800000000000000" "0100000041424344"))  # a Register of four bytes
        sender = phone.getsockname()[0]
        server.accept()[0].close()
    server.close()
    capture.stop()
    assert capture.rows("skinny", "skinny.messageId")
    assert capture.count("sip.Method == REGISTER") >= 2
    assert capture.malformed(sender)
    assert not capture.malformed(kamailio.address)


def test_a_peer_that_cannot_start_leaves_nothing(folder):
    broken = Process("broken", ["/bin/sh", "-c", "sleep 100 & exit 3"], folder)
    broken.ready = lambda: broken.wait_log("never")
    with pytest.raises(NotReady, match="ended with 3"):
        broken.start()
    assert not group_alive(broken.pid)


def test_a_peer_that_ignores_the_signal_fails_its_test(folder):
    stubborn = Process("stubborn", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"], folder).start()
    stubborn.wait_log("up")
    with pytest.raises(NotReady, match="did not end"):
        stubborn.stop(timeout=0.5)
    assert not group_alive(stubborn.pid)
