//! A tenant, a source and people, to whom steps happen.

use super::ledger::{LastWord, Ledger};
use super::step::{Deed, Edit, Hand, Step, What};
use super::trouble::{Trouble, faults_of};
use crate::autotask::tenant::{self, Tenant, start};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use watchbell_core::alert::{Alert, Assignee, Happening, Status};
use watchbell_core::autotask::{Cell, Preset, Snapshot, SourceRules};
use watchbell_core::ids::{AlertId, JobId};
use watchbell_core::timeline::{Actor as By, Entry};
use watchbell_server::engine::autotask::try_again;
use watchbell_sim::autotask::{Autotask, Config, Entity, TicketIn, seed};
use watchbell_sim::clock::Clock;
use watchbell_store::connectors::ConnectorState;
use watchbell_store::{alerts, job_changes, jobs, tickets};
use watchbell_testkit::{Person, TestApp, level, minutes, seconds};

/// The rule of the stand-in that sends callouts.
const RULE: &str = "Tell Watchbell";

/// A tenant and those who act.
pub struct World<'a> {
    pub app: &'a mut TestApp,
    pub tenant: Tenant,
    pub rules: SourceRules,
    pub ledger: Ledger,
    /// The tickets that were made, the oldest first.
    pub tickets: Vec<i64>,
    /// Anna and Ben, who are technicians of the tenant, and Cleo, whom Autotask does not know.
    pub people: Vec<Person>,
    broken: BTreeSet<Trouble>,
    is_stopped: bool,
}

impl<'a> World<'a> {
    /// With the tables of a preset, and everything told that can be.
    pub async fn new(app: &'a mut TestApp, preset: Preset) -> Self {
        let people = vec![app.user("anna").await, app.user("ben").await, app.user("cleo").await];
        let sim = start(app, Config { clock: Clock::standing_at(app.app.clock.now()), ..Config::default() }).await;
        sim.with(|world| {
            for (resource, name) in [(seed::ANNA, "anna"), (seed::BEN, "ben")] {
                let row = world.tables.get_mut(Entity::Resources, resource).unwrap();
                row.insert("email".into(), json!(format!("{name}@example.com")));
            }
        });
        let tell_all = |rules: &mut SourceRules| {
            (rules.write_back.note_on_reassign, rules.write_back.note_on_escalate) = (true, true);
        };
        let rules = tenant::preset(app, &sim, preset, tell_all).await;
        let levels = vec![level(&people[0], minutes(10)), level(&people[1], minutes(10))];
        let tenant = Tenant::of(app, sim, rules.clone(), levels, true, true).await;
        let (ledger, broken) = (Ledger::default(), BTreeSet::new());
        Self { app, tenant, rules: rules.unwrap(), ledger, tickets: Vec::new(), people, broken, is_stopped: false }
    }

    /// Lets a step happen.
    pub async fn take(&mut self, step: Step) {
        self.tenant.sim.with(|world| {
            world.requests.clear();
            world.deliveries.retain(|sent| sent.fate == watchbell_sim::autotask::Fate::UnderWay);
        });
        match step {
            Step::Create { by, status, priority, taken } => self.create(by, status, priority, taken),
            Step::Edit(edit) => self.edit(edit).await,
            Step::Act { alert, by, deed } => {
                self.tick(seconds(1));
                if let Some(alert) = self.alert(alert).await {
                    self.act(alert, by, deed).await;
                }
            }
            Step::Breaks(trouble) => self.break_down(trouble).await,
            Step::Mended(trouble) => self.mend(trouble).await,
            Step::AllMended => self.mend_all().await,
            Step::Pass { seconds: by } => self.pass(seconds(by)).await,
            Step::Amid { calls, edit } => self.amid(calls, edit).await,
            Step::Crash { calls } => self.crash(calls).await,
        }
    }

