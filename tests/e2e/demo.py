#!/usr/bin/python3
"""What ./quickstart --demo shows: two simulated phones and a real softphone call each other through the gateway, on
loopback addresses, with a tone as everybody's voice. Who heard what is measured, not assumed; status 0 if all of it
was as it should be."""

import shutil
import sys
import tempfile
from pathlib import Path

from gateway import ROOT, SIP_PORT, Gateway
from peers.baresip import Baresip
from peers.net import Net
from phone import Phone


def say(text):
    print(text, flush=True)


class Party:
    """One telephone of the demonstration: how to call it and how to tell what it heard."""

    def __init__(self, title, number, device):
        self.title, self.number, self.device = title, number, device

    def __str__(self):
        return f"{self.title} ({self.number})"


class Desk(Party):
    def call(self, number):
        self.device.dial(number)

    def answer(self):
        self.device.is_ringing().answer()

    def hears(self, other):
        self.device.is_talking().hears(other.device.hz)

    def hang_up(self):
        self.device.hang_up().is_idle()

    def is_left(self):
        self.device.run("expect callstate on_hook within 5000").hang_up().is_idle()


class Softphone(Party):
    def call(self, number):
        self.device.call(number)

    def answer(self):
        self.device.wait_event("CALL_INCOMING")
        self.device.accept()

    def hears(self, other):
        self.device.wait_heard(other.device.hz)

    def hang_up(self):
        self.device.hang_up()

    def is_left(self):
        self.device.wait_event("CALL_CLOSED")


def conversation(caller, callee):
    say(f"\n{caller} dials {callee.number} ...")
    caller.call(callee.number)
    callee.answer()
    say(f"  {callee} rings and is answered")
    for listener, speaker in ((caller, callee), (callee, caller)):
        listener.hears(speaker)
        say(f"  {listener} hears the {speaker.device.hz} Hz of {speaker}")
    caller.hang_up()
    callee.is_left()
    say(f"  {caller} hangs up; both are idle again")


def play(net, folder, running):
    def start(device):
        device.start()
        running.append(device)
        return device

    address = net.host()
    config = (ROOT / "config/quickstart.yaml").read_text().replace("0.0.0.0", address)
    config = config.replace("127.0.0.1:8080", f"{address}:8080").replace("build/ctl.sock", "ctl.sock")
    start(Gateway(folder / "gateway", address, config))
    say(f"The gateway runs on {address}: SCCP on port 2000, SIP on port {SIP_PORT}, no PBX.")

    desks = []
    for title, name, model, number, hz in (("the 7960", "SEP001122334455", "7960", "1001", 500),
                                           ("the 7965", "SEP00112233AABB", "7965", "1002", 700)):
        # G.711, in which a tone can be told from another
        device = start(Phone(folder / name, net.host(), address, name, model, hz=hz, options=("--codecs", "pcmu,pcma")))
        device.run("register", "expect registered within 10000")
        desks.append(Desk(title, number, device))
        say(f"{title.capitalize()} {name} registers and is given the number {number}.")
    softphone = start(Baresip(folder / "softphone", net.host(), "2001", f"{address}:{SIP_PORT}", "none", hz=900))
    soft = Softphone("the softphone", "2001", softphone)
    say("The softphone (baresip) registers as 2001.")

    conversation(desks[0], desks[1])
    conversation(desks[0], soft)
    conversation(soft, desks[1])


def main():
    net, running, failed = Net(), [], None
    folder = Path(tempfile.mkdtemp(prefix="sccpgw-demo-"))
    try:
        play(net, folder, running)
        for device in running[1:]:
            if isinstance(device, Phone):
                device.leave()
        while running:
            running.pop().stop()
    except AssertionError as problem:
        failed = problem
    finally:
        for device in reversed(running):
            device.kill()
        net.close()
    if failed:
        say(f"\nThe demonstration failed: {failed}\n\nThe logs are in {folder}")
        return 1
    shutil.rmtree(folder)
    say("\nEverybody heard everybody, and everything has ended cleanly.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
