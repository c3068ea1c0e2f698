"""A thousand connections that are no phones beside two hundred phones that call each other: no call fails, and nothing
is left of the thousand afterwards."""

import json
import sys
from pathlib import Path

import pytest

from gateway import Gateway, SCCP_PORT
from peers.flood import Flood
from peers.process import until

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from rig import Phones   # noqa: E402

PHONES, STRANGERS = 200, 1000
FIRST_NUMBER = 100000
CALLS_PER_S = 8
WARM_CALLS, CALLS = 240, 320    # half a minute of calls: how long finished SIP transactions are kept
LIMIT_PER_ADDRESS = 256         # sccp.limits.strangers_per_address
WARNINGS = 100                  # 20 a minute about strangers, and what was held back
GROWTH_KB = 16 * 1024           # see below


@pytest.fixture
def gw(started, net):
    """No PBX: each call passes the phone side, the core and the SIP side twice. The log is not the question here."""
    phones = {f"SEPBE{index:010d}": {"lines": [{"number": str(FIRST_NUMBER + index)}]} for index in range(PHONES)}
    return started(Gateway, "gateway", net.host(),
                   {"phones": phones, "media": {"ports": "20000-27999"}, "log": {"level": "info"}})


@pytest.fixture
def phones(gw, net, folder):
    crowd = Phones(folder, f"{gw.address}:{SCCP_PORT}", f"{net.prefix}0")
    yield crowd
    crowd.stop()


def talk(phones, calls):
    """They call each other; none of the calls may fail, and no phone may be lost."""
    done = phones.do(f"talk {CALLS_PER_S} {calls} {FIRST_NUMBER}")
    assert (done["calls"], done["connected"], done["taken"], done["phones_lost"]) == (calls, calls, calls, 0), done
    return done


def strangers_from(net):
    """Addresses for the flood: three of its own, and 20 of phones. Every second stranger comes from the first, which
    is more than one address may have."""
    own = [net.host() for _ in range(3)]
    of_phones = [f"{net.prefix}{host}" for host in range(1, 21)]
    others = own[1:] * 5 + of_phones
    return [address for other in others for address in (own[0], other)]


def test_a_thousand_strangers_disturb_no_call(gw, phones, net, record_property):
    """Memory: a stranger is a session of about 1.5 kB, its address of 0.2 kB and at most one incomplete frame of 4 kB,
    6 MB for all of them; the sanitizer's red zones take as much again, its quarantine 8 MB. The calls were going on
    before, and what they need has been there at the first measurement."""
    assert phones.do(f"register {PHONES}")["registered"] == PHONES
    talk(phones, WARM_CALLS)
    fds, before_kb = gw.fds(), gw.rss_kb()
    flood = Flood(gw.address, STRANGERS, strangers_from(net))
    try:
        until(lambda: gw.fds() >= fds + STRANGERS // 4, 60, "the flood to rise")
        done = talk(phones, CALLS)
        during_kb = gw.rss_kb()
    finally:
        counts = flood.stop()
    until(lambda: gw.fds() <= fds, 60, f"{fds} descriptors again ({gw.fds()})")
    figures = {"calls": done, "flood": counts, "rss_before_kb": before_kb, "rss_during_kb": during_kb,
               "rss_after_kb": gw.rss_kb(), "cpu_s": gw.cpu_s()}
    print(json.dumps(figures))
    record_property("figures", json.dumps(figures))
    assert counts["storm"] and counts["garbage"], "what sends too much or nonsense was thrown out"
    assert counts["connected"] >= STRANGERS // 4, "those that say nothing may stay for a while"
    assert during_kb - before_kb < GROWTH_KB
    warnings = gw.log().count(" WARN ")
    assert warnings <= WARNINGS, f"{warnings} warnings fill the log"
    talk(phones, CALLS_PER_S)
