//! What a server found out about the sender of a mail: `Authentication-Results` (RFC 8601), of one server only. Anybody can write
//! such a header; those of the server that was named are believed, which removes forged ones of its name.

use super::Heads;

/// Results, as single words: `pass`, `fail`, `softfail`, `neutral`, `none` and so on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checks {
    /// Whether the server that sent it may send for the envelope's sender.
    pub spf: Option<String>,
    /// Whether it is signed.
    pub dkim: Option<String>,
    /// Whether one of both fits the visible sender.
    pub dmarc: Option<String>,
}

impl Checks {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn read(heads: &Heads, server: &str) -> Checks {
    let mut checks = Checks::default();
    for value in heads.all("authentication-results") {
        let bare = without_comments(value);
        let mut parts = bare.split(';');
        let name = parts.next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
        if name.eq_ignore_ascii_case(server) {
            parts.for_each(|part| note(&mut checks, part));
        }
    }
    checks
}

fn note(checks: &mut Checks, part: &str) {
    let Some((method, result)) = part.trim().split_once('=') else { return };
    let slot = match method.trim().split('/').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "spf" => &mut checks.spf,
        "dkim" => &mut checks.dkim,
        "dmarc" => &mut checks.dmarc,
        _ => return,
    };
    let word: String = result.trim_start().chars().take_while(char::is_ascii_alphabetic).take(20).collect();
    // A mail may be signed several times: one signature that holds is enough.
    if !word.is_empty() && slot.as_deref() != Some("pass") {
        *slot = Some(word.to_ascii_lowercase());
    }
}

fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    value.chars().filter(outside).collect()
}
