"""Certificates as the tests need them, made when they are: authorities, a gateway's, phones' as their makers and as call
managers give them out."""

import datetime
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


class Identity:
    """A certificate and its key, in two files of the folder."""

    def __init__(self, folder, file, name, issuer=None, authority=False, bits=2048, digest=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Cisco Systems Inc."),
                             x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(subject)
                   .issuer_name(issuer.cert.subject if issuer else subject).public_key(self.key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + DAY)
                   .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
        with warnings.catch_warnings():     # of SHA-1, which old phones have
            warnings.simplefilter("ignore")
            self.cert = builder.sign((issuer or self).key, digest or hashes.SHA256())
        self.cert_file, self.key_file = folder / f"{file}.crt", folder / f"{file}.key"
        self.cert_file.write_bytes(self.cert.public_bytes(serialization.Encoding.PEM))
        self.key_file.touch(mode=0o600)
        self.key_file.write_bytes(self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))


class Certificates:
    """Those of one installation. `config` is the gateway's section."""

    def __init__(self, folder):
        self.folder = folder
        self.gateway = Identity(folder, "gateway", "gw")
        self.makers = Identity(folder, "makers", "Cisco Manufacturing CA", authority=True)

    def config(self, **more):
        return {"cert": str(self.gateway.cert_file), "key": str(self.gateway.key_file), **more}

    def phone(self, name, **keywords):
        """Of a phone with that common name, by the makers unless said."""
        return Identity(self.folder, name, name, issuer=keywords.pop("issuer", self.makers), **keywords)

    def options(self, identity=None, version=None):
        """Words for sccpphone."""
        own = ["--cert", identity.cert_file, "--key", identity.key_file] if identity else []
        return ["--tls", "--ca", self.gateway.cert_file, *own, *(["--tls-version", version] if version else [])]
