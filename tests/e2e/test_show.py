"""sccpgw show: what an operator is told about a gateway and its phones, and what when none runs."""

import json
import os
import re
import socket
import struct
import subprocess
from contextlib import closing

import pytest

from command import BAD_CONFIG, FAILED, NOT_RUNNING, OK, sccpgw
from control import SOCKET, ask, get, metrics, value
from gateway import build_folder
from peers import skinny as raw
from peers.process import until
from phone import phone_name

FOUR_DIGITS = {"dialplan": [{"match": "xxxx!"}]}
ALICE, BOB = phone_name("1001"), phone_name("1002")


def test_nobody_runs_is_status_3_and_one_sentence(folder):
    (folder / "gw.yaml").write_text("version: 1\nadmin: {socket: none.sock}\n")
    for words in (["show", "status"], ["show", "phones"], ["show", "phone", "X"], ["ctl", "trace", "X"],
                  ["ctl", "drain"], ["health"]):
        for place in (["-c", "gw.yaml"], ["--socket", "none.sock"], ["-c", "missing.yaml", "--socket", "none.sock"]):
            done = sccpgw(*words, *place, cwd=folder)
            assert (done.returncode, done.stdout) == (NOT_RUNNING, "")
            assert done.stderr == "sccpgw: no gateway is running at none.sock: No such file or directory\n"


def test_without_a_configuration_the_socket_can_be_named(gateway):
    gw = gateway()
    done = sccpgw("show", "status", "-c", "missing.yaml", cwd=gw.folder)
    assert done.returncode == BAD_CONFIG and "--socket PATH" in done.stderr
    assert sccpgw("show", "status", "-c", "missing.yaml", "--socket", SOCKET, cwd=gw.folder).returncode == OK


