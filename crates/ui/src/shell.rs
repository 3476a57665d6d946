//! What every page needs beside its own view: who looks, when, and what must be said on all pages.

use crate::on_call_strip::OnCallNow;
use crate::person::Person;
use crate::routes;
use crate::time::When;
use watchbell_core::user::Role;

/// A part of the product, as the navigation lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Alerts.
    Alerts,
    /// The viewer's own on-call.
    OnCall,
    /// Schedules.
    Schedules,
    /// Alert sources.
    Sources,
    /// Accounts.
    Accounts,
    /// Escalation policies.
    Policies,
    /// Support hours.
    SupportHours,
    /// Maintenance windows.
    Maintenance,
    /// Users.
    Users,
    /// Teams.
    Teams,
    /// API keys.
    ApiKeys,
    /// Settings.
    Settings,
    /// Audit.
    Audit,
    /// The viewer's own page: no entry of its own.
    Profile,
}

impl Section {
    /// All that have an entry, in order.
    pub const LISTED: [Section; 13] = [
        Section::Alerts,
        Section::OnCall,
        Section::Schedules,
        Section::Sources,
        Section::Accounts,
        Section::Policies,
        Section::SupportHours,
        Section::Maintenance,
        Section::Users,
        Section::Teams,
        Section::ApiKeys,
        Section::Settings,
        Section::Audit,
    ];

    /// Name, short name for a phone, icon, address.
    pub const fn entry(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Section::Alerts => ("Alerts", "Alerts", "bell", routes::ALERTS),
            Section::OnCall => ("My on-call", "On-call", "phone", routes::ON_CALL),
            Section::Schedules => ("Schedules", "Schedules", "calendar", routes::SCHEDULES),
            Section::Sources => ("Alert sources", "Sources", "plug", routes::SOURCES),
            Section::Accounts => ("Accounts", "Accounts", "shield-check", routes::ACCOUNTS),
            Section::Policies => ("Escalation policies", "Policies", "route", routes::POLICIES),
            Section::SupportHours => ("Support hours", "Hours", "clock", routes::SUPPORT_HOURS),
            Section::Maintenance => ("Maintenance", "Maintenance", "wrench", routes::MAINTENANCE),
            Section::Users => ("Users", "Users", "users", routes::USERS),
            Section::Teams => ("Teams", "Teams", "users", routes::TEAMS),
            Section::ApiKeys => ("API keys", "API keys", "key-round", routes::API_KEYS),
            Section::Settings => ("Settings", "Settings", "settings", routes::SETTINGS),
            Section::Audit => ("Audit", "Audit", "scroll-text", routes::AUDIT),
            Section::Profile => ("Profile", "Profile", "user-round", routes::PROFILE),
        }
    }
}

/// Who looks at the page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The person.
    pub person: Person,
    /// Their role.
    pub role: Role,
    /// The sections that the role may open; the server's table decides.
    pub sections: Vec<Section>,
}

/// How urgent a banner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nobody is paged at all: the loudest.
    Alarm,
    /// Pages may be lost, or something is refused.
    Red,
    /// Works, but not well.
    Yellow,
    /// Good news.
    Green,
    /// Plain news.
    Blue,
}

/// Something to say above the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// How urgent.
    pub tone: Tone,
    /// What happened and what to do.
    pub text: String,
    /// Where it is mended: address and words.
    pub link: Option<(String, String)>,
}

/// What all pages share.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Now and the viewer's zone.
    pub when: When,
    /// Who looks; `None` on pages without log-in.
    pub viewer: Option<Viewer>,
    /// Token of the session against forged forms; goes into a hidden field `csrf` of every form.
    pub csrf: String,
    /// Said on every page, most urgent first; see [`public_url_banner`].
    pub banners: Vec<Banner>,
    /// Who is on call: one entry a schedule.
    pub on_call: Vec<OnCallNow>,
    /// What the last form did, said once.
    pub flash: Option<String>,
    /// Alerts that nobody has, for the title and the icon.
    pub pending: i64,
}

/// The loud banner while pages are held back; who may end that is shown the way.
pub fn paging_held_banner(reason: &str, may_resume: bool) -> Banner {
    let reason = reason.trim_end_matches('.');
    let who = if may_resume { "you resume paging" } else { "an administrator resumes paging" };
    Banner {
        tone: Tone::Alarm,
        text: format!("Paging is held back: {reason}. Nobody is notified until {who}."),
        link: may_resume.then(|| (routes::PAGING.into(), "Resume paging".into())),
    }
}

/// The red banner of an address that links in messages cannot use: local, or not https. `None` where all is well.
pub fn public_url_banner(public_url: &str) -> Option<Banner> {
    let lower = public_url.trim().to_lowercase();
    let (https, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => (false, lower.as_str()),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|v6| v6.split(']').next()) {
        Some(v6) => v6,
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    let text = match (is_local(host), https) {
        (true, _) => format!(
            "The public address is {public_url}, which only this machine or network can reach: links in messages open nothing on a phone, and Autotask cannot call."
        ),
        (false, false) => format!(
            "The public address {public_url} is not https: links in messages and webhook keys travel readable, and Autotask accepts https only."
        ),
        (false, true) => return None,
    };
    Some(Banner { tone: Tone::Red, text, link: Some((routes::SETTINGS.into(), "Set the public address".into())) })
}

/// Names and addresses that mean nothing outside: loopback, private and link-local ranges, names without a public ending.
fn is_local(host: &str) -> bool {
    if let Ok(ip) = host.parse::<std::net::IpAddr>() {
        return match ip {
            std::net::IpAddr::V4(v4) => {
                v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified()
            }
            std::net::IpAddr::V6(v6) => {
                v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local()
            }
        };
    }
    let suffixes = [".localhost", ".local", ".lan", ".internal", ".home.arpa", ".test", ".invalid"];
    !host.contains('.') || suffixes.iter().any(|suffix| host.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_https_address_has_no_banner_and_all_others_say_why() {
        for fine in [
            "https://watchbell.example.com",
            "https://bell.example.com:8443/x",
            "https://203.0.113.9/",
            "https://[2001:db8::1]:443",
        ] {
            assert_eq!(public_url_banner(fine), None, "{fine}");
        }
        for local in [
            "http://127.0.0.1:8080",
            "https://localhost",
            "https://192.168.1.5",
            "https://[::1]:8080",
            "https://bell",
            "",
            "https://bell.lan/",
        ] {
            assert!(public_url_banner(local).is_some_and(|b| b.text.contains("only this machine")), "{local}");
        }
        assert!(public_url_banner("http://bell.example.com").is_some_and(|b| b.text.contains("not https")));
    }
}
