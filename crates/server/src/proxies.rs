//! Where a request comes from: the caller's own address, or what a reverse proxy says that we were told to believe.

use axum::http::HeaderMap;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Addresses of one proxy, or of a network of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        // Shifting by the whole width is no shift in Rust; a prefix of 0 holds everything of its kind.
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differs = u32::from(own) ^ u32::from(other);
                differs.checked_shr(u32::from(32 - self.prefix)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differs = u128::from(own) ^ u128::from(other);
                differs.checked_shr(u32::from(128 - self.prefix)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("must be addresses such as 127.0.0.1 or 10.0.0.0/8, not {text:?}");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(most), str::parse::<u8>).ok().filter(|prefix| *prefix <= most).ok_or_else(bad)?;
        Ok(Self { address, prefix })
    }
}

/// Proxies whose word about an address counts. None by default: anybody can send the header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Said")]
pub struct TrustedProxies(Vec<Network>);

/// One text with commas, or a list of texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Text(String),
    List(Vec<String>),
}

impl TryFrom<Said> for TrustedProxies {
    type Error = String;

    fn try_from(said: Said) -> Result<Self, String> {
        let texts = match said {
            Said::Text(text) => vec![text],
            Said::List(list) => list,
        };
        texts.join(",").parse()
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// The address that a request comes from. Each proxy adds the one that it saw at the end, so they are read from there for as
    /// long as the one before is believed; what stands further in front may be made up.
    pub fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut caller = peer.to_canonical();
        let all: Vec<&str> =
            headers.get_all(FORWARDED_FOR).iter().flat_map(|value| value.to_str().unwrap_or("?").split(',')).collect();
        for said in all.iter().rev() {
            match read(said) {
                Some(address) if self.trusts(caller) => caller = address,
                _ => break,
            }
        }
        caller
    }
}

/// An address as proxies write it: some add the port.
fn read(said: &str) -> Option<IpAddr> {
    let said = said.trim();
    let bare = said.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| said.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn caller(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        trusted.parse::<TrustedProxies>().unwrap().caller(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_proxy_that_we_know_is_believed_and_only_what_it_saw_itself() {
        for (trusted, peer, forwarded, is) in [
            ("", "127.0.0.1", &["203.0.113.7"][..], "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1", &["203.0.113.7"], "198.51.100.1"),
            ("127.0.0.1", "127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", "::ffff:127.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", "127.0.0.1", &["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", "127.0.0.1", &["1.1.1.1", "203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1, 10.0.0.0/8", "127.0.0.1", &["1.1.1.1, 203.0.113.7, 10.2.3.4"], "203.0.113.7"),
            ("10.0.0.0/8", "10.0.0.1", &["10.0.0.3,10.0.0.2"], "10.0.0.3"),
            ("127.0.0.1", "127.0.0.1", &["203.0.113.7, unknown"], "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1", &["203.0.113.7:51000"], "203.0.113.7"),
            ("::1", "::1", &["[2001:db8::7]:443"], "2001:db8::7"),
            ("fd00::/8", "fd12::1", &["2001:db8::7"], "2001:db8::7"),
            ("0.0.0.0/0", "192.0.2.1", &["203.0.113.7"], "203.0.113.7"),
        ] {
            assert_eq!(caller(trusted, peer, forwarded), is, "{trusted} {peer} {forwarded:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["proxy", "10.0.0.0/33", "10.0.0.0/x", "::/129", "10.0.0/8", "127.0.0.1:80"] {
            assert!(bad.parse::<TrustedProxies>().is_err(), "{bad}");
        }
        assert_eq!(" 127.0.0.1 , ".parse::<TrustedProxies>().unwrap().0.len(), 1);
    }
}
