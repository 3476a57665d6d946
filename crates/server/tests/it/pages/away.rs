//! Absences and calendars of public holidays as a browser enters them.

use super::browser::Browser;
use super::schedules::field;
use watchbell_core::user::Role;
use watchbell_testkit::both_databases;

fn span(from: String, until: String, reason: &'static str) -> [(&'static str, String); 4] {
    [("away_from", from), ("away_until", until), ("away_reason", reason.to_owned()), ("away_zone", "UTC".to_owned())]
}

fn plain<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// The first path in a page that begins so, up to the quote.
fn path_of(page: &str, begin: &str) -> String {
    page.split('"').find(|part| part.starts_with(begin)).unwrap_or_default().to_owned()
}

both_databases! {
    async fn absences_are_entered_changed_and_removed(app: TestApp) {
        let (ann, admin) = (app.user_of_role("ann", Role::Stakeholder).await, app.user_of_role("admin", Role::Admin).await);
        let bob = app.user_of_role("bob", Role::User).await;
        let mut browser = Browser::of(app, &ann).await;
        let enter = format!("/users/{}/absences", ann.id);
        let page = browser.submit(&enter, &plain(&span(field(app, 24), field(app, 48), "Dentist"))).await.text;
        assert!(page.contains("The absence is entered.") && page.contains("Dentist"), "{page}");
        let one = path_of(&page, &format!("{enter}/"));
        let shown = browser.get(&one).await.expect(200).text;
        assert!(shown.contains(&format!("value=\"{}\"", field(app, 24))) && shown.contains("value=\"Dentist\""), "{shown}");
        let page = browser.submit(&one, &plain(&span(field(app, 24), field(app, 72), "Hospital"))).await.text;
        assert!(page.contains("The absence is changed.") && page.contains("Hospital") && !page.contains("Dentist"), "{page}");
        Browser::of(app, &bob).await.post(&format!("{one}/delete"), &[]).await.expect(403);
        let page = Browser::of(app, &admin).await.submit(&format!("{one}/delete"), &[]).await.text;
        assert!(page.contains("The absence is removed.") && page.contains("No absence ahead."), "{page}");
    }

    async fn a_refused_absence_keeps_what_was_typed(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let enter = format!("/users/{}/absences", ann.id);
        for (from, until, words) in [
            ("soon".to_owned(), field(app, 1), "Must be a date and a time."),
            (field(app, 5), field(app, 1), "Must come after the start."),
            (field(app, 5), field(app, 24 * 1_200), "Must come at most"),
        ] {
            let page = browser.post(&enter, &plain(&span(from.clone(), until, "Sabbatical"))).await.expect(422).text;
            assert!(page.contains(words) && page.contains("value=\"Sabbatical\"") && page.contains(&from), "{words}: {page}");
        }
        let feed = format!("/users/{}/absence-feed", ann.id);
        let page = browser.post(&feed, &[("calendar", "file:///etc/passwd")]).await.expect(422).text;
        assert!(page.contains("calendar-error"), "{page}");
        let page = browser.submit(&feed, &[("calendar", "https://calendar.example/secret-7f3/me.ics")]).await.text;
        assert!(page.contains("Forget the calendar") && !page.contains("secret-7f3"), "{page}");
        let page = browser.submit(&format!("{feed}/delete"), &[]).await.text;
        assert!(page.contains("The calendar is forgotten") && !page.contains("Forget the calendar"), "{page}");
    }
}

both_databases! {
    async fn holidays_are_entered_as_a_list_or_read_from_an_address(app: TestApp) {
        let lead = app.user_of_role("lead", Role::User).await;
        let mut browser = Browser::of(app, &lead).await;
        assert!(browser.get("/holiday-calendars").await.expect(200).text.contains("No calendar yet"));
        let wrong = [("name", "Bavaria"), ("days", "2026-12-25 Christmas\nsoon Easter")];
        let page = browser.post("/holiday-calendars/new", &wrong).await.expect(422).text;
        assert!(page.contains("Line 2: ") && page.contains("soon Easter"), "{page}");
        let days = [("name", "Bavaria"), ("days", "2026-12-25 Christmas\n2026-12-26 Boxing Day")];
        let page = browser.submit("/holiday-calendars/new", &days).await.text;
        assert!(page.contains("Made.") && page.contains("Boxing Day"), "{page}");
        let page = browser.post("/holiday-calendars/new", &days).await.expect(422).text;
        assert!(page.contains("with this name exists already"), "{page}");
        let list = browser.get("/holiday-calendars").await.expect(200).text;
        assert!(list.contains("2 days ahead") && list.contains("Next: Fri 25 Dec 2026, Christmas"), "{list}");
        let one = path_of(&list, "/holiday-calendars/").replace("/new", "/1");
        let page = browser.submit(&one, &[("name", "Bavaria"), ("url", "webcal://calendar.example/by.ics")]).await.text;
        assert!(page.contains("https://calendar.example/by.ics") && page.contains("Boxing Day"), "{page}");
        let page = browser.submit(&one, &[("name", "Bavaria"), ("url", ""), ("days", "")]).await.text;
        assert!(page.contains("2026-12-26 Boxing Day"), "what the address said stays as a list: {page}");
        browser.post(&format!("{one}/delete"), &[]).await.expect(422);
        browser.submit(&format!("{one}/delete"), &[("confirmed", "on")]).await;
        browser.get(&one).await.expect(404);
    }

    async fn guests_look_at_holidays_and_change_none(app: TestApp) {
        let guest = app.user_of_role("guest", Role::Guest).await;
        let mut browser = Browser::of(app, &guest).await;
        let page = browser.get("/holiday-calendars").await.expect(200).text;
        assert!(!page.contains("New calendar"), "{page}");
        browser.get("/holiday-calendars/new").await.expect(403);
        browser.post("/holiday-calendars/new", &[("name", "x")]).await.expect(403);
    }
}
