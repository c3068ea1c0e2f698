"""Whether a gateway is ready: by the PBXes it has, while it drains, in the status, in the metrics and by exit status."""

import re

from command import FAILED
from control import ask, get, metrics, request, value
from peers import skinny as raw
from phone import phone_name

ALICE, BOB = phone_name("1001"), phone_name("1002")


def test_a_gateway_without_a_pbx_is_ready_at_once(gateway):
    gw = gateway()
    assert get(gw, "/readyz") == {"ready": True, "reasons": []}
    assert ask(gw, "health", "--ready") == ""


def is_not_ready(gw, why):
    answer = request(gw, "GET", "/readyz", tcp=True)
    return (answer.status, answer.json()) == (503, {"ready": False, "reasons": [why]})


def test_a_gateway_is_ready_while_a_pbx_answers(gateway, kamailio, net):
    gw = gateway(["1001"], pbx={"main": {"address": kamailio.address, "qualify": "1s"},
                                "other": {"address": net.host(), "qualify": "1s"}})
    gw.wait_log("main: answers", timeout=20)
    gw.wait_log("other: does not answer", timeout=20)
    assert get(gw, "/readyz", tcp=True) == {"ready": True, "reasons": []}
    page = metrics(gw)
    assert value(page, "sccpgw_ready") == 1
    assert [value(page, "sccpgw_pbx_up", pbx=name) for name in ("main", "other")] == [1, 0]
    text = ask(gw, "show", "status")
    assert re.search(rf"^pbx +main at {kamailio.address}, up for \d+ s, round trip \d+ ms$", text, re.M)
    assert re.search(r"^pbx +other at 127\S+, down for \d+ s$", text, re.M)
    kamailio.stop()
    gw.wait_log("main: does not answer", timeout=20)
    assert is_not_ready(gw, "no PBX answers")
    assert ask(gw, "health", "--ready", status=FAILED) == "sccpgw: not ready: no PBX answers\n"
    assert ask(gw, "health") == ""
    page = metrics(gw)
    assert (value(page, "sccpgw_ready"), value(page, "sccpgw_pbx_up", pbx="main")) == (0, 0)
    assert re.search(r"^ready +no: no PBX answers$", ask(gw, "show", "status"), re.M)
    kamailio.start()
    gw.wait_log("main: answers again", timeout=20)
    assert get(gw, "/readyz") == {"ready": True, "reasons": []}


def test_a_pbx_that_is_not_asked_is_known_by_its_first_registration(gateway, kamailio, phone):
    gw = gateway(["1001"], kamailio, pbx={"qualify": "0s"})
    assert is_not_ready(gw, "no PBX has answered yet")
    assert metrics(gw)["sccpgw_pbx_up"][1] == {}
    assert re.search(r"^pbx +main at \S+, has not answered yet$", ask(gw, "show", "status"), re.M)
    phone(gw, "1001")
    assert get(gw, "/readyz") == {"ready": True, "reasons": []}
    pbx, = get(gw, "/api/v1/status")["pbx"]
    assert (pbx["state"], pbx["round_trip_ms"], pbx["registered"]) == ("up", None, 1)


def test_a_refusal_is_an_answer_too(gateway, kamailio, phone):
    gw = gateway(["1001"], kamailio, phones={ALICE: {"lines": [{"number": "1001", "password": "wrong"}]}})
    phone(gw, "1001")
    assert get(gw, "/readyz")["ready"]
    line = get(gw, f"/api/v1/phones/{ALICE}")["lines"][0]
    assert (line["state"], line["error"]["status"]) == ("not registered", 401)
    assert re.search(r"^line 1 +1001 at main, not registered\n +\d+ s ago: 401 ", ask(gw, "show", "phone", ALICE), re.M)
    page = metrics(gw)
    assert value(page, "sccpgw_sip_registrations", pbx="main", state="failed") == 1
    assert value(page, "sccpgw_sip_registrations", pbx="main", state="registered") == 0


def test_a_draining_gateway_takes_no_new_phones(gateway, phone, skinny):
    gw = gateway(["1001", "1002"])
    alice = phone(gw, "1001")
    assert "draining" in ask(gw, "ctl", "drain")
    assert ask(gw, "health", "--ready", status=FAILED) == "sccpgw: not ready: draining\n"
    assert request(gw, "GET", "/readyz", tcp=True).status == 503
    bob, token = skinny(gw), skinny(gw)
    bob.send(raw.register(BOB))
    assert b"draining" in bob.expect(raw.REGISTER_REJECT)
    token.send(raw.token(BOB))
    token.expect(raw.TOKEN_REJECT)
    alice.run("offhook", "expect tone inside_dial", "onhook").is_idle()     # who is here stays
    assert value(metrics(gw), "sccpgw_draining") == 1
    assert "taking phones again" in ask(gw, "ctl", "drain", "off")
    assert ask(gw, "health", "--ready") == ""
    phone(gw, "1002")
