//! The numbers that we call and write from, as a contact card: a phone lets through whom it knows.

use crate::app::App;
use crate::auth::{Own, PageCan};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::collections::BTreeSet;
use watchbell_connect::channels::{SettingKind, settings_of};
use watchbell_core::provider::ProviderKind;
use watchbell_store::providers::{self, ChannelProvider};
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::NUMBERS_CARD, get(card))
}

/// The numbers of accounts, each once. Sender names are no numbers.
pub(super) fn of(accounts: &[ChannelProvider]) -> BTreeSet<String> {
    accounts.iter().flat_map(senders).filter_map(number).collect()
}

/// What an account writes and calls from.
fn senders(account: &ChannelProvider) -> Vec<&str> {
    let fields = ProviderKind::parse(&account.kind).map(settings_of).unwrap_or_default();
    let named = fields.iter().filter(|field| field.kind == SettingKind::Sender);
    named.filter_map(|field| account.params.get(field.name)?.as_str()).collect()
}

/// Providers write numbers with and without the plus sign.
fn number(text: &str) -> Option<String> {
    let digits = text.trim().trim_start_matches('+');
    let is_number = (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("+{digits}"))
}

async fn card(State(app): State<App>, can: PageCan<Own>) -> Result<Response, ApiError> {
    let numbers = of(&providers::all(&app.db, &can.scope).await?);
    if numbers.is_empty() {
        return Err(ApiError::not_found("No account that calls or writes from a number is connected."));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/vcard; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"watchbell.vcf\""),
    ];
    Ok((headers, vcard(&numbers)).into_response())
}

/// vCard 3.0 (RFC 2426), which every phone reads.
fn vcard(numbers: &BTreeSet<String>) -> String {
    let lines: String = numbers.iter().map(|number| format!("TEL;TYPE=VOICE,CELL:{number}\r\n")).collect();
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nN:Watchbell;;;;\r\nFN:Watchbell\r\nORG:Watchbell\r\n{lines}END:VCARD\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_senders_are_no_numbers() {
        for (text, expected) in [
            ("+4930123456", Some("+4930123456")),
            ("4930123456", Some("+4930123456")),
            ("Watchbell", None),
            ("12345", None),
            ("", None),
        ] {
            assert_eq!(number(text).as_deref(), expected, "{text}");
        }
    }
}
