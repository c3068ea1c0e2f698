"""Texts to people: MESSAGEs to a line, shown and heard, or refused with what is wrong; and what a phone in rest says."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from command import FAILED
from control import ask, request
from flow import Flow
from house import talk
from peers.agent import ok
from peers.process import until
from test_phones import DESK, line, place  # noqa: F401 (fixture)

OTHER = "SEP000000001002"
PLAIN = ("Content-Type", "text/plain")


@pytest.fixture
def raw(agent):
    return agent("raw")


def say(raw, gw, text="Lunch is ready", number=1001, fields=(PLAIN,), status=200):
    sent = raw.request("MESSAGE", f"sip:{number}@{gw.address}:5062", f"<sip:{number}@{gw.address}>", list(fields), text)
    return raw.expect(status, call_id=sent.call_id)


@pytest.mark.feature("texts")
@pytest.mark.parametrize("model", ["7960", "7965", "7912"])
def test_a_text_is_shown_and_heard(place, raw, model):
    gw = place({DESK: {"lines": [line(1001)]}})
    desk = place.phone(DESK, model)
    flow = Flow(desk)
    say(raw, gw)
    desk.run('expect notify "raw: Lunch is ready"', "expect beeps 1").is_idle()
    flow.is_kept("texts", "A text comes by SIP MESSAGE")
    gw.wait_log("1001: text from raw")


def test_a_text_does_not_cover_a_call(place, raw):
    gw = place({DESK: {"lines": [line(1001)]}, OTHER: {"lines": [line(1002)]}})
    desk, other = place.phone(DESK, "7960", hz=500), place.phone(OTHER, "7965", hz=700)
    desk.dial("1002#")
    other.is_ringing().answer()
    talk(desk, other)
    say(raw, gw, "one")
    desk.run('expect notify ""', 'expect prompt "Connected"', "expect beeps 0")
    desk.hang_up().is_idle().run('expect notify "raw: one"', "expect beeps 1")
    other.is_idle()


def test_the_latest_texts_that_wait_are_shown_in_their_order(place, raw):
    gw = place({DESK: {"lines": [line(1001)]}}, messages={"show": "1s"})
    desk = place.phone(DESK, "7960").run("offhook", "expect tone inside_dial")
    for text in ("one", "two", "three", "four", "five"):
        say(raw, gw, text)
    gw.wait_log("a text nobody saw yet gives way to another")
    desk.run("onhook", 'expect notify "raw: two"', 'expect notify "raw: three"', "offhook",
             "expect tone inside_dial", "wait 1200", 'expect notify "raw: three"', "expect beeps 2", "onhook",
             'expect notify "raw: four"', 'expect notify "raw: five"', "expect beeps 4")


def test_the_beep_may_be_off(place, raw):
    gw = place({DESK: {"lines": [line(1001)]}}, messages={"beep": "false", "show": "5s"})
    desk = place.phone(DESK, "7960")
    say(raw, gw)
    desk.run('expect notify "raw: Lunch is ready"', "expect beeps 0")
    assert "DisplayNotifyDynamic timeout_s=5 " in desk.log()


@pytest.mark.parametrize("text, fields, status", [
    ("<b>Lunch</b>", (("Content-Type", "text/html"),), 415),
    ("Lunch", (("Content-Type", "text/plain;charset=koi8-r"),), 415),
    ("Lunch", (PLAIN, ("Content-Encoding", "gzip")), 415),
    ("", (), 400),
    ("x" * 481, (PLAIN,), 413),
], ids=["html", "character set", "packed", "empty", "long"])
def test_a_text_that_cannot_be_shown_is_refused(place, raw, text, fields, status):
    gw = place({DESK: {"lines": [line(1001)]}})
    desk = place.phone(DESK, "7960")
    answer = say(raw, gw, text, fields=fields, status=status)
    assert status != 415 or answer.header("accept") == "text/plain"
    desk.run('expect notify ""')
    say(raw, gw)
    desk.run('expect notify "Lunch is ready"')


def test_a_text_finds_its_phone_or_says_that_it_does_not(place, raw):
    gw = place({DESK: {"lines": [line(1001)]}, "ATA000000001002": {"lines": [line(1002)]}})
    say(raw, gw, number=1001, status=480)
    say(raw, gw, number=1009, status=404)
    desk = place.phone(DESK, "7960")
    place.phone("ATA000000001002", "ATA186")
    say(raw, gw, number=1002, status=488)
    say(raw, gw)
    desk.run('expect notify "Lunch is ready"', "close")
    gw.wait_log(f"{DESK}: lost")
    until(lambda: say(raw, gw, status=range(200, 500)).status == 480, 5, "the SIP side to hear of it")


@pytest.mark.feature("texts", model="7960")
def test_a_text_comes_from_the_pbx_by_the_contact_it_knows(agent, gateway, phone):
    pbx = agent("pbx")
    desk = phone(gateway(["1001"], pbx), "1001", in_service=False)
    register = pbx.expect("REGISTER")
    ok(pbx, register)
    sent = pbx.request("MESSAGE", register.contact_uri, "<sip:1001@pbx>", [PLAIN], "Grüße")
    pbx.expect(200, call_id=sent.call_id)
    desk.run('expect notify "pbx: Grüße"')
    sent = pbx.request("MESSAGE", register.contact_uri.replace("0-", "0-0"), "<sip:1001@pbx>", [PLAIN], "guessed")
    pbx.expect(404, call_id=sent.call_id)


@pytest.mark.parametrize("model, zone", [("7960", "Europe/Berlin"), ("7965", "America/St_Johns"),
                                         ("12SP", "Pacific/Kiritimati")], ids=["7960", "7965", "12SP"])
def test_the_clock_of_a_phone_is_that_of_its_place(place, model, zone):
    """With daylight saving as the zone has it today; the rest is in the unit tests."""
    place({DESK: {"lines": [line(1001)], "timezone": zone}}, defaults={"timezone": "UTC"})
    before = datetime.now(ZoneInfo(zone)).replace(microsecond=0)
    desk = place.phone(DESK, model).run("expect time set")
    said = {name: int(value) for name, value in re.findall(r" (\w+)=(\d+)", re.search("< DefineTimeDate(.*)", desk.log())[1])}
    shown = datetime(*(said[name] for name in ("year", "month", "day", "hour", "minute", "second")), tzinfo=ZoneInfo(zone))
    assert before <= shown <= datetime.now(ZoneInfo(zone))


@pytest.mark.feature("idle text", model="7960")
def test_a_phone_in_rest_says_what_is_configured(place):
    place({DESK: {"lines": [line(1001)]}}, defaults={"idle_text": "Help desk: 1000"})
    desk = place.phone(DESK, "7960")
    desk.run('expect prompt "Help desk: 1000"', "offhook", 'expect prompt "Enter number"').hang_up().is_idle()
    desk.run('expect prompt "Help desk: 1000"')


def test_a_text_comes_from_whoever_runs_the_gateway(place):
    gw = place({DESK: {"lines": [line(1001)]}, "ATA000000001002": {"lines": [line(1002)]}})
    path = f"/api/v1/phones/{DESK}/message"
    assert request(gw, "POST", path, body='{"text": "x"}').status == 409
    desk = place.phone(DESK, "7960")
    place.phone("ATA000000001002", "ATA186")
    assert request(gw, "POST", path, body='{"text": "Fire drill\\nat noon"}').status == 200
    desk.run('expect notify "Fire drill.at noon"', "expect beeps 1")
    for body in ("", "{}", '{"text": ""}', '{"text": 1}', '{"text": "x", "to": "y"}', '{"text": "' + "x" * 481 + '"}'):
        assert request(gw, "POST", path, body=body).status == 400, body
    assert request(gw, "POST", "/api/v1/phones/SEP000000009999/message", body='{"text": "x"}').status == 404
    assert request(gw, "POST", "/api/v1/phones/ATA000000001002/message", body='{"text": "x"}').status == 409
    desk.run("expect beeps 1")


@pytest.mark.feature("texts", model="7960")
def test_a_text_is_sent_by_command(place):
    gw = place({DESK: {"lines": [line(1001)]}, OTHER: {"lines": [line(1002)]}})
    desk, other = place.phone(DESK, "7960", hz=500), place.phone(OTHER, "7965", hz=700)
    assert ask(gw, "ctl", "message", DESK.lower(), "Fire drill at noon, Grüße") == "shown\n"
    desk.run('expect notify "Fire drill at noon, Grüße"', "expect beeps 1")
    desk.dial("1002#")
    other.is_ringing().answer()
    talk(desk, other)
    assert ask(gw, "ctl", "message", DESK, "later") == "the phone is in a call: shown when that is over\n"
    desk.run('expect notify "Fire drill"').hang_up().is_idle().run('expect notify "later"', "expect beeps 2")
    other.is_idle()
    for name, text, said in ((DESK, "", "1 to 480 bytes of it"), (DESK, "x" * 481, "1 to 480 bytes of it"), ("SEP9", "x", "no phone of"),
                             (DESK, b"\xff", "not UTF-8")):
        assert said in ask(gw, "ctl", "message", name, text, status=FAILED)
    desk.run("expect beeps 2", "close")
    gw.wait_log(f"{DESK}: lost")
    assert "the phone is away" in ask(gw, "ctl", "message", DESK, "x", status=FAILED)
