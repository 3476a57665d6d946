//! A tenant with a source that follows it.

use secrecy::SecretString;
use serde_json::{Value, json};
use watchbell_core::alert::Alert;
use watchbell_core::autotask::{Preset, SourceRules, Verdict};
use watchbell_core::escalation::Level;
use watchbell_core::ids::ConnectorId;
use watchbell_server::accounts::{AUTOTASK, AutotaskParams, AutotaskSecrets};
use watchbell_server::engine::autotask::{PollState, make_source_live};
use watchbell_sim::autotask::{Actor, Autotask, Config, Fate, TicketIn, seed};
use watchbell_store::connectors::{self, Connector, ConnectorIn};
use watchbell_store::events::{self, StoredEvent};
use watchbell_store::sources::{self, Source};
use watchbell_store::tickets;
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{TestApp, TestSource};

pub const NEW: i64 = 1;
pub const COMPLETE: i64 = 5;
pub const WAITING_CUSTOMER: i64 = 7;
pub const IN_PROGRESS: i64 = 8;
pub const ESCALATE: i64 = 11;
pub const WAITING_DISPATCH: i64 = 21;
pub const CRITICAL: i64 = 4;
pub const HIGH: i64 = 1;
pub const LOW: i64 = 3;

/// Anna, who makes tickets, and Ben, who works on them.
pub fn anna() -> Actor {
    Actor::resource(seed::ANNA)
}

pub fn ben() -> Actor {
    Actor::resource(seed::BEN)
}

/// A stand-in with a connector and a source.
pub struct Tenant {
    pub sim: Autotask,
    pub source: TestSource,
    pub connector: ConnectorId,
}

/// What a tenant is made with.
pub struct Plan {
    pub config: Config,
    pub rules: Option<SourceRules>,
    pub levels: Vec<Level>,
    pub callout: bool,
    pub active: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { config: Config::default(), rules: rules(|_| {}), levels: Vec::new(), callout: true, active: true }
    }
}

/// A stand-in whose clock is the app's.
pub async fn start(app: &TestApp, config: Config) -> Autotask {
    let now = config.clock.now();
    config.clock.advance(app.app.clock.now().duration_since(now));
    Autotask::start(config).await.unwrap()
}

/// Like ilert's, changed. Where a test pages nobody, its tickets are not told so.
pub fn rules(change: impl FnOnce(&mut SourceRules)) -> Option<SourceRules> {
    let mut rules = SourceRules::default();
    rules.write_back.note_on_unanswered = false;
    change(&mut rules);
    Some(rules)
}

/// The same for providers with a night shift, for the stand-in's picklists.
pub async fn after_hours(app: &TestApp, sim: &Autotask, change: impl FnOnce(&mut SourceRules)) -> Option<SourceRules> {
    preset(app, sim, Preset::AfterHoursMsp, change).await
}

/// A preset for the stand-in's picklists, changed.
pub async fn preset(
    app: &TestApp,
    sim: &Autotask,
    preset: Preset,
    change: impl FnOnce(&mut SourceRules),
) -> Option<SourceRules> {
    let connector = connect(app, sim, "for picklists").await;
    let lists = watchbell_server::engine::autotask::picklists_of(&app.app, &app.scope(), &connector).await.unwrap();
    let mut rules = watchbell_server::engine::autotask::preset_rules(preset, &lists);
    change(&mut rules);
    Some(rules)
}

/// A connector with the stand-in's credentials.
pub async fn connect(app: &TestApp, sim: &Autotask, name: &str) -> ConnectorId {
    let (user, secret, code) = sim
        .with(|world| (world.config.api_user.clone(), world.config.api_secret.clone(), world.config.api_code.clone()));
    connect_as(app, &sim.url(), name, (&user, &secret, &code)).await
}

/// A connector with any credentials.
pub async fn connect_as(app: &TestApp, url: &str, name: &str, (user, secret, code): (&str, &str, &str)) -> ConnectorId {
    let secrets = AutotaskSecrets { secret: SecretString::from(secret), integration_code: SecretString::from(code) };
    let params = AutotaskParams { user_name: user.to_owned(), web_server: Some(url.to_owned()) };
    let new = ConnectorIn {
        kind: AUTOTASK.to_owned(),
        name: name.to_owned(),
        params: serde_json::to_value(params).unwrap(),
        sealed: Some(secrets.seal(&app.app).unwrap()),
        owner: None,
    };
    let id = ConnectorId(app.app.ids.uuid());
    connectors::create(&app.app.db, &app.scope(), id, new, app.app.clock.now()).await.unwrap().id
}

impl Tenant {
    /// A tenant with callouts, and a source like ilert's.
    pub async fn new(app: &mut TestApp) -> Self {
        Self::planned(app, Plan::default()).await
    }

    /// A tenant as planned.
    pub async fn planned(app: &mut TestApp, plan: Plan) -> Self {
        let sim = start(app, plan.config).await;
        Self::of(app, sim, plan.rules, plan.levels, plan.callout, plan.active).await
    }

    /// A source for a stand-in that runs.
    pub async fn of(
        app: &mut TestApp,
        sim: Autotask,
        rules: Option<SourceRules>,
        levels: Vec<Level>,
        callout: bool,
        active: bool,
    ) -> Self {
        let connector = connect(app, &sim, "Autotask").await;
        let source = make_source(app, &connector, rules, levels, active).await;
        let tenant = Self { sim, source, connector };
        if callout {
            tenant.sim.callout_to(&tenant.callout_url(app));
        }
        app.settle().await;
        tenant
    }

