//! A draft cut to its size. The problem is cut first, then the customer, then the number; how to answer never.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    alphabet::{Encoding, forced, is_gsm, plain, segments},
    draft::Draft,
};

/// Segments of a text at most.
const SEGMENTS_MAX: usize = 2;

/// The text in at most two segments: in the GSM alphabet where look-alikes suffice, or where nothing else passes.
pub(super) fn fit(draft: &Draft, any_character: bool) -> String {
    let look_alike = draft.map(plain);
    let all = look_alike.with(&look_alike.middle, None);
    match (is_gsm(&all), any_character) {
        (true, _) => cut(&look_alike, Encoding::Gsm7),
        (false, false) => cut(&draft.map(forced), Encoding::Gsm7),
        (false, true) => cut(draft, Encoding::Ucs2),
    }
}

/// The text in so many characters.
pub(super) fn whole(draft: &Draft, chars_max: usize) -> String {
    shortened(draft, "…", |text| text.chars().count() <= chars_max)
}

fn cut(draft: &Draft, encoding: Encoding) -> String {
    let ellipsis = match encoding {
        Encoding::Gsm7 => "...",
        Encoding::Ucs2 => "…",
    };
    // A link in other characters would change the alphabet of all.
    let link_fits = |link: &String| encoding == Encoding::Ucs2 || is_gsm(link);
    let draft = Draft { link: draft.link.clone().filter(link_fits), ..draft.clone() };
    shortened(&draft, ellipsis, |text| segments(text, encoding) <= SEGMENTS_MAX)
}

fn shortened(draft: &Draft, ellipsis: &str, fits: impl Fn(&str) -> bool) -> String {
    let uncut = draft.with(&draft.middle, draft.link.as_deref());
    if fits(&uncut) {
        return uncut;
    }
    if let Some(text) = longest(&draft.middle, ellipsis, |middle| draft.with(middle, None), &fits) {
        return text;
    }
    let headless = |before: &str| Draft { before: before.to_owned(), ..draft.clone() }.with("", None);
    if let Some(text) = longest(&draft.before, ellipsis, headless, &fits) {
        return text;
    }
    let only_number =
        |after: &str| Draft { before: String::new(), after: after.to_owned(), ..draft.clone() }.with("", None);
    longest(&draft.after, ellipsis, only_number, &fits).unwrap_or_else(|| draft.hint.clone().unwrap_or_default())
}

/// The longest beginning of a part with which the text fits; whole shapes only, so that nothing that is one to the eye is divided.
fn longest(
    part: &str,
    ellipsis: &str,
    text_of: impl Fn(&str) -> String,
    fits: &impl Fn(&str) -> bool,
) -> Option<String> {
    let whole = text_of(part);
    if fits(&whole) {
        return Some(whole);
    }
    let ends: Vec<usize> = part.grapheme_indices(true).map(|(at, _)| at).collect();
    ends.iter().rev().map(|end| text_of(&shown(&part[..*end], ellipsis))).find(|text| fits(text))
}

fn shown(kept: &str, ellipsis: &str) -> String {
    match kept.trim_end() {
        "" => String::new(),
        kept => format!("{kept}{ellipsis}"),
    }
}
