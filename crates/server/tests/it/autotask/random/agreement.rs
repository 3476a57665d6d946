//! What holds once nothing is wrong any more and all has caught up: alert and ticket agree by the tables, and each thing that was
//! done here is on its ticket once. Each function says what does not hold, in words.

use super::ledger::LastWord;
use super::world::World;
use crate::autotask::tenant::IN_PROGRESS;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::alert::{Alert, Status};
use watchbell_core::autotask::{Snapshot, Treatment, shared_alert_key};
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::{Row, seed};
use watchbell_store::tickets;

/// Everything at the end of a run.
pub struct End<'w, 'a> {
    world: &'w World<'a>,
    /// The alerts of each ticket, the oldest first.
    alerts: BTreeMap<i64, Vec<Alert>>,
    /// Alerts of no ticket: those that stood for tickets which could not be read.
    shared: Vec<Alert>,
    /// What the timeline of each alert says.
    entries: BTreeMap<AlertId, Vec<Entry>>,
    snapshots: BTreeMap<i64, Snapshot>,
}

/// What does not hold.
pub async fn broken(world: &World<'_>) -> Vec<String> {
    let end = End::of_run(world).await;
    let mut found = Vec::new();
    for ticket in &world.tickets {
        let of_ticket = match world.tenant.sim.ticket(*ticket) {
            None => end.ends_with_its_ticket(*ticket).into_iter().collect(),
            Some(row) => end.of_ticket(*ticket, &row),
        };
        found.extend(of_ticket.into_iter().map(|what| format!("ticket {ticket}: {what}{}", end.shown(*ticket))));
    }
    found.extend(end.nothing_is_left().await);
    found.extend(end.every_write_is_said());
    found
}

impl<'w, 'a> End<'w, 'a> {
    async fn of_run(world: &'w World<'a>) -> Self {
        let (app, source) = (&*world.app, world.tenant.source.id);
        let (mut alerts, mut shared): (BTreeMap<i64, Vec<Alert>>, Vec<Alert>) = Default::default();
        let mut entries = BTreeMap::new();
        for (id,) in app.rows::<(i64,)>(&format!("SELECT id FROM alert WHERE source_id = {source} ORDER BY id")).await {
            let alert = app.alert(AlertId(id)).await;
            let key = alert.key.clone().unwrap_or_default();
            entries.insert(alert.id, app.entries(alert.id).await);
            match key.strip_prefix("autotask:").and_then(|id| id.parse().ok()) {
                Some(ticket) => alerts.entry(ticket).or_default().push(alert),
                None => shared.push(alert),
            }
        }
        let rows = tickets::get_many(&app.app.db, &app.scope(), source, world.tickets.clone()).await.unwrap();
        let snapshots = rows.iter().map(|row| (row.ticket_id, serde_json::from_str(&row.snapshot).unwrap())).collect();
        Self { world, alerts, shared, entries, snapshots }
    }

    fn of_ticket(&self, ticket: i64, row: &Row) -> Vec<String> {
        let found = [
            self.is_seen_as_it_is(ticket, row),
            self.has_one_open_alert_at_most(ticket),
            self.opened_no_more_often_than_it_changed(ticket),
            self.is_open_where_it_must_be(ticket, row),
            self.is_over_where_the_ticket_is(ticket, row),
            self.ends_by_the_last_word(ticket, row),
            self.is_not_taken_for_an_alert_that_nobody_has(ticket),
            self.has_each_note_once(ticket),
            self.has_its_notes_in_order(ticket),
        ];
        found.into_iter().flatten().collect()
    }

    fn of(&self, ticket: i64) -> &[Alert] {
        self.alerts.get(&ticket).map_or(&[], Vec::as_slice)
    }

    fn open(&self, ticket: i64) -> impl Iterator<Item = &Alert> {
        self.of(ticket).iter().filter(|alert| alert.status != Status::Resolved)
    }

    /// What is remembered of it is what it is.
    fn is_seen_as_it_is(&self, ticket: i64, row: &Row) -> Option<String> {
        let Some(seen) = self.snapshots.get(&ticket) else { return Some("it was never seen".into()) };
        let is = (
            row["status"].as_i64(),
            row["priority"].as_i64(),
            row["queueID"].as_i64(),
            row["assignedResourceID"].as_i64(),
        );
        let was = (Some(seen.status), seen.priority, seen.queue, seen.assignee);
        (is != was).then(|| format!("seen as {was:?}, and is {is:?}"))
    }

