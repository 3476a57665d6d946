//! Mails as the usual programs write them.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

const DOMAIN: &str = "bell.example.com";
const TOKEN: &str = "aeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqc";

fn rules() -> InboundRules<'static> {
    InboundRules { domain: DOMAIN, trusted_server: Some("mx.example.com") }
}

fn read_as(raw: &str, sender: Option<&str>, to: &[String]) -> Result<ReceivedMail, Unreadable> {
    let crlf = raw.replace("\r\n", "\n").replace('\n', "\r\n");
    receive(crlf.as_bytes(), &Envelope { sender, recipients: to }, &rules())
}

fn read(raw: &str) -> ReceivedMail {
    read_as(raw, Some("ann@example.com"), &[format!("reply+{TOKEN}@{DOMAIN}")]).unwrap()
}

fn plain(body: &str) -> String {
    format!(
        "From: Ann <ann@example.com>\nTo: bell@example.com\nSubject: Re: [Pages] Disk full\nMessage-ID: <1@mail.example.com>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"
    )
}

fn html(body: &str) -> String {
    plain(body).replace("text/plain", "text/html")
}

#[test]
fn only_what_stands_above_the_quote_counts() {
    for (program, body) in [
        (
            "Gmail",
            "accept\n\nOn Mon, 5 Jan 2026 at 08:00, Watchbell <bell@example.com> wrote:\n\n> Disk full\n> resolve\n",
        ),
        (
            "Gmail, wrapped",
            "accept\n\nOn Monday, 5 January 2026 at 08:00:00 CET, Watchbell for Contoso\n<bell@example.com>\nwrote:\n\n> Disk full",
        ),
        (
            "Gmail, German",
            "accept\n\nAm Mo., 5. Jan. 2026 um 08:00 Uhr schrieb Watchbell <\nbell@example.com>:\n\n> Disk full",
        ),
        ("Gmail, Polish", "accept\n\npon., 5 sty 2026 o 08:00 Watchbell <bell@example.com>:\n\nDisk full"),
        ("Apple Mail", "accept\n\n> On 5. Jan 2026, at 08:00, Watchbell <bell@example.com> wrote:\n> \n> Disk full"),
        (
            "iPhone, German",
            "accept\n\nVon meinem iPhone gesendet\n\n> Am 05.01.2026 um 08:00 schrieb Watchbell <bell@example.com>:\n> \n> Disk full",
        ),
        (
            "Outlook",
            "accept\n\nFrom: Watchbell <bell@example.com>\nSent: Monday, 5 January 2026 08:00\nTo: Ann <ann@example.com>\nSubject: [Pages] Disk full\n\nDisk full",
        ),
        (
            "Outlook, German",
            "accept\n\nVon: Watchbell <bell@example.com>\nGesendet: Montag, 5. Januar 2026 08:00\nAn: Ann <ann@example.com>\nBetreff: [Pages] Disk full\n\nDisk full",
        ),
        (
            "Outlook, bold",
            "accept\n\n*From:* Watchbell <bell@example.com>\n*Sent:* Monday, 5 January 2026 08:00\n*To:* Ann\n\nDisk full",
        ),
        ("Outlook 2010", "accept\n\n-----Original Message-----\nFrom: Watchbell\nSent: Monday\n\nDisk full"),
        ("Outlook 2010, German", "accept\n\n-----Ursprüngliche Nachricht-----\nVon: Watchbell\n\nDisk full"),
        ("Outlook on the web", "accept\n________________________________\nFrom: Watchbell\n\nDisk full"),
        ("Thunderbird, German", "accept\n\nAm 05.01.26 um 08:00 schrieb Watchbell:\n> Disk full"),
        ("below the quote", "On Mon, 5 Jan 2026, Watchbell wrote:\n> Disk full\n> and more\n\naccept\n"),
        ("nothing quoted", "accept\n"),
        ("marked before and behind", "\u{feff}accept\u{200b}"),
    ] {
        let text = read(&plain(body)).text;
        assert_eq!(text.replace("\n\nVon meinem iPhone gesendet", ""), "accept", "{program}");
    }
}

