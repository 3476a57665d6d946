//! A small tenant, and a source that follows one ticket through it the way the engine does.

use crate::alert::{Priority, Status};
use crate::autotask::*;
use jiff::{SignedDuration, Timestamp};

pub const ANN: i64 = 29_682_885;
pub const BOB: i64 = 29_682_886;
pub const OUR_API_USER: i64 = 29_682_900;

pub const NEW: i64 = 1;
pub const COMPLETE: i64 = 5;
pub const WAITING_CUSTOMER: i64 = 7;
pub const IN_PROGRESS: i64 = 8;
pub const ESCALATE: i64 = 11;
pub const WAITING_DISPATCH: i64 = 24;
pub const CUSTOMER_NOTE: i64 = 19;

pub const CRITICAL: i64 = 4;
pub const HIGH: i64 = 1;
pub const MEDIUM: i64 = 2;
pub const LOW: i64 = 3;

pub fn statuses() -> Vec<PicklistValue> {
    let labels = [
        (1, "New"),
        (8, "In Progress"),
        (5, "Complete"),
        (25, "Denied"),
        (7, "Waiting Customer"),
        (9, "Waiting Materials"),
        (12, "Waiting Vendor"),
        (13, "Waiting Approval"),
        (24, "Waiting Dispatch"),
        (29, "Waiting Reboot"),
        (10, "Scheduled"),
        (11, "Escalate"),
        (14, "Approved"),
        (15, "Change Order"),
        (16, "Work Complete"),
        (17, "On Hold"),
        (19, "Customer Note Added"),
        (20, "RMM Resolved"),
        (21, "Cancelled"),
        (22, "Duplicate"),
        (23, "Spam"),
        (26, "Reopened"),
    ];
    (1..).zip(labels).map(|(order, (id, label))| PicklistValue::new(id, label, order)).collect()
}

pub fn priorities() -> Vec<PicklistValue> {
    [(4, "Critical", 1), (1, "High", 2), (2, "Medium", 3), (3, "Low", 4), (9, "VIP", 5)]
        .map(|(id, label, order)| PicklistValue::new(id, label, order))
        .into()
}

pub fn rules(preset: Preset) -> SourceRules {
    let types = [PicklistValue::new(2, "Incident", 2), PicklistValue::new(4, "Change Request", 4)];
    SourceRules::for_tenant(preset, &statuses(), &priorities(), &types)
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn ann() -> Actor {
    Actor::Person { id: ANN, name: "Ann".into() }
}

pub fn bob() -> Actor {
    Actor::Person { id: BOB, name: "Bob".into() }
}

pub fn robot() -> Actor {
    Actor::System
}

pub fn contact() -> Actor {
    Actor::Contact { id: Some(5), name: "Carl Customer".into() }
}

/// A source, one ticket, and what the engine would keep about it.
#[derive(Clone)]
pub struct World {
    pub rules: SourceRules,
    pub ticket: Ticket,
    pub snapshot: Option<Snapshot>,
    pub alert: Option<AlertView>,
    pub own_edits: Vec<OwnEdit>,
    pub merged_into: Option<String>,
    pub waited_in_shared: Option<Status>,
    pub made_by_action: bool,
    pub source_made_at: Timestamp,
    pub open_ones_known: bool,
    pub now: Timestamp,
    pub opened: usize,
}

impl World {
    /// A source made an hour ago; a ticket that a contact's mail made just now.
    pub fn new(preset: Preset) -> Self {
        let now = at("2026-11-23T02:00:00Z");
        let ticket = Ticket {
            id: 7865,
            number: "T20261123.0001".into(),
            title: "Server down".into(),
            status: NEW,
            priority: Some(CRITICAL),
            queue: Some(8),
            company: Some(0),
            ticket_type: Some(2),
            created_at: Some(now),
            last_modified_at: Some(now),
            last_activity_at: Some(now),
            ..Ticket::default()
        };
        Self {
            rules: rules(preset),
            ticket,
            snapshot: None,
            alert: None,
            own_edits: Vec::new(),
            merged_into: None,
            made_by_action: false,
            waited_in_shared: None,
            source_made_at: at("2026-11-23T01:00:00Z"),
            open_ones_known: false,
            now,
            opened: 0,
        }
    }

    pub fn pass(&mut self, minutes: i64) -> &mut Self {
        self.now += SignedDuration::from_mins(minutes);
        self
    }

    /// Edits the ticket one minute later.
    pub fn edit(&mut self, edit: impl FnOnce(&mut Ticket)) -> &mut Self {
        self.pass(1);
        edit(&mut self.ticket);
        self.ticket.last_modified_at = Some(self.now);
        self.ticket.last_activity_at = Some(self.now);
        self
    }

    pub fn sighting<'a>(&'a self, actor: &'a Actor, way: Way) -> Sighting<'a> {
        Sighting {
            ticket: &self.ticket,
            actor,
            way,
            own_edits: &self.own_edits,
            merged_into: self.merged_into.as_deref(),
            made_by_action: self.made_by_action,
            source_made_at: self.source_made_at,
            open_ones_known: self.open_ones_known,
            waited_in_shared: self.waited_in_shared,
            now: self.now,
        }
    }

    /// Decides, and carries the effects out as the engine would.
    pub fn see(&mut self, actor: &Actor, way: Way) -> Decision {
        let decision = decide(&self.rules, self.snapshot.as_ref(), self.alert, &self.sighting(actor, way));
        for effect in &decision.effects {
            self.carry_out(effect);
        }
        self.snapshot = Some(decision.snapshot.clone());
        decision
    }

    pub fn callout(&mut self, actor: &Actor) -> Decision {
        self.see(actor, Way::Callout { received_at: self.now })
    }

    pub fn poll(&mut self, actor: &Actor) -> Decision {
        self.see(actor, Way::Poll)
    }

    fn carry_out(&mut self, effect: &Effect) {
        match effect {
            Effect::Open(opening) => {
                assert!(self.alert.is_none_or(|alert| !alert.is_open()), "a second alert for one ticket");
                self.opened += 1;
                self.alert = Some(AlertView {
                    status: Status::Pending,
                    priority: opening.manner.priority().unwrap_or(Priority::High),
                    resolved_by_person: false,
                    opened_unread: false,
                });
            }
            Effect::Accept { .. } => self.open().status = Status::Accepted,
            Effect::Raise => self.open().priority = Priority::High,
            Effect::Resolve { .. } => self.open().status = Status::Resolved,
            Effect::Refresh => self.open().opened_unread = false,
            Effect::NextLevel { .. }
            | Effect::Touched { .. }
            | Effect::TellResponder { .. }
            | Effect::FollowMerge { .. } => (),
        }
    }

    fn open(&mut self) -> &mut AlertView {
        self.alert.as_mut().expect("an effect on an alert that does not exist")
    }

    pub fn resolve_by_person(&mut self) -> &mut Self {
        let alert = self.open();
        alert.status = Status::Resolved;
        alert.resolved_by_person = true;
        self
    }

    pub fn accept_by_person(&mut self) -> &mut Self {
        self.open().status = Status::Accepted;
        self
    }

    pub fn status(&self) -> Option<Status> {
        self.alert.map(|alert| alert.status)
    }
}
