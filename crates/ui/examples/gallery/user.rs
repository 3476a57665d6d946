//! Sample data of one person.

use super::sample::{ago, delivery, people, test_view};
use jiff::Timestamp;
use watchbell_core::ids::{ContactId, RuleId};
use watchbell_core::notify::NotificationState;
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_ui::Form;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::contact_forms::Offers;
use watchbell_ui::pages::contacts::ContactView;
use watchbell_ui::pages::rules::{RuleFor, RuleView};
use watchbell_ui::pages::user::{UserMay, UserView};

pub fn user(now: Timestamp) -> UserView {
    let contact = |id, channel, address: &str, verified: bool, test| ContactView {
        id: ContactId(id),
        channel,
        address: address.into(),
        label: None,
        ways: vec![channel],
        subscribe: None,
        lock_reason: None,
        stopped_at: None,
        status: ContactStatus::Ok,
        verified_at: verified.then(|| ago(now, 864_000)),
        rang_at: (id == 1).then(|| ago(now, 864_000)),
        tests: Option::into_iter(test).map(test_view).collect(),
    };
    let rule = |id, what, channel, delay_s| RuleView {
        id: RuleId(id),
        what,
        channel,
        address: "ann@sunset.example".into(),
        delay_s,
        usable: true,
        last_test: (id == 1).then(|| test_view(delivery(now, 0, Channel::Ntfy, NotificationState::Sent, None))),
        contact: ContactId(id),
    };
    UserView {
        person: people()[0].clone(),
        form: Form::of([
            ("name", "Ann Lee"),
            ("email", "ann@sunset.example"),
            ("role", "ADMIN"),
            ("zone", "Europe/London"),
        ]),
        contacts: vec![
            contact(1, Channel::Email, "ann@sunset.example", true, None),
            contact(
                2,
                Channel::Ntfy,
                "https://ntfy.sh/ann-8f3k2",
                true,
                Some(delivery(now, 0, Channel::Ntfy, NotificationState::Sent, None)),
            ),
            ContactView {
                label: Some("call me first".into()),
                ways: vec![Channel::Sms, Channel::Voice],
                stopped_at: Some(ago(now, 7_200)),
                ..contact(4, Channel::Sms, "+4915123456789", true, None)
            },
            ContactView {
                status: ContactStatus::Blacklisted,
                lock_reason: Some("The push service answered 410: the subscription is gone.".into()),
                label: Some("Firefox on Android".into()),
                ..contact(5, Channel::WebPush, "updates.push.example", true, None)
            },
            ContactView {
                subscribe: Some("ntfy://ntfy.sh/watchbell-k3m9x2w7q5r8t4zb".into()),
                ..contact(6, Channel::Ntfy, "https://ntfy.sh/watchbell-k3m9x2w7q5r8t4zb", false, None)
            },
            contact(
                3,
                Channel::Webhook,
                "https://hooks.example/ann",
                false,
                Some(delivery(now, 0, Channel::Webhook, NotificationState::Failed, Some("404 Not Found"))),
            ),
        ],
        rules: vec![
            rule(1, RuleFor::Pages, Channel::Ntfy, 0),
            rule(2, RuleFor::Pages, Channel::Email, 120),
            rule(3, RuleFor::Quiet, Channel::Email, 0),
            rule(4, RuleFor::Shifts, Channel::Email, 3_600),
            rule(5, RuleFor::Resolved, Channel::Email, 0),
        ],
        contact_choices: Choice::list(&[("1", "E-mail ann@sunset.example"), ("2", "ntfy ann-8f3k2")]),
        offers: Offers {
            usable: vec![Channel::Email, Channel::Ntfy, Channel::Sms, Channel::Voice],
            region: "DE".into(),
            is_own: true,
            connects: true,
        },
        has_numbers: true,
        absences: super::away::absences(now),
        made_secret: None,
        zones: Choice::list(&[("Europe/London", "Europe/London"), ("UTC", "UTC")]),
        zone: "Europe/London".into(),
        teams: vec![("Network".into(), "/teams/1".into())],
        policies: vec![("After hours".into(), "/policies/1".into())],
        rotas: vec!["\"Service desk\" (layer Nights, one override)".into()],
        replacements: vec![Choice::new("", "Choose somebody"), Choice::new("2", "Bob Ray")],
        can_be_paged: true,
        shows_contacts: true,
        may: UserMay { edit: true, administer: true },
    }
}
