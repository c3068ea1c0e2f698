"""The documents keep their word: what they tell an admin to write is written, and has to work."""

import os
import re
import subprocess
import xml.etree.ElementTree as xml

import pytest
import yaml

from gateway import ROOT, TLS_PORT, Gateway, merged
from peers import asterisk as asterisk_peer
from peers.asterisk import Asterisk
from peers.process import until
from phone import Phone


def block(document, kind, number=0):
    """The code block of that kind in docs/DOCUMENT."""
    text = (ROOT / "docs" / document).read_text()
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)[number]


class DocumentedAsterisk(Asterisk):
    """As docs/asterisk.md says, but for the address it listens on."""

    def prepare(self):
        super().prepare()
        pjsip, extensions = block("asterisk.md", "ini"), block("asterisk.md", "ini", 1)
        assert pjsip.count("bind = 0.0.0.0\n") == 1
        (self.folder / "pjsip.conf").write_text(pjsip.replace("bind = 0.0.0.0", f"bind = {self.address}"))
        (self.folder / "extensions.conf").write_text(extensions)


def test_the_asterisk_guide_works_as_it_stands(started, net, gateway):
    if asterisk_peer.missing():
        pytest.skip(asterisk_peer.missing())
    pbx = started(DocumentedAsterisk, "asterisk", net.host())
    config = yaml.load(block("asterisk.md", "yaml"), yaml.BaseLoader)
    config["pbx"]["address"] = pbx.address
    gw = gateway(**config)
    alice, bob = (started(Phone, name, net.host(), gw.address, name, model, hz=hz).run("register")
                  for name, model, hz in zip(config["phones"], ("7960", "7970"), (500, 900)))
    until(lambda: pbx.contacts("1001") and pbx.contacts("1002"), 5, "both lines at the registrar")

    alice.dial("1002")
    bob.is_ringing().run('expect info calling "Alice" 1001').answer().is_talking().hears(alice.hz)
    alice.is_talking().hears(bob.hz).hang_up().is_idle()
    bob.hang_up().is_idle()
    bob.dial("600").is_talking().hears(bob.hz).hang_up().is_idle()
    alice.leave()
    bob.leave()
    assert not re.search(r"WARN|ERROR", gw.log())
    assert re.search(r"Contact 1002/\S+ is now Reachable", pbx.log())
    assert not re.search(r"(WARNING|ERROR)\[.*\b(pjsip|res_pjsip|chan_pjsip|extensions)", pbx.log())


class DocumentedGateway(Gateway):
    """With certificates made as docs/security.md says."""

    def prepare(self):
        super().prepare()
        for number in (0, 1):
            subprocess.run(["sh", "-euc", block("security.md", "sh", number)], cwd=self.folder, check=True,
                           capture_output=True)


def test_the_guide_to_secured_phones_works_as_it_stands(started, net):
    config = merged(*(yaml.load(block("security.md", "yaml", number), yaml.BaseLoader) for number in (0, 1)))
    gw = started(DocumentedGateway, "gateway", net.host(), config)
    options = ["--tls", "--ca", gw.folder / "tls.crt", "--cert", gw.folder / "phone.crt", "--key", gw.folder / "phone.key"]
    desk = started(Phone, "desk", net.host(), gw.address, "SEP001122334455", port=TLS_PORT, options=options)
    desk.run("register", "expect registered", "offhook", "expect tone inside_dial").hang_up().is_idle().leave()
    assert not re.search(r"WARN|ERROR", gw.log())


def test_the_phones_file_names_gateway_and_port():
    device = xml.fromstring(block("phones.md", "xml").encode())
    path = "devicePool/callManagerGroup/members/member[@priority='0']/callManager/"
    assert device.tag == "device" and device.findtext("deviceProtocol") == "SCCP"
    assert device.findtext(f"{path}ports/ethernetPhonePort") == "2000"
    assert device.findtext(f"{path}processNodeName") == "192.0.2.10"
    assert not device.findtext("loadInformation")


def prose(document):
    return re.sub(r"^ *```.*?^ *```$", "", document.read_text(), flags=re.M | re.S)


def test_every_link_of_the_documents_leads_somewhere():
    documents = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "tests/README.md", *(ROOT / "docs").rglob("*.md")]
    links = [(document, link) for document in documents
             for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose(document)) if "://" not in link]
    assert len(links) >= 5
    assert not [(document.name, link) for document, link in links if not (document.parent / link).exists()]


def test_every_trace_is_in_the_index():
    """As it says of itself; RENEW=1 writes the index."""
    index = ROOT / "docs/flows/README.md"
    head = index.read_text().split("|---|---|\n")[0] + "|---|---|\n"
    text = head + "".join(f"| [{trace.name}]({trace.name}) | {trace.read_text().splitlines()[0][2:]} |\n"
                          for trace in sorted(index.parent.glob("*.txt")))
    if os.environ.get("RENEW"):
        index.write_text(text)
    assert index.read_text() == text
