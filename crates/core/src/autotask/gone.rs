//! A ticket that Autotask no longer knows.

use super::effect::Effect;
use super::sighting::AlertView;
use super::verdict::{Reason, ResolveReason, Verdict};

/// A ticket that was just made may be missing for a moment (replication): "gone" is believed after these further tries, in
/// seconds after the one before; all within 10 s.
pub const GONE_RETRY_S: [i64; 2] = [3, 6];

/// What a ticket's being gone means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// To be carried out.
    pub effects: Vec<Effect>,
    /// What to say.
    pub verdict: Verdict,
}

/// The answer "no such ticket", believed: an open alert resolves, nothing opens.
pub fn decide_gone(alert: Option<AlertView>) -> Gone {
    match alert.filter(AlertView::is_open) {
        Some(_) => {
            let reason = ResolveReason::Gone;
            Gone { effects: vec![Effect::Resolve { reason: reason.clone() }], verdict: Verdict::Resolved { reason } }
        }
        None => Gone { effects: Vec::new(), verdict: Verdict::NotPaged { reason: Reason::Gone } },
    }
}
