//! A letter as HTML: tables and inline styles, because mail programs drop style sheets. No pictures, nothing loaded.

use maud::{DOCTYPE, Markup, html};

use crate::channels::letter::{Action, Letter, Mood, Verb};
use watchbell_core::language::Language;

const BODY: &str = "margin:0;padding:16px;background:#f6f7f9;color:#151a23;\
                    font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CARD: &str = "max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #dfe3ea;border-radius:12px";
const DETAILS: &str = "margin:16px 0;padding:12px;background:#eef0f4;border-radius:8px;white-space:pre-wrap;\
                       word-break:break-word;font:13px/1.5 ui-monospace,Consolas,monospace";
const MAIN_BUTTON: &str = "display:inline-block;margin:4px 8px 4px 0;padding:12px 24px;border-radius:8px;background:#2f55d4;\
                           color:#ffffff;font-weight:650;text-decoration:none";
const BUTTON: &str = "display:inline-block;margin:4px 8px 4px 0;padding:11px 20px;border-radius:8px;border:1px solid #868e9c;\
                      color:#151a23;font-weight:650;text-decoration:none";

/// The HTML part of a mail.
pub(super) fn render(letter: &Letter) -> String {
    html! {
        (DOCTYPE)
        html lang=(letter.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (letter.subject) }
            }
            body style=(BODY) { (card(letter)) }
        }
    }
    .into_string()
}

fn card(letter: &Letter) -> Markup {
    html! {
        table role="presentation" width="100%" cellpadding="0" cellspacing="0" style=(CARD) {
            tr {
                td style=(format!("padding:20px 24px;border-top:4px solid {};border-radius:12px", edge(letter.mood))) {
                    p style=(format!("margin:0 0 4px;color:{};font-weight:650", ink(letter.mood))) { (letter.lead) }
                    h1 style="margin:0 0 12px;font-size:20px;line-height:1.3" { (letter.title) }
                    @if !letter.actions.is_empty() {
                        p style="margin:16px 0" { @for action in &letter.actions { (button(action, letter.language)) " " } }
                    }
                    @if !letter.details.is_empty() { div style=(DETAILS) { (letter.details) } }
                    (facts(letter))
                    (listed(letter))
                    (links(letter))
                    @if !letter.answering.is_empty() { p style="margin:20px 0 0" { (letter.answering) } }
                    @if !letter.footer.is_empty() {
                        p style="margin:20px 0 0;color:#5f6979;font-size:13px" { (letter.footer) }
                    }
                }
            }
        }
    }
}

fn button(action: &Action, language: Language) -> Markup {
    let style = if action.verb == Verb::Accept { MAIN_BUTTON } else { BUTTON };
    html! { a href=(action.url) style=(style) { (action.verb.words(language)) } }
}

fn facts(letter: &Letter) -> Markup {
    html! {
        @if !letter.facts.is_empty() {
            table cellpadding="0" cellspacing="0" style="margin:16px 0;font-size:14px" {
                @for (label, value) in &letter.facts {
                    tr {
                        th align="left" scope="row" style="padding:2px 16px 2px 0;color:#5f6979;font-weight:400;vertical-align:top" {
                            (label)
                        }
                        td style="padding:2px 0;word-break:break-word" { (value) }
                    }
                }
            }
        }
    }
}

fn listed(letter: &Letter) -> Markup {
    html! {
        @if !letter.listed.is_empty() {
            ul style="margin:16px 0;padding-left:20px" {
                @for (text, url) in &letter.listed {
                    li { @if let Some(url) = url { a href=(url) style="color:#2f55d4" { (text) } } @else { (text) } }
                }
                @if let Some(more) = &letter.more { li { (more) } }
            }
        }
    }
}

fn links(letter: &Letter) -> Markup {
    html! {
        @if !letter.links.is_empty() {
            p style="margin:16px 0 0" {
                @for (index, (label, url)) in letter.links.iter().enumerate() {
                    @if index > 0 { " · " }
                    a href=(url) style="color:#2f55d4" { (label) }
                }
            }
        }
    }
}

/// The colours of the pages, light: `solid` for the edge.
fn edge(mood: Mood) -> &'static str {
    match mood {
        Mood::Pages | Mood::Escalated | Mood::Warning => "#c8242b",
        Mood::Accepted => "#b25e00",
        Mood::Resolved => "#1a7f4b",
        Mood::Quiet | Mood::Test | Mood::Plain => "#2f55d4",
    }
}

/// The colours of the pages, light: `ink` for text.
fn ink(mood: Mood) -> &'static str {
    match mood {
        Mood::Pages | Mood::Escalated | Mood::Warning => "#a81a21",
        Mood::Accepted => "#8a4800",
        Mood::Resolved => "#13673c",
        Mood::Quiet | Mood::Test | Mood::Plain => "#4a5362",
    }
}
