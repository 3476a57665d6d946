"""Starts `watchbell serve` on a new database, makes a rota with exceptions, and compares what calendar programs read with the API.

Arguments: the program; then `khal vdirsyncer` where they are there. The server is stopped, and its data removed, however this ends.
"""

import datetime
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from zoneinfo import ZoneInfo

import icalendar

from server import ask, make_admin, running

ZONE = ZoneInfo("Europe/Berlin")
UTC = datetime.timezone.utc
# The feed shows 400 days; what ends near its end is left out on both sides.
DAYS = 390


def fetch(address, tag=None):
    request = urllib.request.Request(address, headers={"If-None-Match": tag} if tag else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["ETag"], answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers["ETag"], b""


def at(day, clock):
    return {"dayOfWeek": day, "time": clock}


def seed(program, environment, url, now):
    """A key, the schedule, and the address of each feed."""
    key = make_admin(program, environment)
    ann = ask(url, key, "GET", "/api/users/current")["id"]
    bob = {"firstName": "Bob, jr.", "lastName": "Müller", "email": "bob@example.com", "timezone": "America/New_York"}
    bob = ask(url, key, "POST", "/api/users", bob)["id"]
    nights = [{"from": at(day, "22:00"), "to": at(after, "06:00")} for day, after in zip(DAYS_OF_WEEK, DAYS_OF_WEEK[1:] + DAYS_OF_WEEK[:1])]
    layers = [
        {"name": "Weeks", "startsOn": "2026-01-02T17:00", "users": [{"id": ann}, {"id": bob}], "rotation": "P7D"},
        # Over both changes of the clocks: the turns of these nights have seven and nine hours.
        {"name": "Nights", "startsOn": "2026-01-01T22:00", "users": [{"id": bob}, {"id": ann}], "rotation": "P1D", "restrictions": nights},
    ]
    schedule = ask(url, key, "POST", "/api/schedules", {"name": "Support; all; sites", "timezone": "Europe/Berlin", "scheduleLayers": layers})["id"]
    soon = now + datetime.timedelta(days=3)
    over = {"user": {"id": bob}, "start": soon.isoformat(), "end": (soon + datetime.timedelta(hours=5)).isoformat()}
    ask(url, key, "PUT", f"/api/schedules/{schedule}/overrides", over)
    whole = ask(url, key, "POST", "/api/calendar-feeds", {"name": "wall", "schedule": {"id": schedule}})["url"]
    bobs = ask(url, key, "POST", "/api/calendar-feeds", {"name": "phone", "user": {"id": bob}})["url"]
    return key, schedule, bob, whole, bobs


DAYS_OF_WEEK = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def shifts_of_api(url, key, schedule, now, until):
    """(start, end, user) of every shift that is over by then."""
    query = f"from={now:%Y-%m-%dT%H:%M:%SZ}&until={now + datetime.timedelta(days=399):%Y-%m-%dT%H:%M:%SZ}"
    found = ask(url, key, "GET", f"/api/schedules/{schedule}/shifts?{query}")
    found = [(moment(one["start"]), moment(one["end"]), one["user"]["id"]) for one in found]
    return [one for one in found if one[1] <= until]


def to_minutes(spans, until):
    """Programs show minutes; what follows without a gap stays apart."""
    spans = ((start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)) for start, end in spans)
    return sorted((start, end) for start, end in spans if end <= until)


def check(what, found, expected):
    if found != expected:
        only_found = [one for one in found if one not in expected][:5]
        only_expected = [one for one in expected if one not in found][:5]
        raise SystemExit(f"{what} reads something else: {only_found} instead of {only_expected} ({len(found)}, {len(expected)})")


def read_icalendar(body):
    calendar = icalendar.Calendar.from_ical(body)
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    events = calendar.walk("VEVENT")
    uids = [str(event["UID"]) for event in events]
    if len(set(uids)) != len(uids):
        raise SystemExit("an UID comes twice")
    return zones, {str(event["UID"]): event for event in events}


def spans_of(events):
    return [(event.decoded("DTSTART").astimezone(UTC), event.decoded("DTEND").astimezone(UTC)) for event in events.values()]


