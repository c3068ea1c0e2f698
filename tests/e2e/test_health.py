"""Whether the PBX answers: noticed without a phone, said once, and what follows when it comes back."""

import re

from peers.agent import Agent, ok
from peers.process import until
from phone import phone_name

OFTEN = {"pbx": {"qualify": "1s"}}


def lines_of(gw, level, subject):
    return re.findall(rf"^.*\b{level}\b.* {subject}: (.*)$", gw.log(), re.M)


def test_an_outage_is_one_line_of_log_and_so_is_its_end(kamailio, gateway, phone):
    numbers = ["1001", "1002", "1003"]
    gw = gateway(numbers, kamailio, **OFTEN)
    gw.wait_log(r"INFO .*main: answers$")
    for number in numbers:
        phone(gw, number)
    before = len(gw.log())
    kamailio.stop()
    gw.wait_log(r"WARN .*main: does not answer: (no answer in time|cannot be reached)$", timeout=20, after=before)
    kamailio.start()
    gw.wait_log(r"INFO .*main: answers again$", timeout=20, after=before)
    assert len(lines_of(gw, "WARN", "main")) == 1
    assert not any(lines_of(gw, "WARN", number) for number in numbers)


def test_lines_come_back_with_the_pbx_and_not_after_their_waits(net, closing, gateway, phone):
    class Absent:
        address, port = net.host(), 5060
    gw = gateway(["1001", "1002"], Absent, **OFTEN)
    gw.wait_log(r"WARN .*main: does not answer: .*\(is pbx.address right\?\)$", timeout=20)
    desks = [phone(gw, number, in_service=False) for number in ("1001", "1002")]
    for desk, number in zip(desks, ("1001", "1002")):
        desk.run(f'expect prompt "{number}: PBX does not answer" within 30000', timeout=40)
    assert not any(lines_of(gw, "WARN", number) for number in ("1001", "1002"))
    before = len(gw.log())
    closing(Agent(Absent.address, "pbx", automatic={"REGISTER": ok}))
    again = gw.wait_log("main: answers again", timeout=15, after=before)
    for number in ("1001", "1002"):
        gw.wait_log(f"{number}: registered at main", timeout=3, after=again.start())
    for desk in desks:
        desk.run('expect prompt "Your current options"').is_idle()


def test_a_pbx_that_says_it_is_out_of_service_is_down(agent, gateway):
    verdict = {"status": 503}

    def serve(pbx, request):
        pbx.reply(request, verdict["status"], "In the workshop")
    pbx = agent("pbx", automatic={"OPTIONS": serve})
    gw = gateway(["1001"], pbx, **OFTEN)
    gw.wait_log(r"WARN .*main: answers, but does not serve: 503 In the workshop$")
    verdict["status"] = 404
    gw.wait_log(r"INFO .*main: answers again$")


def test_pbxs_are_told_apart_and_who_has_no_address_is_not_asked(agent, gateway):
    def never(_pbx, _request):
        return
    quick, silent = agent("quick"), agent("silent", automatic={"OPTIONS": never})
    gw = gateway(pbx={"quick": {"address": quick.address, "qualify": "1s"},
                      "silent": {"address": silent.address, "qualify": "1s"},
                      "local": {"qualify": "1s"},
                      "unasked": {"address": silent.address, "qualify": "0s"}},
                 phones={phone_name("1001"): {"lines": [{"number": "1001"}]}})
    gw.wait_log(r"INFO .*quick: answers$")
    gw.wait_log(r"WARN .*silent: does not answer: no answer in time \(is pbx.address right\?\)$", timeout=20)
    until(lambda: quick.count("OPTIONS") >= 3, 10, "three questions")
    for message in quick.seen:
        assert message.uri == f"sip:{quick.address}" and not message.header("to").count("tag=")
    assert not re.search(r"\b(local|unasked): (does not )?answer", gw.log())


def test_a_tcp_pbx_is_asked_over_tcp(kamailio, gateway):
    gw = gateway(["1001"], kamailio, pbx={"qualify": "1s", "transport": "tcp"})
    gw.wait_log(r"INFO .*main: answers$")
    kamailio.stop()
    gw.wait_log(r"WARN .*main: does not answer: cannot be reached$", timeout=20)
    kamailio.start()
    gw.wait_log(r"INFO .*main: answers again$", timeout=20)
