//! What becomes of an alert that somebody had who has no account any more: nobody takes an alert along.

use crate::alert::{Alert, Change, Happening, Status, apply};
use crate::grouping::Grouping;
use crate::ids::UserId;
use crate::timeline::{Actor, Entry};
use jiff::Timestamp;

/// What follows for an alert when `user`, called `name`, is gone. `others` accepted it too and still have an account: one of them,
/// who accepted it since it was last pending, has it then; where there is none it pages again. `None`: it was not theirs.
pub fn person_left(
    alert: &Alert,
    (user, name): (UserId, &str),
    others: &[UserId],
    mode: Grouping,
    now: Timestamp,
) -> Option<Change> {
    let mut after = alert.clone();
    after.progress.accepted_by.retain(|accepted| *accepted != user);
    let heir = after.progress.accepted_by.iter().find(|accepted| others.contains(accepted)).copied();
    match (alert.status, heir) {
        (Status::Accepted, Some(heir)) if alert.accepted_by == Some(user) => {
            after.accepted_by = Some(heir);
            let entry = Entry::LeftTo { user: heir, name: name.to_owned() };
            Some(Change { entries: vec![entry], ..changed(alert, after) })
        }
        (Status::Accepted, None) if alert.accepted_by == Some(user) => {
            let reason = format!("{name}, who had it, has no account any more");
            Some(apply(alert, &Happening::Unaccepted { reason }, &Actor::System, now, mode))
        }
        // One of several who have to accept: another one has to.
        (Status::Pending, _) if after.progress != alert.progress => Some(changed(alert, after)),
        (Status::Pending | Status::Accepted | Status::Resolved, _) => None,
    }
}

fn changed(before: &Alert, after: Alert) -> Change {
    Change::to(Alert { version: before.version + 1, ..after }, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::tests::alert as of;
    use crate::alert::{Priority, Work};

    const ANN: UserId = UserId(1);
    const BOB: UserId = UserId(2);
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn accepted(by: &[UserId]) -> Alert {
        let mut alert = Alert { accepted_by: by.first().copied(), ..of(Status::Accepted, Priority::High) };
        alert.progress.accepted_by = by.to_vec();
        alert
    }

    fn left(alert: &Alert, others: &[UserId]) -> Option<Change> {
        person_left(alert, (ANN, "Ann Lee"), others, Grouping::EachEvent, NOW)
    }

    #[test]
    fn an_alert_of_somebody_who_left_pages_again() {
        let change = left(&accepted(&[ANN]), &[]).unwrap();
        assert_eq!((change.alert.status, change.alert.accepted_by), (Status::Pending, None));
        assert_eq!(change.work, [Work::Escalate { at: NOW }]);
        assert!(matches!(&change.entries[..], [Entry::Unaccepted { reason }] if reason.contains("Ann Lee")));
    }

    #[test]
    fn whoever_accepted_it_too_has_it_then() {
        let change = left(&accepted(&[ANN, BOB]), &[BOB]).unwrap();
        assert_eq!((change.alert.status, change.alert.accepted_by), (Status::Accepted, Some(BOB)));
        assert_eq!(change.alert.progress.accepted_by, [BOB]);
        assert_eq!(change.entries, [Entry::LeftTo { user: BOB, name: "Ann Lee".into() }]);
    }

    #[test]
    fn an_accept_of_before_it_was_pending_again_does_not_count() {
        let change = left(&accepted(&[ANN]), &[BOB]).unwrap();
        assert_eq!(change.alert.status, Status::Pending);
    }

    #[test]
    fn one_of_several_who_have_to_accept_counts_no_more() {
        let mut pending = of(Status::Pending, Priority::High);
        (pending.progress.accepts_needed, pending.progress.accepted_by) = (2, vec![ANN]);
        let change = left(&pending, &[]).unwrap();
        assert_eq!((change.alert.status, change.alert.progress.accepted_by.len()), (Status::Pending, 0));
    }

    #[test]
    fn what_others_have_stays_theirs() {
        assert_eq!(left(&accepted(&[BOB, ANN]), &[BOB]), None);
        assert_eq!(left(&Alert { status: Status::Resolved, ..accepted(&[ANN]) }, &[]), None);
        assert_eq!(left(&of(Status::Pending, Priority::High), &[]), None);
    }
}
