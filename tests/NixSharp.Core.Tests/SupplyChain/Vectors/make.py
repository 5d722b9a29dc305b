#!/usr/bin/python3
"""Makes the key vectors here: OpenSSL makes and signs, PyNaCl and hashlib encrypt in the way of cosign's key files.

Needs Debian's openssl and python3-nacl. Every run makes other keys.
"""
import base64, hashlib, json, os, subprocess, textwrap
import nacl.secret

PASSWORD = b"correct horse"


def openssl(*arguments, stdin=None):
    return subprocess.run(["openssl", *arguments], input=stdin, check=True, capture_output=True).stdout


def write(name, data):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "wb") as file:
        file.write(data)


key = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
write("plain.key", key)
write("sec1.key", openssl("ec", stdin=key))
write("pkcs8-encrypted.key", openssl("pkcs8", "-topk8", "-passout", b"pass:" + PASSWORD, stdin=key))
write("public.pub", openssl("pkey", "-pubout", stdin=key))
write("p384.key", openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"))

der = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", stdin=key)
salt, nonce = os.urandom(32), os.urandom(24)
derived = hashlib.scrypt(PASSWORD, salt=salt, n=65536, r=8, p=1, maxmem=1 << 28, dklen=32)
box = nacl.secret.SecretBox(derived).encrypt(der, nonce).ciphertext
body = json.dumps({
    "kdf": {"name": "scrypt", "params": {"N": 65536, "r": 8, "p": 1}, "salt": base64.b64encode(salt).decode()},
    "cipher": {"name": "nacl/secretbox", "nonce": base64.b64encode(nonce).decode()},
    "ciphertext": base64.b64encode(box).decode(),
})
lines = "\n".join(textwrap.wrap(base64.b64encode(body.encode()).decode(), 64))
label = "ENCRYPTED SIGSTORE PRIVATE KEY"
write("encrypted.key", f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode())

message = b"a message\n"
write("message", message)
write("key.tmp", key)
here = os.path.dirname(os.path.abspath(__file__))
write("message.sig", base64.b64encode(openssl("dgst", "-sha256", "-sign", os.path.join(here, "key.tmp"), stdin=message)))
os.remove(os.path.join(here, "key.tmp"))
