"""What the simulated phone decoded, read back from its trace: named values become numbers again, labels become bytes."""

import re
from pathlib import Path

SCCP = Path(__file__).parents[2] / "sccp"
LINE = re.compile(rb"^ *\d+ < (\w+)(.*)$", re.M)
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]|[^\s{}="]+|=')
ESCAPE = re.compile(rb"\\x([0-9a-f]{2})|\\(.)|\{([a-z0-9_]+)\}", re.S)


def _without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


class Catalogue:
    """Which fields of which message have names for their numbers, from messages.def and values.def."""

    def __init__(self):
        values = _without_comments((SCCP / "values.def").read_text())
        self.sets = {name: {text: int(number, 0) for number, text in re.findall(r'VALUE\(\w+, (\w+), "([^"]*)"\)', rows)}
                     for name, rows in re.findall(r"^VALUES\((\w+)\)(.*?)^END", values, re.S | re.M)}
        self.labels = {}
        for byte, name in ((0x80, "label"), (0x1E, "new_label")):
            self.labels.update({text: bytes((byte, number)) for text, number in self.sets[name].items()})
        messages = _without_comments((SCCP / "messages.def").read_text())
        self.named, self.records, self.ids, self.names, self.bytes = {}, {}, {}, {}, set()
        for head, rows in re.findall(r"^(MESSAGE\(.*?\)|RECORD\(.*?\))\n(.*?)^END", messages, re.S | re.M):
            block = re.search(r'"(\w+)"', head)[1] if head.startswith("M") else head[7:-1]
            for field, name in re.findall(r"\b(?:NAMED8?|FLAGS(?:16)?)\((\w+), (\w+)\)", rows):
                self.named[block, field] = self.sets[name]
            self.bytes.update((block, field) for field in re.findall(r"\bBYTES\((\w+),", rows))
            for field, record in re.findall(r"\b(?:STRUCT|ARRAY|ITEMS|SLOTS)\((\w+), (\w+)", rows):
                self.records[block, field] = record
        for name, number in re.findall(r'^(?:MESSAGE|BARE)\(.*?"(\w+)", (0x\w+),', messages, re.M):
            self.ids[name], self.names[int(number, 0)] = int(number, 0), name

    def numbers(self, block, field, text):
        """What a bare word of the trace stands for: numbers between commas, names joined by |, an address, or bytes."""
        if (block, field) in self.bytes:
            return list(bytes.fromhex(text)) if text != "0" else [0]
        return [self._number(block, field, word) for word in text.split(",")]

    def _number(self, block, field, text):
        names = self.named.get((block, field))
        if names is None:
            return int(text) if text.isdigit() else text
        parts = [] if text == "none" and "none" not in names else text.split("|")
        total = 0
        for part in parts:
            total |= names[part] if part in names else int(part, 0)
        return total

    def text(self, quoted):
        """The bytes of a text as they were on the wire."""
        def plain(match):
            code, char, label = match.groups()
            if code:
                return bytes((int(code, 16),))
            return char if char else self.labels.get(label.decode(), match[0])
        return ESCAPE.sub(plain, quoted[1:-1])


class Message:
    """`values`: dotted field name to the list of its values, in order."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def __repr__(self):
        return f"{self.name} {self.values}"


def _fields(tokens, at, block, prefix, catalogue, values):
    """Fields up to the end or the closing brace; returns where that is."""
    while at < len(tokens) and tokens[at] != b"}":
        field = tokens[at].decode()
        at += 2         # the name and =
        path = prefix + field
        if at < len(tokens) and tokens[at] == b"{":
            while at < len(tokens) and tokens[at] == b"{":
                record = catalogue.records[block, field]
                at = _fields(tokens, at + 1, record, path + ".", catalogue, values) + 1
        elif at < len(tokens) and tokens[at].startswith(b'"'):
            values.setdefault(path, []).append(catalogue.text(tokens[at]))
            at += 1
        elif at + 1 < len(tokens) and tokens[at + 1] == b"=":
            pass        # an empty list: the next field's name follows
        elif at < len(tokens) and tokens[at] != b"}":
            values.setdefault(path, []).extend(catalogue.numbers(block, field, tokens[at].decode()))
            at += 1
    return at


def read(path, catalogue):
    """Every message a simulated phone has received, in order."""
    messages = []
    for name, rest in LINE.findall(Path(path).read_bytes()):
        values = {}
        _fields(TOKEN.findall(rest), 0, name.decode(), "", catalogue, values)
        messages.append(Message(name.decode(), values))
    return messages
