//! What a status does, by picklist id: one row per status, one cell per situation, all of them editable.

use super::picklist::PicklistValue;
use super::source_rules::{Preset, Problem};
use super::status_class::StatusClass;
use super::status_guess::guess_class;
use serde::{Deserialize, Serialize};

/// Rows of a table.
pub const STATUS_ROWS_MAX: usize = 500;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Open an alert.
    Open,
    /// Open an alert unless the ticket is assigned.
    OpenUnlessAssigned,
    /// Accept the alert (where the change is a person's).
    Accept,
    /// Call the next level.
    NextLevel,
    /// Resolve the alert.
    Resolve,
    /// Tell the responder.
    TellResponder,
    /// Nothing.
    Nothing,
}

impl Cell {
    fn may_stand_without_alert(self) -> bool {
        matches!(self, Cell::Open | Cell::OpenUnlessAssigned | Cell::Nothing)
    }

    fn may_stand_with_alert(self) -> bool {
        !matches!(self, Cell::Open | Cell::OpenUnlessAssigned)
    }
}

/// The cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    /// The ticket is seen for the first time and has this status.
    pub first_seen: Cell,
    /// The ticket came to this status and has no open alert.
    pub became: Cell,
    /// The ticket came to this status and its alert is pending.
    pub pending: Cell,
    /// The ticket came to this status and its alert is accepted.
    pub accepted: Cell,
}

impl Cells {
    /// Opens, and changes nothing about an open alert.
    pub const OPENS: Cells = Cells::of(Cell::Open, Cell::Nothing, Cell::Nothing);

    const fn of(without_alert: Cell, pending: Cell, accepted: Cell) -> Self {
        Self { first_seen: without_alert, became: without_alert, pending, accepted }
    }

    /// Whether the status is one of work that somebody must have: tickets in it open alerts.
    pub fn is_open_class(self) -> bool {
        let opens = |cell| matches!(cell, Cell::Open | Cell::OpenUnlessAssigned);
        opens(self.first_seen) || opens(self.became)
    }

    /// Whether the status asks for more people than those who have the ticket (Escalate).
    pub fn asks_for_help(self) -> bool {
        self.pending == Cell::NextLevel || self.accepted == Cell::NextLevel
    }

    /// Whether the status ends an alert.
    pub fn resolves(self) -> bool {
        self.pending == Cell::Resolve || self.accepted == Cell::Resolve
    }
}

/// The row of one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Picklist id.
    pub id: i64,
    /// As Autotask prints it; for people only.
    pub label: String,
    /// What it was taken for; shows where the cells come from.
    pub class: StatusClass,
    /// What is done.
    #[serde(flatten)]
    pub cells: Cells,
}

/// What each status does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusTable {
    /// In the order of the picklist.
    pub rows: Vec<StatusRow>,
    /// For statuses without a row: made in Autotask after set-up.
    pub other: Cells,
}

impl StatusTable {
    /// The table of a preset for a tenant's status picklist: Autotask's own ids by id, the others guessed from their labels.
    pub fn preset(preset: Preset, picklist: &[PicklistValue]) -> Self {
        let row = |value: &PicklistValue| StatusRow::preset(preset, value);
        Self { rows: picklist.iter().map(row).collect(), other: Cells::OPENS }
    }

    /// Takes over a picklist that was read anew: labels are renewed, statuses without a row get one as the preset has it,
    /// cells that people set stay.
    pub fn adopt(&mut self, preset: Preset, picklist: &[PicklistValue]) {
        for value in picklist {
            match self.rows.iter_mut().find(|row| row.id == value.id) {
                Some(row) => row.label.clone_from(&value.label),
                None => self.rows.push(StatusRow::preset(preset, value)),
            }
        }
    }

    /// What a status does.
    pub fn cells(&self, status: i64) -> Cells {
        self.rows.iter().find(|row| row.id == status).map_or(self.other, |row| row.cells)
    }

    /// The first status of a class, as the write-back needs it.
    pub fn first_of(&self, class: StatusClass) -> Option<i64> {
        self.rows.iter().find(|row| row.class == class).map(|row| row.id)
    }

