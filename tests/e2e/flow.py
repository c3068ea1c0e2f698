"""docs/flows: what a phone of the main scenario of a feature was told and said, as it came. The names of what it was told
have to be those on paper, in that order as long as the user presses keys; RENEW=1 writes the file anew."""

import difflib
import os
import re

from gateway import ROOT

LINE = re.compile(r"^ *\d+ ([<>]) (\w+) ?(.*)$", re.M)
NOISE = {"KeepAlive", "KeepAliveAck"}
KEYS = {"SoftKeyEvent", "KeypadButton", "Stimulus", "OffHook", "OnHook", "EnblocCall", "HookFlash"}
LAMPS = {"FeatureStat", "FeatureStatDynamic"}
VARIES = re.compile(r'\b(addr|port|source_addr|source_port|system_time|year|month|day|day_of_week|hour|minute|second|'
                    r'millisecond|counters|call_ref|conference_id|party_id)=(\{[^}]*\}|"[^"]*"|\S+) ?|\w+="" ?')


class Flow:
    """flow = Flow(phone) where the scenario begins, flow.is_kept("intercom", "What happens") where it ends. Of a scenario
    for several models one is kept."""

    def __init__(self, phone, model="7965"):
        self.phone, self.model, self.begin = phone, model, len(phone.log())

    def is_kept(self, name, title):
        if self.phone.model != self.model:
            return
        path = ROOT / "docs/flows" / f"{name}.txt"
        said = [(way, what, VARIES.sub("", fields).strip()) for way, what, fields in
                LINE.findall(self.phone.log()[self.begin:]) if what not in NOISE]
        if os.environ.get("RENEW"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"# {title}\n# A {self.phone.model}: < it is told, > it says. Made by the test with RENEW=1.\n\n" +
                            "".join(f"{way} {what} {fields}".rstrip() + "\n" for way, what, fields in said))
        kept = story(re.findall(r"^([<>]) (\w+)", path.read_text(), re.M))
        told = story([(way, what) for way, what, _ in said])
        assert told == kept, f"docs/flows/{name}.txt tells another story:\n" + "\n".join(
            difflib.unified_diff(kept[0], told[0], "kept", "told", lineterm="")) + f"\n{kept[1] ^ told[1]}"


def story(messages):
    """What is told in order, up to the user's last key; then calls may end in any order, and what is told counts. So do
    lamps of others all the time."""
    last = max((at for at, (way, what) in enumerate(messages) if way == ">" and what in KEYS), default=len(messages))
    told = [(at > last or what in LAMPS, what) for at, (way, what) in enumerate(messages) if way == "<"]
    return [what for any_time, what in told if not any_time], {what for any_time, what in told if any_time}
