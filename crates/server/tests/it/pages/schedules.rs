//! Schedules as a browser sees them: the strip, the list, the page, overrides, temporary schedules, my on-call.

use super::browser::{Browser, between};
use jiff::civil::DateTime;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::{HolidayRule, Layer, Plan, Rotation, RotationUnit};
use watchbell_core::user::Role;
use watchbell_store::schedules::{self, ScheduleIn};
use watchbell_testkit::{TestApp, both_databases, minutes};

/// A layer in which these people take turns of a day each, from midnight on.
pub fn daily(name: &str, users: &[UserId]) -> Layer {
    Layer {
        name: name.into(),
        starts_on: DateTime::constant(2026, 1, 1, 0, 0, 0, 0),
        ends_on: None,
        users: users.to_vec(),
        rotation: Rotation { unit: RotationUnit::Days, count: 1 },
        restrictions: Vec::new(),
        keeps_turns: false,
        holidays: HolidayRule::Any,
        attended: None,
        zone: None,
    }
}

/// A schedule in UTC.
pub async fn schedule(app: &TestApp, name: &str, layers: Vec<Layer>) -> ScheduleId {
    let new = ScheduleIn {
        name: name.into(),
        zone: "UTC".into(),
        calendar: None,
        plan: Plan::Recurring { layers },
        owners: None,
        teams: None,
    };
    schedules::create(&app.app.db, &app.scope(), new, app.app.clock.now()).await.unwrap().id
}

