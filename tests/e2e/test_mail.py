"""Voicemail: the lamp, the icon of the line, the text, the stuttering dial tone and the Messages key, told by Asterisk
because it was asked (1011) and unasked (1012)."""

import pytest

from flow import Flow


@pytest.fixture(params=["1011", "1012"], ids=["subscribed", "unasked"])
def mailbox(request):
    return request.param


@pytest.mark.feature("mwi", model="7970")
def test_the_lamp_follows_the_mailbox(asterisk, gateway, phone, mailbox):
    desk = phone(gateway([mailbox], asterisk), mailbox, model="7970")
    desk.run("expect mail off")
    flow = Flow(desk, "7970")
    asterisk.leave_message(mailbox)
    desk.run("expect mail on within 8000", "expect mail 1 on", 'expect prompt "You have voicemail"')
    asterisk.delete_messages(mailbox)
    desk.run("expect mail off within 8000", "expect mail 1 off", 'expect prompt "Your current options"').is_idle()
    flow.is_kept("mwi", "Voicemail comes, and has been heard")


@pytest.mark.feature("mwi", model="7960")
def test_a_message_that_waits_is_shown_when_the_phone_registers(asterisk, gateway, phone, mailbox):
    asterisk.leave_message(mailbox)
    phone(gateway([mailbox], asterisk), mailbox).run("expect mail on within 8000")


@pytest.mark.feature("mwi", model="ATA186")
def test_a_phone_without_a_lamp_stutters(asterisk, gateway, phone):
    asterisk.leave_message("1011")
    gw = gateway(["1011"], asterisk)
    box = phone(gw, "1011", model="ATA186")
    gw.wait_log(r"1011: voicemail: 1 new")
    box.run("offhook", "expect tone message_waiting_indicator").hang_up().is_idle()
    asterisk.delete_messages("1011")
    gw.wait_log(r"(?s)voicemail: 1 new.*voicemail: 0 new")
    box.run("offhook", "expect tone inside_dial").hang_up().is_idle()


@pytest.mark.feature("messages key", model="7970")
def test_the_messages_key_dials_for_the_line_that_has_mail(asterisk, gateway, phone):
    gw = gateway(["1010"], asterisk, phones={"SEP000000001010": {"lines": [
        {"number": "1010", "password": "pw1010"}, {"number": "1011", "password": "pw1011"}]}},
        pbx={"voicemail": "*97"})
    desk = phone(gw, "1010", model="7970")
    asterisk.leave_message("1011")
    desk.run("expect mail on within 8000", "expect mail 1 off", "expect mail 2 on")
    desk.run("hardkey voicemail", "expect dialed *97 within 5000", "expect lamp 2 on", "expect rx open within 5000")
    desk.hears(1004).hang_up().is_idle()


def test_a_messages_key_without_a_number_says_so(asterisk, gateway, phone):
    desk = phone(gateway(["1010"], asterisk), "1010")
    desk.run("hardkey voicemail", 'expect notify "Key is not active"').is_idle()


def test_the_lamp_may_be_off_during_calls(asterisk, gateway, phone):
    desk = phone(gateway(["1011"], asterisk, calls={"mail_lamp": False}), "1011")
    asterisk.leave_message("1011")
    desk.run("expect mail on within 8000")
    desk.run("offhook", "expect mail off").hang_up().run("expect mail on").is_idle()


def test_off_neither_asks_nor_believes(asterisk, gateway, phone):
    gw = gateway(["1011", "1012"], asterisk, pbx={"mwi": "off"})
    asterisk.leave_message("1012")
    phone(gw, "1011")
    desk = phone(gw, "1012")
    gw.wait_log(r"received NOTIFY sip:")
    desk.run("expect mail off", "expect mail 1 off")
    assert asterisk.subscriptions() == 0
