//! Four people in Berlin, a week each from Monday 09:00; a desk by day, whose two people take turns and lose none to weekends and
//! holidays; and the same two, holiday by holiday. Within the four weeks the clocks go forward (29 March 2026), somebody falls ill on
//! that very day, two people swap a night, and it is Easter.

use super::rota::Rota;
use crate::pages::browser::Browser;
use crate::pages::editor_form::{Fields, with};
use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::{TestApp, both_databases};

const NAMES: [&str; 6] = ["ada", "ben", "cem", "dot", "eva", "fay"];
const ADA: usize = 0;
const CEM: usize = 2;
const DOT: usize = 3;
const WEEKS: [usize; 4] = [ADA, 1, CEM, DOT];
const DESK: [usize; 2] = [4, 5];
/// The Monday of the first turns.
const START: Date = date(2026, 3, 9);
/// The one before the start is nobody's turn.
const HOLIDAYS: [(Date, &str); 4] = [
    (date(2026, 1, 6), "Epiphany"),
    (date(2026, 4, 3), "Good Friday"),
    (date(2026, 4, 6), "Easter Monday"),
    (date(2026, 5, 1), "Labour Day"),
];

/// What deviates from the plan, on Berlin's clocks: from, until, who.
type Change = (DateTime, DateTime, usize);

/// The Sunday on which the clocks go forward has 23 hours.
const SICK: Change = (date(2026, 3, 29).at(0, 0, 0, 0), date(2026, 3, 30).at(0, 0, 0, 0), ADA);
/// Dot's night, and one of Ada's.
const SWAP: [Change; 2] = [
    (date(2026, 3, 31).at(17, 0, 0, 0), date(2026, 4, 1).at(8, 0, 0, 0), ADA),
    (date(2026, 4, 7).at(17, 0, 0, 0), date(2026, 4, 8).at(8, 0, 0, 0), DOT),
];

fn is_holiday(day: Date) -> bool {
    HOLIDAYS.iter().any(|(holiday, _)| *holiday == day)
}

