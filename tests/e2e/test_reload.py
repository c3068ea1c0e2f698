"""Another configuration for a gateway that runs: what each change costs, and that nobody else notices."""

import json
import random
import re
import signal
import threading

import yaml

from command import BAD_CONFIG
from control import ask, get, metrics, request, value
from gateway import Gateway, merged
from peers.kamailio import DOMAIN
from peers.process import until
from phone import Phone, phone_name


def write(gw, **changes):
    """The gateway's file with these changes, which are remembered: sections as in merged()."""
    gw.config = merged(gw.config, changes)
    gw.prepare()


def reload(gw, status=200, **changes):
    if changes:
        write(gw, **changes)
    answer = request(gw, "POST", "/api/v1/reload")
    assert answer.status == status, answer.body
    return answer.json()


def messages(phone):
    """What it was sent and has sent, keepalives excepted."""
    return len([line for line in phone.log().splitlines()
                if re.match(r"\S+ [<>] ", line) and "KeepAlive" not in line])


def reset_and_back(phone):
    phone.wait_log(r"^reset: restart")
    phone.run("register", "expect registered within 10000")


def test_an_option_that_holds_at_once_is_told_to_nobody(gateway, phone):
    gw = gateway(["1001", "1003"])
    one, other = phone(gw, "1001"), phone(gw, "1003")
    before = [messages(one), messages(other)]
    done = reload(gw, calls={"dialplan": [{"match": "77!", "strip": 2, "prepend": "1003"}]}, log={"level": "info"})
    assert done["changes"] == ["calls.dialplan: holds now", "log.level: holds now"] and not done["refused"]
    assert [messages(one), messages(other)] == before
    one.dial("77")
    other.is_ringing()
    one.hang_up()
    assert "DEBUG" not in gw.log().split("yaml reloaded")[1]


def test_a_password_is_used_at_once_and_a_call_goes_on(gateway, phone, asterisk):
    """The line is refused, and taken again; its phone talks all the while."""
    gw = gateway(["1001"], asterisk)
    desk = phone(gw, "1001")
    desk.dial("601#").is_talking().hears(1004)
    line = {"number": "1001", "password": "wrong"}
    done = reload(gw, phones={phone_name(1001): {"lines": [line]}})
    assert done["changes"] == [f"lines.{phone_name(1001)}/1: its lines register anew"]
    gw.wait_log(r"1001: registration refused")
    desk.hears(1004)
    mark = len(gw.log())
    reload(gw, phones={phone_name(1001): {"lines": [{**line, "password": "pw1001"}]}})
    until(lambda: re.search(r"1001: registered at", gw.log()[mark:]), 10, "the line to register")
    desk.hears(1004).hang_up()
    desk.is_idle()
    assert "reset:" not in desk.log()
    desk.dial("601#").is_talking().hears(1004).hang_up()


def test_another_pbx_and_its_calls_go_on(gateway, phone, asterisk, kamailio):
    """The line moves to it; the call at the first one stays until it is hung up."""
    gw = gateway(["1001"], asterisk)
    desk = phone(gw, "1001")
    desk.dial("601#").is_talking().hears(1004)
    done = reload(gw, pbx={"address": f"{kamailio.address}:{kamailio.port}", "domain": DOMAIN})
    assert done["changes"] == ["pbx.main: its lines register anew"]
    until(lambda: kamailio.address in json.dumps(get(gw, "/api/v1/status")["pbx"]), 5, "the status to name it")
    gw.wait_log(r"(?s)registered at.*registered at")
    desk.hears(1004).hang_up().is_idle()
    assert "reset:" not in desk.log()


def test_a_label_resets_its_phone_when_its_call_is_over(gateway, phone):
    gw = gateway(["1001", "1003", "1005"])
    one, other, third = (phone(gw, number) for number in ("1001", "1003", "1005"))
    one.dial("1003#")
    other.is_ringing().answer()
    one.is_talking()
    other.is_talking()
    before = messages(third)
    reload(gw, phones={phone_name(1001): {"lines": [{"number": "1001", "label": "Front desk"}]},
                       phone_name(1005): {"privacy": "on"}})
    one.hears(500)
    assert "reset:" not in one.log() and get(gw, "/api/v1/status")["config"]["phones_waiting"] == 1
    assert re.search(r"^ +1 phones get theirs when their calls are over", ask(gw, "show", "status"), re.M)
    one.hang_up()
    other.hang_up().is_idle()
    reset_and_back(one)
    assert "Front desk" in one.log().split("reset: restart")[1]
    assert messages(third) == before and "reset:" not in other.log()
    one.dial("1003#")
    other.is_ringing().answer()
    one.is_talking().hang_up()


