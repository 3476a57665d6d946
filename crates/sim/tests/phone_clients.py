"""The public clients `twilio` and `vonage`, unmodified, against the telephone exchange: they send texts and calls, and their own
validators check the signatures of every webhook that comes back.

Usage: phone_clients.py PRINTED
PRINTED is a file with what `watchbell sim phone` printed. Exit status 0: everything worked.
"""

import hashlib
import http.server
import json
import queue
import sys
import threading
import urllib.parse
import urllib.request

import jwt
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from vonage import Auth, HttpClientOptions, Vonage
from vonage_jwt.verify_jwt import verify_signature
from vonage_messages import Sms
from vonage_voice import CreateCallRequest, ToPhone

PHONE = "+4915112345678"
SENDER = "+4930111111"
TWIML = '<Response><Gather numDigits="1" action="/twilio/keys"><Say language="de-DE">Alarm. Taste vier.</Say></Gather></Response>'
NCCO = [{"action": "talk", "text": "Alarm", "bargeIn": True}, {"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 1}}]


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, not {wanted!r}")


class Site(http.server.BaseHTTPRequestHandler):
    """Keeps what comes, and answers scripts of calls."""

    got = queue.Queue()

    def take(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.got.put((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        path = self.path.split("?")[0]
        answers = {"/twilio/script": TWIML, "/twilio/keys": "<Response><Hangup/></Response>", "/vonage/answer": json.dumps(NCCO)}
        answer = answers.get(path, "").encode()
        self.send_response(200)
        self.send_header("content-type", "text/xml" if answer.startswith(b"<") else "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = take

    def log_message(self, *_):
        pass


class ToStandIn(TwilioHttpClient):
    """The client knows one address only: what it sends there goes to the stand-in."""

    def __init__(self, base):
        super().__init__()
        self.base = base

    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace("https://api.twilio.com", self.base), *args, **kwargs)


class WithoutTls(HTTPAdapter):
    """The client speaks https only: the stand-in has no certificate."""

    def send(self, request, **kwargs):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, **kwargs)


def read_printed(path):
    with open(path, encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("  ", 1) for line in lines if "  " in line]
    return {name: value.strip() for name, value in pairs}


def act(base, act, body):
    request = urllib.request.Request(f"{base}/sim/phones/{PHONE}/{act}", json.dumps(body).encode(), {"content-type": "application/json"})
    for _ in range(200):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 409:
                raise
            threading.Event().wait(0.02)
    sys.exit(f"{act}: the phone never came so far")


def webhooks(site, until):
    """What came, up to the first that fits."""
    while True:
        try:
            got = Site.got.get(timeout=10)
        except queue.Empty:
            sys.exit("a webhook did not come")
        yield got
        if until(got):
            return


def check_twilio(site, printed, until):
    validator = RequestValidator(printed["Twilio auth token"])
    seen = []
    for method, path, headers, body in webhooks(site, until):
        fields = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        if not validator.validate(site + path, fields, headers["x-twilio-signature"]):
            sys.exit(f"twilio's validator refuses {method} {path} {fields}")
        if validator.validate(site + path, {**fields, "Body": "forged"}, headers["x-twilio-signature"]):
            sys.exit("twilio's validator takes a forged form")
        seen.append(fields.get("MessageStatus") or fields.get("CallStatus") or fields.get("Body"))
    return seen


def run_twilio(base, site, printed):
    client = Client(printed["Twilio account SID"], printed["Twilio auth token"], http_client=ToStandIn(base))
    sent = client.messages.create(to=PHONE, from_=SENDER, body="Ofen kalt: 42a?", status_callback=f"{site}/twilio/status?a=1&b=2")
    expect("status", sent.status, "queued")
    seen = check_twilio(site, printed, lambda got: b"MessageStatus=delivered" in got[3])
    expect("reports of a text", seen, ["queued", "sent", "delivered"])
    expect("read again", client.messages(sent.sid).fetch().status, "delivered")
    try:
        client.messages.create(to="nonsense", from_=SENDER, body="a")
        sys.exit("an invalid number is not refused")
    except TwilioRestException as error:
        expect("refusal", (error.status, error.code), (400, 21211))
    expect("account", client.api.accounts(printed["Twilio account SID"]).fetch().status, "active")

    call = client.calls.create(
        to=PHONE, from_=SENDER, url=f"{site}/twilio/script", status_callback=f"{site}/twilio/calls",
        status_callback_event=["initiated", "ringing", "answered", "completed"], machine_detection="Enable")
    act(base, "answer", {})
    act(base, "press", {"keys": "4"})
    seen = check_twilio(site, printed, lambda got: b"CallStatus=completed" in got[3])
    expect("reports of a call", ["initiated" in seen, seen[-1]], [True, "completed"])
    expect("call", (client.calls(call.sid).fetch().status, call.sid[:2]), ("completed", "CA"))

    act(base, "text", {"to": SENDER, "text": "42a"})
    expect("text of a phone", check_twilio(site, printed, lambda got: True), ["42a"])


def check_vonage(site, printed, until):
    secret = printed["Vonage signature secret"]
    seen = []
    for method, path, headers, body in webhooks(site, until):
        token = headers["authorization"].removeprefix("Bearer ")
        if not verify_signature(token, secret) or verify_signature(token, secret + "x"):
            sys.exit(f"vonage's validator refuses {method} {path}")
        claims = jwt.decode(token, secret, algorithms=["HS256"])
        if method == "POST":
            expect("hash of the body", claims["payload_hash"], hashlib.sha256(body).hexdigest())
            seen.append(json.loads(body).get("status") or json.loads(body).get("dtmf"))
    return seen


def run_vonage(base, site, printed):
    with urllib.request.urlopen(printed["Vonage private key"].replace("http:///", base + "/"), timeout=10) as answer:
        key = answer.read().decode()
    auth = Auth(application_id=printed["Vonage application"], private_key=key)
    client = Vonage(auth, HttpClientOptions(api_host=base.removeprefix("http://")))
    client.http_client._session.mount("https://", WithoutTls())
    client.messages.send(Sms(to=PHONE[1:], from_="Watchbell", text="Ofen kalt", webhook_url=f"{site}/vonage/status", client_ref="r1"))
    seen = check_vonage(site, printed, lambda got: b'"delivered"' in got[3])
    expect("reports of a text", seen, ["submitted", "delivered"])
    begun = client.voice.create_call(CreateCallRequest(
        to=[ToPhone(number=PHONE[1:])], random_from_number=True, answer_url=[f"{site}/vonage/answer"], event_url=[f"{site}/vonage/event"]))
    act(base, "answer", {})
    act(base, "press", {"keys": "4"})
    seen = check_vonage(site, printed, lambda got: b'"completed"' in got[3])
    expect("first and last event", [seen[0], seen[-1]], ["started", "completed"])
    if {"digits": "4", "timed_out": False} not in seen:
        sys.exit(f"no keys among {seen}")
    expect("call", (begun.status, client.voice.get_call(begun.uuid).status), ("started", "completed"))


def main():
    printed = read_printed(sys.argv[1])
    base = printed["Page"]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    hooks = json.dumps({"twilioSms": f"{site}/twilio/in"}).encode()
    request = urllib.request.Request(f"{base}/sim/webhooks", hooks, {"content-type": "application/json"}, method="PUT")
    urllib.request.urlopen(request, timeout=10).close()
    run_twilio(base, site, printed)
    run_vonage(base, site, printed)


main()
