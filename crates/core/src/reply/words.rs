//! The words that are understood, folded: lower case, umlauts written out.

use super::Verb;

/// What a single word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A letter of a message: with a number it names a reply code.
    Letter(Verb),
    /// The letter twice: with a number it names the reply code of a summary.
    Twice(Verb),
    /// A verb: with a number it names an alert.
    Verb(Verb),
    /// Agreement, which is a verb only where it stands alone or with a number.
    Ok,
    /// All of them.
    All,
    /// What may stand between a verb and a number.
    Filler,
    /// See [`super::Said::Stop`].
    Stop,
    /// See [`super::Said::Start`].
    Start,
    /// See [`super::Said::Help`].
    Help,
}

impl Word {
    pub(super) fn of(folded: &str) -> Option<Self> {
        Some(match folded {
            "a" => Self::Letter(Verb::Accept),
            // GoAlert's messages offer `c` for "close".
            "r" | "c" => Self::Letter(Verb::Resolve),
            "e" => Self::Letter(Verb::Escalate),
            "aa" => Self::Twice(Verb::Accept),
            "rr" | "cc" => Self::Twice(Verb::Resolve),
            "ee" => Self::Twice(Verb::Escalate),
            "accept" | "accepted" | "ack" | "acknowledge" | "acknowledged" | "annehmen" | "angenommen"
            | "akzeptieren" | "uebernehmen" | "uebernommen" => Self::Verb(Verb::Accept),
            "resolve" | "resolved" | "close" | "closed" | "done" | "erledigt" | "geloest" | "gelost" | "loesen"
            | "schliessen" | "geschlossen" => Self::Verb(Verb::Resolve),
            "escalate" | "eskalieren" => Self::Verb(Verb::Escalate),
            "ok" | "okay" => Self::Ok,
            "all" | "alle" | "alles" => Self::All,
            "alert" | "alarm" | "nr" => Self::Filler,
            // The words that carriers ask for (CTIA), and German ones.
            "stop" | "stopall" | "stopp" | "unsubscribe" | "cancel" | "end" | "quit" | "optout" | "revoke"
            | "abmelden" => Self::Stop,
            "start" | "yes" | "unstop" | "anmelden" => Self::Start,
            "help" | "info" | "hilfe" => Self::Help,
            _ => return None,
        })
    }
}

/// Words behind a command that change nothing.
pub(super) fn is_polite(folded: &str) -> bool {
    matches!(folded, "please" | "pls" | "thanks" | "thank" | "you" | "thx" | "ty" | "bitte" | "danke" | "cheers")
}

/// Words with which a signature begins: what a phone writes below a message, and how letters end.
pub(super) fn begins_signature(tokens: &[&str]) -> bool {
    matches!(
        tokens,
        ["sent", "from" | "via", ..]
            | ["get", "outlook", ..]
            | ["gesendet", "von" | "mit", ..]
            | ["von", "meinem", ..]
            | ["diese", "nachricht", "wurde", ..]
            | ["holen", "sie", "sich", "outlook", ..]
            | ["kind" | "best" | "warm", "regards" | "wishes", ..]
            | ["regards" | "best" | "sincerely", ..]
            | ["mfg" | "lg" | "vg" | "gruss" | "gruesse", ..]
            | ["mit", "freundlichen", ..]
            | ["viele" | "beste" | "liebe" | "freundliche", "gruesse" | "gruessen", ..]
    )
}