    fn has_one_open_alert_at_most(&self, ticket: i64) -> Option<String> {
        let open: Vec<AlertId> = self.open(ticket).map(|alert| alert.id).collect();
        (open.len() > 1).then(|| format!("several open alerts: {open:?}"))
    }

    /// One for its beginning, and another only where somebody changed it.
    fn opened_no_more_often_than_it_changed(&self, ticket: i64) -> Option<String> {
        let (opened, edits) =
            (self.of(ticket).len(), self.world.ledger.edits.get(&ticket).copied().unwrap_or_default());
        (opened > 1 + edits).then(|| format!("{opened} alerts, and {edits} changes"))
    }

    /// Work that nobody has, and that is urgent enough, has an open alert; unless a person here is done with it.
    fn is_open_where_it_must_be(&self, ticket: i64, row: &Row) -> Option<String> {
        let rules = &self.world.rules;
        let is_work = rules.statuses.cells(row["status"].as_i64()?).is_open_class();
        let is_loud = rules.priorities.treatment(row["priority"].as_i64()) != Treatment::NoAlert;
        let is_free = row["assignedResourceID"].is_null();
        let is_done = self.of(ticket).last().is_some_and(|alert| alert.resolved_by_person);
        let must = is_work && is_loud && is_free && !is_done;
        (must && self.open(ticket).next().is_none()).then(|| "nobody has it, and it has no open alert".into())
    }

    fn is_over_where_the_ticket_is(&self, ticket: i64, row: &Row) -> Option<String> {
        let is_over = self.world.rules.statuses.cells(row["status"].as_i64()?).resolves();
        let open = self.open(ticket).next()?;
        is_over.then(|| format!("it is over, and alert {} is not", open.id))
    }

    fn ends_with_its_ticket(&self, ticket: i64) -> Option<String> {
        self.open(ticket).next().map(|open| format!("it is gone, and alert {} is open", open.id))
    }

    fn ends_by_the_last_word(&self, ticket: i64, row: &Row) -> Option<String> {
        let (status, assignee) = (row["status"].as_i64()?, row["assignedResourceID"].as_i64());
        let word = self.world.ledger.last.get(&ticket)?;
        let holds = match *word {
            LastWord::TakenThere(id) => {
                self.of(ticket).iter().all(|alert| alert.id != id || alert.status != Status::Pending)
            }
            LastWord::TakenHere(resource) => (status, assignee) == (IN_PROGRESS, Some(resource)),
            LastWord::CompletedHere => self.world.rules.statuses.cells(status).resolves(),
        };
        (!holds).then(|| format!("{word:?}, but its status is {status}, its resource {assignee:?}"))
    }

    /// Nobody looks after a ticket that we have given to somebody: so its alert must have been accepted.
    fn is_not_taken_for_an_alert_that_nobody_has(&self, ticket: i64) -> Option<String> {
        let open = self.open(ticket).next()?;
        let was_accepted = self.entries[&open.id].contains(&Entry::Accepted);
        let history = self.world.tenant.sim.history(ticket);
        let of_status =
            history.iter().rfind(|row| row["detail"].as_str().is_some_and(|said| said.starts_with("status")))?;
        let at: Timestamp = of_status["date"].as_str()?.parse().ok()?;
        let by_us = of_status["resourceID"] == seed::API_USER && at >= open.report_time;
        (by_us && !was_accepted).then(|| format!("we set its status, and nobody has accepted alert {}", open.id))
    }

    fn has_each_note_once(&self, ticket: i64) -> Option<String> {
        let lines = self.lines(ticket);
        let wanted = self.world.ledger.notes.get(&ticket).map_or(&[][..], Vec::as_slice);
        let times = |line: &String| lines.iter().filter(|there| *there == line).count();
        let missing: Vec<&String> = wanted.iter().filter(|line| times(line) == 0).collect();
        let twice: Vec<&String> = lines.iter().filter(|line| times(line) > 1).collect();
        let is_own = |line: &str| line.contains("not accepted by anybody");
        let strange: Vec<&String> = lines.iter().filter(|line| !wanted.contains(line) && !is_own(line)).collect();
        let is_well = missing.is_empty() && twice.is_empty() && strange.is_empty();
        (!is_well).then(|| format!("notes missing {missing:?}, twice {twice:?}, for no reason {strange:?}"))
    }

