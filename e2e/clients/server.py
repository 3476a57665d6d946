"""A `watchbell serve` on a new database for the clients of others: started, seeded, asked, and stopped however its use ends."""

import contextlib
import json
import os
import socket
import subprocess
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


def make_admin(program, environment):
    """The key of a new administrator."""

    def say(*words):
        return subprocess.run([program, *words], env=environment, check=True, capture_output=True, text=True).stdout.strip()

    say("user", "create", "--email", "ann@example.com", "--name", "Ann Lee", "--role", "ADMIN")
    return say("api-key", "create", "--user", "ann@example.com", "--name", "clients")


def wait_until_ready(server, url, log):
    deadline = time.monotonic() + 30
    while not is_ready(url):
        if server.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            raise SystemExit("the server does not start:\n" + log.read())
        time.sleep(0.05)


@contextlib.contextmanager
def running(program, name):
    """Its address, the environment of its commands, and a directory that is removed with its data."""
    with tempfile.TemporaryDirectory(prefix=f"watchbell-{name}-") as directory:
        url = f"http://127.0.0.1:{free_port()}"
        data = os.path.join(directory, "data")
        os.makedirs(data)
        environment = {"PATH": os.environ.get("PATH", ""), "WATCHBELL_DATA_DIR": data, "WATCHBELL_PUBLIC_URL": url}
        with open(os.path.join(directory, "log"), "w+", encoding="utf-8") as log:
            server = subprocess.Popen([program, "serve", "--listen", url[7:]], env=environment, stdout=log, stderr=log)
            try:
                wait_until_ready(server, url, log)
                yield url, environment, directory
            finally:
                server.terminate()
                server.wait(timeout=30)
