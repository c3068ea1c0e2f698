"""The metrics: the page is the documented one, and what is counted is what happened."""

import re

import pytest

from control import get, metrics, read_metrics, value
from gateway import ROOT
from peers import skinny as raw
from peers.process import until
from phone import phone_name

FOUR_DIGITS = {"dialplan": [{"match": "xxxx!"}]}
ALICE, BOB = phone_name("1001"), phone_name("1002")


def documented():
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in
            re.findall(r"^\| `(\w+)` \| \w+ \| (.*?) \|", (ROOT / "docs/metrics.md").read_text(), re.M)}


def test_the_page_is_the_documented_one(gateway, kamailio, phone):
    gw = gateway(["1001"], kamailio)
    phone(gw, "1001")
    page = metrics(gw)
    assert set(page) == set(documented())
    for name, (_, samples) in page.items():
        assert samples, f"{name} has no value"
        assert all({label for label, _ in labels} == documented()[name] for labels in samples)
    assert set(metrics(gw, tcp=False)) == set(page)


@pytest.mark.parametrize("text", [
    "", "a 1\n", "# HELP a b\n# TYPE a gauge\nb 1\n", "# HELP a b\n# TYPE a gauge\na 1", "# HELP a b\na 1\n",
    "# HELP a b\n# TYPE a number\na 1\n", "# HELP a b\n# TYPE a gauge\na 1\na 1\n",
    '# HELP a b\n# TYPE a gauge\na{x="1" 1\n', '# HELP a b\n# TYPE a gauge\na{x="""} 1\n',
    '# HELP a b\n# TYPE a gauge\na{x="1",x="2"} 1\n', "# HELP a b\n# TYPE a counter\na -1\n",
    "# HELP a b\n# TYPE a gauge\na x\n", "# HELP a \n# TYPE a gauge\na 1\n"],
    ids=range(13))
def test_the_reader_of_the_tests_is_strict(text):
    if text:
        with pytest.raises((AssertionError, AttributeError, ValueError, StopIteration)):
            read_metrics(text)
    assert read_metrics('# HELP a b\n# TYPE a gauge\na{x="1\\"2"} 1\n') == {"a": ("gauge", {(("x", '1\\"2'),): 1.0})}


def test_counters_count(gateway, phone, skinny):
    gw = gateway(["1001", "1002"], calls=FOUR_DIGITS)
    before = metrics(gw)
    assert value(before, "sccpgw_phones_configured") == 2
    alice, bob = phone(gw, "1001"), phone(gw, "1002", "7970")
    alice.dial("1002")
    bob.is_ringing()
    during = metrics(gw)
    bob.answer().is_talking()
    talking = metrics(gw)
    alice.hears(bob.hz).hang_up().is_idle()
    bob.is_idle()
    alice.dial("1002")
    bob.is_ringing()
    alice.hang_up().is_idle()
    alice.dial("1999").run("expect tone reorder within 5000").hang_up().is_idle()
    bad = skinny(gw)
    bad.send(raw.frame(0x7FFE))
    bad.send(raw.frame(raw.OFF_HOOK))
    bad.send(raw.frame(raw.REGISTER, b"x"))
    bad.send(raw.register("SEP009999999999"))
    bad.expect(raw.REGISTER_REJECT)
    garbage = skinny(gw)
    garbage.send(b"\xff" * 64)
    garbage.wait_closed()
    bob.leave()
    until(lambda: not get(gw, f"/api/v1/phones/{BOB}")["address"], 5, "the phone to be gone")
    gw.wait_ports_closed()
    after = metrics(gw)

    def grew(name, **labels):
        return value(after, name, **labels) - value(before, name, **labels)

    assert during["sccpgw_phones_registered"][1] == {(("model", "7960"),): 1, (("model", "7970"),): 1}
    assert value(during, "sccpgw_calls_active", direction="outbound") == 1
    assert value(during, "sccpgw_calls_active", direction="inbound") == 1
    assert value(talking, "sccpgw_rtp_sessions_active", mode="relay") == 2
    assert value(talking, "sccpgw_rtp_ports_used") == 4
    assert after["sccpgw_phones_registered"][1] == {(("model", "7960"),): 1}
    assert value(after, "sccpgw_calls_active", direction="outbound") == 0
    assert grew("sccpgw_calls_total", direction="outbound", result="answered") == 1
    assert grew("sccpgw_calls_total", direction="inbound", result="answered") == 1
    assert grew("sccpgw_calls_total", direction="outbound", result="unanswered") == 1
    assert grew("sccpgw_calls_total", direction="inbound", result="unanswered") == 1
    assert grew("sccpgw_calls_total", direction="outbound", result="failed") == 1
    assert grew("sccpgw_phone_registrations_total", result="ok") == 2
    assert grew("sccpgw_phone_registrations_total", result="unknown_device") == 1
    assert grew("sccpgw_phone_registrations_total", result="refused") == 0
    assert sum(after["sccpgw_phone_disconnects_total"][1].values()) == 1
    for reason in ("frame", "layout", "unknown", "phase"):
        assert grew("sccpgw_sccp_decode_errors_total", reason=reason) == 1, reason
    assert grew("sccpgw_sccp_messages_total", direction="in") > 20
    assert grew("sccpgw_sccp_messages_total", direction="out") > 20
    assert grew("sccpgw_sccp_connections_total") == 4
    for direction in ("phone_to_sip", "sip_to_phone"):
        assert grew("sccpgw_rtp_packets_total", direction=direction) > 20
        assert grew("sccpgw_rtp_bytes_total", direction=direction) > 20 * 160
    assert value(after, "process_open_fds") == gw.fds() + 1      # the connection that asked
    assert abs(value(after, "process_resident_memory_bytes") / 1024 - gw.rss_kb()) < 20000


def test_what_strangers_do_is_counted(gateway, skinny, closing):
    gw = gateway(["1001"], sccp={"allow": ["127.90.0.0/16"], "limits": {"strangers": 3}})

    def count(name, **labels):
        return value(metrics(gw), f"sccpgw_sccp_{name}", **labels)

    def becomes(number, name, **labels):
        until(lambda: count(name, **labels) == number, 5, f"{number} of {name} {labels}")

    for _ in range(3):
        silent = skinny(gw)
    becomes(3, "strangers")
    hasty = skinny(gw)                      # the first one makes room
    becomes(1, "connections_closed_total", reason="made_room")
    assert count("strangers") == 3
    hasty.send(raw.frame(raw.KEEPALIVE) * 1000)
    hasty.wait_closed()
    becomes(1, "connections_closed_total", reason="rate")
    silent.send(b"\xff" * 64)
    silent.wait_closed()
    becomes(1, "connections_closed_total", reason="not_sccp")
    becomes(1, "strangers")
    refused = count("connections_refused_total", reason="not_allowed")     # who looked whether the gateway is up
    closing(raw.Skinny("127.0.0.1", gw.address)).wait_closed()
    becomes(refused + 1, "connections_refused_total", reason="not_allowed")
    for _ in range(2):
        alice = skinny(gw)
        alice.send(raw.register(ALICE))
        alice.send(raw.frame(raw.TIME_DATE))
        alice.expect(raw.DEFINE_TIME)
    becomes(1, "registrations_replaced_total")
    becomes(1, "strangers")
    page = metrics(gw)
    assert sum(page["sccpgw_sccp_connections_closed_total"][1].values()) == 3
    assert sum(page["sccpgw_sccp_connections_refused_total"][1].values()) == refused + 1