    /// Both clocks move; what is due on the way is done there.
    pub async fn pass(&mut self, by: SignedDuration) {
        let until = self.app.app.clock.now() + by;
        self.tenant.settle(self.app).await;
        while let Some(next) = self.next_due().await.filter(|next| *next <= until) {
            self.tick(next.duration_since(self.app.app.clock.now()).max(SignedDuration::from_micros(1)));
            self.tenant.settle(self.app).await;
        }
        self.tick(until.duration_since(self.app.app.clock.now()).max(SignedDuration::ZERO));
        self.tenant.settle(self.app).await;
    }

    async fn next_due(&self) -> Option<Timestamp> {
        job_changes::next_due_after(&self.app.app.db, self.app.app.clock.now()).await.unwrap()
    }

    fn tick(&self, by: SignedDuration) {
        self.app.app.clock.advance(by);
        self.tenant.sync(self.app);
    }

    fn create(&mut self, by: Hand, status: i64, priority: i64, taken: bool) {
        self.tick(seconds(1));
        let title = format!("Ticket {}", self.tickets.len());
        let mut ticket = TicketIn::new(&title).by(by.actor()).with("status", status).with("priority", priority);
        if taken {
            ticket = assigned(seed::BEN).into_iter().fold(ticket, |ticket, (field, value)| ticket.with(field, value));
        }
        self.tickets.push(self.tenant.sim.create_ticket(ticket).unwrap());
    }

    /// The ticket so far behind the latest that is there.
    fn ticket(&self, back: usize) -> Option<i64> {
        let there: Vec<i64> = self
            .tickets
            .iter()
            .rev()
            .copied()
            .filter(|id| self.tenant.sim.ticket(*id).is_some())
            .take(back + 1)
            .collect();
        there.last().copied()
    }

    /// The ticket of an edit, and the one that it is merged into; both are noted as edited.
    fn tickets_of(&mut self, edit: Edit) -> Option<(i64, Option<i64>)> {
        let ticket = self.ticket(edit.ticket)?;
        let other = match edit.what {
            What::MergeInto(back) => self.ticket(back),
            _ => None,
        };
        self.ledger.edited(ticket);
        other.into_iter().for_each(|other| self.ledger.edited(other));
        Some((ticket, other))
    }

    async fn edit(&mut self, edit: Edit) {
        self.tick(seconds(1));
        let Some((ticket, other)) = self.tickets_of(edit) else { return };
        let last = self.would_be_last(ticket, edit).await;
        do_edit(&self.tenant.sim, ticket, other, edit);
        self.ledger.last.extend(last.map(|word| (ticket, word)));
    }

    /// Whether an edit takes a pending alert, whatever comes of anything before it.
    async fn would_be_last(&self, ticket: i64, edit: Edit) -> Option<LastWord> {
        let What::Status(status) = edit.what else { return None };
        let accepts = self.rules.statuses.cells(status).pending == Cell::Accept;
        let row = tickets::get_many(&self.app.app.db, &self.app.scope(), self.tenant.source.id, vec![ticket]).await;
        let snapshot: Snapshot = serde_json::from_str(&row.unwrap().pop()?.snapshot).unwrap();
        let alert = self.tenant.alert(self.app, ticket).await?;
        let takes = edit.by.is_person() && accepts && alert.status == Status::Pending;
        let is_news = snapshot.status != status && self.tenant.status(ticket) != status;
        (takes && is_news).then_some(LastWord::TakenThere(alert.id))
    }

    /// Somebody does something with an alert here.
    pub async fn act(&mut self, alert: AlertId, by: usize, deed: Deed) {
        let (person, before, now) = (self.people[by].clone(), self.app.alert(alert).await, self.app.app.clock.now());
        let happening = match deed {
            Deed::Accept => Happening::Accepted,
            Deed::Resolve => Happening::Resolved { reason: None },
            Deed::ResolveAndComplete => {
                Happening::ResolvedAndCompleted { resolution: Some(format!("{} did it", person.name)) }
            }
            Deed::Escalate => Happening::EscalatedNow,
            Deed::Reassign { to } => Happening::Reassigned(Assignee::User(self.people[to].id)),
            Deed::Comment => Happening::Commented { text: format!("A word of {}", person.name), author: None },
            Deed::Snooze { minutes: time, pages } => Happening::Snoozed { until: now + minutes(time), pages },
        };
        let scope = self.app.scope().acting_as(By::User { id: person.id });
        let after = alerts::apply(&self.app.app.db, &scope, alert, happening, now).await.unwrap();
        self.write_down(by, deed, &before, &after);
    }

