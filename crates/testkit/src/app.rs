//! The real app with a clock that tests move, a mail server, and HTTP over a real socket.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails here")]

use crate::databases::TestDatabase;
use crate::http::Caller;
use crate::people::Person;
use crate::source::SourceBuilder;
use jiff::{SignedDuration, Timestamp};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use watchbell_core::alert::{Alert, Happening};
use watchbell_core::ids::{AlertId, UserId};
use watchbell_core::timeline::{Actor, Entry};
use watchbell_core::user::Role;
use watchbell_server::app::App;
use watchbell_server::clock::Clock;
use watchbell_server::config::Config;
use watchbell_server::engine::Engine;
use watchbell_server::ids::Token;
use watchbell_server::start::{self, Built};
use watchbell_sim::smtp::{Smtp, SmtpSimConfig};
use watchbell_store::db::FromRows;
use watchbell_store::scope::Scope;
use watchbell_store::users::UserIn;
use watchbell_store::{alerts, api_keys, doors, job_changes, jobs, timeline, users};

/// When every test begins.
pub const START: &str = "2026-01-05T08:00:00Z";

/// What stops the listener of an app, and its task.
type Listener = (Arc<Notify>, JoinHandle<std::io::Result<()>>);

/// The app under test.
#[derive(Debug)]
pub struct TestApp {
    /// The app itself.
    pub app: App,
    /// The stand-in of the mail server.
    pub smtp: Smtp,
    /// Where it listens, without a slash at the end.
    pub url: String,
    /// Requests without credentials.
    pub http: Caller,
    pub(crate) expected: Arc<AtomicUsize>,
    engine: Engine,
    listener: Listener,
    people: Vec<Person>,
    directory: PathBuf,
    database: TestDatabase,
}

impl TestApp {
    /// The app on a database.
    pub async fn on(database: TestDatabase) -> Self {
        Self::on_with(database, |_| {}).await
    }

    /// The same with other settings.
    pub async fn on_with(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let smtp = Smtp::start(SmtpSimConfig::default()).await.expect("a mail server");
        let directory = std::env::temp_dir().join(format!("watchbell-app-{}", watchbell_server::ids::Ids.uuid()));
        let address = free_address();
        let mut config = config(&directory, database.url(), &smtp);
        config.listen = address;
        config.public_url = Some(format!("http://{address}"));
        change(&mut config);
        let clock = Clock::manual(START.parse::<Timestamp>().expect("a time"));
        let (app, listener) = start(config, clock).await;
        let url = format!("http://{address}");
        let engine = Engine::new(app.clone());
        Self {
            http: Caller::new(url.clone()),
            app,
            smtp,
            url,
            expected: Arc::default(),
            engine,
            listener,
            people: Vec::new(),
            directory,
            database,
        }
    }

    /// Who may do everything.
    pub fn scope(&self) -> Scope {
        doors::command_line()
    }

    /// A user, reached by e-mail at once.
    pub async fn user(&mut self, name: &str) -> Person {
        self.user_of_role(name, Role::Responder).await
    }

    /// A user of a role, reached by e-mail at once.
    pub async fn user_of_role(&mut self, name: &str, role: Role) -> Person {
        let new = UserIn {
            timezone: "UTC".into(),
            told_of_answers: false,
            ..UserIn::new(format!("{name}@example.com"), name, "Example", role)
        };
        let user = users::create(&self.app.db, &self.scope(), new, None, self.app.clock.now()).await.expect("a user");
        let person = Person::new(self, user.id, name);
        self.people.push(person.clone());
        person
    }

    /// Requests with a fresh API key of a user.
    pub async fn as_user(&self, user: UserId) -> Caller {
        let key = self.app.ids.token();
        let (hash, now) = (Token::hash(&key.text()), self.app.clock.now());
        api_keys::create(&self.app.db, &self.scope(), user, "test".into(), hash, now).await.expect("a key");
        self.http.with_key(&key.text())
    }

