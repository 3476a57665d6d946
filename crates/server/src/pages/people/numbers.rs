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
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, providers};
use watchbell_ui::routes;

/// The settings of accounts that name a number of ours.
const SENDERS: [&str; 3] = ["voiceFrom", "smsFrom", "whatsappFrom"];

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::NUMBERS_CARD, get(card))
}

/// All numbers of all accounts, each once. Sender names are no numbers.
pub(super) async fn all(app: &App, scope: &Scope) -> Result<BTreeSet<String>, StoreError> {
    let accounts = providers::all(&app.db, scope).await?;
    let named = accounts.iter().flat_map(|account| SENDERS.map(|name| account.params.get(name)?.as_str()));
    Ok(named.flatten().filter_map(number).collect())
}

/// Providers write numbers with and without the plus sign.
fn number(text: &str) -> Option<String> {
    let digits = text.trim().trim_start_matches('+');
    let is_number = (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("+{digits}"))
}

async fn card(State(app): State<App>, can: PageCan<Own>) -> Result<Response, ApiError> {
    let numbers = all(&app, &can.scope).await?;
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