    /// The alert so far behind the latest; now and then one that is over.
    async fn alert(&self, back: usize) -> Option<AlertId> {
        let which = if back == 0 { "" } else { "AND status <> 'RESOLVED'" };
        let source = self.tenant.source.id;
        let sql =
            format!("SELECT id FROM alert WHERE source_id = {source} {which} ORDER BY id DESC LIMIT {}", back + 1);
        let (id,) = *self.app.rows::<(i64,)>(&sql).await.last()?;
        Some(AlertId(id))
    }

    fn write_down(&mut self, by: usize, deed: Deed, before: &Alert, after: &Alert) {
        let Some(ticket) = after.content.ticket.as_ref().map(|ticket| ticket.id) else { return };
        let (id, name, now) = (after.id, format!("{} Example", self.people[by].name), self.app.app.clock.now());
        let (second, exact) = ("%Y-%m-%d %H:%M:%SZ", "%Y-%m-%d %H:%M:%S%.3fZ");
        let is_open = before.status != Status::Resolved;
        let accepts = before.status == Status::Pending && after.status == Status::Accepted;
        let line = match deed {
            Deed::Accept if accepts => Some(("accepted", now.strftime(second))),
            Deed::Resolve if is_open => Some(("resolved", now.strftime(second))),
            Deed::ResolveAndComplete => Some(("resolved", after.resolved_at.unwrap().strftime(second))),
            Deed::Escalate if is_open => Some(("escalated", now.strftime(exact))),
            Deed::Reassign { .. } if is_open => Some(("reassigned", now.strftime(exact))),
            Deed::Comment => Some(("comment", now.strftime(exact))),
            _ => None,
        };
        if let Some((word, at)) = line {
            self.ledger.note(ticket, format!("Watchbell alert {id} {word} by {name} ({at})"));
        }
        self.ledger.last.remove(&ticket);
        let Some(row) = self.tenant.sim.ticket(ticket) else { return };
        let is_free = row["assignedResourceID"].is_null();
        let is_work = self.rules.statuses.cells(self.tenant.status(ticket)).is_open_class();
        match (deed, [seed::ANNA, seed::BEN].get(by)) {
            (Deed::Accept, Some(resource)) if accepts && is_free && is_work => {
                self.ledger.last.insert(ticket, LastWord::TakenHere(*resource));
            }
            (Deed::ResolveAndComplete, _) => {
                self.ledger.last.insert(ticket, LastWord::CompletedHere);
            }
            _ => {}
        }
    }

    /// What is due is done, and after so many calls somebody edits a ticket.
    async fn amid(&mut self, calls: usize, edit: Edit) {
        self.tick(seconds(1));
        let Some((ticket, other)) = self.tickets_of(edit) else { return };
        let sim = &self.tenant.sim;
        let edits = async {
            after_calls(sim, calls).await;
            do_edit(sim, ticket, other, edit);
        };
        tokio::join!(self.app.settle(), edits);
        self.tenant.settle(self.app).await;
    }

    async fn crash(&mut self, calls: usize) {
        self.tick(seconds(1));
        self.tenant.delivered().await;
        self.app.crash_at(after_calls(&self.tenant.sim, calls)).await;
    }

    async fn break_down(&mut self, trouble: Trouble) {
        self.broken.insert(trouble);
        self.ledger.refused |= trouble == Trouble::Refusing;
        self.turn().await;
    }

    async fn mend(&mut self, trouble: Trouble) {
        self.broken.remove(&trouble);
        self.turn().await;
        if trouble == Trouble::Locked {
            self.use_account_again().await;
        }
    }

    async fn mend_all(&mut self) {
        self.broken.clear();
        self.turn().await;
        self.use_account_again().await;
    }

