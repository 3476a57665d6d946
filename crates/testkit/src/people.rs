//! People of a test: who they are, and what reached them.
#![allow(clippy::expect_used, reason = "a test fails here")]

use crate::app::TestApp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use watchbell_core::ids::UserId;
use watchbell_core::user::Channel;
use watchbell_server::app::App;
use watchbell_sim::hook::{Hook, HookSimConfig, Received};
use watchbell_sim::smtp::Mail;
use watchbell_store::contacts::{self, ContactIn};
use watchbell_store::doors;
use watchbell_store::preferences::{self, Collection, PreferenceIn};
use watchbell_store::seal::Place;

/// A user of a test.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their first name, and the local part of their address.
    pub name: String,
    hook: Option<Arc<Hook>>,
    expected_hooks: Arc<AtomicUsize>,
}

/// The secret of every webhook of a test.
pub const HOOK_SECRET: &str = "webhook-secret";

impl Person {
    pub(crate) fn new(_app: &TestApp, id: UserId, name: &str) -> Self {
        Self { id, name: name.to_owned(), hook: None, expected_hooks: Arc::default() }
    }

    /// The next mail to this person whose subject holds `text`; it counts as expected.
    pub async fn expect_mail(&self, app: &TestApp, text: &str) -> Mail {
        let address = format!("{}@example.com", self.name);
        let nth = app.expected.fetch_add(1, Ordering::Relaxed);
        let fits = |mail: &Mail| mail.to.contains(&address) && mail.subject.contains(text);
        app.smtp
            .wait_for(fits)
            .await
            .unwrap_or_else(|missing| panic!("mail {nth} to {address} with {text:?}: {missing:?}"))
    }

    /// How many mails reached this person.
    pub fn mails(&self, app: &TestApp) -> usize {
        let address = format!("{}@example.com", self.name);
        app.smtp.messages().iter().filter(|mail| mail.to.contains(&address)).count()
    }

    /// The same person, reached by a webhook of their own, `delay_s` after a level started; mails come no more if `only`.
    pub async fn with_webhook(mut self, app: &mut TestApp, delay_s: i64, only: bool) -> Self {
        let hook = Hook::start(HookSimConfig::default()).await.expect("a receiver");
        add_webhook(&app.app, self.id, hook.url(), delay_s, only).await;
        self.hook = Some(Arc::new(hook));
        app.adopt(self.clone());
        self
    }

    /// The same person, also reached by mail, `delay_s` after a level started.
    pub async fn with_late_mail(self, app: &TestApp, delay_s: i64) -> Self {
        let (app, scope, now) = (&app.app, doors::command_line(), app.app.clock.now());
        let contacts = contacts::list(&app.db, &scope, self.id).await.expect("contacts");
        let mail = contacts.iter().find(|contact| contact.channel == Channel::Email).expect("a mail address");
        let rule = PreferenceIn {
            collection: Collection::Alerts,
            method: Channel::Email,
            contact: mail.id,
            kind: "HIGH_PRIORITY".into(),
            delay_s,
        };
        preferences::create(&app.db, &scope, self.id, rule, now).await.expect("a preference");
        self
    }

    /// The receiver of this person's webhook.
    pub fn hook(&self) -> &Hook {
        self.hook.as_deref().expect("a person with a webhook")
    }

    /// The first webhook whose body holds `text`; it counts as expected.
    pub async fn expect_hook(&self, text: &str) -> Received {
        self.expected_hooks.fetch_add(1, Ordering::Relaxed);
        self.hook().wait_for(|received| received.body.contains(text)).await.expect("a webhook")
    }

    /// Says how many webhooks more were expected than were looked at.
    pub fn expect_hooks_more(&self, count: usize) {
        self.expected_hooks.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn hooks(&self) -> usize {
        self.hook.as_ref().map_or(0, |hook| hook.received().len())
    }

    pub(crate) fn expected_hooks(&self) -> usize {
        self.expected_hooks.load(Ordering::Relaxed)
    }
}

async fn add_webhook(app: &App, user: UserId, url: String, delay_s: i64, only: bool) {
    let (scope, now) = (doors::command_line(), app.clock.now());
    if only {
        for old in preferences::list(&app.db, &scope, user, Collection::Alerts).await.expect("preferences") {
            preferences::delete(&app.db, &scope, user, Collection::Alerts, old.id, now)
                .await
                .expect("a preference is deleted");
        }
    }
    let sealed = app
        .sealer
        .seal(Place { table: "contact", column: "sealed" }, HOOK_SECRET.as_bytes(), &app.ids.fresh())
        .expect("a seal");
    let new = ContactIn {
        channel: Channel::Webhook,
        target: url,
        region: None,
        primary: false,
        label: None,
        sealed: Some(sealed),
        vouched: true,
    };
    let contact = contacts::create(&app.db, &scope, user, new, now).await.expect("a contact");
    for kind in ["HIGH_PRIORITY", "LOW_PRIORITY"] {
        let rule = PreferenceIn {
            collection: Collection::Alerts,
            method: Channel::Webhook,
            contact: contact.id,
            kind: kind.into(),
            delay_s,
        };
        preferences::create(&app.db, &scope, user, rule, now).await.expect("a preference");
    }
}

impl TestApp {
    /// The next mail to an address that is nobody's, or not its owner's first one; it counts as expected.
    pub async fn expect_mail_to(&self, address: &str, text: &str) -> Mail {
        self.expected.fetch_add(1, Ordering::Relaxed);
        let fits = |mail: &Mail| mail.to.iter().any(|to| to == address) && mail.subject.contains(text);
        self.smtp.wait_for(fits).await.unwrap_or_else(|missing| panic!("mail to {address} with {text:?}: {missing:?}"))
    }

    /// Takes a changed person in the place of the old one.
    pub(crate) fn adopt(&mut self, person: Person) {
        self.people_mut().retain(|known| known.id != person.id);
        self.people_mut().push(person);
    }
}
