//! What Amazon SES tells through SNS: a mail that came, or one of ours that did not arrive. Source: docs.aws.amazon.com/ses, "Contents
//! of notifications for Amazon SES email receiving" and "Amazon SNS notification contents for Amazon SES".

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use watchbell_core::text;

use super::bounce::{self, Bounce};
use super::checks::Checks;
use crate::channels::Refused;

/// What SES tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SesSaid {
    /// A mail came.
    Mail {
        /// The sender of the envelope.
        sender: String,
        /// The recipients of the envelope.
        recipients: Vec<String>,
        /// The mail.
        raw: Vec<u8>,
        /// What SES found out about its sender.
        checks: Checks,
    },
    /// A mail of ours did not arrive.
    Bounced(Bounce),
    /// Nothing that concerns us.
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    #[serde(alias = "eventType")]
    notification_type: String,
    mail: Mail,
    receipt: Option<Receipt>,
    content: Option<String>,
    bounce: Option<Bounced>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    #[serde(default)]
    source: String,
    #[serde(default)]
    headers: Vec<Header>,
    common_headers: Option<CommonHeaders>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommonHeaders {
    message_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    #[serde(default)]
    recipients: Vec<String>,
    spf_verdict: Option<Verdict>,
    dkim_verdict: Option<Verdict>,
    dmarc_verdict: Option<Verdict>,
    action: Option<Action>,
}

#[derive(Deserialize)]
struct Verdict {
    status: String,
}

#[derive(Deserialize)]
struct Action {
    encoding: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounced {
    bounce_type: String,
    #[serde(default)]
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: Option<String>,
    status: Option<String>,
    diagnostic_code: Option<String>,
}

/// Reads the text of a notification. Errors: it is none of SES, or the mail is missing in it.
pub fn read(json: &str) -> Result<SesSaid, Refused> {
    // What is posted when a topic is connected is a sentence.
    let told: Told = match serde_json::from_str(json) {
        Ok(told) => told,
        Err(_) if !json.trim_start().starts_with('{') => return Ok(SesSaid::Other),
        Err(_) => return Err(Refused::Unreadable("This is not a notification of Amazon SES.".into())),
    };
    match told.notification_type.as_str() {
        "Received" => received(told),
        "Bounce" => {
            Ok(told.bounce.as_ref().map_or(SesSaid::Other, |bounce| SesSaid::Bounced(bounced(bounce, &told.mail))))
        }
        _ => Ok(SesSaid::Other),
    }
}

fn received(told: Told) -> Result<SesSaid, Refused> {
    let missing = "The notification holds no mail: let the receipt rule publish it to SNS (an SNS action, not S3).";
    let (Some(receipt), Some(content)) = (told.receipt, told.content) else {
        return Err(Refused::Unreadable(missing.into()));
    };
    let is_base64 = receipt.action.as_ref().and_then(|action| action.encoding.as_deref()) == Some("BASE64");
    let raw = match is_base64 {
        true => STANDARD.decode(content.trim()).map_err(|_| Refused::Unreadable("The mail is not Base64.".into()))?,
        false => content.into_bytes(),
    };
    let word = |verdict: Option<Verdict>| verdict.map(|verdict| text::cut(&verdict.status.to_ascii_lowercase(), 20));
    let checks =
        Checks { spf: word(receipt.spf_verdict), dkim: word(receipt.dkim_verdict), dmarc: word(receipt.dmarc_verdict) };
    let sender = if told.mail.source == "<>" { String::new() } else { told.mail.source };
    Ok(SesSaid::Mail { sender, recipients: receipt.recipients.into_iter().take(100).collect(), raw, checks })
}

fn bounced(bounced: &Bounced, mail: &Mail) -> Bounce {
    let first = bounced.bounced_recipients.first();
    let is_permanent = bounced.bounce_type == "Permanent";
    let status = first.and_then(|to| to.status.as_deref()).and_then(bounce::status_in);
    let status = status.unwrap_or_else(|| if is_permanent { "5.0.0".into() } else { "4.0.0".into() });
    // SES replaces the Message-ID of what it sends; the headers that we wrote have our own.
    let own = mail.headers.iter().find(|header| header.name.eq_ignore_ascii_case("message-id"));
    let common = mail.common_headers.as_ref().and_then(|headers| headers.message_id.clone());
    Bounce {
        permanent: is_permanent && bounce::blames_address(&status),
        diagnostic: text::cut(first.and_then(|to| to.diagnostic_code.as_deref()).unwrap_or(&bounced.bounce_type), 400),
        final_recipient: first.and_then(|to| to.email_address.clone()).map(|to| text::cut(&to, 320)),
        original_message_id: own.map(|header| header.value.clone()).or(common).map(|id| text::cut(&id, 320)),
        status,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_mail_comes_with_its_verdicts() {
        let json = r#"{"notificationType":"Received","receipt":{"recipients":["reply+abc@bell.example.com"],"spfVerdict":{"status":"PASS"},
            "dkimVerdict":{"status":"FAIL"},"action":{"type":"SNS","encoding":"BASE64"}},"mail":{"source":"ann@example.com","messageId":"d6i"},"content":"eA=="}"#;
        let checks = Checks { spf: Some("pass".into()), dkim: Some("fail".into()), dmarc: None };
        let (sender, recipients) = ("ann@example.com".to_owned(), vec!["reply+abc@bell.example.com".to_owned()]);
        assert_eq!(read(json).unwrap(), SesSaid::Mail { sender, recipients, raw: b"x".to_vec(), checks });
    }

    #[test]
    fn a_bounce_names_our_mail() {
        let json = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"bob@example.com","status":"5.1.1",
            "diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"mail":{"source":"bell@example.com","headers":[{"name":"Message-ID","value":"<notification-1.tok@example.com>"}]}}"#;
        let SesSaid::Bounced(bounce) = read(json).unwrap() else { panic!("a bounce") };
        assert!(
            bounce.permanent
                && bounce.status == "5.1.1"
                && bounce.original_message_id.unwrap().contains("notification-1")
        );
    }

    #[test]
    fn anything_else_is_refused_or_left_alone() {
        assert_eq!(read("Successfully validated SNS topic").unwrap(), SesSaid::Other);
        assert_eq!(read(r#"{"notificationType":"Delivery","mail":{}}"#).unwrap(), SesSaid::Other);
        assert!(read(r#"{"notificationType":"Received","mail":{}}"#).is_err());
        assert!(read("{}").is_err());
    }
}
