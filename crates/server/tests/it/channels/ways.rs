//! The ways to a person, one for each channel and whoever carries it. A story over all of them says what a way has to do:
//!
//! | story | what it shows |
//! |---|---|
//! | `transient` | what passes is outlived by trying again; what stays gives way to the person's next contact |
//! | `refused` | what is refused for good gives way at once; a contact that is to blame is locked, or gets no texts, and says why |
//! | `bundled` | what is too much is held back, the timeline says so, and one summary stands for it |
//! | `answers` | an answer accepts, resolves, or calls the next level, and what became of the message is told |
//!
//! The test that failed is named after its way. Beside them `texts`, `calls`, `replies` and `pushes` show what one way alone has,
//! `failing` several accounts, `late` what fails after it was taken, and `forged_calls` and `forged_presses` what nobody may send.

use crate::channels::devices::{chat, desk, device, pager};
use crate::channels::texts::ANN;
use jiff::SignedDuration;
use watchbell_core::ids::ContactId;
use watchbell_core::provider::{ProviderKind, Reported};
use watchbell_core::user::Channel;
use watchbell_sim::ntfy::{Ntfy, NtfySimConfig};
use watchbell_sim::phone::Provider;
use watchbell_sim::push::PushDesk;
use watchbell_store::contacts;
use watchbell_testkit::{Lines, Person, TestApp};

/// A channel, and who carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Email,
    SmsByTwilio,
    SmsByVonage,
    SmsByGateway,
    VoiceByTwilio,
    VoiceByVonage,
    WhatsApp,
    Telegram,
    Pushover,
    Gotify,
    Ntfy,
    UnifiedPush,
    WebPush,
}

/// Tests of one story, each over a way of its own: over every way, or `story; name: Way, ..`.
macro_rules! over_ways {
    ($story:ident) => {
        $crate::channels::ways::over_ways! { $story;
            email: Email,
            sms_by_twilio: SmsByTwilio,
            sms_by_vonage: SmsByVonage,
            sms_by_gateway: SmsByGateway,
            voice_by_twilio: VoiceByTwilio,
            voice_by_vonage: VoiceByVonage,
            whatsapp: WhatsApp,
            telegram: Telegram,
            pushover: Pushover,
            gotify: Gotify,
            ntfy: Ntfy,
            unified_push: UnifiedPush,
            web_push: WebPush,
        }
    };
    ($story:ident; $($name:ident: $way:ident),+ $(,)?) => {
        watchbell_testkit::both_databases! {
            $(async fn $name(app: TestApp) { $story(app, $crate::channels::ways::Way::$way).await; })+
        }
    };
}
pub(crate) use over_ways;

impl Way {
    /// The channel.
    pub fn channel(self) -> Channel {
        match self {
            Self::Email => Channel::Email,
            Self::SmsByTwilio | Self::SmsByVonage | Self::SmsByGateway => Channel::Sms,
            Self::VoiceByTwilio | Self::VoiceByVonage => Channel::Voice,
            Self::WhatsApp => Channel::WhatsApp,
            Self::Telegram => Channel::Telegram,
            Self::Pushover => Channel::Pushover,
            Self::Gotify => Channel::Gotify,
            Self::Ntfy => Channel::Ntfy,
            Self::UnifiedPush => Channel::UnifiedPush,
            Self::WebPush => Channel::WebPush,
        }
    }

    /// The account at the exchange, where it goes by telephone.
    pub fn carrier(self) -> Option<(ProviderKind, Provider)> {
        match self {
            Self::SmsByTwilio | Self::VoiceByTwilio | Self::WhatsApp => Some((ProviderKind::Twilio, Provider::Twilio)),
            Self::SmsByVonage | Self::VoiceByVonage => Some((ProviderKind::Vonage, Provider::Vonage)),
            Self::SmsByGateway => Some((ProviderKind::SmsGateway, Provider::Gateway)),
            _ => None,
        }
    }

    /// What is told of a message that a person has seen.
    pub fn reported(self) -> Option<Reported> {
        match self {
            Self::Pushover => Some(Reported::Read),
            way => way.carrier().map(|_| Reported::Delivered),
        }
    }

