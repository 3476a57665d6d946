//! What a button carries: a verb and the signed token of its message, in the 64 bytes that Telegram allows.
//!
//! A token is 48 bytes, which are 64 characters of base64 and leave no room for a verb. In base 85 (the alphabet of ZeroMQ's
//! RFC 32) they are 60: `a:` and the token fit. So a press names its message by itself, whether what Telegram called the
//! message was recorded or not.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// The most that a button carries.
const BYTES_MAX: usize = 64;
const ALPHABET: &[u8; 85] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
/// Verbs and their letters.
const VERBS: [(&str, char); 3] = [("accept", 'a'), ("resolve", 'r'), ("escalate", 'e')];

/// What a button carries; `None` where it does not fit.
pub(super) fn write(verb: &str, token: &str) -> Option<String> {
    let (_, letter) = VERBS.iter().find(|(word, _)| *word == verb)?;
    let packed = BASE64_URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| to_base85(&bytes));
    let data = match packed {
        Some(packed) => format!("{letter}:{packed}"),
        // A token in another form goes as it is.
        None => format!("{letter}={token}"),
    };
    (!token.is_empty() && data.len() <= BYTES_MAX).then_some(data)
}

/// Verb and token of what a button carried.
pub(super) fn read(data: &str) -> Option<(&'static str, String)> {
    if data.len() > BYTES_MAX {
        return None;
    }
    let mut rest = data.chars();
    let letter = rest.next()?;
    let (verb, _) = VERBS.iter().find(|(_, known)| *known == letter)?;
    let token = match rest.next()? {
        ':' => BASE64_URL_SAFE_NO_PAD.encode(from_base85(rest.as_str())?),
        '=' => rest.as_str().to_owned(),
        _ => return None,
    };
    (!token.is_empty()).then_some((verb, token))
}

/// Four bytes become five characters; `None` for a number of bytes that is no multiple of four.
fn to_base85(bytes: &[u8]) -> Option<String> {
    let (blocks, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    let five = |block: &[u8; 4]| {
        let number = u32::from_be_bytes(*block);
        (0..5).rev().map(move |place| char::from(ALPHABET[(number / 85u32.pow(place) % 85) as usize]))
    };
    Some(blocks.iter().flat_map(five).collect())
}

fn from_base85(text: &str) -> Option<Vec<u8>> {
    let (blocks, rest) = text.as_bytes().as_chunks::<5>();
    if !rest.is_empty() {
        return None;
    }
    let four = |block: &[u8; 5]| {
        let number = block.iter().try_fold(0u64, |number, letter| {
            let digit = ALPHABET.iter().position(|known| known == letter)?;
            Some(number * 85 + digit as u64)
        });
        u32::try_from(number?).ok().map(u32::to_be_bytes)
    };
    let blocks: Option<Vec<_>> = blocks.iter().map(four).collect();
    Some(blocks?.concat())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn base_85_is_that_of_others() {
        let bytes = [0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b];
        assert_eq!(to_base85(&bytes).as_deref(), Some("HelloWorld"));
        assert_eq!(from_base85("HelloWorld").as_deref(), Some(&bytes[..]));
        assert_eq!(from_base85("#####"), None, "above 32 bits");
        assert_eq!((from_base85("Hell"), from_base85("Hell o"), to_base85(&[1])), (None, None, None));
    }

    #[test]
    fn a_token_of_ours_fits_with_its_verb() {
        for byte in [0x00, 0x5a, 0xff] {
            let token = BASE64_URL_SAFE_NO_PAD.encode([byte; 48]);
            for (verb, _) in VERBS {
                let data = write(verb, &token).unwrap();
                assert!(data.len() == 62 && data.is_ascii(), "{data}");
                assert_eq!(read(&data), Some((verb, token.clone())));
            }
        }
    }

    #[test]
    fn another_token_goes_as_it_is_or_not_at_all() {
        let data = write("resolve", "test.8f3a").unwrap();
        assert_eq!(read(&data), Some(("resolve", "test.8f3a".into())));
        assert_eq!(
            (write("accept", ""), write("delete", "AAAA"), write("accept", &"x.".repeat(40))),
            (None, None, None)
        );
    }

    proptest::proptest! {
        #[test]
        fn any_data_is_read_or_refused(data in "(?s).{0,80}") {
            if let Some((verb, token)) = read(&data) {
                proptest::prop_assert_eq!(read(&write(verb, &token).unwrap()), Some((verb, token)));
            }
        }
    }
}
