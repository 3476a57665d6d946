//! A rota that was built, with a source that pages whoever is on call in it.

use super::told::{Told, in_api, in_chart, in_feed};
use crate::pages::browser::{Browser, between};
use crate::pages::editor_form::{Fields, fields, pairs, with};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use watchbell_core::schedule::Span;
use watchbell_core::user::Role;
use watchbell_testkit::http::{Answer, Caller, client};
use watchbell_testkit::{Person, TestApp, minutes};

/// An hour in minutes.
const HOUR: i64 = 60;
/// Days of a chart.
const CHART_DAYS: usize = 28;

/// What is known of a schedule, and how it is asked.
pub struct Rota {
    /// Its number.
    pub id: i64,
    /// Who takes turns in it; the oracle names them by their place.
    pub people: Vec<Person>,
    name: String,
    builder: Person,
    caller: Caller,
    key: String,
    feed: String,
}

impl Rota {
    /// Builds a schedule through the pages, beginning with one of the starting points, and a policy and a source over the API.
    pub async fn build(
        app: &mut TestApp,
        preset: &str,
        people: Vec<Person>,
        change: impl FnOnce(Fields) -> Fields,
    ) -> Self {
        let builder = app.user_of_role("builder", Role::Admin).await;
        let mut browser = Browser::of(app, &builder).await;
        let page = browser.get(&format!("/schedules/new?preset={preset}")).await.expect(200).text;
        let form = change(with(fields(&page), "name", preset));
        browser.submit("/schedules/new", &pairs(&form)).await;
        let caller = app.as_user(builder.id).await;
        let id = caller.get(&format!("/api/schedules/name/{preset}")).await.expect(200).json()["id"].as_i64().unwrap();
        let feed = json!({"name": "wall", "schedule": {"id": id}});
        let feed =
            caller.post("/api/calendar-feeds", &feed).await.expect(201).json()["url"].as_str().unwrap().to_owned();
        let key = source(&caller, id).await;
        Self { id, people, name: preset.to_owned(), builder, caller, key, feed }
    }

    /// Who built it, in a browser.
    pub async fn browser(&self, app: &TestApp) -> Browser {
        Browser::of(app, &self.builder).await
    }

    /// Compares what the API, the feed and the charts say of each hour with the oracle: the place of the person, if any.
    pub async fn is_told_alike(&self, app: &TestApp, days: i64, oracle: impl Fn(Timestamp) -> Option<usize>) {
        let from = app.app.clock.now();
        let until = from + minutes(24 * HOUR * days);
        let path = format!("/api/schedules/{}/shifts?from={from}&until={until}", self.id);
        let api = in_api(&self.caller.get(&path).await.expect(200).json());
        let feed = Answer::read(client().get(&self.feed).send().await.unwrap()).await.expect(200).text;
        let feed = in_feed(&feed);
        let charts = self.in_charts(app, days).await;
        for hour in 0..24 * days {
            let at = from + minutes(HOUR * hour);
            let expected = oracle(at).map(|nth| self.full_name(nth));
            assert_eq!(named(&api, at), expected.as_deref(), "the API at {at}");
            assert_eq!(named(&feed, at), expected.as_deref(), "the feed at {at}");
            assert_eq!(named(&charts, at), expected.as_deref(), "the chart at {at}");
        }
    }

    /// What the charts of so many days show, one after the other.
    async fn in_charts(&self, app: &TestApp, days: i64) -> Vec<Told> {
        let mut browser = self.browser(app).await;
        let first = app.app.clock.now().to_zoned(TimeZone::UTC).start_of_day().unwrap().timestamp();
        let mut told = Vec::new();
        for day in (0..=days).step_by(CHART_DAYS) {
            let from = first + minutes(24 * HOUR * day);
            let path = format!("/schedules/{}?span=4w&zone=UTC&from={}", self.id, from.strftime("%Y-%m-%d"));
            let page = browser.get(&path).await.expect(200).text;
            told.extend(in_chart(&page, Span::new(from, from + minutes(24 * HOUR * CHART_DAYS as i64))));
        }
        told
    }