    /// Turns the knobs of the stand-in.
    async fn turn(&mut self) {
        let (faults, copies) =
            (faults_of(&self.broken), if self.broken.contains(&Trouble::CalloutsTwice) { 2 } else { 1 });
        let sends = !self.broken.contains(&Trouble::CalloutsLost);
        self.tenant.sim.with(|world| {
            world.faults = faults;
            let callout = world.callouts.iter().map(|callout| callout.id).min().unwrap();
            let rule = world.rules.iter_mut().find(|rule| rule.name == RULE).unwrap();
            (rule.active, rule.callouts) = (sends, vec![callout; copies]);
        });
        match (self.is_stopped, self.broken.contains(&Trouble::Stopped)) {
            (false, true) => self.tenant.sim.stop().await,
            (true, false) => self.tenant.sim.restart().await.unwrap(),
            _ => {}
        }
        self.is_stopped = self.broken.contains(&Trouble::Stopped);
    }

    /// As whoever mended the credentials does.
    async fn use_account_again(&mut self) {
        if self.tenant.account(self.app).await.state == ConnectorState::Red {
            try_again(&self.app.app, &self.app.scope(), &self.tenant.connector).await.unwrap();
        }
    }

    /// Everything is mended, what was refused is tried again by hand, and all catches up.
    pub async fn come_to_rest(&mut self) {
        self.mend_all().await;
        self.pass(seconds(150)).await;
        while self.retry_by_hand().await > 0 {
            self.pass(seconds(10)).await;
        }
        self.pass(seconds(90)).await;
    }

    /// Tries again what gave up, as a person does who sees it on the alert; how many.
    async fn retry_by_hand(&mut self) -> usize {
        let given_up = jobs::list_given_up(&self.app.app.db, &self.app.scope(), 1_000).await.unwrap();
        for job in &given_up {
            assert_eq!(job.kind, "write_back", "{job:?}");
            let alert = self.app.alert(AlertId(job.subject_id)).await;
            let entries = self.app.entries(alert.id).await;
            let is_said = entries.iter().any(|entry| matches!(entry, Entry::WriteBackFailed { .. }));
            assert!(is_said, "alert {} does not say that a write was refused: {job:?}", alert.id);
            // An old order may come after a newer one now.
            if let Some(ticket) = &alert.content.ticket {
                self.ledger.last.remove(&ticket.id);
            }
            let now = self.app.app.clock.now();
            jobs::retry_by_hand(&self.app.app.db, &self.app.scope(), JobId(job.id), now).await.unwrap();
        }
        given_up.len()
    }
}

/// Returns once the stand-in has answered so many calls more, or none comes any more.
async fn after_calls(sim: &Autotask, calls: usize) {
    let answered = || sim.with(|world| world.requests.len());
    let until = answered() + calls;
    for _ in 0..5_000 {
        if answered() >= until {
            return;
        }
        tokio::task::yield_now().await;
    }
}

fn assigned(resource: i64) -> [(&'static str, Value); 2] {
    [("assignedResourceID", json!(resource)), ("assignedResourceRoleID", json!(seed::LEVEL_1))]
}

/// What Autotask itself does not allow (merging a ticket into itself) is not done.
fn do_edit(sim: &Autotask, ticket: i64, other: Option<i64>, edit: Edit) {
    let by = edit.by.actor();
    let set = |fields: Value| drop(sim.edit(by, ticket, fields));
    match edit.what {
        What::Status(status) => set(json!({ "status": status })),
        What::Priority(priority) => set(json!({ "priority": priority })),
        What::Queue(queue) => set(json!({ "queueID": queue })),
        What::AssignTo(resource) => {
            set(Value::Object(assigned(resource).map(|(field, value)| (field.to_owned(), value)).into_iter().collect()))
        }
        What::Unassign => set(json!({"assignedResourceID": null, "assignedResourceRoleID": null})),
        What::Note => drop(sim.note(by, ticket, "Looked into it", "Still looking")),
        What::Title => set(json!({"title": format!("Ticket {ticket}, worse")})),
        What::MergeInto(_) => drop(other.map(|other| sim.merge(by, ticket, other))),
        What::Delete => drop(sim.delete(by, ticket)),
    }
}
