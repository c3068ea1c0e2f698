"""After two hundred calls the machine has back what they took: descriptors, ports, memory."""

import pytest

CALLS = 200
PORTS = "16384-19999"   # a port rests for half a minute before it is used again
GROWTH_KB = 2048        # ten kilobytes a call
TRIES = 3


@pytest.fixture
def pair(kamailio, gateway, phone):
    gw = gateway(["1001", "1003"], kamailio, media={"ports": PORTS})
    return gw, phone(gw, "1001"), phone(gw, "1003", "7965", hz=900)


def call(caller, callee, number, caller_ends):
    """A whole call between the two phones, ended by one of them."""
    caller.run("offhook", f"digits {number}#")
    callee.run("expect callstate ring_in within 5000", "offhook", "expect callstate connected within 5000")
    caller.run("expect callstate connected within 5000")
    first, second = (caller, callee) if caller_ends else (callee, caller)
    first.run("onhook", "expect idle within 5000")
    second.run("expect callstate on_hook within 5000", "onhook", "expect idle within 5000")


def two_hundred_calls(gw, one, two):
    """Each of the four kinds fifty times; the memory of the gateway afterwards."""
    for at in range(CALLS):
        caller, callee, number = (one, two, "1003") if at % 2 else (two, one, "1001")
        call(caller, callee, number, caller_ends=at % 4 < 2)
    gw.wait_ports_closed()
    return gw.rss_kb()


def test_two_hundred_calls_leave_nothing(pair):
    """The first calls warm up: SIP transactions live on for half a minute, and how many of them there are at once
    depends on the pace. What leaks grows with every two hundred calls; what waits does not."""
    gw = pair[0]
    before = two_hundred_calls(*pair)
    fds = gw.fds()
    for _ in range(TRIES):
        after = two_hundred_calls(*pair)
        assert gw.fds() == fds
        growth, before = after - before, after
        if growth < GROWTH_KB:
            return
    pytest.fail(f"the gateway grows with every {CALLS} calls, {TRIES} times by more than {GROWTH_KB} kB, now by {growth}")