    /// An alert source of type API.
    pub fn source(&self) -> SourceBuilder<'_> {
        SourceBuilder::new(self)
    }

    /// Does all that is due, and what follows from it.
    pub async fn settle(&mut self) {
        self.engine.run_until_idle().await;
    }

    /// Begins to do what is due, and is cut off at a moment, as by a loss of power: what was in hand is neither finished nor given
    /// back. Then the app starts anew on the same database, at the same address.
    pub async fn crash_at(&mut self, moment: impl Future<Output = ()>) {
        tokio::select! {
            () = self.engine.run_until_idle() => {}
            () = moment => {}
        }
        self.engine = Engine::new(self.app.clone());
        self.listener.0.notify_one();
        // What came of the old listener is nobody's matter.
        let _ = (&mut self.listener.1).await;
        self.app.db.close().await;
        let (config, clock) = (Config::clone(&self.app.config), self.app.clock.clone());
        (self.app, self.listener) = start(config, clock).await;
        self.engine = Engine::new(self.app.clone());
    }

    /// Moves the clock at once and does what is due then: what is due each minute on the way is done once, and late.
    pub async fn jump(&mut self, by: SignedDuration) {
        self.app.clock.advance(by);
        self.settle().await;
    }

    /// The same, to a moment.
    pub async fn jump_to(&mut self, to: Timestamp) {
        self.jump(to.duration_since(self.app.clock.now())).await;
    }

    /// Moves the clock, stopping wherever something is due on the way, and does it.
    pub async fn advance(&mut self, by: SignedDuration) {
        let until = self.app.clock.now() + by;
        self.settle().await;
        while let Some(next) = job_changes::next_due_after(&self.app.db, self.app.clock.now())
            .await
            .expect("the database")
            .filter(|at| *at <= until)
        {
            let step = next.duration_since(self.app.clock.now()).max(SignedDuration::from_micros(1));
            self.app.clock.advance(step);
            self.settle().await;
        }
        self.app.clock.advance(until.duration_since(self.app.clock.now()).max(SignedDuration::ZERO));
        self.settle().await;
    }

    /// An alert as it stands.
    pub async fn alert(&self, id: AlertId) -> Alert {
        alerts::get(&self.app.db, &self.scope(), id).await.expect("an alert")
    }

    /// Changes rows beside the product.
    pub async fn tamper(&self, sql: &str) {
        self.database.tamper(sql).await.expect("the statement");
    }

    /// Reads rows beside the product.
    pub async fn rows<T: FromRows>(&self, sql: &str) -> Vec<T> {
        self.database.read(sql).await.expect("the rows")
    }

    /// What the log of an alert says, in order.
    pub async fn entries(&self, id: AlertId) -> Vec<Entry> {
        let entries = timeline::list(&self.app.db, &self.scope(), id, 1_000).await.expect("a timeline");
        entries.into_iter().map(|entry| entry.entry).collect()
    }

    /// Lets something happen to an alert, done by a user.
    pub async fn happen(&mut self, id: AlertId, by: UserId, happening: Happening) -> Alert {
        let scope = self.scope().acting_as(Actor::User { id: by });
        let alert = alerts::apply(&self.app.db, &scope, id, happening, self.app.clock.now()).await.expect("a change");
        self.settle().await;
        alert
    }

    /// Whatever mails came were expected: how many depends on what was faster.
    pub fn expect_any_mails(&self) {
        self.expected.store(self.smtp.messages().len(), Ordering::Relaxed);
    }

    pub(crate) fn people_mut(&mut self) -> &mut Vec<Person> {
        &mut self.people
    }

    /// Ends a test: nothing that is due is left over, and nobody got a message that was not expected.
    pub async fn finish(mut self) {
        self.settle().await;
        let left = jobs::backlog(&self.app.db, self.app.clock.now()).await.expect("the database");
        assert!(left.is_empty(), "work is left over: {left:?}");
        let mails: Vec<(String, String)> =
            self.smtp.messages().into_iter().map(|mail| (mail.to.join(","), mail.subject)).collect();
        let mut expected = self.expected.load(Ordering::Relaxed);
        let mut received = mails.len();
        for person in &self.people {
            received += person.hooks();
            expected += person.expected_hooks();
        }
        assert_eq!(received, expected, "messages that nobody expected; the mails are {mails:#?}");
        self.app.db.close().await;
        self.database.remove().await.expect("the database is removed");
        // It may never have been made.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Starts an app, which listens and takes events; its engine is run by hand.
async fn start(config: Config, clock: Clock) -> (App, Listener) {
    let Built { app, ingest, .. } = start::build(config, clock).await.expect("an app");
    start::spawn_ingest(&app, ingest);
    let (_, stop, task) = start::listen(&app).await.expect("a listener");
    (app, (stop, task))
}

/// An address that is free, below the ports that the system gives to whoever connects: none of those takes it before the app does.
fn free_address() -> SocketAddr {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let own = std::process::id() as usize * 97;
    let ports = std::iter::repeat_with(|| 10_240 + (own + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000);
    let addresses = ports.take(1_000).map(|port| SocketAddr::from(([127, 0, 0, 1], port as u16)));
    addresses.into_iter().find(|address| TcpListener::bind(address).is_ok()).expect("a free port")
}

fn config(directory: &std::path::Path, database_url: &str, smtp: &Smtp) -> Config {
    Config {
        data_dir: directory.to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        // Also for SQLite: its file lies where the test database says.
        database_url: Some(database_url.to_owned().into()),
        public_url: None,
        smtp_url: Some(format!("{}?from=bell@example.com", smtp.url()).into()),
        seal_key: None,
        outbound_private: true,
        log_json: false,
        // Tests play the proxy where they send X-Forwarded-For.
        trusted_proxy: "127.0.0.1".parse().expect("an address"),
        smtp_listen: None,
        reply_domain: None,
        smtp_cert: None,
        smtp_key: None,
        mail_checked_by: None,
        mailgun_key: None,
        sns_topic: None,
        stored_url: watchbell_server::stored_settings::StoredUrl::default(),
    }
}
