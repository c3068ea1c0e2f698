"""Many conferences at once, through everything: phones, SIP, relay and mixer. Counts are asserted; how much time it takes
is printed, for docs/benchmarks.md."""

import time

import pytest

from control import metrics, value
from peers.asterisk import PLAIN_ACCOUNTS as NUMBERS
from peers.process import until
from phone import Phone, phone_name

CONFERENCES = len(NUMBERS)              # 20
LISTENED = 500                          # ticks of 20 ms
TICKS = "sccpgw_mixer_ticks_total"
FIRST, SECOND = 900, 700                # Hz: 607 and 1900 of Asterisk, equally loud


@pytest.fixture
def crowd(asterisk, gateway, started, net):
    gw = gateway(NUMBERS, asterisk, calls={"conference_on_hangup": "end"})
    phones = [started(Phone, phone_name(number), net.host(), gw.address, phone_name(number), "7960", hz=2200)
              for number in NUMBERS]
    for one in phones:
        one.run("register", "expect registered within 20000")
    return gw, phones


def confer(desk):
    for keys, number in ((("offhook",), "607"), (("key conference",), "1900")):
        desk.run(*keys, "expect tone inside_dial within 5000", f"digits {number}#",
                 "expect callstate connected within 10000", "expect rx open within 5000", "expect tx on within 5000")
    desk.run("key conference", "expect calls 1 within 10000", 'expect prompt "Conference" within 5000')


def test_twenty_conferences_at_once_lose_nothing(crowd):
    gw, phones = crowd
    for desk in phones:
        confer(desk)
    before, cpu, began = metrics(gw), gw.cpu_s(), time.monotonic()
    assert value(before, "sccpgw_conference_members") == 3 * CONFERENCES
    until(lambda: value(metrics(gw), TICKS) >= value(before, TICKS) + LISTENED, 60, "ten seconds to be mixed")
    for desk in phones:
        desk.hears_all(FIRST, SECOND)
    after, took = metrics(gw), time.monotonic() - began
    grew = {name: value(after, name) - value(before, name) for name in (
        TICKS, "sccpgw_mixer_ticks_late_total", "sccpgw_mixer_packets_dropped_total")}
    print(f"\n{CONFERENCES} conferences of 3 for {took:.1f} s: CPU {100 * (gw.cpu_s() - cpu) / took:.1f} % of a core, {grew}")
    assert grew["sccpgw_mixer_packets_dropped_total"] == 0
    for desk in phones:
        desk.hang_up().is_idle()
    gw.wait_ports_closed(timeout=10)
    assert value(metrics(gw), "sccpgw_conference_members") == 0
