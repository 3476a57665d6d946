//! The zones of Autotask: every tenant lives in one, at a host of its own.

/// A zone as Autotask names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// The zone's name, such as `America East 2`.
    pub name: &'static str,
    /// What its hosts are told apart by.
    pub host: ZoneHost,
}

/// What the hosts of a zone are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneHost {
    /// `webservices14.autotask.net` and `ww14.autotask.net`.
    Number(u16),
    /// `prde.autotask.net`.
    Name(&'static str),
}

/// The zones of the vendor's help page. There may be others: any number is accepted where a zone is wanted.
pub const ZONES: &[Zone] = &[
    numbered("America East", 3),
    numbered("America East 2", 14),
    numbered("America East 3", 22),
    numbered("America West", 5),
    numbered("America West 2", 15),
    numbered("America West 3", 24),
    numbered("America West 4", 25),
    numbered("Australia / New Zealand", 6),
    numbered("Australia 2", 26),
    numbered("Australia 3", 29),
    numbered("EU1 (English Europe & Asia)", 19),
    numbered("German (Deutsch)", 18),
    numbered("Spanish (Español)", 12),
    numbered("UK", 4),
    numbered("UK2", 16),
    numbered("UK3", 28),
    numbered("Limited Release", 1),
    numbered("Limited Release UK", 17),
    numbered("Pre-release", 2),
    numbered("Pre-release UK", 11),
    Zone { name: "Deutsch pre-release", host: ZoneHost::Name("prde") },
    Zone { name: "Español pre-release", host: ZoneHost::Name("pres") },
];

const fn numbered(name: &'static str, number: u16) -> Zone {
    Zone { name, host: ZoneHost::Number(number) }
}

impl Zone {
    /// What people pick: `America East 2 [14]`, `Deutsch pre-release [prde]`.
    pub fn label(&self) -> String {
        match self.host {
            ZoneHost::Number(number) => format!("{} [{number}]", self.name),
            ZoneHost::Name(name) => format!("{} [{name}]", self.name),
        }
    }

    /// The host of the API, such as `webservices14.autotask.net`.
    pub fn api_host(&self) -> String {
        match self.host {
            ZoneHost::Number(number) => api_host(number),
            ZoneHost::Name(name) => format!("{name}.autotask.net"),
        }
    }

    /// The zone of an API host, where it is one of [`ZONES`].
    pub fn of_host(host: &str) -> Option<&'static Zone> {
        ZONES.iter().find(|zone| zone.api_host().eq_ignore_ascii_case(host))
    }
}

/// The host of the API in a zone of this number, known or not.
pub(crate) fn api_host(number: u16) -> String {
    format!("webservices{number}.autotask.net")
}
