"""From a phone that plugs in to a line that can be called, and every way it can fail."""

import pytest

from peers import skinny as raw
from peers.agent import Agent, ok
from peers.process import until
from phone import MODELS, phone_name


@pytest.fixture(params=["kamailio", "asterisk"])
def pbx(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("model", MODELS)
def test_a_phone_registers_and_its_line_is_in_service(kamailio, gateway, phone, model):
    gw = gateway(["1001"], kamailio)
    desk = phone(gw, "1001", model)
    until(lambda: kamailio.contacts("1001"), 5, "the line at the registrar")
    gw.wait_log(rf"{phone_name('1001')}: registered, protocol {MODELS[model]}, 1 line")
    desk.run("expect time set").is_idle()


def test_the_line_leaves_the_registrar_with_its_phone(pbx, gateway, phone):
    desk = phone(gateway(["1001"], pbx), "1001")
    until(lambda: pbx.contacts("1001"), 5, "the line at the registrar")
    desk.run("unregister")
    until(lambda: not pbx.contacts("1001"), 5, "the line to be gone")


def test_the_lines_leave_the_registrar_with_the_gateway(kamailio, gateway, phone):
    gw = gateway(["1001"], kamailio)
    phone(gw, "1001")
    until(lambda: kamailio.contacts("1001"), 5, "the line at the registrar")
    gw.stop()
    assert not kamailio.contacts("1001")


def test_a_wrong_password_is_shown_on_the_phone_and_in_the_log(pbx, gateway, phone):
    gw = gateway(["1001"], pbx, phones={phone_name("1001"): {"lines": [{"number": "1001", "password": "wrong"}]}})
    desk = phone(gw, "1001")
    desk.run('expect prompt "1001: refused by PBX" within 5000')
    gw.wait_log(r"1001: .*(password|401|403)")
    assert not pbx.contacts("1001")


def test_an_unknown_phone_is_rejected_with_a_text(gateway, phone):
    gw = gateway(["1001"])
    phone(gw, "1009", registered=False).run("register", 'expect rejected "" within 3000')
    gw.wait_log(rf"{phone_name('1009')}: rejected: Unknown phone")


def test_unknown_phones_get_numbers_when_that_is_wanted(gateway, phone):
    gw = gateway(sccp={"unknown_phones": "auto", "auto_numbers": "1501-1502"})
    first, second = phone(gw, "1", "7960"), phone(gw, "2", "7965")
    first.dial("1502#")
    second.is_ringing().answer().is_talking()
    first.hang_up().is_idle()
    second.hang_up().is_idle()
    phone(gw, "3", registered=False).run("register", 'expect rejected "" within 3000')


def test_a_token_takes_no_number(gateway, phone, skinny):
    gw = gateway(sccp={"unknown_phones": "auto", "auto_numbers": "1501-1501"})
    for number in range(3):
        stranger = skinny(gw)
        stranger.send(raw.token(f"SEP00000000000{number}"))
        stranger.expect(raw.TOKEN_ACK)
        stranger.close()
    phone(gw, "9", "7960").is_idle()
    gw.wait_log(r"gets number 1501")
    late = skinny(gw)
    late.send(raw.token("SEP000000000008"))
    late.expect(raw.TOKEN_REJECT)
    late.close()


def test_the_registration_is_refreshed(agent, gateway, phone):
    def short(pbx, request):
        pbx.reply(request, 200, "OK", fields=[("Contact", f"{request.header('contact')};expires=4")])
    pbx = agent("pbx", automatic={"REGISTER": short})
    gw = gateway(["1001"], pbx)
    phone(gw, "1001")
    until(lambda: pbx.count("REGISTER") >= 3, 12, "two refreshes")
    gw.wait_log(r"WARN .*1001: registered for 4 s only")
    assert gw.log().count("registered for 4 s only") == 1


def test_a_pbx_that_comes_late_is_found(net, closing, gateway, phone):
    class Absent:
        address, port = net.host(), 5060
    gw = gateway(["1001"], Absent)
    desk = phone(gw, "1001", in_service=False)
    desk.run('expect prompt "1001: PBX does not answer" within 40000', timeout=60)
    desk.dial("1002#").run("expect tone reorder within 2000").hang_up().is_idle()
    closing(Agent(Absent.address, "pbx", automatic={"REGISTER": ok}))
    gw.wait_log("1001: registered at", timeout=70)
    desk.run('expect prompt "Your current options"').is_idle()