def test_phones_come_and_go(gateway, phone, started, net):
    gw = gateway(["1001", "1003"])
    one, other = phone(gw, "1001"), phone(gw, "1003")
    added = started(Phone, "added", net.host(), gw.address, phone_name(1005), "7960")
    added.run("register", 'expect rejected "Unknown phone" within 5000')
    reload(gw, phones={phone_name(1005): {"lines": [{"number": "1005"}]}})
    assert not get(gw, "/api/v1/phones")["unknown"]
    added.run("register", "expect registered within 5000")
    one.dial("1005#")
    added.is_ringing().answer()
    one.is_talking()
    reload(gw, phones={phone_name(1003): None})
    other.wait_log(r"^reset: restart")
    other.run("register", 'expect rejected "Unknown phone" within 5000')
    one.hears(500)
    done = reload(gw, phones={phone_name(1005): None})      # in a call: it does not survive its phone
    assert f"phones.{phone_name(1005)}: removed" in done["changes"]
    added.wait_log(r"^reset: restart")
    one.run("onhook").is_idle()
    assert [p["name"] for p in get(gw, "/api/v1/phones")["phones"]] == [phone_name(1001)]
    assert [line["number"] for line in get(gw, "/api/v1/lines")["lines"]] == ["1001"]
    gw.wait_ports_closed()


def test_what_needs_a_restart_is_refused_and_the_rest_is_done(gateway, phone):
    gw = gateway(["1001"])
    desk = phone(gw, "1001")
    write(gw, admin={"http": "off"}, media={"threads": 3}, calls={"ring_timeout": "77s"})
    place = next(n for n, text in enumerate((gw.folder / "gateway.yaml").read_text().splitlines(), 1) if '"http"' in text)
    said = ask(gw, "ctl", "reload")
    assert "calls.ring_timeout: holds now" in said
    status = get(gw, "/api/v1/status", tcp=True)["config"]
    assert f"gateway.yaml:{place}: admin.http takes effect at the next start" in status["refused"]
    assert len(status["refused"]) == 2
    running = yaml.safe_load(ask(gw, "show", "config"))
    assert running["calls"]["ring_timeout"] == "77s" and running["admin"]["http"].endswith(":8080")
    assert running["media"]["threads"] == 0
    assert get(gw, "/api/v1/config")["calls"]["ring_timeout"] == "77s"
    desk.dial("1001#").hang_up()


def test_a_bad_file_changes_nothing_and_everybody_hears_of_it(gateway, phone):
    gw = gateway(["1001"])
    desk = phone(gw, "1001")
    before = messages(desk)
    good = ask(gw, "show", "config")
    write(gw, calls={"ring_timeout": "77s", "terminator": "twelve"}, phones={phone_name(1001): None})
    said = ask(gw, "ctl", "reload", status=BAD_CONFIG)
    assert re.search(r"^gateway\.yaml:\d+:\d+: error: terminator must be", said, re.M)
    assert re.search(r"ERROR config: gateway\.yaml:\d+:\d+: terminator must be", gw.log())
    shown = ask(gw, "show", "status")
    assert re.search(r"^ +gateway\.yaml:\d+: terminator must be", shown, re.M), shown
    page = metrics(gw)
    assert value(page, "sccpgw_config_last_reload_successful") == 0
    assert value(page, "sccpgw_config_reloads_total", result="rejected") == 1
    answer = request(gw, "POST", "/api/v1/reload")
    assert answer.status == 422 and answer.json()["problems"][-1]["severity"] == "error"
    running = request(gw, "GET", "/api/v1/config.yaml").body.decode()
    assert running == good
    assert messages(desk) == before
    (gw.folder / "gateway.yaml").unlink()
    assert reload_without_file(gw)
    write(gw, calls={"terminator": "#"}, phones={phone_name(1001): {"lines": [{"number": "1001", "password": "pw1001"}]}})
    gw.child.send_signal(signal.SIGHUP)
    gw.wait_log(r"gateway\.yaml reloaded, 1 change")
    assert value(metrics(gw), "sccpgw_config_last_reload_successful") == 1
    assert messages(desk) == before


def reload_without_file(gw):
    answer = request(gw, "POST", "/api/v1/reload")
    return answer.status == 422 and "gateway.yaml" in answer.json()["problems"][-1]["file"]


# ---- a hundred changes under fifty calls ----

PAIRS, LINES = 9, 6          # 54 calls: of each pair one is heard, the others are held
NEUTRAL = [
    lambda dice: {"calls": {"ring_timeout": f"{dice.randint(60, 200)}s"}},
    lambda dice: {"calls": {"interdigit_timeout": f"{dice.randint(2, 9)}s"}},
    lambda dice: {"calls": {"dialplan": [{"match": f"{dice.randint(2, 9)}xx!"}, {"match": "1xxx!"}]}},
    lambda dice: {"messages": {"show": f"{dice.randint(5, 60)}s"}},
    lambda dice: {"media": {"rtp_timeout": f"{dice.randint(300, 900)}s"}},
    lambda dice: {"sccp": {"allow": ["127.0.0.0/8", f"10.{dice.randint(0, 255)}.0.0/16"]}},
    lambda dice: {"admin": {"token": f"token-{dice.random()}"}},
    lambda dice: {"sccp": {"limits": {"messages": dice.randint(100, 900)}}},                # refused: a restart
    lambda dice: {"media": {"dscp": {"rtp": dice.choice(["ef", "cs5", "af41"])}}},          # likewise
    lambda dice: {"pbx": {"spare": {"expires": f"{dice.randint(60, 900)}s"}}},              # without a line
]