#[test]
fn html_is_read_where_there_is_no_text() {
    for (program, body) in [
        (
            "Gmail",
            r#"<div dir="ltr">accept</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon Watchbell wrote:<br></div><blockquote>Disk full</blockquote></div>"#,
        ),
        (
            "Outlook",
            r#"<html><head><style>p {color: red}</style></head><body><p class="MsoNormal">accept<o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Watchbell</p></div></body></html>"#,
        ),
        (
            "Outlook for iOS",
            r#"<body><div dir="auto">accept</div><div id="ms-outlook-mobile-signature"></div><div id="mail-editor-reference-message-container"><b>From:</b> Watchbell</div></body>"#,
        ),
        (
            "Outlook on the web",
            r#"<div>accept</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Bell<br><b>Sent:</b> Mon</div>"#,
        ),
        (
            "Apple Mail",
            r#"<html><body>accept<br><blockquote type="cite">On 5 Jan Watchbell wrote</blockquote></body></html>"#,
        ),
        (
            "Thunderbird",
            r#"<p>accept</p><div class="moz-cite-prefix">Am 05.01.26 schrieb Bell:<br></div><blockquote>x</blockquote>"#,
        ),
        ("no marks", "<p>accept</p><p>From: Bell</p><p>Sent: Mon</p>"),
        ("hidden parts", "<!-- resolve --><script>resolve</script><template>x</template><p>ac&#99;ept&nbsp;</p>"),
    ] {
        assert_eq!(read(&html(body)).text, "accept", "{program}");
    }
    assert_eq!(read(&html("a &lt;b&gt; &amp;amp; &auml; &#x1F600; &bogus; &")).text, "a <b> &amp; ä 😀 &bogus; &");
    assert_eq!(read(&html("one<br>two<br><br>three<p>four</p>")).text, "one\ntwo\n\nthree\nfour");
}

#[test]
fn text_is_preferred_and_decoded() {
    let mail = "From: ann@example.com\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n\
        --b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ngel=F6st\n\
        --b\nContent-Type: text/html\n\n<p>wrong</p>\n--b--\n";
    assert_eq!(read(mail).text, "gelöst");
    let base64 = plain("YWNjZXB0Cg==").replace("8bit", "base64");
    assert_eq!(read(&base64).text, "accept");
}

#[test]
fn our_links_never_become_a_comment() {
    let quoted = format!("see below\n\nAccept:\nhttps://bell.example.com/l/{}/accept\nend", "A".repeat(64));
    assert_eq!(read(&plain(&quoted)).text, "see below\n\nAccept:\nend");
}

#[test]
fn the_token_stands_in_the_address_or_in_what_is_answered() {
    let to = |address: &str| vec![address.to_owned()];
    let mail = |head: &str| plain("x").replacen("Subject:", &format!("{head}\nSubject:"), 1);
    let other = "bbbbbbbbbbbbbbbbbbbbbbbbbb";
    for (name, raw, recipients, expected) in [
        ("envelope", mail("X-A: b"), to(&format!("reply+{TOKEN}@{DOMAIN}")), vec![TOKEN]),
        ("capitals", mail("X-A: b"), to(&format!("Reply+{}@BELL.example.com", TOKEN.to_uppercase())), vec![TOKEN]),
        ("header", mail(&format!("Delivered-To: <reply+{TOKEN}@{DOMAIN}>")), to("bell@example.com"), vec![TOKEN]),
        ("answered", mail(&format!("In-Reply-To: <notification-17.{TOKEN}@example.com>")), to("x@y"), vec![TOKEN]),
        (
            "thread",
            mail(&format!(
                "References: <alert-1-ab@x.example>\n <notification-1.{other}@e>\n <notification-2.{TOKEN}@e>"
            )),
            to(&format!("reply+{TOKEN}@{DOMAIN}")),
            vec![TOKEN, other],
        ),
        ("elsewhere", mail("X-A: b"), to(&format!("reply+{TOKEN}@other.example")), vec![]),
        ("no plus", mail("X-A: b"), to(&format!("reply@{DOMAIN}")), vec![]),
        ("no token", mail("X-A: b"), to(&format!("reply+x y@{DOMAIN}")), vec![]),
        ("our id without a token", mail("In-Reply-To: <notification-17@example.com>"), to("x@y"), vec![]),
    ] {
        assert_eq!(read_as(&raw, Some("a@b"), &recipients).unwrap().tokens, expected, "{name}");
    }
    let unsubscribe = read_as(&plain("x"), None, &[address_of(Door::Unsubscribe, TOKEN, DOMAIN)]).unwrap();
    assert_eq!((unsubscribe.door, unsubscribe.tokens), (Door::Unsubscribe, vec![TOKEN.to_owned()]));
}

