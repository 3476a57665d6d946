//! Which alerts a reply acts on, or why none.

use super::{Reply, Verb, Which};
use crate::alert::Status;
use crate::ids::AlertId;

/// An alert that this person was told of over this contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub id: AlertId,
    /// The reply code that its message offered; those of a summary share one.
    pub code: Option<u32>,
    /// Where it stands.
    pub status: Status,
    /// Whether this person has accepted it.
    pub accepted_by_me: bool,
}

impl Candidate {
    pub(super) fn is_open(&self) -> bool {
        self.status != Status::Resolved
    }

    /// Whether the verb has something to do with it.
    fn takes(&self, verb: Verb) -> bool {
        match verb {
            Verb::Accept => self.status == Status::Pending && !self.accepted_by_me,
            Verb::Resolve | Verb::Escalate => self.is_open(),
        }
    }
}

/// What a reply does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// It acts on these: at least one.
    Act(Vec<AlertId>),
    /// It does nothing.
    Nothing(NotChosen),
}

/// Why a reply does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotChosen {
    /// No message offered this code.
    NoSuchCode {
        /// The code.
        code: u32,
    },
    /// Several are open, and the reply does not say which.
    SeveralOpen {
        /// Their codes, the smallest first; of those that have one.
        codes: Vec<u32>,
    },
    /// This person was not told of that alert.
    NotYours {
        /// The number that they wrote.
        alert: i64,
    },
    /// Somebody has it already.
    AlreadyAccepted {
        /// Which.
        alert: AlertId,
        /// Whether it is this person.
        by_me: bool,
    },
    /// It is over.
    AlreadyResolved {
        /// Which.
        alert: AlertId,
    },
    /// There is nothing to act on.
    NothingOpen,
}

/// Which alerts a reply acts on, of those that this person was told of over this contact.
pub fn choose(told: &[Candidate], reply: Reply) -> Chosen {
    let verb = reply.verb;
    match reply.which {
        Which::Code(code) => by_code(told, verb, code),
        Which::Alert(number) => match told.iter().find(|one| one.id.0 == number) {
            Some(one) => all_or_why(&[one], verb),
            None => Chosen::Nothing(NotChosen::NotYours { alert: number }),
        },
        Which::All => all_or_why(&told.iter().collect::<Vec<_>>(), verb),
        Which::Latest => only(told, verb),
    }
}

/// A code belongs to what is open; only where nothing is, to what had it last.
fn by_code(told: &[Candidate], verb: Verb, code: u32) -> Chosen {
    let with_code: Vec<&Candidate> = told.iter().filter(|one| one.code == Some(code)).collect();
    let open: Vec<&Candidate> = with_code.iter().copied().filter(|one| one.is_open()).collect();
    match (with_code.is_empty(), open.is_empty()) {
        (true, _) => Chosen::Nothing(NotChosen::NoSuchCode { code }),
        (false, true) => all_or_why(&with_code, verb),
        (false, false) => all_or_why(&open, verb),
    }
}

/// The only one that a bare verb can mean.
fn only(told: &[Candidate], verb: Verb) -> Chosen {
    let meant: Vec<&Candidate> = told.iter().filter(|one| one.takes(verb)).collect();
    match meant.len() {
        0 | 1 => all_or_why(&told.iter().collect::<Vec<_>>(), verb),
        _ => {
            let mut codes: Vec<u32> = meant.iter().filter_map(|one| one.code).collect();
            codes.sort_unstable();
            codes.dedup();
            Chosen::Nothing(NotChosen::SeveralOpen { codes })
        }
    }
}

/// All that the verb has something to do with; where there is none, what is to say of the one that is nearest to it.
fn all_or_why(of: &[&Candidate], verb: Verb) -> Chosen {
    let meant: Vec<AlertId> = of.iter().filter(|one| one.takes(verb)).map(|one| one.id).collect();
    if !meant.is_empty() {
        return Chosen::Act(meant);
    }
    let nearest = of.iter().max_by_key(|one| (one.is_open(), one.accepted_by_me, one.id));
    Chosen::Nothing(match nearest {
        None => NotChosen::NothingOpen,
        Some(one) if one.is_open() => NotChosen::AlreadyAccepted { alert: one.id, by_me: one.accepted_by_me },
        Some(one) => NotChosen::AlreadyResolved { alert: one.id },
    })
}
