//! Where Autotask calls us: over https at port 443, from the internet. A stand-in calls any address.

use crate::app::App;
use autotask::{Address, WEBHOOK_URL_CHARS_MAX};
use axum::http::Uri;
use std::net::IpAddr;

/// The public address of this server, where Autotask can call it. Errors: in words, with what to change.
pub(super) fn base(app: &App, account: &Address) -> Result<String, String> {
    let url = app.config.public_url();
    let longest = webhook_url(&url, &"x".repeat(64)).len() + DEACTIVATED.len();
    if longest > WEBHOOK_URL_CHARS_MAX {
        return Err(format!(
            "The public address of this server is too long for Autotask, which takes {WEBHOOK_URL_CHARS_MAX} characters."
        ));
    }
    match !account.is_vendor() || is_reachable(&url) {
        true => Ok(url),
        false => Err(format!(
            "Autotask calls webhooks from the internet, by https at port 443. The public address of this server is {url}: set it to such an address under Settings (or WATCHBELL_PUBLIC_URL), then create the webhooks."
        )),
    }
}

/// What is added to the address where Autotask tells that it switched a webhook off.
const DEACTIVATED: &str = "/deactivated";

/// Where events are sent.
pub(super) fn webhook_url(base: &str, address: &str) -> String {
    format!("{base}/api/v1/webhooks/autotask/{address}")
}

/// Where it is told that the webhook was switched off.
pub(super) fn deactivation_url(base: &str, address: &str) -> String {
    webhook_url(base, address) + DEACTIVATED
}

fn is_reachable(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let is_https = uri.scheme_str() == Some("https") && uri.port_u16().is_none_or(|port| port == 443);
    is_https && uri.host().is_some_and(is_public_host)
}

fn is_public_host(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()),
        Ok(IpAddr::V6(ip)) => {
            !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified())
        }
        Err(_) => host.contains('.') && !LOCAL.iter().any(|ending| host.ends_with(ending)),
    }
}

/// Endings of names that nobody outside can look up.
const LOCAL: [&str; 5] = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];

#[cfg(test)]
mod tests {
    use super::is_reachable;

    #[test]
    fn only_what_the_internet_reaches_by_https_counts() {
        for url in [
            "https://bell.example.com",
            "https://bell.example.com:443",
            "https://203.0.113.7",
            "https://bell.example.com/x",
        ] {
            assert!(is_reachable(url), "{url}");
        }
        for url in [
            "http://bell.example.com",
            "https://bell.example.com:8443",
            "https://localhost",
            "https://bell.local",
            "https://bell",
            "https://192.168.1.4",
            "https://127.0.0.1",
            "https://[::1]",
            "nonsense",
        ] {
            assert!(!is_reachable(url), "{url}");
        }
    }
}
