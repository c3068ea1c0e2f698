"""Phones that come home: a phone at another gateway asks first, and what it is told depends on the PBX, on its calls,
and on whether it is known at all."""

import re

import pytest

from command import sccpgw
from gateway import merged
from peers import skinny as raw
from peers.agent import Agent, ok
from peers.process import until
from phone import phone_name

OFTEN = {"pbx": {"qualify": "1s"}, "sccp": {"token_wait": "20s"}}


class Absent:
    port = 5060

    def __init__(self, address):
        self.address = address


def come_back(absent, closing):
    return closing(Agent(absent.address, "pbx", automatic={"REGISTER": ok}))


def asks(skinny, gw, number):
    """A raw token: None when granted, else the seconds to wait."""
    with_token = skinny(gw)
    with_token.send(raw.token(phone_name(number)))
    message, payload = with_token.receive()
    with_token.close()
    assert message in (raw.TOKEN_ACK, raw.TOKEN_REJECT)
    return None if message == raw.TOKEN_ACK else int.from_bytes(payload[:4], "little")


def until_granted(skinny, gw, number, timeout=15):
    until(lambda: asks(skinny, gw, number) is None, timeout, f"{number} to be let in")


def test_a_phone_stays_away_while_the_pbx_does_not_answer(agent, gateway, skinny):
    pbx = agent("pbx", automatic={"OPTIONS": lambda _pbx, _request: None})
    gw = gateway(["1001"], pbx, **OFTEN)
    assert asks(skinny, gw, "1001") is None     # nothing is known yet: the benefit of the doubt
    gw.wait_log("main: does not answer", timeout=20)
    assert asks(skinny, gw, "1001") == 20
    gw.wait_log(rf"{phone_name('1001')}: asks to come home: not yet, again in 20 s: no PBX of its lines answers")
    pbx.automatic["OPTIONS"] = ok
    gw.wait_log("main: answers again", timeout=20)
    until_granted(skinny, gw, "1001")
    gw.wait_log(rf"{phone_name('1001')}: asks to come home: granted")


def test_registration_itself_does_not_wait_for_the_pbx(net, gateway, phone):
    gw = gateway(["1001"], Absent(net.host()), **OFTEN)
    gw.wait_log("main: does not answer", timeout=20)
    phone(gw, "1001", in_service=False).run("expect registered", "token", "expect token granted")


def test_one_line_that_can_be_served_is_enough(net, agent, gateway, skinny):
    away, there = Absent(net.host()), agent("there", automatic={"REGISTER": ok})
    lines = {"1001": ["away", "there"], "1002": ["away"], "1003": ["away", "local"]}
    gw = gateway(sccp=OFTEN["sccp"], pbx={"away": {"address": away.address, "qualify": "1s"},
                                          "there": {"address": there.address, "qualify": "1s"}, "local": {}},
                 phones={phone_name(number): {"lines": [{"number": f"{number}{n}", "pbx": pbx}
                                                        for n, pbx in enumerate(pbxs)]}
                         for number, pbxs in lines.items()})
    gw.wait_log("away: does not answer", timeout=20)
    assert asks(skinny, gw, "1001") is None
    assert asks(skinny, gw, "1002") == 20
    assert asks(skinny, gw, "1003") is None


def test_a_pbx_that_flaps_moves_no_phone(net, closing, gateway, skinny):
    absent = Absent(net.host())
    gw = gateway(["1001"], absent, **merged(OFTEN, {"pbx": {"qualify": "4s"}}))
    gw.wait_log("main: does not answer", timeout=20)
    pbx = come_back(absent, closing)
    gw.wait_log("main: answers again", timeout=20)
    before = pbx.count("OPTIONS")
    assert asks(skinny, gw, "1001") == 20       # it has to stay for one more question
    until_granted(skinny, gw, "1001")
    assert pbx.count("OPTIONS") > before


def test_names_that_would_be_rejected_are_not_let_come(gateway, skinny):
    gw = gateway(["1001"], sccp={"token_wait": "300s"})
    assert asks(skinny, gw, "1009") == 300
    gw.wait_log(rf"{phone_name('1009')}: asks to come home: not yet, again in 300 s: unknown phone")
    assert asks(skinny, gw, "1001") is None


