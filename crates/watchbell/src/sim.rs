//! `watchbell sim`: the stand-ins, each a server of its own until it is stopped.

use crate::say;
use crate::serve::log_to_stderr;
use crate::stop::StopSignal;
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use std::net::SocketAddr;
use watchbell_sim::autotask::{Autotask, Config, Language, Url};
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_sim::ntfy::{Ntfy, NtfySimConfig};
use watchbell_sim::phone::{Exchange, Pace, PhoneSimConfig, Webhooks};
use watchbell_sim::push::{PushDesk, PushDeskConfig};
use watchbell_sim::pushover;
use watchbell_sim::smtp::{Smtp, SmtpSimConfig, SmtpTls};
use watchbell_sim::telegram::TelegramSimConfig;

/// Stand-ins of outside services.
#[derive(Debug, Subcommand)]
pub(crate) enum SimCommand {
    /// Autotask PSA: a small tenant with its REST API, workflow rules, extension callouts, and a page to act on it.
    Autotask(AutotaskArgs),
    /// A mail server that keeps every mail and delivers none; `GET /messages` shows them as JSON.
    Smtp(SmtpArgs),
    /// An ntfy server whose messages appear on a page, with buttons that work.
    Ntfy(NtfyArgs),
    /// A telephone exchange: the APIs of Twilio, Vonage and a plain SMS gateway, and a page with phones that ring.
    Phone(PhoneArgs),
    /// Pushover, Gotify, Telegram and Web Push, each below a path of its own, with one page that shows and answers all messages.
    Push(PushArgs),
    /// A receiver of webhooks that keeps what it gets; `GET /v1/sim/received` shows it as JSON.
    Hook(HookArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AutotaskArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8085")]
    listen: SocketAddr,
    /// Makes an extension callout to this URL, and a workflow rule that executes it at once when anyone creates or edits a
    /// ticket. May be given several times.
    #[arg(long, value_name = "URL")]
    callout: Vec<Url>,
    /// The API user's name, "Username (Key)".
    #[arg(long, value_name = "USER", default_value_t = Config::default().api_user)]
    api_user: String,
    /// The API user's secret, "Password (Secret)".
    #[arg(long, value_name = "SECRET", default_value_t = Config::default().api_secret)]
    api_secret: String,
    /// The API integration code, "Tracking Identifier".
    #[arg(long, value_name = "CODE", default_value_t = Config::default().api_code)]
    api_code: String,
    /// The language of the tenant's labels.
    #[arg(long, value_enum, default_value = "en")]
    language: TenantLanguage,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TenantLanguage {
    En,
    De,
}

#[derive(Debug, Args)]
pub(crate) struct SmtpArgs {
    /// Address to speak SMTP on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:2525")]
    listen: SocketAddr,
    /// Address of the page and of `GET /messages`.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8025")]
    http: SocketAddr,
    /// Encryption, with a certificate that nobody trusts by itself.
    #[arg(long, value_enum, default_value = "none")]
    tls: MailTls,
    /// The user name that it wants, with --password.
    #[arg(long, requires = "password")]
    user: Option<String>,
    /// The password that it wants, with --user.
    #[arg(long, requires = "user")]
    password: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MailTls {
    None,
    Starttls,
    Implicit,
}

#[derive(Debug, Args)]
pub(crate) struct NtfyArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8087")]
    listen: SocketAddr,
    /// The access token that publishing takes.
    #[arg(long)]
    token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
    /// Somebody who has Telegram; may be given several times.
    #[arg(long, value_name = "NAME", default_value = "Ann")]
    person: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct HookArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8088")]
    listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct PhoneArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8089")]
    listen: SocketAddr,
    /// Where texts of phones to numbers of Twilio go.
    #[arg(long, value_name = "URL")]
    twilio_sms: Option<String>,
    /// Where calls of phones to numbers of Twilio go.
    #[arg(long, value_name = "URL")]
    twilio_voice: Option<String>,
    /// Where messages of phones to numbers of Vonage go.
    #[arg(long, value_name = "URL")]
    vonage_inbound: Option<String>,
    /// Where the status of messages of Vonage goes that name no address.
    #[arg(long, value_name = "URL")]
    vonage_status: Option<String>,
    /// Where calls of phones to numbers of Vonage go.
    #[arg(long, value_name = "URL")]
    vonage_answer: Option<String>,
    /// Where events of calls of Vonage go that name no address.
    #[arg(long, value_name = "URL")]
    vonage_event: Option<String>,
    /// Where texts of phones to the SMS gateway go.
    #[arg(long, value_name = "URL")]
    gateway_inbound: Option<String>,
    /// Where the SMS gateway tells what became of a message.
    #[arg(long, value_name = "URL")]
    gateway_status: Option<String>,
    /// How long a letter is spoken, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 40)]
    letter_ms: u64,
}

/// `watchbell sim ...`: until it is stopped.
pub(crate) async fn sim(command: SimCommand) -> anyhow::Result<()> {
    log_to_stderr(false, "warn");
    let mut stop = StopSignal::listen()?;
    // It lives until the end of this function: dropping it ends it.
    let _running: Box<dyn std::any::Any + Send> = match command {
        SimCommand::Autotask(args) => Box::new(said(autotask(args).await?, |autotask| say_all(&autotask.describe()))),
        SimCommand::Smtp(args) => Box::new(said(smtp(args).await?, say_smtp)),
        SimCommand::Ntfy(args) => Box::new(said(ntfy(args).await?, |ntfy| {
            say_all(&[("Page", ntfy.url()), ("A topic", format!("{}/my-phone", ntfy.url()))]);
        })),
        SimCommand::Phone(args) => Box::new(said(phone(args).await?, |exchange| say_all(&exchange.describe()))),
        SimCommand::Push(args) => Box::new(said(push(args).await?, |desk| say_all(&describe_push(desk)))),
        SimCommand::Hook(args) => Box::new(said(hook(args).await?, |hook| {
            say_all(&[
                ("Any URL below", hook.url()),
                ("What came, as JSON", format!("{}/v1/sim/received", hook.url())),
            ]);
        })),
    };
    stop.asked().await;
    Ok(())
}

/// What was started, once it said where it is.
fn said<T>(started: T, say: impl FnOnce(&T)) -> T {
    say(&started);
    started
}

fn say_smtp(smtp: &Smtp) {
    let messages = format!("{}/messages", smtp.http_url());
    say_all(&[("SMTP", smtp.url()), ("Page", smtp.http_url()), ("Mails as JSON", messages)]);
    if let Some(pem) = smtp.certificate_pem() {
        say::line(pem.trim_end());
    }
}

async fn ntfy(args: NtfyArgs) -> anyhow::Result<Ntfy> {
    let ntfy = Ntfy::start(NtfySimConfig { listen: args.listen, token: args.token }).await;
    ntfy.with_context(|| cannot_listen(args.listen))
}

async fn hook(args: HookArgs) -> anyhow::Result<Hook> {
    Hook::start(HookSimConfig { listen: args.listen }).await.with_context(|| cannot_listen(args.listen))
}

async fn autotask(args: AutotaskArgs) -> anyhow::Result<Autotask> {
    let listen = args.listen;
    let language = match args.language {
        TenantLanguage::En => Language::En,
        TenantLanguage::De => Language::De,
    };
    let config = Config {
        listen,
        api_user: args.api_user,
        api_secret: args.api_secret,
        api_code: args.api_code,
        callouts: args.callout,
        language,
        ..Config::default()
    };
    Autotask::start(config).await.with_context(|| cannot_listen(listen))
}

async fn smtp(args: SmtpArgs) -> anyhow::Result<Smtp> {
    let tls = match args.tls {
        MailTls::None => SmtpTls::None,
        MailTls::Starttls => SmtpTls::StartTls,
        MailTls::Implicit => SmtpTls::Implicit,
    };
    let config = SmtpSimConfig { listen: args.listen, http: args.http, tls, credentials: args.user.zip(args.password) };
    Smtp::start(config).await.with_context(|| format!("{} or {}", cannot_listen(args.listen), args.http))
}

async fn phone(args: PhoneArgs) -> anyhow::Result<Exchange> {
    let listen = args.listen;
    let webhooks = Webhooks {
        twilio_sms: args.twilio_sms,
        twilio_voice: args.twilio_voice,
        vonage_inbound: args.vonage_inbound,
        vonage_status: args.vonage_status,
        vonage_answer: args.vonage_answer,
        vonage_event: args.vonage_event,
        gateway_inbound: args.gateway_inbound,
        gateway_status: args.gateway_status,
    };
    let pace = Pace { letter_ms: args.letter_ms, ..Pace::default() };
    let config = PhoneSimConfig { listen, webhooks, pace, ..PhoneSimConfig::default() };
    Exchange::start(config).await.with_context(|| cannot_listen(listen))
}

async fn push(args: PushArgs) -> anyhow::Result<PushDesk> {
    let telegram = TelegramSimConfig { people: args.person, ..TelegramSimConfig::default() };
    let config = PushDeskConfig { listen: args.listen, telegram, ..PushDeskConfig::default() };
    PushDesk::start(config).await.with_context(|| cannot_listen(args.listen))
}

fn describe_push(desk: &PushDesk) -> [(&'static str, String); 10] {
    [
        ("Page", desk.url()),
        ("Pushover", desk.pushover.url()),
        ("Application token", pushover::TOKEN.to_owned()),
        ("User key", pushover::USER.to_owned()),
        ("Gotify", desk.gotify.url()),
        ("Gotify token", desk.gotify.token().to_owned()),
        ("Telegram", desk.telegram.url()),
        ("Bot token", desk.telegram.token().to_owned()),
        ("Web Push subscriptions", format!("{}/sim/subscriptions", desk.web_push.url())),
        ("Messages as JSON", format!("{}/sim/messages", desk.url())),
    ]
}

fn cannot_listen(address: SocketAddr) -> String {
    format!("cannot listen on {address}")
}

/// Names and values, one below the other.
pub(crate) fn say_all(lines: &[(&str, String)]) {
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 2;
    for (name, value) in lines {
        say::line(&format!("{name:width$}{value}"));
    }
}