    /// Refuses tables that are too long, name a status twice, or hold a cell that means nothing where it stands.
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.rows.len() > STATUS_ROWS_MAX {
            problems.push(Problem::new("statuses.rows", format!("at most {STATUS_ROWS_MAX} rows are allowed")));
        }
        for (at, row) in self.rows.iter().enumerate() {
            if self.rows[..at].iter().any(|earlier| earlier.id == row.id) {
                problems
                    .push(Problem::new(format!("statuses.rows[{at}].id"), format!("status {} has two rows", row.id)));
            }
            validate_cells(&format!("statuses.rows[{at}]"), row.cells, &mut problems);
        }
        validate_cells("statuses.other", self.other, &mut problems);
        problems
    }
}

impl StatusRow {
    /// A status as a preset has it.
    pub fn preset(preset: Preset, value: &PicklistValue) -> Self {
        let class =
            StatusClass::of_system_id(value.id).or_else(|| guess_class(&value.label)).unwrap_or(StatusClass::Other);
        Self { id: value.id, label: value.label.clone(), class, cells: preset_cells(preset, class) }
    }

    /// Corrects what the status was taken for; its cells become the preset's for that class.
    pub fn confirm(&mut self, preset: Preset, class: StatusClass) {
        self.class = class;
        self.cells = preset_cells(preset, class);
    }
}

/// The cells of a class in a preset.
pub fn preset_cells(preset: Preset, class: StatusClass) -> Cells {
    match preset {
        Preset::LikeIlert => like_ilert(class),
        Preset::AfterHoursMsp => after_hours_msp(class),
    }
}

/// ilert's documented table (its Autotask page of 2025), asked about changes instead of levels. What it does not list opens.
fn like_ilert(class: StatusClass) -> Cells {
    use StatusClass as C;
    match class {
        C::InProgress => Cells::of(Cell::Open, Cell::Accept, Cell::Nothing),
        C::Complete | C::Denied => Cells::of(Cell::Nothing, Cell::Resolve, Cell::Resolve),
        C::WaitingCustomer
        | C::WaitingMaterials
        | C::WaitingVendor
        | C::WaitingApproval
        | C::WaitingDispatch
        | C::WaitingOther
        | C::Scheduled
        | C::Escalate
        | C::Approved => Cells::of(Cell::Nothing, Cell::Accept, Cell::Nothing),
        C::New
        | C::Cancelled
        | C::Duplicate
        | C::Spam
        | C::RmmResolved
        | C::WorkComplete
        | C::OnHold
        | C::CustomerNoteAdded
        | C::Reopened
        | C::Other => Cells::OPENS,
    }
}

/// How providers with a night shift work: robots set Waiting Dispatch, monitoring heals itself, Escalate is a cry for help.
fn after_hours_msp(class: StatusClass) -> Cells {
    use StatusClass as C;
    match class {
        C::New | C::Other | C::WaitingDispatch | C::Approved => Cells::OPENS,
        C::InProgress => Cells::of(Cell::OpenUnlessAssigned, Cell::Accept, Cell::Nothing),
        C::Complete | C::Denied | C::Cancelled | C::Duplicate | C::Spam | C::RmmResolved | C::WorkComplete => {
            Cells::of(Cell::Nothing, Cell::Resolve, Cell::Resolve)
        }
        C::WaitingCustomer
        | C::WaitingMaterials
        | C::WaitingVendor
        | C::WaitingApproval
        | C::WaitingOther
        | C::Scheduled
        | C::OnHold => Cells::of(Cell::Nothing, Cell::Accept, Cell::Nothing),
        C::Escalate => Cells::of(Cell::Open, Cell::NextLevel, Cell::NextLevel),
        C::CustomerNoteAdded | C::Reopened => Cells::of(Cell::Open, Cell::TellResponder, Cell::TellResponder),
    }
}

fn validate_cells(field: &str, cells: Cells, problems: &mut Vec<Problem>) {
    let columns = [
        ("first_seen", cells.first_seen, cells.first_seen.may_stand_without_alert()),
        ("became", cells.became, cells.became.may_stand_without_alert()),
        ("pending", cells.pending, cells.pending.may_stand_with_alert()),
        ("accepted", cells.accepted, cells.accepted.may_stand_with_alert() && cells.accepted != Cell::Accept),
    ];
    for (column, cell, may_stand) in columns {
        if !may_stand {
            problems
                .push(Problem::new(format!("{field}.{column}"), format!("{cell:?} is not possible in this column")));
        }
    }
}