    /// The webhook URL of its source.
    pub fn callout_url(&self, app: &TestApp) -> String {
        format!("{}/api/v1/events/autotask/{}", app.url, self.source.key)
    }

    /// Brings the stand-in's clock to the app's, where that is ahead.
    pub fn sync(&self, app: &TestApp) {
        let ahead = app.app.clock.now().duration_since(self.sim.clock().now());
        if ahead.is_positive() {
            self.sim.advance(ahead);
        }
    }

    /// Waits until every callout has its answer.
    pub async fn delivered(&self) {
        wait_until("every callout and event is answered", || async {
            self.sim.deliveries().iter().all(|sent| sent.fate != Fate::UnderWay)
                && self.sim.webhook_deliveries().iter().all(|sent| sent.fate != Fate::UnderWay)
        })
        .await;
    }

    /// Lets callouts arrive, and does what follows, also in the stand-in.
    pub async fn settle(&self, app: &mut TestApp) {
        loop {
            let sent = || (self.sim.deliveries().len(), self.sim.webhook_deliveries().len());
            let before = sent();
            self.delivered().await;
            app.settle().await;
            if sent() == before {
                break;
            }
        }
    }

    /// Moves both clocks.
    pub async fn advance(&self, app: &mut TestApp, by: jiff::SignedDuration) {
        app.advance(by).await;
        self.sync(app);
        self.settle(app).await;
    }

    /// A new ticket, and what follows.
    pub async fn create(&self, app: &mut TestApp, ticket: TicketIn) -> i64 {
        self.sync(app);
        let id = self.sim.create_ticket(ticket).unwrap();
        self.settle(app).await;
        id
    }

    /// A change of a ticket, and what follows.
    pub async fn edit(&self, app: &mut TestApp, by: Actor, id: i64, fields: Value) {
        self.sync(app);
        self.sim.edit(by, id, fields).unwrap();
        self.settle(app).await;
    }

    /// A ticket comes to a status, and what follows.
    pub async fn set_status(&self, app: &mut TestApp, by: Actor, id: i64, status: i64) {
        self.edit(app, by, id, json!({"status": status})).await;
    }

    /// The ticket's status in Autotask.
    pub fn status(&self, id: i64) -> i64 {
        self.sim.ticket(id).unwrap()["status"].as_i64().unwrap()
    }

    /// Its latest alert.
    pub async fn alert(&self, app: &TestApp, id: i64) -> Option<Alert> {
        alert_of(app, &self.source, id).await
    }

    /// What became of the last change of a ticket.
    pub async fn verdict(&self, app: &TestApp, id: i64) -> Option<Verdict> {
        let row = tickets::get_many(&app.app.db, &app.scope(), self.source.id, vec![id]).await.unwrap().pop()?;
        Some(serde_json::from_str(&row.verdict).unwrap())
    }

    /// The events of the source, the latest first.
    pub async fn events(&self, app: &TestApp) -> Vec<StoredEvent> {
        events::list_of_source(&app.app.db, &app.scope(), self.source.id, None, 20_000).await.unwrap()
    }

    /// The account as it is.
    pub async fn account(&self, app: &TestApp) -> Connector {
        connectors::get(&app.app.db, &app.scope(), &self.connector).await.unwrap()
    }

    /// The source as it is.
    pub async fn stored(&self, app: &TestApp) -> Source {
        sources::get(&app.app.db, &app.scope(), self.source.id).await.unwrap()
    }

    /// Where its poll stands.
    pub async fn poll_state(&self, app: &TestApp) -> PollState {
        PollState::of(&self.stored(app).await)
    }

    /// How many REST calls were made to paths that begin so.
    pub fn calls(&self, path: &str) -> usize {
        self.sim.requests().iter().filter(|seen| seen.path.contains(path)).count()
    }

    /// The texts of a ticket's notes that are ours.
    pub fn our_notes(&self, id: i64) -> Vec<String> {
        let notes = self.sim.notes(id);
        let texts = notes.iter().filter_map(|note| note["description"].as_str());
        texts.filter(|text| text.starts_with("Watchbell alert")).map(str::to_owned).collect()
    }
}

/// A source of the account.
pub async fn make_source(
    app: &mut TestApp,
    connector: &ConnectorId,
    rules: Option<SourceRules>,
    levels: Vec<Level>,
    active: bool,
) -> TestSource {
    let rules = rules.map(|rules| serde_json::to_string(&rules).unwrap());
    let account = connector.clone();
    let builder = app.source().with(|source| {
        source.integration_type = "AUTOTASK".into();
        source.connector = Some(account);
        source.rules = rules;
        source.active = active;
    });
    let source = builder.escalating_to(levels).await;
    make_source_live(&app.app, &app.scope(), source.id, connector).await.unwrap();
    app.settle().await;
    source
}

/// The latest alert of a ticket.
pub async fn alert_of(app: &TestApp, source: &TestSource, id: i64) -> Option<Alert> {
    let row = tickets::get_many(&app.app.db, &app.scope(), source.id, vec![id]).await.unwrap().pop()?;
    Some(app.alert(row.alert?).await)
}
