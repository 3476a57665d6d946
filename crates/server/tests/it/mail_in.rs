//! Answers to mails, over a real SMTP conversation, on both databases.

use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use watchbell_core::alert::{Alert, Status, Update};
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Entry;
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_server::mail_in::Receiver;
use watchbell_sim::smtp::Mail;
use watchbell_store::preferences::{self, Collection, PreferenceIn};
use watchbell_store::{contacts, users};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::{Person, TestApp, event, level, minutes};

const DOMAIN: &str = "bell.example.com";

/// The same as `both_databases!`, with an app that hears answers by mail.
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($app: &mut TestApp) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let mut app = hearing(TestDatabase::sqlite().expect("a directory")).await;
                story(&mut app).await;
                app.finish().await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = TestDatabase::postgres().await.expect("PostgreSQL") else { return };
                let mut app = hearing(database).await;
                story(&mut app).await;
                app.finish().await;
            }
        }
    )*};
}

mod posted;

async fn hearing(database: TestDatabase) -> TestApp {
    TestApp::on_with(database, |config| {
        config.reply_domain = Some(DOMAIN.into());
        config.smtp_listen = Some(([127, 0, 0, 1], 0).into());
        config.mail_checked_by = Some("mx.example.com".into());
        config.mailgun_key = Some(SecretString::from(KEY));
        config.sns_topic = Some("arn:aws:sns:eu-central-1:1:mail".into());
    })
    .await
}

/// An alert that paged somebody by mail.
struct Paged {
    alert: AlertId,
    mail: Mail,
    receiver: Receiver,
}