    /// What was refused, and is tried again by hand, comes later than what was asked for later.
    fn has_its_notes_in_order(&self, ticket: i64) -> Option<String> {
        let wanted = self.world.ledger.notes.get(&ticket)?;
        let lines: Vec<String> = self.lines(ticket).into_iter().filter(|line| wanted.contains(line)).collect();
        (!self.world.ledger.refused && lines != *wanted)
            .then(|| format!("notes in another order: {lines:?}, not {wanted:?}"))
    }

    /// The first lines of our notes on a ticket, the oldest first.
    fn lines(&self, ticket: i64) -> Vec<String> {
        let notes = self.world.tenant.our_notes(ticket);
        notes.iter().filter_map(|text| text.lines().next()).map(str::to_owned).collect()
    }

    /// No order that was given is left lying, nothing stands for tickets that can be read, and the account is well.
    async fn nothing_is_left(&self) -> Vec<String> {
        let (app, source) = (&*self.world.app, self.world.tenant.source.id);
        let left = "SELECT kind, subject_id, payload FROM job WHERE kind IN ('fetch_ticket', 'write_back', 'tell_owner') OR gave_up_at IS NOT NULL";
        let left = app.rows::<(String, i64, String)>(left).await;
        let mut found: Vec<String> = left.into_iter().map(|job| format!("a job is left: {job:?}")).collect();
        let waiting = format!("SELECT id FROM event WHERE source_id = {source} AND verdict = 'WAITING'");
        let waiting = app.rows::<(i64,)>(&waiting).await;
        found.extend(waiting.into_iter().map(|(id,)| format!("event {id} still waits for its ticket")));
        let open = self.shared.iter().filter(|alert| alert.status != Status::Resolved);
        found.extend(open.map(|alert| format!("alert {} still stands for tickets: {}", alert.id, alert.summary)));
        let strange = self.shared.iter().filter(|alert| alert.key.as_deref() != Some(&shared_alert_key(source)));
        found.extend(strange.map(|alert| format!("alert {} is of no ticket: {:?}", alert.id, alert.key)));
        let polls = app.rows::<(i64,)>("SELECT id FROM job WHERE kind = 'poll'").await.len();
        found.extend((polls != 1).then(|| format!("{polls} polls")));
        let account = self.world.tenant.account(app).await;
        found.extend(account.state_reason.map(|reason| format!("the account is {}: {reason}", account.state.as_str())));
        found
    }

    /// The timeline of an alert says of each note that it was written.
    fn every_write_is_said(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (ticket, alerts) in &self.alerts {
            let lines: BTreeSet<String> = self.lines(*ticket).into_iter().collect();
            for alert in alerts {
                let entries = &self.entries[&alert.id];
                let is_note = |entry: &&Entry| matches!(entry, Entry::WrittenBack { what } if what == "a note");
                let said = entries.iter().filter(is_note).count();
                let there =
                    lines.iter().filter(|line| line.starts_with(&format!("Watchbell alert {} ", alert.id))).count();
                if said < there {
                    found.push(format!(
                        "alert {}: {there} notes on ticket {ticket}, {said} of them on its timeline",
                        alert.id
                    ));
                }
            }
        }
        found
    }

    /// What there is to see of a ticket, for whoever looks into a failure.
    fn shown(&self, ticket: i64) -> String {
        let row = self.world.tenant.sim.ticket(ticket).unwrap_or_default();
        let of_row =
            ["status", "priority", "assignedResourceID", "lastActivityResourceID", "lastTrackedModificationDateTime"];
        let row: Vec<String> =
            of_row.iter().map(|field| format!("{field} {}", row.get(*field).cloned().unwrap_or_default())).collect();
        let alerts: Vec<String> = self
            .of(ticket)
            .iter()
            .map(|alert| format!("{} {:?} by a person: {}", alert.id, alert.status, alert.resolved_by_person))
            .collect();
        let history: Vec<String> = self
            .world
            .tenant
            .sim
            .history(ticket)
            .iter()
            .map(|row| format!("{} {} {}", row["date"], row["resourceID"], row["detail"]))
            .collect();
        format!(
            "\n    ticket: {}\n    alerts: {}\n    remembered: {:?}\n    history: {history:#?}",
            row.join(", "),
            alerts.join("; "),
            self.snapshots.get(&ticket)
        )
    }
}
