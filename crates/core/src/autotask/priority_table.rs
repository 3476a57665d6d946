//! What a ticket's priority means for its alert, by picklist id. The numbers say nothing about severity (4 is Critical, 1 is
//! High): the picklist's order does.

use super::label::Words;
use super::picklist::PicklistValue;
use super::source_rules::{Preset, Problem};
use serde::{Deserialize, Serialize};

/// Rows of a table.
pub const PRIORITY_ROWS_MAX: usize = 100;

/// How an alert of a priority opens, the loudest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// Priority HIGH: escalates.
    Page,
    /// Priority LOW: tells the first level only.
    Quiet,
    /// None at all.
    NoAlert,
}

/// The usual priorities, most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityClass {
    /// Critical.
    Critical,
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low.
    Low,
}

/// The row of one priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityRow {
    /// Picklist id.
    pub id: i64,
    /// As Autotask prints it; for people only.
    pub label: String,
    /// What it was taken for; `None` where no word was known.
    #[serde(default)]
    pub class: Option<PriorityClass>,
    /// Its place among the others, the most severe first; from the picklist's order.
    #[serde(default)]
    pub rank: Option<i64>,
    /// How its alerts open.
    pub treatment: Treatment,
}

/// What each priority means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityTable {
    /// In the order of the picklist.
    pub rows: Vec<PriorityRow>,
    /// For priorities without a row, and tickets without a priority.
    pub other: Treatment,
}

impl PriorityTable {
    /// The table of a preset for a tenant's priority picklist.
    pub fn preset(preset: Preset, picklist: &[PicklistValue]) -> Self {
        let row = |value: &PicklistValue| PriorityRow::preset(preset, value);
        Self { rows: picklist.iter().map(row).collect(), other: Treatment::Page }
    }

    /// Takes over a picklist that was read anew: labels and ranks are renewed, new priorities get a row, treatments stay.
    pub fn adopt(&mut self, preset: Preset, picklist: &[PicklistValue]) {
        for value in picklist {
            let fresh = PriorityRow::preset(preset, value);
            match self.rows.iter_mut().find(|row| row.id == value.id) {
                Some(row) => *row = PriorityRow { treatment: row.treatment, class: row.class, ..fresh },
                None => self.rows.push(fresh),
            }
        }
    }

    /// How alerts of a priority open.
    pub fn treatment(&self, priority: Option<i64>) -> Treatment {
        self.row(priority).map_or(self.other, |row| row.treatment)
    }

    /// Whether a change of priority is a raise. Where the rank of one is not known every change counts: a page too many is
    /// better than one too few.
    pub fn is_raise(&self, from: Option<i64>, to: Option<i64>) -> bool {
        let rank = |priority| self.row(priority).and_then(|row| row.rank);
        match (rank(from), rank(to)) {
            (Some(from), Some(to)) => to < from,
            _ => from != to,
        }
    }

    /// Refuses tables that are too long or name a priority twice.
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.rows.len() > PRIORITY_ROWS_MAX {
            problems.push(Problem::new("priorities.rows", format!("at most {PRIORITY_ROWS_MAX} rows are allowed")));
        }
        for (at, row) in self.rows.iter().enumerate() {
            if self.rows[..at].iter().any(|earlier| earlier.id == row.id) {
                let twice = format!("priority {} has two rows", row.id);
                problems.push(Problem::new(format!("priorities.rows[{at}].id"), twice));
            }
        }
        problems
    }

    fn row(&self, priority: Option<i64>) -> Option<&PriorityRow> {
        let priority = priority?;
        self.rows.iter().find(|row| row.id == priority)
    }
}

impl PriorityRow {
    /// A priority as a preset has it.
    pub fn preset(preset: Preset, value: &PicklistValue) -> Self {
        let class = guess_priority(&value.label);
        let by_order = (value.sort_order > 0).then_some(value.sort_order);
        let rank = by_order.or_else(|| class.map(|class| class as i64 + 1));
        Self { id: value.id, label: value.label.clone(), class, rank, treatment: preset_treatment(preset, class) }
    }
}

/// How a preset treats a priority; `None` is one that no word explains.
pub fn preset_treatment(preset: Preset, class: Option<PriorityClass>) -> Treatment {
    use PriorityClass as P;
    match (preset, class) {
        (Preset::LikeIlert, Some(P::Low)) => Treatment::Quiet,
        (Preset::LikeIlert, _) => Treatment::Page,
        (Preset::AfterHoursMsp, Some(P::Critical | P::High) | None) => Treatment::Page,
        (Preset::AfterHoursMsp, Some(P::Medium)) => Treatment::Quiet,
        (Preset::AfterHoursMsp, Some(P::Low)) => Treatment::NoAlert,
    }
}

const CRITICAL: &str = "critic*|kritisch*|urgent*|emergency|dringend*|notfall|very high|highest|sehr hoch|hochste|muy alta|muy alto|\
                        emergencia";
const HIGH: &str = "high|hoch|hohe|alta|alto";
const MEDIUM: &str = "medium|mittel|mittlere|normal|moderate|media|medio|standard";
const LOW: &str = "low|lowest|niedrig*|gering*|baja|bajo";

/// What a label means in English, German or Spanish.
pub fn guess_priority(label: &str) -> Option<PriorityClass> {
    let words = Words::of(label);
    let rows = [
        (CRITICAL, PriorityClass::Critical),
        (HIGH, PriorityClass::High),
        (MEDIUM, PriorityClass::Medium),
        (LOW, PriorityClass::Low),
    ];
    rows.into_iter().find(|(patterns, _)| words.have(patterns)).map(|(_, class)| class)
}
