//! A QR code, for what a phone is to open: the link of a topic, a chat with the bot.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// The white border that readers need, in modules: ISO/IEC 18004.
const BORDER: i32 = 4;
/// Longest text: more would be too fine for the camera of a phone.
const BYTES_MAX: usize = 1_000;

/// The code of a text as SVG, dark on light in every theme, since some readers do not see a light code on dark. `title` says what it
/// opens, to who does not see it. Empty for a text of more than 1,000 bytes: the text itself stands beside it anyway.
pub fn qr(text: &str, title: &str) -> Markup {
    let code = (text.len() <= BYTES_MAX).then(|| QrCode::encode_text(text, QrCodeEcc::Medium).ok()).flatten();
    let Some(code) = code else { return html! {} };
    let size = code.size() + 2 * BORDER;
    html! {
        svg.qr viewBox={ "0 0 " (size) " " (size) } role="img" shape-rendering="crispEdges" {
            title { (title) }
            rect width=(size) height=(size) fill="var(--qr-light, #fff)" {}
            path d=(path(&code)) fill="var(--qr-dark, #000)" {}
        }
    }
}

/// Dark modules, row by row; neighbours are one rectangle.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let length = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if length > 0 {
                // Writing to a string does not fail.
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + BORDER, y + BORDER);
            }
            x += i32::try_from(length).unwrap_or(0) + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_every_dark_module_and_no_other() {
        let code = QrCode::encode_text("ntfy://ntfy.sh/watchbell-test", QrCodeEcc::Medium).unwrap();
        let mut drawn = vec![vec![false; code.size() as usize]; code.size() as usize];
        let path = path(&code);
        for part in path.split('M').filter(|part| !part.is_empty()) {
            let (x, rest) = part.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let length: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            for x in x..x + length {
                drawn[(y - BORDER) as usize][(x - BORDER) as usize] = true;
            }
        }
        for (y, row) in drawn.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                assert_eq!(*dark, code.get_module(x as i32, y as i32), "{x} {y}");
            }
        }
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert_eq!(qr(&"x".repeat(BYTES_MAX + 1), "Too long").into_string(), "");
        assert!(!qr(&"x".repeat(BYTES_MAX), "Long").into_string().is_empty());
        assert!(!qr("", "Empty").into_string().is_empty());
    }
}