def numbers_of(pair, side):
    return [f"{side + 1}{pair}{line}" for line in range(LINES)]


def lines_of(number, **more):
    return {"number": number, **more}


def touch(dice, config, phones):
    """A change of one of these phones, or of one that is not there; the changes for the file."""
    name = dice.choice(phones)
    lines = [dict(line) for line in config["phones"][name]["lines"]]
    kind = dice.randrange(5)
    if kind == 0:
        dice.choice(lines)["label"] = f"label {dice.randint(0, 999)}"
    elif kind == 1:
        dice.choice(lines)["password"] = f"secret {dice.randint(0, 999)}"
    elif kind == 2:
        return {"phones": {name: {"description": f"of room {dice.randint(0, 999)}"}}}
    elif kind == 3:
        lines.append({"number": f"9{dice.randint(1000, 9999)}"}) if len(lines) < 9 else lines.pop()
    else:
        stranger = phone_name(dice.randint(500000, 500004))
        there = stranger in config["phones"]
        return {"phones": {stranger: None if there else {"lines": [{"number": stranger[-6:]}]}}}
    return {"phones": {name: {"lines": lines}}}


def call_up(one, other, pair):
    """Six calls, the later ones hold the earlier."""
    for line, number in enumerate(numbers_of(pair, 1), 1):
        one.run(f"line {line}" if line > 1 else "offhook", "expect tone inside_dial within 5000", f"digits {number}#")
        other.run(f"expect lamp {line} blink within 5000", f"line {line}" if line > 1 else "offhook",
                  f"expect lamp {line} on within 5000")
        one.run(f"expect lamp {line} on within 5000", "expect rx open within 5000", "expect tx on within 5000")


def all_at_once(work, *of_each):
    failures = []

    def guarded(*things):
        try:
            work(*things)
        except BaseException as problem:    # shown by the test's own thread
            failures.append(problem)

    threads = [threading.Thread(target=guarded, args=things) for things in zip(*of_each)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_a_hundred_changes_under_fifty_calls(started, net):
    """No call is lost, and phones nobody touched see no message; those that were are reset when their calls are over."""
    dice = random.Random(20261128)
    names = [[phone_name(f"{side + 1}{pair}0") for side in range(2)] for pair in range(PAIRS)]
    config = {"phones": {names[pair][side]: {"lines": [{"number": n} for n in numbers_of(pair, side)]}
                         for pair in range(PAIRS) for side in range(2)}, "log": {"level": "info"},
              "media": {"ports": "33000-33999"}, "pbx": {"main": {}, "spare": {"expires": "300s"}}}
    gw = started(Gateway, "gateway", net.host(), config)
    phones = [[started(Phone, names[pair][side], net.host(), gw.address, names[pair][side], "7965",
                       hz=500 + 200 * side) for side in range(2)] for pair in range(PAIRS)]
    all_at_once(lambda phone: phone.run("register", "expect registered within 20000"), sum(phones, []))
    all_at_once(lambda pair, of: call_up(*of, pair), range(PAIRS), phones)
    calls = sorted(call["id"] for call in get(gw, "/api/v1/calls")["calls"])
    assert len(calls) == 2 * PAIRS * LINES

    touched, untouched = names[0] + names[1], sum(phones[2:], [])
    before = [messages(phone) for phone in untouched]
    rejected = 0
    for step in range(100):
        if step % 10 == 9:                  # now and then somebody mistypes
            (gw.folder / "gateway.yaml").write_text("version: 1\nphones: [\n")
            reload(gw, status=422)
            rejected += 1
        else:
            reload(gw, **(dice.choice(NEUTRAL)(dice) if dice.random() < 0.5 else touch(dice, gw.config, touched)))
        if step % 20 == 0:
            assert sorted(call["id"] for call in get(gw, "/api/v1/calls")["calls"]) == calls
    assert sorted(call["id"] for call in get(gw, "/api/v1/calls")["calls"]) == calls
    assert [messages(phone) for phone in untouched] == before
    assert all("reset:" not in phone.log() for pair in phones for phone in pair)
    all_at_once(lambda one, other: (one.hears(700, 300), other.hears(500, 300)), *zip(*phones))

    page = metrics(gw)
    assert value(page, "sccpgw_config_reloads_total", result="ok") == 1 + 100 - rejected
    waiting = get(gw, "/api/v1/status")["config"]["phones_waiting"]
    assert 0 < waiting <= 4
    for call in calls:
        request(gw, "POST", f"/api/v1/calls/{call}/hangup")     # the other side has ended it already: 404
    until(lambda: not get(gw, "/api/v1/calls")["calls"], 10, "all calls to end")
    assert sum("reset: restart" in phone.log() for pair in phones[:2] for phone in pair) == waiting
    assert all("reset:" not in phone.log() for phone in untouched)
    gw.wait_ports_closed()