fn is_working_day(day: Date) -> bool {
    !is_holiday(day) && !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Who of the desk has a day: they alternate over the days that count.
fn turn(day: Date, counts: impl Fn(Date) -> bool) -> usize {
    let before = START.series(1.day()).take_while(|other| *other < day).filter(|day| counts(*day)).count();
    DESK[before % DESK.len()]
}

fn planned(local: DateTime) -> usize {
    let day = local.date();
    let weeks = (local - START.at(9, 0, 0, 0)).get_days() / 7;
    match local.hour() {
        _ if is_holiday(day) => turn(day, is_holiday),
        8..17 if is_working_day(day) => turn(day, is_working_day),
        _ => WEEKS[usize::try_from(weeks).unwrap() % WEEKS.len()],
    }
}

/// The rota as its people know it, with what has deviated from it so far.
fn oracle(changes: &[Change]) -> impl Fn(Timestamp) -> Option<usize> {
    move |at| {
        let local = at.to_zoned(TimeZone::get("Europe/Berlin").unwrap()).datetime();
        let changed = changes.iter().find(|(from, until, _)| (*from..*until).contains(&local));
        Some(changed.map_or_else(|| planned(local), |(_, _, who)| *who))
    }
}

async fn calendar(app: &mut TestApp) -> String {
    let dev = app.user_of_role("dev", Role::User).await.id;
    let days = HOLIDAYS.map(|(day, name)| json!({"date": day.to_string(), "name": name}));
    let body = json!({"name": "Berlin", "holidays": days});
    let made = app.as_user(dev).await.post("/api/holiday-calendars", &body).await.expect(201).json();
    made["id"].to_string()
}

/// "Weekly rotation" with two more layers.
fn filled(form: Fields, calendar: &str, ids: &[String]) -> Fields {
    assert!(form.iter().any(|(name, _)| name == "calendar"), "the form asks for holidays: {form:?}");
    let layer = |nth: usize, name: &str, starts: &str, unit: &str, holidays: &str| {
        [("name", name), ("starts_on", starts), ("count", "1"), ("unit", unit), ("holidays", holidays)]
            .map(|(part, value)| (format!("layer.{nth}.{part}"), value.to_owned()))
    };
    let hours = [("from_day", "WEEKDAYS"), ("from_time", "08:00"), ("until_day", ""), ("until_time", "17:00")];
    let users = |nth: usize, who: &[usize]| {
        let user = |(row, who): (usize, &usize)| (format!("layer.{nth}.user.{row}"), ids[*who].clone());
        who.iter().enumerate().map(user).collect::<Vec<_>>()
    };
    [("zone", "Europe/Berlin"), ("calendar", calendar), ("layer.1.keeps_turns", "on"), ("layer.2.keeps_turns", "on")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .chain(layer(0, "Weeks", "2026-03-09T09:00", "WEEKS", "NEVER"))
        .chain(layer(1, "Desk", "2026-03-09T00:00", "DAYS", "NEVER"))
        .chain(layer(2, "Holidays", "2026-03-09T00:00", "DAYS", "ONLY"))
        .chain(hours.map(|(part, value)| (format!("layer.1.restriction.0.{part}"), value.to_owned())))
        .chain([(0, &WEEKS[..]), (1, &DESK[..]), (2, &DESK[..])].into_iter().flat_map(|(nth, who)| users(nth, who)))
        .fold(form, |form, (name, value)| with(form, &name, &value))
}

/// The page of the four weeks.
async fn page(app: &TestApp, rota: &Rota) -> String {
    let path = format!("/schedules/{}?span=4w&zone=Europe/Berlin&from=2026-03-16", rota.id);
    rota.browser(app).await.get(&path).await.expect(200).text
}

/// Cem is ill for a day: the page and the API say so, everybody is asked, and Ada takes it.
async fn falls_ill(app: &mut TestApp, rota: &Rota) {
    let (cem, ada) = (app.as_user(rota.people[CEM].id).await, app.as_user(rota.people[ADA].id).await);
    let absence = json!({"start": "2026-03-29T00:00+01:00", "end": "2026-03-30T00:00+02:00", "reason": "Ill"});
    cem.post("/api/users/current/absences", &absence).await.expect(201);
    let shown = page(app, rota).await;
    assert!(shown.contains("cem Example is on call ") && shown.contains("but away: Ill."), "{shown}");
    assert!(shown.contains("cem Example away"), "{shown}");
    let coverage = cem.get(&format!("/api/schedules/{}/coverage", rota.id)).await.expect(200).json();
    let conflict = &coverage["conflicts"][0];
    assert_eq!(conflict["user"]["id"], json!(rota.people[CEM].id));
    let ask =
        json!({"schedule": {"id": rota.id}, "start": conflict["start"], "end": conflict["end"], "message": "Ill"});
    let asked = cem.post("/api/cover-requests", &ask).await.expect(201).json();
    app.settle().await;
    let taken = ada.put(&format!("/api/cover-requests/{}/accept", asked["id"]), &Value::Null).await.expect(200).json();
    assert_eq!(taken["state"], "ACCEPTED");
    app.settle().await;
    assert!(!page(app, rota).await.contains("but away"), "the conflict is settled");
}

/// Ada and Dot each put themselves on call for a night of the other.
async fn swap(app: &mut TestApp, rota: &Rota) {
    let path = format!("/schedules/{}/overrides/new", rota.id);
    for (from, until, who) in SWAP {
        let mut browser = Browser::of(app, &rota.people[who]).await;
        browser.get(&path).await.expect(200);
        let (id, from, until) = (rota.people[who].id.to_string(), from.to_string(), until.to_string());
        let zone = ("zone", "Europe/Berlin");
        browser.submit(&path, &[("user", &id), ("from", &from[..16]), ("until", &until[..16]), zone]).await;
    }
    app.settle().await;
}

/// The clock jumps to a moment, and goes hour by hour from there.
async fn lives(app: &mut TestApp, rota: &Rota, from: &str, hours: i64, changes: &[Change]) {
    app.jump_to(from.parse().unwrap()).await;
    rota.is_lived_alike(app, hours, oracle(changes)).await;
}

both_databases! {
    async fn four_weeks_with_holidays_a_sick_day_and_a_swap_are_the_same_everywhere(app: TestApp) {
        app.jump_to("2026-03-13T12:00:00Z".parse().unwrap()).await;
        let calendar = calendar(app).await;
        let mut people = Vec::new();
        for name in NAMES {
            people.push(app.user(name).await);
        }
        let ids: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
        let rota = Rota::build(app, "weekly", people, |form| filled(form, &calendar, &ids)).await;
        rota.is_told_alike(app, 60, oracle(&[])).await;
        let shown = page(app, &rota).await;
        for words in ["Holiday: Good Friday", "Holiday: Easter Monday", "Clocks go forward 1 h"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }

        app.jump_to("2026-03-28T18:00:00Z".parse().unwrap()).await;
        falls_ill(app, &rota).await;
        rota.is_told_alike(app, 30, oracle(&[SICK])).await;
        lives(app, &rota, "2026-03-28T21:00:00Z", 36, &[SICK]).await;
        swap(app, &rota).await;
        let changes = [SICK, SWAP[0], SWAP[1]];
        rota.is_told_alike(app, 30, oracle(&changes)).await;
        lives(app, &rota, "2026-03-31T14:00:00Z", 17, &changes).await;
        lives(app, &rota, "2026-04-02T21:00:00Z", 26, &changes).await;
        lives(app, &rota, "2026-04-05T21:00:00Z", 26, &changes).await;
        lives(app, &rota, "2026-04-07T14:00:00Z", 17, &changes).await;
        app.expect_any_mails();
    }
}
