//! The page of the mail server: every mail with its links, the newest first.

use maud::{DOCTYPE, Markup, html};

use super::Mail;
use crate::look::pieces;

/// Mails shown; the rest is in `/messages`.
const SHOWN_MAX: usize = 100;

pub(super) fn page(mails: &[Mail]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content="5";
                title { "Mailbox (stand-in)" }
                style { (maud::PreEscaped(crate::look::CSS)) }
            }
            body {
                main {
                    h1 { "Mailbox" }
                    p class="note" {
                        "Every mail that was sent here, the newest first; nothing is delivered. As JSON: "
                        a href="/messages" { "/messages" } "."
                    }
                    @if mails.is_empty() { p { "No mail yet." } }
                    @for mail in mails.iter().rev().take(SHOWN_MAX) { (card(mail)) }
                }
            }
        }
    }
}

fn card(mail: &Mail) -> Markup {
    html! {
        article {
            h2 { (mail.subject) }
            p class="note" { "to " (mail.to.join(", ")) " · from " (mail.from) " · " (mail.received_at.strftime("%H:%M:%S UTC")) }
            pre { @for piece in pieces(&mail.text) { (piece) } }
            @if !mail.html.is_empty() {
                details {
                    summary { "As HTML" }
                    // No script, no forms, no same origin; links open in their own tab.
                    iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox"
                        srcdoc=(format!("<base target=\"_blank\">{}", mail.html)) {}
                }
            }
            details { summary { "As it came" } pre { (mail.raw) } }
        }
    }
}