/// A moment as a field for dates takes it, so many hours from now, in UTC.
pub fn field(app: &TestApp, hours: i64) -> String {
    (app.app.clock.now() + minutes(60 * hours)).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The strip of a page.
fn strip(page: &str) -> String {
    between(page, "aria-label=\"Who is on call\"", "</nav>").unwrap_or_default().to_owned()
}

both_databases! {
    async fn every_page_says_who_is_on_call_and_who_is_not(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let mut browser = Browser::of(app, &ann).await;
        assert_eq!(strip(&browser.get("/alerts").await.expect(200).text), "");
        schedule(app, "Nights", vec![daily("All", &[ann.id, bob.id])]).await;
        let office = Layer { attended: Some("the dispatchers watch".into()), users: Vec::new(), ..daily("Office", &[]) };
        schedule(app, "Office", vec![office]).await;
        schedule(app, "Nobody's", Vec::new()).await;
        for path in ["/alerts", "/profile", "/schedules", "/on-call"] {
            let strip = strip(&browser.get(path).await.expect(200).text);
            assert!(strip.contains("Nobody is on call: Nobody's") && strip.contains("Not paged by rule"), "{path}: {strip}");
            assert!(strip.contains("ann Example") != strip.contains("<b>bob Example") && strip.contains("until "), "{path}: {strip}");
        }
        let guest = app.user_of_role("guest", Role::Stakeholder).await;
        assert_eq!(strip(&Browser::of(app, &guest).await.get("/profile").await.expect(200).text), "");
    }

    async fn of_many_schedules_none_is_lost_and_gaps_come_first(app: TestApp) {
        let ann = app.user("ann").await;
        for nth in 10..61 {
            schedule(app, &format!("Rota {nth}"), vec![daily("All", &[ann.id])]).await;
        }
        schedule(app, "Zurich", Vec::new()).await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/schedules").await.expect(200).text;
        assert!(strip(&page).contains("Nobody is on call: Zurich"), "{}", strip(&page));
        assert!(page.contains("Rota 59") && !page.contains("<b>Rota 60</b>"), "{page}");
        let next = browser.get("/schedules?page=2").await.expect(200).text;
        assert!(next.contains("<b>Rota 60</b>") && next.contains("<b>Zurich</b>") && !next.contains("<b>Rota 59</b>"), "{next}");
    }

    async fn the_page_shows_shifts_gaps_and_layers_in_any_zone(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("Even", &[ann.id]), daily("Odd", &[bob.id])]).await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get(&format!("/schedules/{id}")).await.expect(200).text;
        assert!(page.contains("<b>bob Example</b> is on call") && page.contains("layer Odd") && page.contains("No end in sight"), "{page}");
        for span in ["1d", "1w", "2w", "4w", "nonsense"] {
            let page = browser.get(&format!("/schedules/{id}?span={span}&zone=Australia/Sydney&from=2027-03-28")).await.expect(200).text;
            assert!(page.contains("Times in Australia/Sydney"), "{page}");
        }
        let change = browser.get(&format!("/schedules/{id}?span=1w&zone=Europe/Berlin&from=2027-03-24")).await.expect(200).text;
        assert!(change.contains("Clocks go forward 1 h"), "{change}");
        browser.get("/schedules/99999").await.expect(404);
        let list = browser.get("/schedules?span=4w").await.expect(200).text;
        assert!(list.contains("Nights") && list.contains("used by no policy"), "{list}");
    }

    async fn an_override_puts_somebody_else_on_call_and_is_changed_and_removed(app: TestApp) {
        let (ann, bob) = (app.user_of_role("ann", Role::User).await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id])]).await;
        let mut browser = Browser::of(app, &ann).await;
        let (path, bob_id) = (format!("/schedules/{id}/overrides/new"), bob.id.to_string());
        let form = |from: i64, until: i64, user: &str| vec![("user", user.to_owned()), ("from", field(app, from)), ("until", field(app, until)), ("zone", "UTC".to_owned()), ("reason", "Swapped".to_owned())];
        browser.get(&path).await.expect(200);
        for (wrong, says) in [(form(-9, -3, &bob_id), "Lies in the past"), (form(5, 3, &bob_id), "Must come after the start."), (form(1, 2, "x"), "Choose somebody.")] {
            let fields: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let page = browser.post(&path, &fields).await.expect(422).text;
            assert!(page.contains(says) && page.contains("value=\"Swapped\""), "{says}: {page}");
        }
        let right = form(-1, 8, &bob_id);
        let fields: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = browser.submit(&path, &fields).await.text;
        assert!(page.contains("<b>bob Example</b> is on call") && page.contains("an override") && page.contains("Swapped"), "{page}");
        let made = between(&page, &format!("/schedules/{id}/overrides/"), "/delete").unwrap().rsplit('/').next().unwrap().to_owned();
        let one = format!("/schedules/{id}/overrides/{made}");
        assert!(browser.get(&one).await.expect(200).text.contains("Swapped"));
        let (from, until) = (field(app, 2), field(app, 4));
        let page = browser.submit(&one, &[("user", bob_id.as_str()), ("from", &from), ("until", &until), ("zone", "UTC"), ("reason", "Postponed")]).await.text;
        assert!(page.contains("<b>ann Example</b> is on call") && page.contains("Postponed"), "{page}");
        let again = between(&page, "Postponed", "Remove the override").map_or_else(String::new, str::to_owned);
        let next = between(&again, &format!("/schedules/{id}/overrides/"), "\"").unwrap().trim_end_matches("/delete").to_owned();
        browser.submit(&format!("/schedules/{id}/overrides/{next}/delete"), &[]).await;
        assert!(!browser.get(&format!("/schedules/{id}")).await.text.contains("Postponed"));
    }

    async fn responders_put_themselves_on_call_and_nobody_else(app: TestApp) {
        let (rob, bob) = (app.user_of_role("rob", Role::Responder).await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[bob.id])]).await;
        let mut browser = Browser::of(app, &rob).await;
        let page = browser.get(&format!("/schedules/{id}")).await.expect(200).text;
        assert!(page.contains("Add an override") && !page.contains(&format!("/schedules/{id}/edit")), "{page}");
        let (path, from, until) = (format!("/schedules/{id}/overrides/new"), field(app, 0), field(app, 3));
        for other in [bob.id.to_string(), "nobody".into()] {
            let page = browser.post(&path, &[("user", other.as_str()), ("from", &from), ("until", &until), ("zone", "UTC")]).await.expect(422).text;
            assert!(page.contains("You can put yourself on call"), "{page}");
        }
        let own = rob.id.to_string();
        let page = browser.submit(&path, &[("user", own.as_str()), ("from", &from), ("until", &until), ("zone", "UTC")]).await.text;
        assert!(page.contains("<b>rob Example</b> is on call"), "{page}");
        browser.get(&format!("/schedules/{id}/edit")).await.expect(403);
        browser.get("/schedules/new").await.expect(403);
        browser.post(&format!("/schedules/{id}/delete"), &[("confirmed", "on")]).await.expect(403);
        let guest = app.user_of_role("guest", Role::Guest).await;
        let mut guest = Browser::of(app, &guest).await;
        assert!(!guest.get(&format!("/schedules/{id}")).await.expect(200).text.contains("Add an override"));
        guest.post(&path, &[("user", own.as_str()), ("from", &from), ("until", &until), ("zone", "UTC")]).await.expect(403);
    }

    async fn a_temporary_schedule_replaces_the_rota_and_its_holes_are_red(app: TestApp) {
        let (ann, bob) = (app.user_of_role("ann", Role::User).await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id])]).await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/schedules/{id}/temporary/new");
        let (from, middle, until, bob_id) = (field(app, 24), field(app, 30), field(app, 48), bob.id.to_string());
        browser.get(&path).await.expect(200);
        let mut form = vec![("zone", "UTC"), ("from", from.as_str()), ("until", until.as_str()), ("shift.0.user", bob_id.as_str()), ("shift.0.from", from.as_str()), ("shift.0.until", "")];
        let refused = browser.post(&path, &form).await.expect(422).text;
        assert!(refused.contains("Needs a start, and an end after it."), "{refused}");
        form[5] = ("shift.0.until", middle.as_str());
        let page = browser.submit(&path, &form).await.text;
        assert!(page.contains("Nobody is on call ") && page.contains("(18 h)") && page.contains("Cover this gap"), "{page}");
        let remove = between(&page, &format!("/schedules/{id}/temporary/"), "/delete").unwrap().rsplit('/').next().unwrap().to_owned();
        let page = browser.submit(&format!("/schedules/{id}/temporary/{remove}/delete"), &[]).await.text;
        assert!(!page.contains("(18 h)"), "{page}");
    }

    async fn a_schedule_that_a_policy_asks_is_not_deleted_and_says_so(app: TestApp) {
        let ann = app.user_of_role("ann", Role::User).await;
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id])]).await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/schedules/{id}/delete");
        browser.post(&path, &[]).await.expect(422);
        let list = browser.submit(&path, &[("confirmed", "on")]).await.text;
        assert!(list.contains("The schedule is deleted.") && list.contains("No schedule yet"), "{list}");
    }

    async fn my_on_call_says_now_and_next_and_takes_over(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[bob.id])]).await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/on-call").await.expect(200).text;
        assert!(page.contains("You are not on call") && page.contains("No shifts"), "{page}");
        let own = id.to_string();
        for hours in ["0", "169", "x", ""] {
            browser.post("/on-call/take-over", &[("schedule", own.as_str()), ("hours", hours)]).await.expect(422);
        }
        let page = browser.submit("/on-call/take-over", &[("schedule", own.as_str()), ("hours", "2")]).await.text;
        assert!(page.contains("You are on call: ") && page.contains("You are on call now."), "{page}");
        app.advance(minutes(121)).await;
        assert!(browser.get("/on-call").await.expect(200).text.contains("You are not on call"));
    }
}