#[test]
fn programs_are_told_from_people() {
    let with = |head: &str| plain("x").replacen("Subject:", &format!("{head}\nSubject:"), 1);
    let titled = |subject: &str| plain("x").replace("Re: [Pages] Disk full", subject);
    for (raw, expected) in [
        (plain("x"), false),
        (with("Auto-Submitted: auto-replied"), true),
        (with("Auto-Submitted: no"), false),
        (with("Precedence: bulk"), true),
        (with("Precedence: first-class"), false),
        (with("X-Autoreply: yes"), true),
        (with("Return-Path: <>"), true),
        (with("List-Id: <list.example.com>"), true),
        (titled("Automatic reply: [Pages] Disk full"), true),
        (titled("Automatische Antwort: [Pages] Disk full"), true),
        (titled("Out of Office: back on Monday"), true),
        (titled("=?utf-8?q?Abwesenheitsnotiz=3A_Urlaub?="), true),
        (titled("Re: [Pages] Out of office replies are not sent"), false),
    ] {
        assert_eq!(read(&raw).is_automatic, expected, "{raw}");
    }
    assert!(read_as(&plain("x"), Some(""), &[]).unwrap().is_automatic);
}

#[test]
fn one_server_is_believed_about_the_sender() {
    let raw = plain("x").replacen(
        "Subject:",
        "Authentication-Results: mx.example.com 1; spf=pass (sender is a(b)) smtp.mailfrom=example.com;\n dkim=fail; dkim=pass header.d=example.com; dmarc=PASS\n\
         Authentication-Results: evil.example; spf=pass; dkim=pass; dmarc=pass\nSubject:",
        1,
    );
    let checks = read(&raw).checks;
    let pass = Some("pass".to_owned());
    assert_eq!(checks, Checks { spf: pass.clone(), dkim: pass.clone(), dmarc: pass });
    let forged = plain("x").replacen("Subject:", "Authentication-Results: evil.example; spf=pass\nSubject:", 1);
    assert!(read(&forged).checks.is_empty());
    let nobody = InboundRules { trusted_server: None, ..rules() };
    let envelope = Envelope { sender: None, recipients: &[] };
    assert!(receive(raw.as_bytes(), &envelope, &nobody).unwrap().checks.is_empty());
}

fn report(status: &str, action: &str) -> String {
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\nTo: bell@example.com\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nI could not deliver it.\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; bob@example.com\nAction: {action}\nStatus: {status}\n\
         Diagnostic-Code: smtp; 550 5.1.1 <bob@example.com>:\n user unknown\n\n--b\nContent-Type: message/rfc822\n\nFrom: bell@example.com\nSubject: [Pages] Disk full\n\
         Message-ID: <notification-17.{TOKEN}@example.com>\n\nDisk full\n\n--b--\n"
    )
}

#[test]
fn a_bounce_by_the_rules_names_our_mail_and_the_reason() {
    let mail = read_as(&report("5.1.1", "failed"), Some(""), &["bell@example.com".to_owned()]).unwrap();
    let bounce = mail.bounce.unwrap();
    assert_eq!((bounce.status.as_str(), bounce.permanent), ("5.1.1", true));
    assert_eq!(bounce.diagnostic, "550 5.1.1 <bob@example.com>: user unknown");
    assert_eq!(bounce.final_recipient.as_deref(), Some("bob@example.com"));
    assert_eq!(bounce.original_message_id, Some(format!("notification-17.{TOKEN}@example.com")));
    assert_eq!((mail.tokens, mail.is_automatic), (vec![TOKEN.to_owned()], true));
}

