//! What may happen, as data. A step names tickets and alerts by how far they are behind the latest, so that any part of a list of
//! steps is a list of steps as well: one that fails can be shortened.

use super::trouble::Trouble;
use crate::autotask::tenant::{
    COMPLETE, CRITICAL, ESCALATE, HIGH, IN_PROGRESS, LOW, NEW, WAITING_CUSTOMER, WAITING_DISPATCH,
};
use watchbell_sim::autotask::{Actor, seed};
use watchbell_testkit::dice::Dice;

const MEDIUM: i64 = 2;
const DENIED: i64 = 23;
const REOPENED: i64 = 24;
const LEVEL_1_SUPPORT: i64 = 29_682_833;
const LEVEL_2_SUPPORT: i64 = 29_683_487;

/// How far behind the latest of what is there by then.
pub type Back = usize;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A ticket is made.
    Create { by: Hand, status: i64, priority: i64, taken: bool },
    /// Somebody works on a ticket in Autotask.
    Edit(Edit),
    /// Somebody acts on an alert here.
    Act { alert: Back, by: usize, deed: Deed },
    /// Something goes wrong from now on.
    Breaks(Trouble),
    /// It is over.
    Mended(Trouble),
    /// Everything is well again.
    AllMended,
    /// Time goes by, and what is due is done.
    Pass { seconds: i64 },
    /// What is due is done, and after so many calls somebody edits a ticket.
    Amid { calls: usize, edit: Edit },
    /// What is due is begun, and after so many calls the program ends without a word, and starts again.
    Crash { calls: usize },
}

/// Who works in Autotask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    Anna,
    Ben,
    Robot,
    Rmm,
}

impl Hand {
    pub fn actor(self) -> Actor {
        match self {
            Hand::Anna => Actor::resource(seed::ANNA),
            Hand::Ben => Actor::resource(seed::BEN),
            Hand::Robot => Actor::robot(),
            Hand::Rmm => Actor::resource(seed::RMM_USER),
        }
    }

    pub fn is_person(self) -> bool {
        matches!(self, Hand::Anna | Hand::Ben)
    }
}

/// What somebody does to a ticket in Autotask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    pub ticket: Back,
    pub by: Hand,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Status(i64),
    Priority(i64),
    Queue(i64),
    AssignTo(i64),
    Unassign,
    Note,
    Title,
    MergeInto(Back),
    Delete,
}

/// What somebody does with an alert here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Accept,
    Resolve,
    ResolveAndComplete,
    Escalate,
    Reassign { to: usize },
    Comment,
    Snooze { minutes: i64, pages: bool },
}

/// So many steps, as the dice fall.
pub fn choose(dice: &mut Dice, count: usize) -> Vec<Step> {
    (0..count).map(|_| one(dice)).collect()
}

fn one(dice: &mut Dice) -> Step {
    match dice.below(100) {
        0..14 => create(dice),
        14..36 => Step::Edit(edit(dice)),
        36..58 => Step::Act { alert: back(dice), by: index(dice, 3), deed: deed(dice) },
        58..62 => Step::Breaks(dice.one_of(Trouble::ALL)),
        62..67 => Step::Mended(dice.one_of(Trouble::ALL)),
        67..69 => Step::AllMended,
        69..91 => Step::Pass { seconds: dice.one_of(&[0, 0, 1, 2, 5, 15, 40, 61, 130]) },
        91..97 => Step::Amid { calls: index(dice, 6) + 1, edit: edit(dice) },
        _ => Step::Crash { calls: index(dice, 8) },
    }
}

fn create(dice: &mut Dice) -> Step {
    let status = dice.one_of(&[NEW, NEW, NEW, NEW, WAITING_DISPATCH, IN_PROGRESS, WAITING_CUSTOMER, COMPLETE]);
    let priority = dice.one_of(&[CRITICAL, HIGH, HIGH, MEDIUM, LOW]);
    Step::Create { by: hand(dice), status, priority, taken: dice.below(8) == 0 }
}

fn edit(dice: &mut Dice) -> Edit {
    let what = match dice.below(20) {
        0..9 => What::Status(dice.one_of(&[
            NEW,
            IN_PROGRESS,
            IN_PROGRESS,
            COMPLETE,
            COMPLETE,
            WAITING_CUSTOMER,
            WAITING_DISPATCH,
            ESCALATE,
            REOPENED,
            DENIED,
        ])),
        9..11 => What::Priority(dice.one_of(&[CRITICAL, HIGH, MEDIUM, LOW])),
        11 => What::Queue(dice.one_of(&[LEVEL_1_SUPPORT, LEVEL_2_SUPPORT])),
        12..14 => What::AssignTo(dice.one_of(&[seed::ANNA, seed::BEN])),
        14 => What::Unassign,
        15..17 => What::Note,
        17 => What::Title,
        18 => What::MergeInto(back(dice)),
        _ => What::Delete,
    };
    Edit { ticket: back(dice), by: hand(dice), what }
}

fn deed(dice: &mut Dice) -> Deed {
    match dice.below(16) {
        0..6 => Deed::Accept,
        6..8 => Deed::Resolve,
        8..10 => Deed::ResolveAndComplete,
        10 => Deed::Escalate,
        11 => Deed::Reassign { to: index(dice, 3) },
        12..15 => Deed::Comment,
        _ => Deed::Snooze { minutes: dice.one_of(&[1, 5]), pages: dice.below(2) == 0 },
    }
}

fn hand(dice: &mut Dice) -> Hand {
    dice.one_of(&[Hand::Anna, Hand::Ben, Hand::Ben, Hand::Robot, Hand::Rmm])
}

fn back(dice: &mut Dice) -> Back {
    index(dice, 8)
}

fn index(dice: &mut Dice, below: u64) -> usize {
    usize::try_from(dice.below(below)).unwrap_or_default()
}
