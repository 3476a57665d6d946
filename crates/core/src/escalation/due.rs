//! When something is due of an alert: said here, for paging, jobs, simulation and the auditor.

use crate::alert::{Alert, Priority, Status};
use jiff::Timestamp;

impl Alert {
    /// When a quiet alert that nobody has is raised: at its border, or, where it is snoozed beyond that, when the snooze is over.
    pub fn raised_at(&self) -> Option<Timestamp> {
        let may_be = self.status == Status::Pending && self.priority == Priority::Low;
        self.raise_at.filter(|_| may_be).map(|border| border.max(self.snoozed_until.unwrap_or(border)))
    }

    /// When something is due of it. A snooze comes before everything.
    pub fn due_at(&self) -> Option<Timestamp> {
        let escalation = &self.escalation;
        match self.status {
            Status::Resolved => None,
            _ if self.snoozed_until.is_some() => self.snoozed_until,
            Status::Accepted => escalation.wake_at,
            Status::Pending => {
                [escalation.next_step_at, escalation.wake_at, self.raised_at()].into_iter().flatten().min()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::tests::{alert, at};

    #[test]
    fn a_snooze_comes_before_the_border_at_which_a_quiet_alert_is_raised() {
        let mut quiet = alert(Status::Pending, Priority::Low);
        (quiet.escalation.next_step_at, quiet.raise_at) = (None, Some(at(800)));
        assert_eq!((quiet.raised_at(), quiet.due_at()), (Some(at(800)), Some(at(800))));
        (quiet.snoozed_until, quiet.escalation.wake_at) = (Some(at(1_200)), Some(at(1_200)));
        assert_eq!((quiet.raised_at(), quiet.due_at()), (Some(at(1_200)), Some(at(1_200))));
        (quiet.snoozed_until, quiet.escalation.wake_at) = (Some(at(700)), Some(at(700)));
        assert_eq!((quiet.raised_at(), quiet.due_at()), (Some(at(800)), Some(at(700))));
    }

    #[test]
    fn what_comes_first_is_due_and_of_who_has_it_only_the_look_after_it() {
        let mut open = alert(Status::Pending, Priority::High);
        (open.escalation.next_step_at, open.escalation.wake_at, open.raise_at) =
            (Some(at(90)), Some(at(60)), Some(at(1)));
        assert_eq!((open.due_at(), open.raised_at()), (Some(at(60)), None), "it pages already");
        open.status = Status::Accepted;
        open.escalation.wake_at = Some(at(600));
        assert_eq!(open.due_at(), Some(at(600)));
        open.status = Status::Resolved;
        assert_eq!(open.due_at(), None);
    }
}