impl Paged {
    async fn of(app: &mut TestApp, person: &Person) -> Self {
        let receiver = Receiver::start(&app.app).await.unwrap().expect("a receiver");
        let source = app.source().escalating_to([level(person, minutes(15)), level(person, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.expect("an alert");
        app.settle().await;
        let mail = person.expect_mail(app, "disk full").await;
        Self { alert, mail, receiver }
    }

    fn reply_to(&self) -> String {
        self.mail.header("Reply-To").expect("an address for answers").to_owned()
    }

    async fn alert(&self, app: &TestApp) -> Alert {
        app.alert(self.alert).await
    }

    /// Answers as a mail program does; what the receiver says.
    async fn answer(&self, body: &str) -> u16 {
        self.answer_with("", body).await
    }

    async fn answer_with(&self, head: &str, body: &str) -> u16 {
        let to = self.reply_to();
        self.send("ann@example.com", &to, &format!("From: ann@example.com\r\nTo: {to}\r\nSubject: Re: x\r\nMessage-ID: <{}@example.com>\r\n{head}\r\n{body}\r\n", body.len())).await
    }

    async fn send(&self, from: &str, to: &str, mail: &str) -> u16 {
        deliver(&self.receiver, from, to, mail).await.unwrap_or_else(|code| code)
    }
}

/// Gives a mail to the receiver. Errors: the code of a refusal.
async fn deliver(receiver: &Receiver, from: &str, to: &str, mail: &str) -> Result<u16, u16> {
    let hello = ClientId::Domain("mx.example.com".into());
    let code = |response: Response| response.code().to_string().parse::<u16>().unwrap();
    let refused = |error: lettre::transport::smtp::Error| -> u16 {
        error.status().map_or(0, |code| code.to_string().parse().unwrap())
    };
    let mut connection =
        AsyncSmtpConnection::connect_tokio1(receiver.address, None, &hello, None, None).await.map_err(refused)?;
    let from = (!from.is_empty()).then(|| from.parse().unwrap());
    connection.command(MailFrom::new(from, vec![])).await.map_err(refused)?;
    connection.command(Rcpt::new(to.parse().unwrap(), vec![])).await.map_err(refused)?;
    connection.command(Data).await.map_err(refused)?;
    let said = connection.message(mail.as_bytes()).await.map_err(refused)?;
    connection.quit().await.map_err(refused)?;
    Ok(code(said))
}

fn said(entries: &[Entry]) -> Vec<&str> {
    let said = entries.iter().filter_map(|entry| match entry {
        Entry::Answered { said, .. } => Some(said.as_str()),
        _ => None,
    });
    said.collect()
}

both_databases! {
    async fn accept_in_the_first_line_accepts_and_says_so(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        assert!(paged.mail.text.contains("write accept, resolve or escalate"), "{}", paged.mail.text);
        assert!(paged.mail.header("List-Unsubscribe").is_none(), "pages are not unsubscribed from");

        let head = "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.com; dkim=fail\r\n";
        let code = paged.answer_with(head, "accept\r\n\r\nOn Monday Watchbell <bell@example.com> wrote:\r\n> resolve").await;
        let alert = paged.alert(app).await;
        assert_eq!((code, alert.status, alert.accepted_by), (250, Status::Accepted, Some(ann.id)));
        assert_eq!(said(&app.entries(paged.alert).await), ["accept from ann@example.com (SPF pass, DKIM fail)"]);
        app.settle().await;
        let told = ann.expect_mail(app, &format!("Accepted #{}: disk full", paged.alert)).await;
        assert!(!told.text.contains("Watchbell needs you"), "{}", told.text);
    }

    async fn resolve_and_a_comment_below_it(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        assert_eq!(paged.answer("erledigt\r\n\r\nPlatte geleert.\r\n-- \r\nAnn").await, 250);
        assert_eq!(paged.alert(app).await.status, Status::Resolved);
        let comment = Entry::Comment { text: "Platte geleert.".into(), author: None };
        assert!(app.entries(paged.alert).await.contains(&comment));
        app.settle().await;
        ann.expect_mail(app, "Resolved #").await;
    }

    async fn escalate_calls_the_next_level_once_however_often_it_is_delivered(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        for _ in 0..2 {
            assert_eq!(paged.answer("escalate").await, 250);
        }
        let escalated = app.entries(paged.alert).await.into_iter().filter(|entry| *entry == Entry::EscalatedNow);
        assert_eq!(escalated.count(), 1);
        app.settle().await;
        app.expect_any_mails();
    }

    async fn anything_else_is_a_comment_without_our_links(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        let link = paged.mail.link_below("Accept:").unwrap().to_owned();
        assert_eq!(paged.answer(&format!("I am on call all day and look at it.\r\n{link}\r\n")).await, 250);
        assert_eq!(paged.alert(app).await.status, Status::Pending);
        let comment = Entry::Comment { text: "I am on call all day and look at it.".into(), author: None };
        assert!(app.entries(paged.alert).await.contains(&comment));
    }

    async fn out_of_office_notes_do_nothing(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        let before = app.entries(paged.alert).await.len();
        assert_eq!(paged.answer_with("Auto-Submitted: auto-replied\r\n", "accept").await, 250);
        assert_eq!(paged.answer_with("Precedence: bulk\r\n", "accept all").await, 250);
        assert_eq!((paged.alert(app).await.status, app.entries(paged.alert).await.len()), (Status::Pending, before));
    }

    async fn what_does_not_fit_changes_nothing_and_says_so(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        assert_eq!(paged.answer("accept 999999").await, 250);
        assert_eq!(paged.alert(app).await.status, Status::Pending);
        app.settle().await;
        ann.expect_mail(app, "you were not told of alert #999999").await;
        assert_eq!(paged.answer("42a").await, 250);
        app.settle().await;
        ann.expect_mail(app, "no alert has the code 42").await;
        assert_eq!(paged.answer("stop").await, 250);
        app.settle().await;
        ann.expect_mail(app, "part of your profile").await;
    }

    async fn strangers_are_refused_before_they_send_anything(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        let forged = format!("reply+{}@{DOMAIN}", "a".repeat(52));
        let elsewhere = paged.reply_to().replace(DOMAIN, "other.example.com");
        for to in [forged.as_str(), &elsewhere, "bell@bell.example.com", "postmaster@bell.example.com"] {
            assert_eq!(paged.send("ann@example.com", to, "accept\r\n").await, 550, "{to}");
        }
        let large = format!("Subject: x\r\n\r\naccept\r\n{}", "x".repeat(70).repeat(150_000));
        assert_eq!(paged.send("ann@example.com", &paged.reply_to(), &large).await, 552);
        assert_eq!(paged.alert(app).await.status, Status::Pending);
    }

    async fn a_mail_counts_only_when_it_is_stored(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        app.tamper("ALTER TABLE alert_log RENAME TO alert_log_away").await;
        assert_eq!(paged.answer("accept").await, 451);
        app.tamper("ALTER TABLE alert_log_away RENAME TO alert_log").await;
        assert_eq!(paged.alert(app).await.status, Status::Pending);
        assert_eq!(paged.answer("accept").await, 250, "the same mail again counts, since it did not before");
        assert_eq!(paged.alert(app).await.status, Status::Accepted);
        app.settle().await;
        ann.expect_mail(app, "Accepted #").await;
    }

    async fn a_bounce_locks_the_contact_and_tells_its_owner_by_another(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 600, false).await;
        let paged = Paged::of(app, &ann).await;
        let id = paged.mail.header("Message-ID").unwrap();
        let bounce = format!("From: MAILER-DAEMON@mx.example.com\r\nTo: bell@example.com\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
            --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; ann@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\
            Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n\r\n--b--\r\n");
        assert_eq!(paged.send("", &paged.reply_to(), &bounce).await, 250);
        let all = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap();
        let mailbox = all.iter().find(|contact| contact.channel == Channel::Email).unwrap();
        assert_eq!(mailbox.status, ContactStatus::Blacklisted);
        assert!(mailbox.lock_reason.as_deref().unwrap().contains("550 5.1.1 user unknown"), "{mailbox:?}");
        app.settle().await;
        // Ten minutes early: the next contact is used at once.
        ann.expect_hook("disk full").await;
        let failed = app.entries(paged.alert).await.into_iter().any(|entry| matches!(entry, Entry::DeliveryFailed { error, .. } if error.contains("5.1.1")));
        assert!(failed);
        ann.hook().wait_for(|received| received.body.contains("does not work any more")).await.expect("the owner is told");
        ann.expect_hooks_more(ann.hook().received().len() - 1);
    }

    async fn news_are_unsubscribed_from_by_one_click_and_pages_go_on(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        wants_news(app, &ann, Update::Accepted).await;
        let paged = Paged::of(app, &ann).await;
        app.happen(paged.alert, bob.id, watchbell_core::alert::Happening::Accepted).await;
        let news = ann.expect_mail(app, "Re: [Pages]").await;
        assert_eq!(news.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        let ways = news.header("List-Unsubscribe").unwrap();
        let link = ways.split(['<', '>']).find(|way| way.starts_with("http")).unwrap();
        let path = link.strip_prefix(&app.url).unwrap();

        let (status, page) = get(app, path).await;
        assert!(status == 200 && page.contains("Stop these mails"), "{page}");
        assert_eq!(wanted(app, &ann).await, 1, "opening it changes nothing");
        let (status, page) = post(app, path, "application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click").await;
        assert!(status == 200 && page.contains("You get no more news"), "{page}");
        assert_eq!((wanted(app, &ann).await, ann_is_told(app, &ann).await), (0, false));

        let page_token = paged.reply_to().split(['+', '@']).nth(1).unwrap().to_owned();
        assert_eq!(post(app, &format!("/l/{page_token}/unsubscribe"), "text/plain", b"").await.0, 404, "pages have no such link");
        assert_eq!(get(app, "/l/nonsense/unsubscribe").await.0, 404);
        assert_eq!(preferences::list(&app.app.db, &app.scope(), ann.id, Collection::Alerts).await.unwrap().len(), 2);
    }

    async fn a_mail_to_the_unsubscribe_address_does_the_same(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        wants_news(app, &ann, Update::Accepted).await;
        let paged = Paged::of(app, &ann).await;
        app.happen(paged.alert, bob.id, watchbell_core::alert::Happening::Accepted).await;
        let news = ann.expect_mail(app, "Re: [Pages]").await;
        let to = news.header("List-Unsubscribe").unwrap().split(['<', '>']).find_map(|way| way.strip_prefix("mailto:")).unwrap();
        assert_eq!(paged.send("ann@example.com", to, "Subject: unsubscribe\r\n\r\n\r\n").await, 250);
        assert_eq!(wanted(app, &ann).await, 0);
    }
}

/// One connection with STARTTLS, and the limit of connections of one address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_receiver_encrypts_where_it_has_a_certificate_and_turns_crowds_away() {
    let directory = std::env::temp_dir().join(format!("watchbell-mail-in-{}", watchbell_server::ids::Ids.uuid()));
    std::fs::create_dir_all(&directory).unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (directory.join("cert.pem"), directory.join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let app = TestApp::on_with(TestDatabase::sqlite().unwrap(), |config| {
        config.reply_domain = Some(DOMAIN.into());
        config.smtp_listen = Some(([127, 0, 0, 1], 0).into());
        (config.smtp_cert, config.smtp_key) = (Some(cert.clone()), Some(key.clone()));
    })
    .await;
    let receiver = Receiver::start(&app.app).await.unwrap().unwrap();
    let hello = ClientId::Domain("mx.example.com".into());
    let mut connection = AsyncSmtpConnection::connect_tokio1(receiver.address, None, &hello, None, None).await.unwrap();
    assert!(connection.can_starttls());
    let root = lettre::transport::smtp::client::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let tls = TlsParameters::builder("localhost".into()).add_root_certificate(root).build().unwrap();
    connection.starttls(tls, &hello).await.unwrap();
    assert!(connection.is_encrypted() && !connection.can_starttls());
    connection.quit().await.unwrap();

    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(connected(receiver.address).await);
    }
    assert!(held.iter().all(|(_, greeting)| greeting.starts_with("220 ")), "{held:?}");
    assert!(connected(receiver.address).await.1.starts_with("421 "));
    std::fs::remove_dir_all(&directory).unwrap();
    app.finish().await;
}

async fn connected(address: std::net::SocketAddr) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut greeting = vec![0; 200];
    let count = stream.read(&mut greeting).await.unwrap();
    (stream, String::from_utf8_lossy(&greeting[..count]).into_owned())
}

const KEY: &str = "key-of-mailgun";

async fn wants_news(app: &TestApp, person: &Person, update: Update) {
    let all = contacts::list(&app.app.db, &app.scope(), person.id).await.unwrap();
    let mailbox = all.iter().find(|contact| contact.channel == Channel::Email).unwrap();
    let rule = PreferenceIn {
        collection: Collection::Updates,
        method: Channel::Email,
        contact: mailbox.id,
        kind: update.as_str().into(),
        delay_s: 0,
    };
    preferences::create(&app.app.db, &app.scope(), person.id, rule, app.app.clock.now()).await.unwrap();
}

async fn wanted(app: &TestApp, person: &Person) -> usize {
    preferences::list(&app.app.db, &app.scope(), person.id, Collection::Updates).await.unwrap().len()
}

async fn ann_is_told(app: &TestApp, person: &Person) -> bool {
    users::get(&app.app.db, &app.scope(), person.id).await.unwrap().told_of_answers
}

async fn get(app: &TestApp, path: &str) -> (u16, String) {
    talk(app, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n"), b"").await
}

async fn post(app: &TestApp, path: &str, content_type: &str, body: &[u8]) -> (u16, String) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    talk(app, &head, body).await
}

async fn talk(app: &TestApp, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    (text[9..12].parse().unwrap(), text)
}
