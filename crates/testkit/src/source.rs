//! Alert sources of a test, their policies, and what they send.
#![allow(clippy::expect_used, reason = "a test fails here")]

use crate::app::TestApp;
use crate::people::Person;
use jiff::SignedDuration;
use serde_json::{Value, json};
use watchbell_core::alert::Priority;
use watchbell_core::escalation::{AfterAccept, Level};
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{AlertId, PolicyId, SourceId};
use watchbell_server::app::App;
use watchbell_server::ids::Token;
use watchbell_store::events;
use watchbell_store::policies::{self, PolicyIn};
use watchbell_store::sources::{self, IntegrationKey, SourceIn};
use watchbell_store::{doors, seal::Place};

/// So many minutes.
pub fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// So many seconds.
pub fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// A level of one person.
pub fn level(person: &Person, timeout: SignedDuration) -> Level {
    Level::of_users(vec![person.id], timeout.as_secs())
}

/// An event that opens an alert.
pub fn event(summary: &str) -> Value {
    json!({"eventType": "ALERT", "summary": summary})
}

/// Settings of a source before it is made.
#[derive(Debug)]
pub struct SourceBuilder<'a> {
    app: &'a TestApp,
    new: SourceIn,
    policy: PolicyIn,
}

impl<'a> SourceBuilder<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        let name = app.app.ids.uuid();
        let policy = PolicyIn {
            name: name.clone(),
            routing_key: None,
            levels: Vec::new(),
            passes: 1,
            repeating: false,
            delay_s: 0,
            after_accept: AfterAccept::OFF,
        };
        let new = SourceIn {
            name,
            integration_type: "API".into(),
            policy: PolicyId(0),
            active: true,
            grouping: Grouping::EachEvent,
            grouping_window_s: None,
            priority_rule: Priority::High.into(),
            support_hours: None,
            auto_raise: false,
            auto_resolve_s: None,
            connector: None,
            settings: json!({}),
            rules: None,
        };
        Self { app, new, policy }
    }

    /// Changes the settings.
    pub fn with(mut self, edit: impl FnOnce(&mut SourceIn)) -> Self {
        edit(&mut self.new);
        self
    }

    /// Changes the policy.
    pub fn with_policy(mut self, edit: impl FnOnce(&mut PolicyIn)) -> Self {
        edit(&mut self.policy);
        self
    }

    /// Makes it, with a policy of these levels.
    pub async fn escalating_to(mut self, levels: impl IntoIterator<Item = Level>) -> TestSource {
        self.policy.levels = levels.into_iter().collect();
        let app = &self.app.app;
        let (scope, now) = (doors::command_line(), app.clock.now());
        let policy = policies::create(&app.db, &scope, self.policy, now).await.expect("a policy");
        self.new.policy = policy.id;
        let (text, key) = integration_key(app);
        let source = sources::create(&app.db, &scope, self.new, key, now).await.expect("a source");
        TestSource { id: source.id, policy: policy.id, key: text }
    }
}

/// A fresh integration key: its text, and what is kept of it.
pub fn integration_key(app: &App) -> (String, IntegrationKey) {
    let text = app.ids.token().text();
    let place = Place { table: "alert_source", column: "key_sealed" };
    let sealed = app.sealer.seal(place, text.as_bytes(), &app.ids.fresh()).expect("a seal");
    (text.clone(), IntegrationKey { hash: Token::hash(&text), sealed })
}

/// A source.
#[derive(Debug, Clone)]
pub struct TestSource {
    /// Its id.
    pub id: SourceId,
    /// Its policy.
    pub policy: PolicyId,
    /// Its integration key.
    pub key: String,
}

impl TestSource {
    /// Sends an event over HTTP, and does what follows. The alert it led to, if any.
    pub async fn send(&self, app: &mut TestApp, mut event: Value) -> Option<AlertId> {
        event["integrationKey"] = json!(self.key);
        app.http.post("/api/events", &event).await.expect(202);
        app.settle().await;
        self.last_alert(app).await
    }

    /// The alert that the latest event led to.
    pub async fn last_alert(&self, app: &TestApp) -> Option<AlertId> {
        let events = events::list_of_source(&app.app.db, &app.scope(), self.id, None, 1).await.expect("events");
        events.first().and_then(|event| event.alert)
    }
}
