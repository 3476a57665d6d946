"""Web Push as others wrote it: pywebpush sends to a push service, http_ece and py-vapid read what a sender sent.

Usage: push.py run URL                         URL is the Web Push part of `watchbell sim push`
       push.py decrypt SUBSCRIPTION MESSAGE    files with JSON, as the stand-in shows both; prints JSON
Exit status 0: everything worked.
"""

import base64
import json
import sys
import time
from urllib.parse import urlsplit

import http_ece
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

DAY_S = 86_400


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, not {wanted!r}")


def read_body(subscription, message):
    """What a message says, by RFC 8291 as http_ece has it."""
    body = from_base64url(message["body"])
    if message["headers"].get("content-encoding") is None:
        return body
    key = ec.derive_private_key(int.from_bytes(from_base64url(subscription["privateKey"]), "big"), ec.SECP256R1())
    auth = from_base64url(subscription["keys"]["auth"])
    return http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm")


def read_sender(subscription, message):
    """Who sent a message: the claims, once py-vapid found the signature good and they keep the rules of RFC 8292."""
    header = message["headers"].get("authorization")
    if header is None and subscription.get("applicationServerKey") is None:
        return None
    scheme, _, rest = (header or "").partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    expect("scheme", scheme.lower(), "vapid")
    expect("parameters", sorted(parts), ["k", "t"])
    # py-vapid knows no space behind the comma.
    expect("signature", Vapid02.verify(f"vapid t={parts['t']},k={parts['k']}"), True)
    jose, claims = (json.loads(from_base64url(part)) for part in parts["t"].split(".")[:2])
    expect("alg", jose["alg"], "ES256")
    endpoint = urlsplit(subscription["endpoint"])
    expect("aud", claims["aud"], f"{endpoint.scheme}://{endpoint.netloc}")
    left_s = claims["exp"] - message.get("receivedAt", time.time())
    expect("exp within a day", 0 < left_s <= DAY_S, True)
    expect("sub is an address", claims["sub"].startswith(("mailto:", "https:")), True)
    if subscription.get("applicationServerKey") is not None:
        expect("k", parts["k"].rstrip("="), subscription["applicationServerKey"].rstrip("="))
    return {"key": parts["k"], "claims": claims}


def decrypt(subscription, message):
    text = read_body(subscription, message).decode()
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    kept = {name: message["headers"].get(name) for name in ("ttl", "urgency", "topic")}
    return {"text": text, "json": parsed, "sender": read_sender(subscription, message), "headers": kept}


def new_sender():
    vapid = Vapid02()
    vapid.generate_keys()
    return vapid, to_base64url(vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def send(subscription, vapid, text):
    """The status of the answer."""
    info = {"endpoint": subscription["endpoint"], "keys": subscription["keys"]}
    headers = {"Urgency": "high", "Topic": "alert-1"}
    claims = {"sub": "mailto:ops@example.org"}
    try:
        return webpush(info, text, vapid, claims, ttl=60, headers=headers, timeout=10).status_code
    except WebPushException as refused:
        return refused.response.status_code


def post(url, body=None):
    answer = requests.post(url, json=body, timeout=10, allow_redirects=False)
    answer.raise_for_status()
    return answer


def run(url):
    vapid, key = new_sender()
    subscription = post(f"{url}/sim/subscriptions", {"applicationServerKey": key}).json()
    text = json.dumps({"title": "Plattenfehler Größe 5", "body": "Server «db-1» \U0001f525" * 20})
    expect("a message is taken", send(subscription, vapid, text), 201)

    [message] = requests.get(f"{url}/sim/messages", timeout=10).json()
    expect("what the stand-in decrypted", message["text"], text)
    expect("the sender", message["sender"], "mailto:ops@example.org")
    expect("headers", (message["ttlS"], message["urgency"], message["topic"]), (60, "high", "alert-1"))
    expect("what http_ece decrypted", decrypt(subscription, message)["text"], text)

    stranger, _ = new_sender()
    expect("another sender is refused", send(subscription, stranger, text), 403)
    expect("a body above 4096 bytes is refused", send(subscription, vapid, "a" * 4_000), 413)
    unified = post(f"{url}/sim/subscriptions", {}).json()
    expect("UnifiedPush takes the same request", send(unified, vapid, text), 201)
    post(f"{url}/sim/subscriptions/{subscription['id']}/unsubscribe")
    expect("a subscription that ended is gone", send(subscription, vapid, text), 410)


def main(words):
    match words:
        case ["run", url]:
            run(url)
        case ["decrypt", *paths] if len(paths) == 2:
            subscription, message = (json.load(open(path, encoding="utf-8")) for path in paths)
            print(json.dumps(decrypt(subscription, message), ensure_ascii=False, indent=2))
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
