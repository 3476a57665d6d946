//! Devices of Ann's: a chat, an app, a browser, at stand-ins of the services behind them.

use watchbell_connect::channels::Settings;
use watchbell_core::ids::ContactId;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_server::answers;
use watchbell_sim::push::{PushDesk, PushDeskConfig};
use watchbell_sim::pushover;
use watchbell_store::contacts::{self, ContactIn, SEALED};
use watchbell_store::doors;
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{Person, TestApp};

/// The services, on the clock of the app.
pub async fn desk(app: &TestApp) -> PushDesk {
    let desk = PushDesk::start(PushDeskConfig::default()).await.unwrap();
    for clock in [desk.pushover.clock(), desk.web_push.clock()] {
        clock.advance(app.app.clock.now().duration_since(clock.now()));
    }
    desk
}

/// A contact with a secret.
pub async fn device(app: &TestApp, person: &Person, channel: Channel, target: &str, secret: &str) -> ContactId {
    let sealed = app.app.sealer.seal(SEALED, secret.as_bytes(), &app.app.ids.fresh()).unwrap();
    let new = ContactIn {
        channel,
        target: target.to_owned(),
        region: None,
        primary: false,
        label: None,
        sealed: Some(sealed),
        vouched: true,
    };
    contacts::create(&app.app.db, &app.scope(), person.id, new, app.app.clock.now()).await.unwrap().id
}

/// A bot that is called by Telegram, and a person's chat with it.
pub async fn chat(app: &mut TestApp, desk: &PushDesk, person: &Person) -> ContactId {
    let mut settings = Settings::default();
    settings.set_secret("botToken", desk.telegram.token().to_owned().into());
    settings.set("receive", "WEBHOOK");
    settings.set("apiUrl", &desk.telegram.url());
    app.connect(ProviderKind::Telegram, settings).await;
    desk.telegram.anyone().start(&answers::word_of(&app.app, doors::ORGANIZATION, person.id)).unwrap();
    let joined = || async { chat_of(app, person).await.is_some() };
    wait_until("the chat is a contact", joined).await;
    chat_of(app, person).await.unwrap()
}

/// The chat of a person, where they have one.
pub async fn chat_of(app: &TestApp, person: &Person) -> Option<ContactId> {
    let all = contacts::list(&app.app.db, &app.scope(), person.id).await.unwrap();
    all.into_iter().find(|contact| contact.channel == Channel::Telegram).map(|contact| contact.id)
}

/// A user key at Pushover.
pub async fn pager(app: &mut TestApp, desk: &PushDesk, person: &Person) -> ContactId {
    let mut settings = Settings::default();
    settings.set_secret("token", pushover::TOKEN.to_owned().into());
    settings.set("apiUrl", &desk.pushover.url());
    app.connect(ProviderKind::Pushover, settings).await;
    person.add_contact(app, Channel::Pushover, pushover::USER).await
}
