//! A topic of one's own: whoever knows its name can read and write it, so its name is hard to guess.

use crate::http::Url;

/// Without those that are taken for others when a name is read aloud or typed on a phone: l and o, 0 and 1.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A topic for one user, of 80 random bits: `watchbell-` and 16 letters and digits.
pub fn topic_name(random: [u8; 10]) -> String {
    let number = random.iter().fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    let letters = (0..16).rev().map(|place| char::from(LETTERS[(number >> (5 * place) & 31) as usize]));
    format!("watchbell-{}", letters.collect::<String>())
}

/// The link that subscribes the Android app to a topic: <https://docs.ntfy.sh/subscribe/phone/#ntfy-links>. `None` where the server
/// lies below a path, or has no address of the web: then the topic is typed.
pub fn subscribe_link(server: &str, topic: &str) -> Option<String> {
    let url = Url::parse(server).ok().filter(|url| url.path() == "/")?;
    let plain = match url.scheme() {
        "https" => "",
        "http" => "?secure=false",
        _ => return None,
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("ntfy://{}{port}/{topic}{plain}", url.host_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_counts_in_a_name() {
        assert_eq!(topic_name([0; 10]), "watchbell-aaaaaaaaaaaaaaaa");
        assert_eq!(topic_name([0xff; 10]), "watchbell-9999999999999999");
        let base = topic_name([0x5a; 10]);
        for bit in 0..80 {
            let mut random = [0x5a; 10];
            random[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(topic_name(random), base);
        }
    }

    #[test]
    fn a_link_subscribes_the_app() {
        for (server, expected) in [
            ("https://ntfy.sh", Some("ntfy://ntfy.sh/t")),
            ("https://ntfy.sh/", Some("ntfy://ntfy.sh/t")),
            ("https://ntfy.example:8443", Some("ntfy://ntfy.example:8443/t")),
            ("http://10.0.0.5:8080", Some("ntfy://10.0.0.5:8080/t?secure=false")),
            ("https://example.com/ntfy", None),
            ("ftp://ntfy.sh", None),
            ("ntfy.sh", None),
        ] {
            assert_eq!(subscribe_link(server, "t").as_deref(), expected, "{server}");
        }
    }
}
