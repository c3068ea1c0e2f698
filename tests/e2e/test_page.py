"""The status page: what a browser makes of it, and that it follows what happens."""

import os
import re
from html.parser import HTMLParser

import pytest

from control import get, request
from gateway import HTTP_PORT, ROOT
from peers import chromium
from peers.process import until
from phone import Phone, phone_name

HOSTILE = "<script>alert(1)</script>\"'&"


class Reader(HTMLParser):
    """The elements, what they load, and the text."""

    def __init__(self, page):
        super().__init__()
        self.loads, self.scripts, self.text = [], 0, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        self.loads += [value for name, value in attrs if name in ("src", "href")]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"], attrs

    def handle_data(self, data):
        self.text += data


def page_of(gw):
    answer = request(gw, "GET", "/", tcp=True)
    assert answer.status == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    return Reader(answer.body.decode())


def house(gateway, phone, started, net, description=HOSTILE):
    """One phone calls another, a third is away, and a fourth is not known."""
    gw = gateway(phones={
        phone_name(1001): {"description": "Reception", "lines": [{"number": "1001", "name": "Alice"}]},
        phone_name(1003): {"description": description, "lines": [{"number": "1003", "name": "Bob"}]},
        phone_name(1005): {"model": "7965", "lines": [{"number": "1005"}]}})
    one, other = phone(gw, "1001", model="7965"), phone(gw, "1003")
    stranger = started(Phone, "stranger", net.host(), gw.address, "SEP00AABBCCDDEE", "7970")
    stranger.run("register", 'expect rejected "Unknown phone" within 5000')
    one.dial("1003#")
    other.is_ringing().answer()
    one.is_talking().hears(500, 300)
    return gw, one, other


def test_the_page_is_readable_without_a_script(gateway, phone, started, net):
    gw, one, other = house(gateway, phone, started, net)
    good = (gw.folder / "gateway.yaml").read_text()
    (gw.folder / "gateway.yaml").write_text(good.replace('"version": 1', '"version": 7'))
    assert request(gw, "POST", "/api/v1/reload").status == 422
    page = page_of(gw)
    assert page.loads == ["/page.css", "/page.js"] and page.scripts == 1
    for path in page.loads:
        assert request(gw, "GET", path, tcp=True).status == 200
    for words in ("the newest is not taken", r"gateway\.yaml:2: error: version", "Reception", r"1003\s+Bob",
                  "SEP00AABBCCDDEE, 7970 at", 'number: "..."', "talking", r"from the phone: \d+ packets, 0 lost",
                  "phone.unknown", "call.answered", "config.rejected", re.escape(HOSTILE)):
        assert re.search(words, page.text), (words, page.text)
    assert "sccpphone" in page.text                # the firmware
    one.hang_up().is_idle()
    other.hang_up()
    assert "talking" not in page_of(gw).text


@pytest.mark.skipif(chromium.missing() is not None, reason=str(chromium.missing()))
def test_a_browser_shows_it_and_follows_a_call(gateway, phone, started, net, closing, folder):
    gw, one, other = house(gateway, phone, started, net, "Room 2.04")
    browser = closing(chromium.Chromium(folder / "browser"))
    browser.open(f"http://{gw.address}:{HTTP_PORT}/")
    until(lambda: re.search(r"256\s.*talking", browser.text(), re.S), 10, "the call to be on the page")
    until(lambda: re.search(r"from the phone: [1-9]\d* packets", browser.text()), 10, "its packets to be counted")
    assert browser.value("getComputedStyle(document.querySelector('.lamp.on')).backgroundColor") == "rgb(45, 164, 78)"
    assert browser.value("document.scripts.length") == 1
    if os.environ.get("RENEW"):
        browser.screenshot(ROOT / "docs/status.png")
    one.hang_up()
    other.hang_up()
    until(lambda: "Calls\n" not in browser.text() and "call.ended" in browser.text(), 10, "the call to leave the page")
    page = browser.value("performance.getEntriesByType('navigation').length")
    assert page == 1                                # the page itself was not loaded again
    assert not browser.complaints, browser.complaints
    assert not get(gw, "/api/v1/calls")["calls"]