def test_a_phone_that_is_here_is_never_refused(kamailio, gateway, phone, skinny):
    gw = gateway(["1001"], kamailio, **OFTEN)
    desk = phone(gw, "1001")
    kamailio.stop()
    gw.wait_log("main: does not answer", timeout=20)
    assert asks(skinny, gw, "1001") is None     # on another connection of the same phone
    desk.run("token", "expect token granted", "expect registered")
    gw.wait_log(rf"{phone_name('1001')}: asks to come home: granted, it is registered here")
    kamailio.start()


@pytest.mark.feature("fail-over", model="SPA504G")
def test_a_small_business_phone_refreshes_its_token_in_a_call(gateway, phone):
    gw = gateway(["1001", "1002"])
    spa, desk = phone(gw, "1001", "SPA504G", version=8), phone(gw, "1002")
    spa.dial("1002#")
    desk.is_ringing().answer()
    spa.is_talking().hears(desk.hz)
    for _ in range(3):
        spa.run("token", "expect token granted within 500")
    assert spa.log().count("SpcpRegisterTokenAck features=65535") == 1 + 3  # the first before it registered
    spa.is_talking().hears(desk.hz)
    desk.is_talking().hears(spa.hz)
    spa.hang_up().is_idle()
    desk.hang_up().is_idle()


def test_a_small_business_phone_asks_before_it_registers(net, gateway, phone):
    gw = gateway(["1001"], Absent(net.host()), **OFTEN)
    gw.wait_log("main: does not answer", timeout=20)
    spa = phone(gw, "1001", "SPA504G", version=8, registered=False)
    spa.run(f"standby {gw.address}", "token", "expect token refused 20")
    assert "SpcpRegisterTokenReject" in spa.log()


@pytest.mark.feature("fail-over", pbx="agent")
@pytest.mark.parametrize("model", ["7960", "7965"])
def test_a_phone_comes_home_when_its_gateway_does(net, closing, gateway, phone, model):
    """Two gateways with the same phone; the first one's PBX is away, so the phone lives at the second."""
    away = Absent(net.host())
    first = gateway(["1001"], away, **OFTEN)
    second = gateway(["1001"])
    first.wait_log("main: does not answer", timeout=20)
    desk = phone(second, "1001", model)
    desk.run(f"standby {first.address}", "expect standby", "token", "expect token refused 20")
    desk.run("expect registered").is_idle()     # still at the second
    assert not re.search(rf"{phone_name('1001')}: registered", first.log())
    come_back(away, closing)
    first.wait_log("main: answers again", timeout=20)

    def let_come():
        desk.run("token", "wait 200")
        return "RegisterTokenAck" in desk.log()
    until(let_come, 15, "the token")
    desk.run("expect token granted", "unregister", "expect unregistered", "home", "expect registered within 5000")
    first.wait_log(rf"{phone_name('1001')}: registered, protocol")
    first.wait_log("1001: registered at main")
    second.wait_log(rf"{phone_name('1001')}: unregistered")
    desk.dial("1002#").run("expect callstate proceed within 3000").hang_up().is_idle()


def test_a_gateway_that_ends_mid_way_leaves_the_phone_where_it_is(gateway, phone):
    first, second = gateway(["1001"]), gateway(["1001"])
    desk = phone(second, "1001")
    desk.run(f"standby {first.address}", "expect standby", "token", "expect token granted")
    first.stop()
    desk.run("expect registered").is_idle()


def drain(gw, *off):
    done = sccpgw("ctl", "drain", *off, "-c", "gateway.yaml", cwd=gw.folder)
    assert done.returncode == 0, done.stderr


def test_a_draining_gateway_lets_nobody_come_and_keeps_who_is_here(gateway, phone, skinny):
    gw = gateway(["1001", "1002"], sccp={"token_wait": "90s"})
    desk = phone(gw, "1001")
    drain(gw)
    assert asks(skinny, gw, "1002") == 90
    gw.wait_log(rf"{phone_name('1002')}: asks to come home: not yet, again in 90 s: draining")
    desk.run("token", "expect token granted")
    assert asks(skinny, gw, "1001") is None     # registered here
    drain(gw, "off")
    assert asks(skinny, gw, "1002") is None
