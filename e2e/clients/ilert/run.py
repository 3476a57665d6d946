"""Starts `watchbell serve` on a new database, makes a user, a policy and an alert source, and lets the client loose on it.

Arguments: the program, the client. The server is stopped, and its data removed, however this ends.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_ready(url):
    try:
        with urllib.request.urlopen(url + "/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def ask(url, key, method, path, body=None):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def seed(program, environment, url):
    """An API key and the integration key of a new alert source."""

    def say(*words):
        return subprocess.run([program, *words], env=environment, check=True, capture_output=True, text=True).stdout.strip()

    say("user", "create", "--email", "ann@example.com", "--name", "Ann Lee", "--role", "ADMIN")
    key = say("api-key", "create", "--user", "ann@example.com", "--name", "clients")
    user = ask(url, key, "GET", "/api/users/current")["id"]
    rule = {"escalationTimeout": 15, "users": [{"id": user}]}
    policy = ask(url, key, "POST", "/api/escalation-policies", {"name": "Support", "escalationRules": [rule]})["id"]
    source = {"name": "Monitoring", "integrationType": "API", "escalationPolicy": {"id": policy}}
    return key, ask(url, key, "POST", "/api/alert-sources", source)["integrationKey"]


def main(program, client):
    with tempfile.TemporaryDirectory(prefix="watchbell-ilert-") as directory:
        environment = {"PATH": os.environ.get("PATH", ""), "WATCHBELL_DATA_DIR": directory}
        url = f"http://127.0.0.1:{free_port()}"
        with open(os.path.join(directory, "log"), "w+", encoding="utf-8") as log:
            server = subprocess.Popen([program, "serve", "--listen", url[7:]], env=environment, stdout=log, stderr=log)
            try:
                deadline = time.monotonic() + 30
                while not is_ready(url):
                    if server.poll() is not None or time.monotonic() > deadline:
                        log.seek(0)
                        raise SystemExit("the server does not start:\n" + log.read())
                    time.sleep(0.05)
                subprocess.run([client, url, *seed(program, environment, url)], check=True, timeout=60)
            finally:
                server.terminate()
                server.wait(timeout=30)


main(*sys.argv[1:])
