"""sccpgw ctl trace: what a phone and its lines say and are told, as it happens."""

import os
import re
import signal

import pytest

from command import FAILED, OK
from control import Trace, ask, connect, metrics, value
from peers import skinny as raw
from peers.process import until
from phone import phone_name

FOUR_DIGITS = {"dialplan": [{"match": "xxxx!"}]}
ALICE, BOB = phone_name("1001"), phone_name("1002")


@pytest.fixture
def trace(closing):
    return lambda gw, name: closing(Trace(gw, name))


def test_a_trace_begins_before_its_phone_is_there(gateway, phone, trace):
    gw = gateway(["1001", "1002"], calls=FOUR_DIGITS)
    looking = trace(gw, ALICE.lower())
    assert "is away" in looking.lines[0]
    assert value(metrics(gw), "sccpgw_traces_active") == 1
    alice, bob = phone(gw, "1001"), phone(gw, "1002")
    looking.until(r"^\d\d:\d\d:\d\d\.\d{3} < Register device_name=\"" + ALICE)
    looking.until(r" > RegisterAck ")
    looking.until(r" > DefineTimeDate ")
    alice.dial("1002")
    looking.until(r" < OffHook")
    looking.until(r" = call \d+ line 1001: idle --off-hook--> off-hook$")
    looking.until(r" > StartTone tone=inside_dial ")
    looking.until(r" = call \d+ line 1001: calling --progress--> ringback$")
    bob.answer().is_talking()
    looking.until(r" > OpenReceiveChannel ")
    looking.until(r" = call \d+ line 1001: opening --rx-open--> talking$")
    alice.hang_up().is_idle()
    looking.until(r"--hang-up--> idle$")
    assert BOB not in looking.text() and "line 1002" not in looking.text()
    looking.close()
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 0, 5, "the trace to end with its reader")


def test_a_trace_tells_what_sip_says(gateway, kamailio, phone, trace):
    gw = gateway(["1001", "1002"], kamailio, calls=FOUR_DIGITS)
    looking, other = trace(gw, ALICE), trace(gw, BOB)
    alice, bob = phone(gw, "1001"), phone(gw, "1002")
    looking.until(r" > SIP line 1001: register$")
    looking.until(r" < SIP line 1001: registered")
    alice.dial("1002")
    dialog = re.search(r"dialog \w+", looking.until(r" > SIP line 1001: INVITE to 1002, dialog \w+$"))[0]
    other.until(r" < SIP line 1002: INVITE from 1001.*, dialog \w+$")
    other.until(r" > SIP line 1002: 180 Ringing, dialog")
    looking.until(rf" < SIP line 1001: provisional answer.*, {dialog}, 180$")
    bob.answer().is_talking()
    other.until(r" > SIP line 1002: 200 OK with answer, dialog")
    looking.until(rf" < SIP line 1001: 200 OK to our INVITE.*, {dialog}$")
    bob.hang_up().is_idle()
    looking.until(rf" < SIP line 1001: BYE or CANCEL, {dialog}")
    alice.hang_up().is_idle()
    alice.dial("1010")
    looking.until(r" < SIP line 1001: our INVITE failed, dialog \w+, 4\d\d ")
    alice.hang_up().is_idle()
    assert "pw1001" not in looking.text() and "digest" not in looking.text().lower()


def test_a_trace_tells_of_a_transfer_and_not_of_a_pbx(gateway, kamailio, phone, trace):
    gw = gateway(["1001", "1002", "1003"], kamailio, calls=FOUR_DIGITS, pbx={"qualify": "1s"})
    looking = trace(gw, ALICE)
    alice, bob, carol = (phone(gw, number) for number in ("1001", "1002", "1003"))
    alice.dial("1002")
    bob.is_ringing().answer().is_talking()
    alice.run("key transfer", "expect callstate call_transfer call 1 within 3000", "expect tone inside_dial",
              "digits 1003")
    carol.is_ringing().answer().is_talking()
    alice.run("expect callstate connected call 2 within 3000", "key transfer")
    looking.until(r" > SIP line 1001: REFER.*, dialog \d+, dialog \d+$")
    looking.until(r" < SIP line 1001: outcome of our REFER, dialog \d+, \d{3}")
    kamailio.stop()
    gw.wait_log("main: does not answer", timeout=20)
    looking.close()
    assert "null" not in looking.text()
    kamailio.start()
    for one in (alice, bob, carol):
        one.hang_up()


def test_a_trace_catches_a_refusal_and_a_new_connection(gateway, skinny, trace, phone):
    gw = gateway(["1001"])
    stranger, looking = trace(gw, "SEP009999999901"), trace(gw, ALICE)
    assert "is not configured" in stranger.lines[0]
    knocking = skinny(gw)
    knocking.send(raw.register("SEP009999999901"))
    stranger.until(" < Register ")
    stranger.until(' > RegisterReject text="Unknown phone"')
    for _ in range(2):                      # a new connection replaces the old one
        again = skinny(gw)
        again.send(raw.register(ALICE))
        again.send(raw.frame(raw.TIME_DATE))
        looking.until(" < Register ")
        looking.until(" < TimeDateReq")
        looking.until(" > DefineTimeDate ")
    again.send(raw.frame(0x7FFE))
    looking.until(r" < message \(0x7FFE\) not read: unknown")
    again.send(raw.frame(raw.KEYPAD, b""))
    looking.until(r" < KeypadButton \(0x0003\) not read: ")
    assert ALICE not in stranger.text() and "SEP0099" not in looking.text()


def test_traces_end_well_with_the_gateway(gateway, trace):
    gw = gateway(["1001"])
    traces = [trace(gw, ALICE) for _ in range(3)]
    gw.stop()
    assert [one.end() for one in traces] == [OK] * 3


def test_there_are_sixteen_traces_at_once(gateway, trace):
    gw = gateway(["1001"])
    traces = [trace(gw, ALICE) for _ in range(16)]
    assert "too many traces" in ask(gw, "ctl", "trace", ALICE, status=FAILED)
    traces[0].close()
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 15, 5, "room for another one")
    trace(gw, BOB)


def test_a_reader_that_does_not_read_is_cut_off(gateway, skinny, trace):
    gw = gateway(["1001"], log={"level": "info"}, sccp={"limits": {"messages": 0, "bytes": 0}})
    deaf = connect(gw)
    deaf.sendall(f"GET /api/v1/phones/{ALICE}/trace HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 1, 5, "the trace")
    alice = skinny(gw)
    alice.send(raw.register(ALICE))
    alice.send(raw.frame(raw.TIME_DATE))
    alice.expect(raw.DEFINE_TIME)
    for _ in range(200):
        alice.send(raw.frame(raw.KEEPALIVE) * 200)
        for _ in range(200):
            alice.expect(raw.KEEPALIVE_ACK)
        if "trace cut off" in gw.log():
            break
    gw.wait_log(rf"WARN .*{ALICE}: trace cut off: whoever asked for it does not read it")
    assert value(metrics(gw), "sccpgw_traces_active") == 0
    alice.send(raw.frame(raw.KEEPALIVE))
    alice.expect(raw.KEEPALIVE_ACK)             # the phone felt nothing
    deaf.close()


def test_the_gateway_survives_readers_that_vanish(gateway, phone, trace):
    gw = gateway(["1001"])
    traces = [trace(gw, ALICE) for _ in range(8)]
    alice = phone(gw, "1001")
    for one in traces:
        os.kill(one.child.pid, signal.SIGKILL)
        alice.run("offhook", "expect tone inside_dial", "onhook").is_idle()
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 0, 5, "the traces to end")
