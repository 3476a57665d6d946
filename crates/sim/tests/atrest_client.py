"""The public client `atrest` 1.0.2, unmodified, against the Autotask stand-in: creates tickets and queries them.

Usage: atrest_client.py BASE_URL API_CODE API_USER API_SECRET
BASE_URL is http://HOST:PORT/ATServicesRest/V1.0 (a slash at the end is taken off). Exit status 0: everything worked.
"""

import base64
import sys

import requests
from atrest.client import Client

QUEUE = 29683487


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, not {wanted!r}")


def refused(what, says, call):
    try:
        call()
    except requests.exceptions.HTTPError as error:
        if says in str(error):
            return
        sys.exit(f"{what}: refused with {error}")
    sys.exit(f"{what}: not refused")


def read(client, ticket_id):
    page = client.query_tickets(str(ticket_id)).json()
    expect("page count", page["pageDetails"]["count"], 1)
    return page["items"][0]


def main(base_url, code, user, secret):
    client = Client(base_url.rstrip("/"), code, user, secret)
    title, text = 'Ümlaut "quoted" <b>', "first line\nsecond line"
    ticket_id = client.create_ticket(title, text, 1, 1, 0, QUEUE)
    ticket = read(client, ticket_id)
    wanted = {"id": ticket_id, "title": title, "description": text, "status": 1, "priority": 1, "companyID": 0, "queueID": QUEUE}
    expect("ticket", {name: ticket[name] for name in wanted}, wanted)
    expect("ticket number", ticket["ticketNumber"][:1], "T")

    encoded = base64.b64encode(b"a,b,c")
    with_file = client.create_ticket_with_attachment("With a file", "", 1, 2, 0, QUEUE, "Report", "report.csv", encoded)
    expect("ids differ", with_file > ticket_id, True)
    expect("nobody's ticket", client.query_tickets("999999999").json()["items"], [])

    bad = 1111111111111
    refused("status", "bad query parameters", lambda: client.create_ticket("t", "t", bad, 1, 0, QUEUE))
    refused("priority", "bad query parameters", lambda: client.create_ticket("t", "t", 1, bad, 0, QUEUE))
    refused("company", "bad query parameters", lambda: client.create_ticket("t", "t", 1, 1, bad, QUEUE))
    refused("queue", "bad query parameters", lambda: client.create_ticket("t", "t", 1, 1, 0, bad))
    stranger = Client(base_url.rstrip("/"), code, user, "wrong")
    refused("secret", "Invalid Autotask credentials", lambda: stranger.create_ticket("t", "t", 1, 1, 0, QUEUE))
    lost = Client(base_url.rstrip("/") + "5", code, user, secret)
    refused("address", "Bad Autotask URL", lambda: lost.create_ticket("t", "t", 1, 1, 0, QUEUE))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