    /// Drives the clock hour by hour, and compares who is on call by each way of asking, and who is paged.
    pub async fn is_lived_alike(&self, app: &mut TestApp, hours: i64, oracle: impl Fn(Timestamp) -> Option<usize>) {
        let mut browser = self.browser(app).await;
        for _ in 0..hours {
            let now = app.app.clock.now();
            let expected = oracle(now);
            self.says(app, &mut browser, expected).await;
            self.pages(app, expected).await;
            app.jump(minutes(HOUR)).await;
        }
    }

    async fn says(&self, app: &TestApp, browser: &mut Browser, expected: Option<usize>) {
        let now = app.app.clock.now();
        let answer = self.caller.get(&format!("/api/schedules/{}/user-on-call", self.id)).await;
        let user = (answer.status == 200).then(|| answer.json()["user"]["id"].as_i64().unwrap());
        assert_eq!(user, expected.map(|nth| self.people[nth].id.0), "the API at {now}");
        let page = browser.get(&format!("/schedules/{}?span=1d&zone=UTC", self.id)).await.expect(200).text;
        let strip = between(&page, "aria-label=\"Who is on call\"", "</nav>").unwrap().to_owned();
        match expected {
            Some(nth) => {
                let name = self.full_name(nth);
                assert!(strip.contains(&format!("<b>{name}</b>")), "the header at {now}: {strip}");
                assert!(page.contains(&format!("<b>{name}</b> is on call")), "the chart at {now}: {page}");
            }
            None => {
                assert!(strip.contains(&format!("Nobody is on call: {}", self.name)), "the header at {now}: {strip}")
            }
        }
    }

    async fn pages(&self, app: &mut TestApp, expected: Option<usize>) {
        let now = app.app.clock.now();
        let before = self.mails(app);
        let summary = format!("Down at {}", now.as_second());
        let event = json!({"integrationKey": self.key, "eventType": "ALERT", "summary": summary, "alertKey": summary});
        app.http.post("/api/events", &event).await.expect(202);
        app.settle().await;
        if let Some(nth) = expected {
            self.people[nth].expect_mail(app, &summary).await;
        }
        let reached: Vec<usize> = (0..)
            .zip(before.iter().zip(self.mails(app)))
            .filter(|(_, (before, after))| *before < after)
            .map(|(nth, _)| nth)
            .collect();
        assert_eq!(reached, expected.into_iter().collect::<Vec<_>>(), "who was paged at {now}");
        let resolve = json!({"integrationKey": self.key, "eventType": "RESOLVE", "alertKey": summary});
        app.http.post("/api/events", &resolve).await.expect(202);
        app.settle().await;
    }

    fn mails(&self, app: &TestApp) -> Vec<usize> {
        self.people.iter().map(|person| person.mails(app)).collect()
    }

    fn full_name(&self, nth: usize) -> String {
        format!("{} Example", self.people[nth].name)
    }
}

/// Who is named at a moment.
fn named(told: &[Told], at: Timestamp) -> Option<&str> {
    let mut holding = told.iter().filter(|one| one.span.holds(at));
    let name = holding.next().map(|one| one.name.as_str());
    assert!(holding.next().is_none(), "two at {at}");
    name
}

/// A source that pages who is on call in a schedule; its integration key.
async fn source(caller: &Caller, schedule: i64) -> String {
    let levels = json!([{"escalationTimeout": 30, "schedules": [{"id": schedule}]}]);
    let policy = json!({"name": "On call", "escalationRules": levels});
    let policy = caller.post("/api/escalation-policies", &policy).await.expect(201).json();
    let source = json!({"name": "Monitor", "integrationType": "API", "escalationPolicy": {"id": policy["id"]}});
    let made: Value = caller.post("/api/alert-sources", &source).await.expect(201).json();
    made["integrationKey"].as_str().unwrap().to_owned()
}
