"""Which feature was seen with which phone and which PBX. A test that shows one says so:

    @pytest.mark.feature("hold", model="7965")

The model is that of the phone whose user does it; without the word it is the test's parameter. So is the PBX (pbx=),
which without the word follows from the fixtures. docs/features.md and the table in README.md are made of these words, which
are checked whenever the test runs: the phone and the PBX were there (is_true)."""

from peers.agent import Agent
from peers.asterisk import Asterisk
from peers.baresip import Baresip
from peers.kamailio import Kamailio
from peers.sipp import Sipp
from phone import Phone

# word of the marker: (what people call it, whether it is in README)
FEATURES = {
    "call": ("Calls both ways, with audio", True),
    "dialling": ("Digits, dial plan, `#`, Dial key, en bloc", False),
    "outcomes": ("Failed calls by tone and text", False),
    "early media": ("Early media, ringback", False),
    "ipv6": ("IPv6, and mixed with IPv4", False),
    "direct media": ("Audio straight from phone to peer", False),
    "codecs": ("Codecs by negotiation", False),
    "srtp": ("Encrypted audio towards SIP (SRTP, SDES)", True),
    "tls": ("Phones over TLS, with certificates", True),
    "phone srtp": ("Encrypted audio of phones over TLS (SRTP)", True),
    "names": ("Names and numbers, in the phone's letters", False),
    "digits": ("Keys in a call, RFC 4733 and INFO", True),
    "redial": ("Redial", True),
    "speed dial": ("Speed dials, abbreviated dials", True),
    "call waiting": ("Call waiting, two calls and more", True),
    "hold": ("Hold and resume", True),
    "reminders": ("Reminders of held and waiting calls", False),
    "transfer": ("Transfer, consulted", True),
    "blind transfer": ("Transfer while it rings", True),
    "direct transfer": ("Transfer of two calls, or by hanging up", False),
    "transfer by us": ("Transfer where the PBX does not", False),
    "asked to transfer": ("Being transferred (REFER, Replaces)", False),
    "conference": ("Conference", True),
    "conference keys": ("Join, ConfList, RmLstC", False),
    "forward": ("Forward all", True),
    "forward else": ("Forward busy, no answer, while away", True),
    "dnd": ("Do not disturb", True),
    "divert": ("iDivert to voicemail", True),
    "mwi": ("Voicemail lamp, icon or tone", True),
    "messages key": ("Messages key", False),
    "blf": ("Busy lamps", True),
    "pickup": ("Pickup", True),
    "park": ("Park and fetch", True),
    "call back": ("Call back", True),
    "intercom": ("Intercom, auto-answer", True),
    "rings": ("Rings by Alert-Info", False),
    "hotline": ("Hotline, warm line", True),
    "privacy": ("Calls without a name", True),
    "call lists": ("No missed call for what others answered", False),
    "record": ("Malicious calls, bad quality on record", False),
    "shared line": ("Shared lines", True),
    "barge": ("Barge, steal, privacy of shared lines", False),
    "soft keys": ("Soft keys of one's own", True),
    "keys": ("Features, services, silent lines on keys", True),
    "key modules": ("Key modules", False),
    "texts": ("Texts to phones", True),
    "idle text": ("Idle text", False),
    "survival": ("Calls outlive a lost connection", True),
    "fail-over": ("Coming home from another gateway", False),
}

# the rooms of a family: those whose firmware behaves alike
FAMILIES = {
    "12SP 30VIP": ("12SP", "12SP+", "12", "30SP+", "30VIP", "Virtual 30SP+"),
    "7902 05 12": ("7902", "7905", "7912"),
    "7906 11 31": ("7906", "7911", "7931"),
    "7910": ("7910",),
    "7920 21 25": ("7920", "7921", "7925", "7926"),
    "7935 36 37": ("7935", "7936", "7937", "7985"),
    "7940 60": ("7940", "7960"),
    "7941 61": ("7941", "7961", "7941GE", "7961GE"),
    "7942 45 62 65": ("7942", "7945", "7962", "7965"),
    "7970 71 75": ("7970", "7971", "7975"),
    "69xx": ("6901", "6911", "6921", "6941", "6945", "6961"),
    "8941 45": ("8941", "8945"),
    "ATA 186 188": ("ATA186", "ATA188"),
    "VG": ("VG248", "VGC virtual", "VG224", "ISDN BRI"),
    "SPA": ("SPA303G", "SPA502G", "SPA504G", "SPA508G", "SPA509G", "SPA512G", "SPA514G", "SPA521S", "SPA524SG", "SPA525G",
            "SPA525G2"),
    "IP Comm.": ("CIPC", "Nokia E", "Nokia ICC"),
}

# letter in the tables: (word of the marker, what it is, who has to have been there)
PBXES = {
    "A": ("asterisk", "Asterisk 22", Asterisk),
    "K": ("kamailio", "Kamailio, with baresip behind it", Kamailio),
    "B": ("baresip", "baresip straight at the gateway, without a PBX", Baresip),
    "S": ("sipp", "SIPp", Sipp),
    "U": ("agent", "a user agent or PBX played by the test, message by message", Agent),
    "P": ("phones", "phones of one gateway among themselves", Phone),
    "F": ("freeswitch", "FreeSWITCH", ()),
    "X": ("3cx", "3CX", ()),
}


def family_of(model):
    return next((family for family, models in FAMILIES.items() if model in models), None)


def claims(item):
    """What a test says it shows: (feature, model, letter of the PBX), each once."""
    found = []
    for marker in item.iter_markers("feature"):
        for model in words(marker.kwargs.get("model") or of_parameters(item, "model", "kind")):
            for feature in marker.args:
                one = (feature, model, letter(marker.kwargs.get("pbx") or pbx_of(item)))
                if feature not in FEATURES or not family_of(model):
                    raise ValueError(f"{item.nodeid}: no such feature or phone: {feature}, {model}")
                found += [one] if one not in found else []
    return found


def words(models):
    return (models,) if isinstance(models, str) else models or ("none",)


def of_parameters(item, *names):
    parameters = getattr(item, "callspec", None) and item.callspec.params or {}
    return next((parameters[name] for name in names if name in parameters), None)


def pbx_of(item):
    """By its parameter, or by the fixtures it uses: the PBX before who is behind it."""
    given = of_parameters(item, "pbx")
    known = [word for word, _, _ in PBXES.values()]
    return given if given in known else next((word for word in known if word in item.fixturenames), "phones")


def letter(pbx):
    return next(one for one, (word, _, _) in PBXES.items() if word == pbx)


def is_true(item, present):
    """Fails a test whose marker names a phone or a PBX that took no part in it; present: all that it started."""
    for feature, model, pbx in claims(item):
        what, who = PBXES[pbx][1:]
        assert any(isinstance(one, who) for one in present), f"says {feature} with {what}, which was not there"
        phones = {one.model for one in present if isinstance(one, Phone)}
        assert model in phones, f"says {feature} on a {model}, which was not there"
