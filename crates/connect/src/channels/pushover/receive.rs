//! What Pushover tells us: somebody acknowledged a page.
//!
//! Its callback is not signed. It is believed because its address carries a token that we signed and told nobody else, which
//! whoever passes a request on has checked.

use watchbell_core::provider::Reported;

use super::{acknowledged, is_receipt};
use crate::channels::{Heard, Hook, Inbound, Refused, Report, text::line};

pub(super) fn receive(call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
    let unreadable = |why: &str| Refused::Unreadable(format!("This is no callback of Pushover: {why}."));
    if call.hook != Hook::Status || call.method != "POST" {
        return Err(unreadable("it posts to the status address only"));
    }
    let fields: Vec<(String, String)> = serde_html_form::from_bytes(call.body).unwrap_or_default();
    let field =
        |name| fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default();
    let receipt = field("receipt");
    if !is_receipt(receipt) {
        return Err(unreadable("it names no receipt"));
    }
    if field("acknowledged") != "1" {
        return Err(unreadable("it acknowledges nothing"));
    }
    let token = token(call.url).ok_or_else(|| unreadable("its address has no token"))?;
    let from = line(field("acknowledged_by"), 60);
    let said = acknowledged(field("acknowledged_by_device"));
    // The press first: it is the one that looks at the token.
    Ok(vec![
        Heard::Press { token, verb: "accept".into(), from: (!from.is_empty()).then_some(from), press_id: None },
        Heard::Report(Report { provider_id: receipt.to_owned(), state: Reported::Read, said }),
    ])
}

/// The end of the path is the token of the message, after the word of the hook.
fn token(url: &str) -> Option<String> {
    let token = url.split(['?', '#']).next()?.rsplit('/').next()?;
    (!token.is_empty() && token.len() <= 200 && token != Hook::Status.word()).then(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;

    use super::*;

    const RECEIPT: &str = "r1g9x8asdkj2h3k4j5h6k7j8h9k0jl";

    fn heard(hook: Hook, method: &str, body: &str) -> Result<Vec<Heard>, Refused> {
        receive(&Inbound {
            hook,
            method,
            url: "https://bell.example/hooks/p/7/status/tok_en-1",
            header: &|_| None,
            query: "",
            body: body.as_bytes(),
            now: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn acknowledging_is_read_and_accepts() {
        let body = format!(
            "receipt={RECEIPT}&acknowledged=1&acknowledged_at=1&acknowledged_by=uQiR&acknowledged_by_device=i+phone"
        );
        let report =
            Report { provider_id: RECEIPT.into(), state: Reported::Read, said: "Acknowledged on i phone".into() };
        let press =
            Heard::Press { token: "tok_en-1".into(), verb: "accept".into(), from: Some("uQiR".into()), press_id: None };
        assert_eq!(heard(Hook::Status, "POST", &body).unwrap(), [press, Heard::Report(report)]);
    }

    #[test]
    fn anything_else_says_nothing() {
        let good = format!("receipt={RECEIPT}&acknowledged=1");
        assert!(heard(Hook::Message, "POST", &good).is_err() && heard(Hook::Status, "GET", &good).is_err());
        for bad in [
            "",
            "acknowledged=1",
            &format!("receipt={RECEIPT}"),
            &format!("receipt={RECEIPT}&acknowledged=0"),
            "receipt=a/b&acknowledged=1",
            "{}",
        ] {
            assert!(matches!(heard(Hook::Status, "POST", bad), Err(Refused::Unreadable(_))), "{bad}");
        }
    }
}
