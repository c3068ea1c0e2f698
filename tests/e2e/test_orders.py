"""Orders of an operator, and the description of the API they are in."""

import json
import re

from command import FAILED
from control import ask, get, request
from gateway import ROOT
from phone import phone_name


def test_a_call_is_hung_up_and_an_idle_phone_restarted(gateway, phone):
    gw = gateway(["1001", "1003"])
    one, other = phone(gw, "1001"), phone(gw, "1003")
    one.dial("1003#")
    other.is_ringing().answer()
    one.is_talking()
    assert "409: the phone is in a call" in ask(gw, "ctl", "restart", phone_name(1001), status=FAILED)
    assert "404" in ask(gw, "ctl", "hangup", "999999", status=FAILED)
    assert "404" in ask(gw, "ctl", "hangup", "twelve", status=FAILED)
    ask(gw, "ctl", "hangup", str(get(gw, "/api/v1/calls")["calls"][0]["id"]))
    one.hang_up().is_idle()
    other.hang_up().is_idle()
    for word, name in (("restart", one.name), ("reset", other.name.lower())):
        assert ask(gw, "ctl", word, name) == ""
    one.wait_log("^reset: restart")
    other.wait_log("^reset: reset")
    gw.wait_log("SEP000000001003: lost")
    assert "409: the phone is away" in ask(gw, "ctl", "reset", phone_name(1003), status=FAILED)
    assert "404" in ask(gw, "ctl", "reset", "SEP000000009999", status=FAILED)
    assert request(gw, "POST", f"/api/v1/phones/{one.name}/restart", tcp=True).status == 403


def test_every_route_is_described(gateway):
    """The table of the source against what a client reads."""
    document = get(gateway(), "/api/v1/openapi.json", tcp=True)
    table = re.findall(r'^ +\{"(GET|POST)",\s+"(/[^"]*)",\s+(\w+),', (ROOT / "gateway/status.c").read_text(), re.M)
    described = {(method.upper(), path): what for path, methods in document["paths"].items() for method, what in methods.items()}
    assert len(table) > 20 and len(described) == len(table)
    for method, path, needs in table:
        what = described[method, path.replace("/NAME", "/{name}")]
        assert what["summary"] and ("security" in what) == (needs == "ROUTE_TOKEN")
        assert ("{name}" in path.replace("/NAME", "/{name}")) == ("parameters" in what)
    assert document["openapi"] == "3.0.3" and json.dumps(document).count("Bearer") == 0
