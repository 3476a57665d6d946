//! AUTH PLAIN (RFC 4616) and LOGIN (never standardised; what Outlook and others speak).

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::io::{AsyncRead, AsyncWrite};

use super::wire::Wire;

/// User name and password, or none where the login cannot be read.
pub(super) async fn read<S>(rest: &str, wire: &mut Wire<S>) -> io::Result<Option<(String, String)>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
    match mechanism.to_ascii_uppercase().as_str() {
        "PLAIN" => {
            let answer = if initial.is_empty() { ask("", wire).await? } else { decode(initial) };
            Ok(answer.and_then(|text| {
                let mut parts = text.splitn(3, '\0').skip(1);
                Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
            }))
        }
        "LOGIN" => {
            let user = if initial.is_empty() { ask("Username:", wire).await? } else { decode(initial) };
            let password = ask("Password:", wire).await?;
            Ok(user.zip(password))
        }
        _ => Ok(None),
    }
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(question: &str, wire: &mut Wire<S>) -> io::Result<Option<String>> {
    wire.reply(&format!("334 {}", STANDARD.encode(question))).await?;
    Ok(wire.line().await?.as_deref().and_then(decode))
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()
}
