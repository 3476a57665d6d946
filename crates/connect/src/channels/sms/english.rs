//! What text messages say in English.

use super::draft::Phrase;

pub(super) fn say(phrase: &Phrase<'_>) -> String {
    match phrase {
        Phrase::ReplyToOne(code) => format!("Reply {code}a to accept, {code}r to resolve, {code}e to escalate"),
        Phrase::ReplyToAll(code) => format!("Reply {code}aa to accept all"),
        Phrase::Several { count, source } => format!("{source}: {count} alerts. "),
        Phrase::Accepted { by } => format!("Accepted by {by}"),
        Phrase::Resolved { by: Some(by) } => format!("Resolved by {by}"),
        Phrase::Resolved { by: None } => "Resolved".into(),
        Phrase::Escalated { level, by: Some(by) } => format!("Escalated to level {} by {by}", level.number),
        Phrase::Escalated { level, by: None } => format!("Escalated to level {}", level.number),
        Phrase::Test { by } => {
            format!("Watchbell test, asked for by {by}: a page arrives like this. Nothing is wrong.")
        }
        Phrase::Code(code) => format!("{code} is your Watchbell code. "),
        Phrase::CodeUse => {
            "Type it into Watchbell to confirm this number. If you did not ask for it, ignore it.".into()
        }
        Phrase::Unnamed(id) => format!("Alert #{id}"),
        Phrase::Link => "(link)".into(),
    }
}
