"""Lamps beside the entries of a phone's call lists: asked for while the phone shows the list."""

import pytest

from phone import phone_name
from peers.process import until


@pytest.fixture
def desk_at(asterisk, gateway, phone):
    def build(model="7965", **config):
        return phone(gateway(["1001"], asterisk, pbx={"mwi": "off", **config.pop("pbx", {})}, **config), "1001", model)
    return build


@pytest.mark.feature("blf")
@pytest.mark.parametrize("model", ["7970", "7965"])
def test_an_entry_shows_what_its_number_does(asterisk, desk_at, model):
    desk = desk_at(model)
    desk.run("subscribe 7 2001 3600", "expect listlamp 7 not_in_use within 8000")
    for state, shown in (("RINGING", "alerting"), ("INUSE", "in_use"), ("NOT_INUSE", "not_in_use")):
        asterisk.state(2001, state)
        desk.run(f"expect listlamp 7 {shown} within 5000").is_idle()
    asterisk.state(2002, "INUSE")
    desk.run("subscribe 8 2002 3600", "expect listlamp 8 in_use within 8000", "expect listlamp 7 not_in_use")
    assert asterisk.subscriptions() == 2
    desk.run("subscribe 7 2002 3600", "expect listlamp 7 in_use within 8000")       # the list was scrolled
    until(lambda: asterisk.subscriptions() == 1, 10, "the subscription for 2001 to be ended")
    desk.run("subscribe 7 2002 0")
    assert asterisk.subscriptions() == 1
    desk.run("subscribe 8 2002 0")
    until(lambda: asterisk.subscriptions() == 0, 10, "both to be ended")


def test_an_entry_that_is_not_shown_any_more_is_forgotten_in_time(asterisk, desk_at):
    desk = desk_at()
    desk.run("subscribe 1 2001 2", "expect listlamp 1 not_in_use within 8000")
    until(lambda: asterisk.subscriptions() == 0, 15, "the subscription to be ended")


def test_the_entries_of_one_phone_are_bounded_and_gone_with_it(asterisk, desk_at):
    desk = desk_at()
    for entry in range(1, 102):
        desk.say(f"subscribe {entry} {2001 + entry % 50} 3600")
        desk.wait_done("subscribe")
    desk.run("expect listlamp 101 throttle within 8000", "expect listlamp 100 not_in_use within 8000")
    assert asterisk.subscriptions() == 50
    desk.run("unregister", "expect unregistered")
    until(lambda: asterisk.subscriptions() == 0, 15, "all to be ended")


def test_keys_and_lists_share_a_subscription(asterisk, gateway, phone):
    gw = gateway((), asterisk, pbx={"mwi": "off"}, phones={phone_name("1001"): {"buttons": [
        {"line": {"number": "1001", "password": "pw1001"}}, {"speeddial": "2001", "label": "Ann", "blf": True}]}})
    desk = phone(gw, "1001", "7965")
    desk.run("subscribe 1 2001 3600", "expect busylamp 1 not_in_use within 8000", "expect listlamp 1 not_in_use within 8000")
    asterisk.state(2001, "INUSE")
    desk.run("expect busylamp 1 in_use within 5000", "expect listlamp 1 in_use within 5000")
    assert asterisk.subscriptions() == 1


def test_without_somebody_to_ask_the_phone_is_told_so(desk_at):
    desk_at(pbx={"blf": "off"}).run("subscribe 1 2001 3600", "expect listlamp 1 route_fail within 3000")
