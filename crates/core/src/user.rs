//! People: roles, contacts, and the preferences that say how they are reached.

use crate::alert::Priority;
use crate::ids::{ContactId, RuleId, UserId};
use crate::silence::Silence;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The value of a word; `None` for a word that is not known.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}
pub(crate) use words;

words! {
    /// What a user may do; each includes the ones before it.
    Role {
        /// Reads what concerns them.
        Stakeholder = "STAKEHOLDER",
        /// Reads.
        Guest = "GUEST",
        /// Responds to alerts.
        Responder = "RESPONDER",
        /// Configures sources and policies.
        User = "USER",
        /// Everything, users and settings too.
        Admin = "ADMIN",
    }

    /// What somebody is in a team.
    TeamRole {
        /// Kept informed; never paged as one of the team.
        Stakeholder = "STAKEHOLDER",
        /// Paged, responds.
        Responder = "RESPONDER",
        /// Paged, responds and configures.
        User = "USER",
        /// Paged, and answers for the team.
        Admin = "ADMIN",
    }

    /// How a message travels.
    Channel {
        /// E-mail over SMTP.
        Email = "EMAIL",
        /// Push over an ntfy server.
        Ntfy = "NTFY",
        /// A signed POST to a URL.
        Webhook = "WEBHOOK",
        /// Text message, through a provider.
        Sms = "SMS",
        /// Phone call, through a provider.
        Voice = "VOICE",
        /// WhatsApp message to a phone number, through a provider.
        WhatsApp = "WHATSAPP",
        /// Message of a Telegram bot.
        Telegram = "TELEGRAM",
        /// Push over Pushover.
        Pushover = "PUSHOVER",
        /// Push over a Gotify server.
        Gotify = "GOTIFY",
        /// Push to a browser or an installed page (RFC 8030).
        WebPush = "WEB_PUSH",
        /// Push to an app by the distributor that its owner chose.
        UnifiedPush = "UNIFIED_PUSH",
    }

    /// Whether a contact may be used.
    ContactStatus {
        /// It may.
        Ok = "OK",
        /// Switched off by its user or an administrator.
        Locked = "LOCKED",
        /// The other side refused it for good.
        Blacklisted = "BLACKLISTED",
    }
}

impl Channel {
    /// An address as people may read it. Whoever has that of a push service can send there, so that only its host is told.
    pub fn shown(self, target: &str) -> String {
        match self {
            Channel::WebPush | Channel::UnifiedPush => {
                let authority = target.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
                authority.and_then(|authority| authority.rsplit('@').next()).unwrap_or_default().to_owned()
            }
            _ => target.to_owned(),
        }
    }

    /// As what a contact that it reaches is kept: a phone number is one contact, for text messages, calls and WhatsApp alike.
    pub const fn contact(self) -> Self {
        match self {
            Channel::Voice | Channel::WhatsApp => Channel::Sms,
            other => other,
        }
    }

    /// Whether it is a text message to a number, which its owner stops by answering "stop".
    pub const fn is_text(self) -> bool {
        matches!(self, Channel::Sms | Channel::WhatsApp)
    }

    /// Whether it goes through an account that an administrator connects.
    pub const fn needs_provider(self) -> bool {
        matches!(self, Channel::Sms | Channel::Voice | Channel::WhatsApp | Channel::Telegram | Channel::Pushover)
    }
}

impl TeamRole {
    /// Whether a level of an escalation policy that names the team pages such a member.
    pub const fn is_paged(self) -> bool {
        !matches!(self, TeamRole::Stakeholder)
    }
}

/// One line of "reach me so": which contact, how long after a level started, for which priority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The preference.
    pub id: RuleId,
    /// Where to.
    pub contact: ContactId,
    /// Over what.
    pub channel: Channel,
    /// Seconds after the level started.
    pub delay_s: i64,
    /// For alerts of this priority.
    pub priority: Priority,
}

/// A person as escalation sees them: usable rules only (the contact is OK).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub user: UserId,
    /// Their usable rules.
    pub rules: Vec<Rule>,
    /// When they asked not to be reached.
    pub silence: Silence,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_address_of_a_push_service_only_its_host_is_shown() {
        for (channel, target, expected) in [
            (Channel::UnifiedPush, "https://up.example/capability?token=1", "up.example"),
            (Channel::WebPush, "https://push.example:8443/send/one", "push.example:8443"),
            (Channel::WebPush, "https://ann:hush@push.example?a=/b@c", "push.example"),
            (Channel::UnifiedPush, "capability", ""),
            (Channel::Email, "ann@example.com", "ann@example.com"),
            (Channel::Sms, "+4915123456789", "+4915123456789"),
        ] {
            assert_eq!(channel.shown(target), expected, "{target}");
        }
    }
}