both_databases! {
    async fn who_is_on_call_while_away_is_a_conflict(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id, bob.id])]).await;
        let at = |hours: i64| (app.app.clock.now() + minutes(60 * hours)).as_microsecond();
        app.tamper(&format!("INSERT INTO absence (org_id, user_id, from_at, until_at, reason, created_at) VALUES (1, {}, {}, {}, 'in hospital', 0)", bob.id, at(0), at(96))).await;
        let page = Browser::of(app, &ann).await.get(&format!("/schedules/{id}")).await.expect(200).text;
        assert!(page.contains("bob Example is on call ") && page.contains("but away.") && !page.contains("in hospital"), "{page}");
        let page = Browser::of(app, &bob).await.get(&format!("/schedules/{id}")).await.expect(200).text;
        assert!(page.contains("bob Example is on call ") && page.contains("but away: in hospital."), "{page}");
        assert!(page.contains("bob Example away") && page.contains("away: in hospital"), "{page}");
    }

    async fn a_feed_shows_its_address_once_and_is_revoked(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id])]).await;
        let mut browser = Browser::of(app, &ann).await;
        for base in [format!("/schedules/{id}"), "/on-call".to_owned()] {
            browser.get(&base).await.expect(200);
            let page = browser.post(&format!("{base}/feed"), &[("feed_name", "Outlook")]).await.expect(200).text;
            let url = between(&page, "id=\"feed-url\" type=\"text\" readonly value=\"", "\"").unwrap().to_owned();
            let path = format!("/calendars/{}", url.rsplit('/').next().unwrap());
            assert!(browser.get(&path).await.expect(200).text.starts_with("BEGIN:VCALENDAR"));
            let page = browser.get(&base).await.expect(200).text;
            assert!(page.contains("Outlook") && !page.contains(&url), "{page}");
            let feed = between(&page, &format!("{base}/feed/"), "/revoke").unwrap().to_owned();
            let revoke = format!("{base}/feed/{feed}/revoke");
            let mut other = Browser::of(app, &bob).await;
            other.post(&revoke, &[]).await.expect(404);
            browser.submit(&revoke, &[]).await;
            browser.get(&path).await.expect(404);
        }
    }
}