    async fn contact(self, app: &mut TestApp, ann: &Person, (desk, ntfy): (&PushDesk, &Ntfy)) -> ContactId {
        match self {
            Self::Email => contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap()[0].id,
            Self::Telegram => chat(app, desk, ann).await,
            Self::Pushover => pager(app, desk, ann).await,
            Self::Gotify => device(app, ann, Channel::Gotify, &desk.gotify.url(), desk.gotify.token()).await,
            Self::Ntfy => ann.add_contact(app, Channel::Ntfy, &format!("{}/ann", ntfy.url())).await,
            Self::UnifiedPush => {
                let endpoint = desk.web_push.unified().unwrap().endpoint;
                ann.add_contact(app, Channel::UnifiedPush, &endpoint).await
            }
            Self::WebPush => {
                let key = app.app.channels.vapid_public_key().unwrap();
                let subscription = desk.web_push.subscribe(&key).unwrap().to_json();
                let keys = serde_json::to_string(&subscription["keys"]).unwrap();
                device(app, ann, Channel::WebPush, subscription["endpoint"].as_str().unwrap(), &keys).await
            }
            _ => ann.add_contact(app, Channel::Sms, ANN).await,
        }
    }
}

/// Ann, who is paged over a way alone, with the stand-ins behind it.
pub struct Reached {
    pub way: Way,
    pub ann: Person,
    pub contact: ContactId,
    pub lines: Lines,
    pub desk: PushDesk,
    pub ntfy: Ntfy,
}

impl Reached {
    /// Connects what the way needs.
    pub async fn over(app: &mut TestApp, way: Way) -> Self {
        let kinds: Vec<ProviderKind> = way.carrier().map(|(kind, _)| kind).into_iter().collect();
        let lines = app.lines(&kinds).await;
        let (desk, ntfy) = (desk(app).await, Ntfy::start(NtfySimConfig::default()).await.unwrap());
        let ann = app.user("ann").await;
        let contact = way.contact(app, &ann, (&desk, &ntfy)).await;
        ann.only_rules(app, contact, &[(way.channel(), 0)]).await;
        Self { way, ann, contact, lines, desk, ntfy }
    }

    /// The same, with another contact that is used ten minutes later: a mailbox, or a webhook where the way is one.
    pub async fn with_next(mut self, app: &mut TestApp) -> Self {
        self.ann = match self.way {
            Way::Email => self.ann.with_webhook(app, 600, false).await,
            _ => self.ann.with_late_mail(app, 600).await,
        };
        self
    }

    /// Time passes here and there: logins carry it.
    pub async fn later(&self, app: &mut TestApp, by: SignedDuration) {
        app.advance(by).await;
        for clock in [&self.lines.exchange.clock(), self.desk.pushover.clock(), self.desk.web_push.clock()] {
            clock.advance(by);
        }
    }

    /// Waits for the next contact.
    pub async fn next_gets(&self, app: &TestApp, text: &str) {
        match self.way {
            Way::Email => drop(self.ann.expect_hook(text).await),
            _ => drop(self.ann.expect_mail(app, text).await),
        }
    }

    /// What has come over the way, in words: for a call what was said, where anything was.
    pub fn came(&self, app: &TestApp) -> Vec<String> {
        let (desk, exchange) = (&self.desk, &self.lines.exchange);
        match self.way {
            Way::Email => {
                app.smtp.messages().into_iter().map(|mail| format!("{}\n{}", mail.subject, mail.text)).collect()
            }
            Way::VoiceByTwilio | Way::VoiceByVonage => exchange.calls().iter().map(|call| call.transcript()).collect(),
            Way::Telegram => desk.telegram.messages().into_iter().filter(|it| it.from_bot).map(|it| it.text).collect(),
            Way::Pushover => {
                desk.pushover.messages().iter().map(|it| format!("{:?}\n{}", it.title, it.message)).collect()
            }
            Way::Gotify => desk.gotify.messages().iter().map(|it| format!("{}\n{}", it.title, it.message)).collect(),
            Way::Ntfy => self.ntfy.messages().iter().map(|it| format!("{:?}\n{}", it.title, it.message)).collect(),
            Way::UnifiedPush | Way::WebPush => desk.web_push.messages().into_iter().map(|push| push.text).collect(),
            _ => exchange.messages().into_iter().filter(|sms| sms.to == ANN).map(|sms| sms.text).collect(),
        }
    }
}
