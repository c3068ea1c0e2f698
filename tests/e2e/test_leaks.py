"""After two hundred calls the machine has back what they took: descriptors, ports, memory."""

CALLS = 200             # also the warming up: SIP transactions live on for half a minute, and are then as many as ever
PORTS = "16384-19999"   # a port rests for half a minute before it is used again
GROWTH_KB = 2048


def test_two_hundred_calls_leave_nothing(kamailio, gateway, phone, sipp):
    gw = gateway(["1001", "1003"], kamailio, media={"ports": PORTS})
    one, two = phone(gw, "1001"), phone(gw, "1003", "7965", hz=900)

    def calls(count):
        for at in range(count):
            caller, callee, number = (one, two, "1003") if at % 2 else (two, one, "1001")
            caller.run("offhook", f"digits {number}#")
            callee.run("expect callstate ring_in within 5000", "offhook", "expect callstate connected within 5000")
            caller.run("expect callstate connected within 5000")
            first, second = (caller, callee) if at % 3 else (callee, caller)
            first.run("onhook", "expect idle within 5000")
            second.run("expect callstate on_hook within 5000", "onhook", "expect idle within 5000")

    calls(CALLS)
    gw.wait_ports_closed()
    fds, rss = gw.fds(), gw.rss_kb()
    calls(CALLS)
    gw.wait_ports_closed()
    assert gw.fds() == fds
    assert gw.rss_kb() - rss < GROWTH_KB
