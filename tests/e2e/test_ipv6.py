"""IPv6, and every mixture with IPv4: phones, SIP and audio, joined by the relay. The loopback has one address of IPv6, so
ports are those of the block here."""

import pytest

from gateway import SCCP_PORT, SIP_PORT
from house import talk
from peers import sip, tone
from peers.agent import ok
from peers.process import until
from phone import phone_name

HERE = "::1"


@pytest.fixture
def ports(net):
    """First of a few that belong to this block."""
    first = 20000 + 8 * int(net.prefix.split(".")[2])
    return {"sccp": first, "sip": first + 1, "pbx": first + 2}


@pytest.fixture
def both(gateway, net, ports):
    """A gateway that listens to both kinds."""
    def make(*arguments, **config):
        address = net.host()
        config.setdefault("sccp", {"listen": [f"{address}:{SCCP_PORT}", f"[{HERE}]:{ports['sccp']}"]})
        config.setdefault("sip", {"listen": [f"{address}:{SIP_PORT}", f"[{HERE}]:{ports['sip']}"]})
        return gateway(*arguments, address=address, **config)
    return make


def place(kind, gw, ports):
    """Where a phone of that kind registers, and from where."""
    return {"address": HERE, "at": f"[{HERE}]", "port": ports["sccp"]} if kind == "v6" else {}


def both_hear(desk, sound):
    desk.hears(sound.hz)
    before = len(sound.heard())
    until(lambda: tone.seconds_of(sound.heard()[before:], desk.hz) > 0.4, 5, "the phone to be heard")


@pytest.mark.feature("ipv6", model="7965")
@pytest.mark.parametrize("phone_kind, sip_kind", [("v4", "v6"), ("v6", "v4"), ("v6", "v6")])
def test_audio_crosses_between_the_kinds(both, phone, agent, rtp, net, ports, phone_kind, sip_kind):
    pbx = agent("pbx", automatic={"REGISTER": ok}, **({"address": HERE, "port": ports["pbx"]} if sip_kind == "v6" else {}))
    gw = both(["1001"], pbx)
    desk = phone(gw, "1001", "7965", **place(phone_kind, gw, ports))
    desk.dial("1002#")
    invite, sound = pbx.expect("INVITE"), rtp(pbx.address, hz=900)
    assert invite.rtp()[0] == (HERE if sip_kind == "v6" else gw.address)
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, sound.port))
    pbx.expect("ACK")
    sound.peer = invite.rtp()
    desk.run(f"expect sends {HERE if phone_kind == 'v6' else gw.address} within 3000")
    both_hear(desk, sound)
    desk.run("key hold", "expect callstate hold within 3000")
    pbx.reply(pbx.expect("INVITE"), 200, "OK", body=sip.sdp(pbx.address, sound.port, extra="a=recvonly\r\n"))
    pbx.expect("ACK")
    desk.run("key resume")
    pbx.reply(pbx.expect("INVITE"), 200, "OK", body=sip.sdp(pbx.address, sound.port))
    pbx.expect("ACK")
    both_hear(desk, sound)
    desk.hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")

    contact = next(m.contact_uri for m in pbx.seen if m.method == "REGISTER")
    call = pbx.request("INVITE", contact, f"<sip:1001@{pbx.host}>", body=sip.sdp(pbx.address, sound.port))
    desk.is_ringing().answer()
    answer = pbx.expect(200, call_id=call.call_id)
    pbx.acknowledge(call, answer)
    sound.peer = answer.rtp()
    both_hear(desk, sound)
    desk.hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    gw.wait_ports_closed()


@pytest.mark.feature("ipv6", model="7965")
def test_a_phone_of_each_kind_talk_with_each_other(both, phone, ports):
    gw = both(["1001", "1003"])
    desk = phone(gw, "1001", "7965", **place("v6", gw, ports))
    other = phone(gw, "1003", "7960", hz=900)
    for caller, callee, number in ((desk, other, "1003#"), (other, desk, "1001#")):
        caller.dial(number)
        callee.is_ringing().answer()
        talk(desk, other)
        caller.hang_up().is_idle()
        callee.hang_up().is_idle()
    gw.wait_ports_closed()


def test_a_phone_that_is_too_old_for_ipv6_is_told(both, phone, ports):
    gw = both(["1001"])
    desk = phone(gw, "1001", "7960", registered=False, **place("v6", gw, ports))
    desk.run("register", 'expect rejected "No IPv6 on this phone" within 5000')
    gw.wait_log(rf"WARN .*{phone_name('1001')}: rejected: No IPv6 on this phone")