@pytest.mark.parametrize("answer, said", [
    (b"", "it closed the connection"), (b"SSH-2.0-x\r\n", "does not speak HTTP"),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\n{}", "not whole"), (b"HTTP/1.0 200 OK\r\n\r\n{", "no JSON"),
    (b"HTTP/1.0 404 No\r\n\r\n", "refuses with 404"), (b"HTTP/1.0 200 OK\r\nX: " + b"y" * 9000, "does not speak HTTP")],
    ids=["nothing", "ssh", "cut", "no json", "404", "long"])
def test_a_socket_that_answers_nonsense_is_a_failure(folder, answer, said):
    with closing(socket.socket(socket.AF_UNIX)) as fake:
        place = os.open(folder, os.O_PATH)
        fake.bind(f"/proc/self/fd/{place}/{SOCKET}")
        os.close(place)
        fake.listen()
        with subprocess.Popen([build_folder() / "gateway/sccpgw", "show", "status", "--socket", SOCKET], cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            client, _ = fake.accept()
            with closing(client):
                client.recv(1000)
                client.sendall(answer)
            out, err = child.communicate(timeout=20)
    assert (child.returncode, out) == (FAILED, "") and said in err


def test_status_says_what_an_operator_asks_first(gateway, kamailio, phone):
    gw = gateway(["1001", "1002"], kamailio)
    phone(gw, "1001")
    until(lambda: "round trip" in ask(gw, "show", "status"), 10, "the PBX to be asked and to answer")
    text = ask(gw, "show", "status")
    assert re.search(r"^gateway +gw, sccpgw \d+\.\d+\.\d+, up \d+ s$", text, re.M)
    assert re.search(r"^ready +yes$", text, re.M)
    assert re.search(r"^phones +1 of 2 registered$", text, re.M)
    assert re.search(rf"^pbx +main at {kamailio.address}:\d+, up for \d+ s, round trip \d+ ms$", text, re.M)
    assert re.search(r"^ +1 of 2 lines registered, 1 away$", text, re.M)
    assert max(map(len, text.splitlines())) <= 80


def test_phones_are_listed_with_those_that_knock(gateway, phone, skinny):
    gw = gateway(["1001", "1002"])
    phone(gw, "1001", "7970")
    for name in ["SEP009999999901", *(f"SEP0099999999{n:02}" for n in range(40)), "SEP009999999938"]:
        stranger = skinny(gw)
        stranger.send(raw.register(name))
        stranger.expect(raw.REGISTER_REJECT)
    text = ask(gw, "show", "phones")
    assert re.search(rf"^{ALICE} registered \d+ s +7970 +1 of 1 +0 +127\.90\.\S+:\d+$", text, re.M)
    assert re.search(rf"^{BOB} away +0 of 1 +0 *$", text, re.M)
    assert re.search(r"^SEP009999999938 7960 +2 +\d+ s +Unknown phone +127\.90\.\S+:\d+$", text, re.M)
    assert max(map(len, text.splitlines())) <= 80
    unknown = get(gw, "/api/v1/phones")["unknown"]
    assert len(unknown) == 32                       # the newest, each once
    assert [one["name"][-2:] for one in unknown[:3]] == ["38", "39", "37"]
    assert unknown[0]["told"] == "Unknown phone" and unknown[0]["type"] == raw.MODEL_7960
    assert value(metrics(gw), "sccpgw_phone_registrations_total", result="unknown_device") == 42


def test_the_offered_yaml_admits_the_phone(gateway, skinny, folder):
    gw = gateway()
    stranger = skinny(gw)
    stranger.send(raw.register("SEP009999999901"))
    stranger.expect(raw.REGISTER_REJECT)
    offered = get(gw, "/api/v1/phones")["unknown"][0]["yaml"]
    assert offered in ask(gw, "show", "phones")
    (folder / "new.yaml").write_text("version: 1\n" + offered.replace("...", "1003", 1))
    assert sccpgw("check", "-c", str(folder / "new.yaml")).stdout == "0 errors, 0 warnings\n"


def test_a_phone_is_shown_in_full(gateway, phone):
    gw = gateway(calls=FOUR_DIGITS, phones={ALICE: {"description": "Alice", "buttons": [
        {"line": {"number": "1001"}}, {"speeddial": "1002", "label": "Bob"}, "empty"]},
        BOB: {"lines": [{"number": "1002"}]}})
    assert get(gw, f"/api/v1/phones/{ALICE}")["state"] == "away"
    alice, bob = phone(gw, "1001", "7970"), phone(gw, "1002")
    alice.dial("1002")
    bob.is_ringing()
    shown = get(gw, f"/api/v1/phones/{ALICE.lower()}")
    assert shown == json.loads(ask(gw, "show", "phone", ALICE, "--json")) | {
        "since_s": shown["since_s"], "calls": shown["calls"]}
    assert (shown["state"], shown["model"], shown["protocol"], shown["description"]) == (
        "registered", "7970", 17, "Alice")
    assert shown["address"].startswith(alice.address)
    assert [button["kind"] for button in shown["buttons"]] == ["line", "speeddial", "empty"]
    assert "g711_ulaw" in [one["codec"] for one in shown["capabilities"]]
    assert "utf8" in shown["features"]
    assert shown["calls"][0] | {"age_s": 0, "id": 1} == {
        "id": 1, "line": "1001", "state": "ringback", "direction": "outbound", "number": "1002", "name": "",
        "age_s": 0, "codec": None} | {key: shown["calls"][0][key] for key in ("name", "codec")}
    text = ask(gw, "show", "phone", ALICE)
    for line in (rf"phone +{ALICE}, Alice", r"state +registered for \d+ s", rf"address +{alice.address}:\d+",
                 r"model +7970, device type 30006, protocol 17", r"codecs +g711_ulaw, .*", r"line 1 +1001, in service",
                 r"call \d+ +ringback, to 1002.* on 1001, \d+ s.*", r'button 2 +speeddial 1002 "Bob"',
                 r"so far +registered 1 times, 0 calls in, 1 calls out"):
        assert re.search(f"^{line}$", text, re.M), line
    assert max(map(len, text.splitlines())) <= 80
    assert "inbound" == get(gw, f"/api/v1/phones/{BOB}")["calls"][0]["direction"]
    alice.hang_up().is_idle()
    assert "refuses with 404: no phone of that name" in ask(gw, "show", "phone", "SEP0", status=FAILED)


def test_lines_are_shown_with_all_their_phones(gateway, agent, phone, asterisk):
    """One number on two phones, of which one is away; one that its PBX refuses; one without a PBX's mail or forwards."""
    gw = gateway(server=asterisk, lines={
        "desk": {"number": "1011", "password": "pw1011", "name": "Desk"}, "bad": {"number": "1004", "password": "wrong"}},
        phones={ALICE: {"lines": ["desk", "bad"]}, BOB: {"lines": ["desk"]}})
    assert ask(gw, "show", "lines").splitlines()[1].split() == ["1011", "Desk", "main", "absent", ALICE, "away"]
    asterisk.leave_message("1011")
    alice = phone(gw, "1001", "7965", in_service=False)
    gw.wait_log(r" 1011: registered at")
    alice.run("expect mail on within 8000", "key forward_all", "digits 1005#", "expect forward 1 all 1005 within 5000")
    until(lambda: get(gw, "/api/v1/lines")["lines"][1]["error"], 5, "the refusal")
    alice.dial("601#").is_talking()
    shown = get(gw, "/api/v1/lines")["lines"]
    assert shown[0] == {"number": "1011", "name": "Desk", "pbx": "main", "state": "in service", "voicemail": 1,
                        "error": None, "forwards": {"all": "1005"}, "phones": [
                            {"name": ALICE, "instance": 1, "state": "registered", "calls": ["talking"]},
                            {"name": BOB, "instance": 1, "state": "away", "calls": []}]}
    assert (shown[1]["state"], shown[1]["error"]["status"], shown[1]["voicemail"]) == ("not registered", 401, None)
    assert [one["number"] for one in json.loads(ask(gw, "show", "lines", "--json"))["lines"]] == ["1011", "1004"]
    text = ask(gw, "show", "lines")
    for line in (rf"1011 +Desk +main +in service +{ALICE} registered, talking", rf" +{BOB} away", r" +forward all to 1005",
                 r" +voicemail, 1 new", rf"1004 +main +not registered +{ALICE} registered", r" +\d+ s ago: 401 .*"):
        assert re.search(f"^{line} *$", text, re.M), f"{line}\n{text}"
    assert max(map(len, text.splitlines())) <= 80 and "pw1011" not in text
    bob = phone(gw, "1002", "7960", in_service=False)
    bob.run("expect callstate call_remote_multiline within 5000")
    assert [one["calls"] for one in get(gw, "/api/v1/lines")["lines"][0]["phones"]] == [["talking"], ["remote"]]
    alice.hang_up().is_idle().run("key forward_all", "expect forward 1 all off within 5000")
    bob.is_idle()
    assert "refuses with 404" in ask(gw, "show", "phone", "SEP0", status=FAILED)
    assert "no lines" in ask(gateway(), "show", "lines")


def alarm(text):
    return raw.frame(0x0020, struct.pack("<I80sII", 2, text.encode(), 0, 0))


def test_why_a_phone_came_is_shown_until_it_says_another_reason(gateway, skinny):
    gw = gateway(["1001"])

    def shown_after(*alarms):
        """It comes on a new connection, with these alarms."""
        before = get(gw, f"/api/v1/phones/{ALICE}")["registrations"]
        again = skinny(gw)
        for text in alarms:
            again.send(alarm(f"Name={ALICE} Load=P00 {text}"))
        again.send(raw.register(ALICE))
        again.send(raw.frame(raw.TIME_DATE))
        again.expect(raw.DEFINE_TIME)
        until(lambda: get(gw, f"/api/v1/phones/{ALICE}")["registrations"] == before + 1, 5, "the phone to be up")
        return (re.findall(r"^last reason +(.*)$", ask(gw, "show", "phone", ALICE), re.M) or [None])[0]

    assert shown_after() is None
    reason = shown_after("Last=CM-aborted-TCP")
    assert "(CM-aborted-TCP)" in reason
    assert shown_after() == reason
    assert shown_after("Last=Initialized") == "power-up (Initialized)"


def test_texts_of_others_move_no_terminal(gateway):
    gw = gateway(phones={ALICE: {"description": "A\u202e\u00fc", "lines": [{"number": "1001", "name": "\U0001f600"}]}})
    assert "A\u202e\u00fc" in ask(gw, "show", "phone", ALICE)
    assert "\x1b" not in ask(gw, "show", "phones")
    done = sccpgw("show", "phone", "\x1b[2J\u009b31m", "-c", "gateway.yaml", cwd=gw.folder)
    assert done.returncode == FAILED and "\x1b" not in done.stderr


def test_watching_shows_it_again(gateway):
    gw = gateway()
    with subprocess.Popen([build_folder() / "gateway/sccpgw", "show", "status", "--json", "--watch", "--socket", SOCKET],
                          cwd=gw.folder, stdout=subprocess.PIPE, text=True) as child:
        first, second = (json.loads(child.stdout.readline()) for _ in range(2))
        assert first["pid"] == second["pid"] == gw.pid and second["uptime_s"] > first["uptime_s"]
        gw.stop()
        assert child.wait(10) == NOT_RUNNING
