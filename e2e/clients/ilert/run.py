"""Starts `watchbell serve` on a new database, makes a user, a policy and an alert source, and lets the client loose on it.

Arguments: the program, the client. The server is stopped, and its data removed, however this ends.
"""

import subprocess
import sys

from server import ask, make_admin, running


def seed(program, environment, url):
    """An API key and the integration key of a new alert source."""
    key = make_admin(program, environment)
    user = ask(url, key, "GET", "/api/users/current")["id"]
    rule = {"escalationTimeout": 15, "users": [{"id": user}]}
    policy = ask(url, key, "POST", "/api/escalation-policies", {"name": "Support", "escalationRules": [rule]})["id"]
    source = {"name": "Monitoring", "integrationType": "API", "escalationPolicy": {"id": policy}}
    return key, ask(url, key, "POST", "/api/alert-sources", source)["integrationKey"]


def main(program, client):
    with running(program, "ilert") as (url, environment, _):
        subprocess.run([client, url, *seed(program, environment, url)], check=True, timeout=60)


main(*sys.argv[1:])
