//! The alphabets of text messages and how much of a message they take: 3GPP TS 23.038.

use unicode_segmentation::UnicodeSegmentation;

/// The basic table of the GSM alphabet: each takes one of 160 places.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                     abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension: an escape and a character.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// How a text is written on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Seven bits: Latin, and a few others.
    Gsm7,
    /// Sixteen bits: everything.
    Ucs2,
}

impl Encoding {
    /// Places of a message of one segment.
    const fn single(self) -> usize {
        match self {
            Encoding::Gsm7 => 160,
            Encoding::Ucs2 => 70,
        }
    }

    /// Places of each segment of a longer one: a header of six bytes takes the rest.
    const fn joined(self) -> usize {
        match self {
            Encoding::Gsm7 => 153,
            Encoding::Ucs2 => 67,
        }
    }

    /// Places that a character takes, which is never divided between two segments.
    fn places(self, c: char) -> usize {
        match self {
            Encoding::Gsm7 => 1 + usize::from(EXTENDED.contains(c)),
            Encoding::Ucs2 => c.len_utf16(),
        }
    }
}

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The alphabet.
    pub encoding: Encoding,
    /// How many messages are paid for.
    pub segments: usize,
}

/// How a text is sent.
pub fn size(text: &str) -> Size {
    let encoding = if is_gsm(text) { Encoding::Gsm7 } else { Encoding::Ucs2 };
    Size { encoding, segments: segments(text, encoding) }
}

pub(super) fn is_gsm(text: &str) -> bool {
    text.chars().all(is_gsm_char)
}

fn is_gsm_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || BASIC.contains(c) || EXTENDED.contains(c)
}

pub(super) fn segments(text: &str, encoding: Encoding) -> usize {
    let total: usize = text.chars().map(|c| encoding.places(c)).sum();
    if total <= encoding.single() {
        return usize::from(total > 0);
    }
    let (mut full, mut used) = (0, 0);
    for places in text.chars().map(|c| encoding.places(c)) {
        if used + places > encoding.joined() {
            (full, used) = (full + 1, 0);
        }
        used += places;
    }
    full + 1
}

/// With look-alikes of the GSM alphabet for what word processors and monitoring tools like to write.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '`' | '´' => plain.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => plain.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2022}' | '·' => plain.push('-'),
            '‹' => plain.push('<'),
            '›' => plain.push('>'),
            '×' => plain.push('x'),
            '…' => plain.push_str("..."),
            '→' => plain.push_str("->"),
            '←' => plain.push_str("<-"),
            '™' => plain.push_str("(TM)"),
            '®' => plain.push_str("(R)"),
            '©' => plain.push_str("(C)"),
            // A soft hyphen and a variation selector show nothing by themselves.
            '\u{ad}' | '\u{fe0e}' | '\u{fe0f}' => {}
            c => plain.push(c),
        }
    }
    plain
}

/// In the GSM alphabet whatever it costs: accents go, and what has no look-alike becomes one question mark.
pub(super) fn forced(text: &str) -> String {
    let plain = plain(text);
    plain.graphemes(true).map(|shape| if is_gsm(shape) { shape.to_owned() } else { bare(shape) }).collect()
}

fn bare(shape: &str) -> String {
    let first = shape.chars().next().map(|c| unaccented(c).unwrap_or(c));
    first.filter(|c| is_gsm_char(*c)).unwrap_or('?').to_string()
}

/// Latin letters of Europe without their accents.
fn unaccented(c: char) -> Option<char> {
    const GROUPS: &[(char, &str)] = &[
        ('a', "áâãăąā"),
        ('A', "ÁÂÃÀĂĄĀ"),
        ('c', "çćčĉċ"),
        ('C', "ĆČĈĊ"),
        ('d', "ďđ"),
        ('D', "ĎĐ"),
        ('e', "êëęěēė"),
        ('E', "ÈÊËĘĚĒĖ"),
        ('g', "ğģġ"),
        ('G', "ĞĢĠ"),
        ('i', "íîïīįı"),
        ('I', "ÍÌÎÏĪĮİ"),
        ('k', "ķ"),
        ('K', "Ķ"),
        ('l', "łľļĺ"),
        ('L', "ŁĽĻĹ"),
        ('n', "ńňņ"),
        ('N', "ŃŇŅ"),
        ('o', "óôõőō"),
        ('O', "ÓÒÔÕŐŌ"),
        ('r', "řŕ"),
        ('R', "ŘŔ"),
        ('s', "śšşșŝ"),
        ('S', "ŚŠŞȘŜ"),
        ('t', "ťţț"),
        ('T', "ŤŢȚ"),
        ('u', "úûűůūų"),
        ('U', "ÚÙÛŰŮŪŲ"),
        ('y', "ýÿ"),
        ('Y', "ÝŸ"),
        ('z', "źžż"),
        ('Z', "ŹŽŻ"),
        ('ß', "ẞ"),
    ];
    GROUPS.iter().find(|(_, accented)| accented.contains(c)).map(|(plain, _)| *plain)
}
