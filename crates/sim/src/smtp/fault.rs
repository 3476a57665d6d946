//! How the mail server misbehaves on demand.

use serde::{Deserialize, Serialize};

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SmtpFault {
    /// 421 instead of a greeting.
    Busy,
    /// 535 to any login.
    RefuseLogin,
    /// 550 to MAIL FROM.
    RefuseSender,
    /// 550 to RCPT TO.
    RefuseRecipient,
    /// 451 to RCPT TO.
    TemporaryFailure,
    /// 554 after the mail.
    RefuseContent,
    /// Never answers RCPT TO.
    Hang,
    /// Closes the connection at RCPT TO.
    Close,
    /// Keeps the mail, then closes without saying so: the sender cannot know.
    LoseAnswer,
}

/// What goes wrong, for whom, how often.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SmtpFaults {
    /// What; nothing by default.
    pub fault: Option<SmtpFault>,
    /// Only for this recipient; everybody by default. Only faults at RCPT TO know a recipient.
    pub only_to: Option<String>,
    /// How many times; without end by default.
    pub times: Option<u32>,
}

impl From<SmtpFault> for SmtpFaults {
    fn from(fault: SmtpFault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }
}

impl SmtpFaults {
    pub(super) fn strikes(&mut self, fault: SmtpFault, recipient: Option<&str>) -> bool {
        let concerned = match (&self.only_to, recipient) {
            (None, _) => true,
            (Some(only), Some(recipient)) => only.eq_ignore_ascii_case(recipient),
            (Some(_), None) => false,
        };
        if self.fault != Some(fault) || !concerned || self.times == Some(0) {
            return false;
        }
        self.times = self.times.map(|times| times - 1);
        true
    }
}