#[test]
fn only_what_blames_the_address_is_permanent() {
    for (status, action, expected) in [
        ("5.1.1", "failed", Some(true)),
        ("5.1.10", "failed", Some(true)),
        ("5.2.1", "failed", Some(true)),
        ("5.0.0", "failed", Some(true)),
        ("5.4.4", "failed", Some(true)),
        ("5.2.2", "failed", Some(false)),
        ("5.3.4", "failed", Some(false)),
        ("5.7.1", "failed", Some(false)),
        ("4.2.2", "failed", Some(false)),
        ("4.4.1", "delayed", None),
        ("2.0.0", "delivered", None),
    ] {
        let mail = read_as(&report(status, action), Some(""), &[]).unwrap();
        assert_eq!(mail.bounce.map(|bounce| bounce.permanent), expected, "{status} {action}");
        assert!(mail.is_automatic, "{status} {action}");
    }
}

#[test]
fn bounces_that_older_servers_write_by_hand_are_read() {
    let by_hand = |subject: &str, body: &str| {
        format!(
            "From: MAILER-DAEMON@mx.example.com\nTo: bell@example.com\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <bell@example.com>\nMessage-ID:\n <notification-17.{TOKEN}@example.com>\nSubject: x\n"
        )
    };
    for (name, raw, status, permanent) in [
        (
            "qmail",
            by_hand(
                "failure notice",
                "Hi. This is the qmail-send program.\n<bob@example.com>:\n550 5.1.1 No such user (#5.1.1)",
            ),
            "5.1.1",
            true,
        ),
        (
            "words",
            by_hand(
                "Mail delivery failed: returning message to sender",
                "bob@example.com\n  Unrouteable address: user unknown",
            ),
            "5.1.1",
            true,
        ),
        ("full", by_hand("Undeliverable: x", "550 The mailbox is full."), "4.2.2", false),
        ("German", by_hand("Unzustellbar: [Pages] Disk full", "Der Empfänger existiert nicht."), "5.1.1", true),
        ("code only", by_hand("Returned mail: see transcript", "<bob@example.com>... 554 gone"), "5.0.0", true),
    ] {
        let mail = read_as(&raw, Some(""), &[]).unwrap();
        let bounce = mail.bounce.unwrap_or_else(|| panic!("{name}"));
        assert_eq!((bounce.status.as_str(), bounce.permanent), (status, permanent), "{name}");
        assert_eq!(mail.tokens, [TOKEN], "{name}");
    }
    let person = plain("550 5.1.1 user unknown").replace("Re: [Pages] Disk full", "Undeliverable mail at Contoso");
    assert_eq!(read(&person).bounce, None, "a person may write about bounces");
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let envelope = Envelope { sender: None, recipients: &[] };
    let large = vec![b'x'; MAIL_BYTES_MAX + 1];
    assert_eq!(receive(&large, &envelope, &rules()), Err(Unreadable::TooLarge));
    let boxes = "Content-Type: message/rfc822\r\n\r\n".repeat(50_000);
    assert_eq!(receive(boxes.as_bytes(), &envelope, &rules()), Err(Unreadable::TooDeep));
    let digests = (0..50_000).map(|n| format!("Content-Type: multipart/digest; boundary=b{n}\r\n\r\n--b{n}\r\n\r\n"));
    assert_eq!(receive(digests.collect::<String>().as_bytes(), &envelope, &rules()), Err(Unreadable::TooDeep));
    let long = plain(&"word ".repeat(200_000));
    assert!(read(&long).text.len() <= TEXT_BYTES_MAX);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), body in "\\PC{0,200}", tags in "(<[a-z/!-]{0,6}|>|&|;|a| ){0,60}") {
        let envelope = Envelope { sender: Some(""), recipients: &[] };
        let _ = receive(&bytes, &envelope, &rules());
        let _ = read(&plain(&body));
        let _ = read(&html(&tags));
        let _ = ses::read(&body);
    }
}