def read_khal(directory, address, first_day):
    """What khal lists of what vdirsyncer fetched."""
    store = os.path.join(directory, "store")
    os.makedirs(store, exist_ok=True)
    sync = os.path.join(directory, "vdirsyncer")
    with open(sync, "w", encoding="utf-8") as file:
        file.write(
            f'[general]\nstatus_path = "{directory}/status"\n[pair rota]\na = "feed"\nb = "local"\ncollections = null\n'
            f'[storage feed]\ntype = "http"\nurl = "{address}"\n'
            f'[storage local]\ntype = "filesystem"\npath = "{store}"\nfileext = ".ics"\n'
        )
    environment = {**os.environ, "HOME": directory, "XDG_DATA_HOME": directory, "XDG_CACHE_HOME": directory, "LC_ALL": "C.UTF-8", "TZ": "Europe/Berlin"}
    for verb in ["discover", "sync"]:
        subprocess.run(["vdirsyncer", "-c", sync, verb], env=environment, check=True, capture_output=True, text=True, input="y\n", timeout=60)
    settings = os.path.join(directory, "khal")
    stamp = "%Y-%m-%d %H:%M"
    with open(settings, "w", encoding="utf-8") as file:
        file.write(
            f"[calendars]\n[[rota]]\npath = {store}\nreadonly = True\n[sqlite]\npath = {directory}/khal.db\n[locale]\n"
            f"local_timezone = Europe/Berlin\ndefault_timezone = Europe/Berlin\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
            f"longdateformat = %Y-%m-%d\ndatetimeformat = {stamp}\nlongdatetimeformat = {stamp}\n"
        )
    words = ["khal", "-c", settings, "list", "--once", "--day-format", "", "--format", "{start-long-full}|{end-long-full}|{title}", first_day, "420d"]
    listed = subprocess.run(words, env=environment, check=True, capture_output=True, text=True, timeout=120).stdout
    spans = []
    for line in listed.splitlines():
        if line.count("|") < 2:
            continue
        start, end, _ = line.split("|", 2)
        spans.append(tuple(datetime.datetime.strptime(text, stamp).replace(tzinfo=ZONE).astimezone(UTC) for text in (start, end)))
    return spans


def compare(url, key, schedule, bob, addresses, programs, directory, now):
    whole, bobs = addresses
    until = now + datetime.timedelta(days=DAYS)
    shifts = shifts_of_api(url, key, schedule, now, until)
    of_bob = [one for one in shifts if one[2] == bob]
    assert len(shifts) > 500 and len(of_bob) > 200, (len(shifts), len(of_bob))
    for name, address, expected, zone in [("the schedule", whole, shifts, "Europe/Berlin"), ("the person", bobs, of_bob, "America/New_York")]:
        expected = [(start, end) for start, end, _ in expected]
        status, tag, body = fetch(address)
        zones, events = read_icalendar(body)
        assert status == 200 and zones == [zone], (status, zones)
        check(f"icalendar, of {name},", to_minutes(spans_of(events), until), to_minutes(expected, until))
        again = fetch(address, tag)
        assert again[:2] == (304, tag), again[:2]
        assert list(read_icalendar(fetch(address)[2])[1]) == list(events), "UIDs change"
    assert fetch(whole.replace(".ics", "x.ics"))[0] == 404
    if not programs:
        return
    for name, address, expected in [("the schedule", whole, shifts), ("the person", bobs, of_bob)]:
        where = tempfile.mkdtemp(dir=directory)
        spans = read_khal(where, address, f"{now - datetime.timedelta(days=1):%Y-%m-%d}")
        expected = [(start, end) for start, end, _ in expected]
        check(f"khal, of {name},", to_minutes(spans, until), to_minutes(expected, until))


def main(program, *programs):
    with running(program, "calendars") as (url, environment, directory):
        now = datetime.datetime.now(UTC).replace(microsecond=0)
        key, schedule, bob, *addresses = seed(program, environment, url, now)
        compare(url, key, schedule, bob, addresses, programs, directory, now)


main(*sys.argv[1:])
