//! Which addresses a request may go to: the public ones always, the private ones by a setting, some never.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an operator decides about requests to the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundPolicy {
    /// Loopback and private networks may be reached: gateways and ntfy servers of the LAN. On by default.
    pub allow_private: bool,
}

impl Default for OutboundPolicy {
    fn default() -> Self {
        Self { allow_private: true }
    }
}

impl OutboundPolicy {
    /// Lets an address pass, or says what it is that may not be reached.
    pub fn permit(self, ip: IpAddr) -> Result<(), Reach> {
        match (reach(ip), self.allow_private) {
            (Reach::Public, _) | (Reach::Loopback | Reach::Private, true) => Ok(()),
            (refused, _) => Err(refused),
        }
    }
}

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The internet.
    Public,
    /// This machine.
    Loopback,
    /// A network that is not routed on the internet.
    Private,
    /// The link: routers, and the metadata service of most clouds.
    LinkLocal,
    /// A cloud's metadata or control service outside the link-local range.
    CloudMetadata,
    /// Multicast, broadcast, unspecified, reserved: no service can be there.
    Unusable,
}

impl std::fmt::Display for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Loopback => "this machine itself",
            Self::Private => "an address of a private network",
            Self::LinkLocal => "a link-local address",
            Self::CloudMetadata => "a cloud's metadata address",
            Self::Unusable => "no address of a server",
        })
    }
}

/// Addresses of cloud metadata and control services that are not link-local, by the vendors' documentation:
/// Alibaba, Azure's wire server, Oracle's old one; AWS and Google over IPv6.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// How far an address reaches; an IPv4 address inside an IPv6 one counts as itself.
pub fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(v4) => reach_v4(v4),
            None => reach_v6(v6),
        },
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    match (a, b, c) {
        _ if METADATA_V4.contains(&ip) => Reach::CloudMetadata,
        (127, ..) => Reach::Loopback,
        (169, 254, _) => Reach::LinkLocal,
        // 100.64.0.0/10 is the provider's side of a shared address (RFC 6598), 198.18.0.0/15 is for benchmarks (RFC 2544).
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) | (198, 18..=19, _) | (192, 0, 0) => {
            Reach::Private
        }
        (0, ..) | (224..=255, ..) => Reach::Unusable,
        _ => Reach::Public,
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    let first = ip.segments()[0];
    match first {
        _ if METADATA_V6.contains(&ip) => Reach::CloudMetadata,
        _ if ip.is_loopback() => Reach::Loopback,
        _ if ip.is_unspecified() || ip.is_multicast() => Reach::Unusable,
        0xfe80..=0xfebf => Reach::LinkLocal,
        // fc00::/7 is unique local (RFC 4193), fec0::/10 is site-local, deprecated but still in use.
        0xfc00..=0xfdff | 0xfec0..=0xfeff => Reach::Private,
        _ => Reach::Public,
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => v4(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_told_apart_by_how_far_they_reach() {
        for (text, expected) in [
            ("93.184.216.34", Reach::Public),
            ("100.63.255.255", Reach::Public),
            ("172.32.0.1", Reach::Public),
            ("2606:4700::1111", Reach::Public),
            ("127.0.0.1", Reach::Loopback),
            ("127.255.255.254", Reach::Loopback),
            ("::1", Reach::Loopback),
            ("::ffff:127.0.0.1", Reach::Loopback),
            ("10.1.2.3", Reach::Private),
            ("172.16.0.1", Reach::Private),
            ("192.168.1.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("fd12:3456::1", Reach::Private),
            ("fec0::1", Reach::Private),
            ("::ffff:10.0.0.1", Reach::Private),
            ("64:ff9b::c0a8:101", Reach::Private),
            ("2002:a00:1::", Reach::Private),
            ("169.254.169.254", Reach::LinkLocal),
            ("::ffff:169.254.169.254", Reach::LinkLocal),
            ("64:ff9b::a9fe:a9fe", Reach::LinkLocal),
            ("fe80::1", Reach::LinkLocal),
            ("100.100.100.200", Reach::CloudMetadata),
            ("168.63.129.16", Reach::CloudMetadata),
            ("192.0.0.192", Reach::CloudMetadata),
            ("fd00:ec2::254", Reach::CloudMetadata),
            ("fd20:ce::254", Reach::CloudMetadata),
            ("0.0.0.0", Reach::Unusable),
            ("::", Reach::Unusable),
            ("224.0.0.1", Reach::Unusable),
            ("255.255.255.255", Reach::Unusable),
            ("ff02::1", Reach::Unusable),
        ] {
            assert_eq!(reach(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn private_networks_are_a_setting_and_the_rest_is_not() {
        let (open, closed) = (OutboundPolicy::default(), OutboundPolicy { allow_private: false });
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(open.permit(ip("192.168.1.1")), Ok(()));
        assert_eq!(closed.permit(ip("192.168.1.1")), Err(Reach::Private));
        assert_eq!(closed.permit(ip("::1")), Err(Reach::Loopback));
        assert_eq!(closed.permit(ip("1.1.1.1")), Ok(()));
        assert_eq!(open.permit(ip("169.254.169.254")), Err(Reach::LinkLocal));
        assert_eq!(open.permit(ip("fd00:ec2::254")), Err(Reach::CloudMetadata));
    }
}
