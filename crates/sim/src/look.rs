//! The look of the small pages of the stand-ins.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Shows what is new every five seconds, unless somebody is writing.
const REFRESH: &str = "setInterval(() => { if (!document.activeElement || document.activeElement === document.body) location.reload() }, 5000)";

/// One style sheet for all of them.
pub(crate) const CSS: &str = "
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 0; padding: 16px; background: light-dark(#f6f7f9, #0d1117); color: light-dark(#151a23, #eaeef4) }
main { max-width: 760px; margin: 0 auto }
article { background: light-dark(#fff, #141a22); border: 1px solid light-dark(#dfe3ea, #28313d); border-radius: 12px; padding: 16px; margin: 16px 0 }
h1 { font-size: 26px } h2 { font-size: 18px; margin: 0 0 4px }
.note { color: light-dark(#5f6979, #949eae); margin: 0 0 8px }
pre { white-space: pre-wrap; word-break: break-word; font-size: 13px; background: light-dark(#eef0f4, #0a0e13); border-radius: 8px; padding: 12px }
iframe { width: 100%; height: 480px; border: 1px solid light-dark(#dfe3ea, #28313d); border-radius: 8px; background: #fff }
a { color: light-dark(#2f55d4, #8aa6ff) }
form { display: inline }
button, .button { display: inline-block; font: inherit; font-weight: 650; padding: 6px 16px; margin: 4px 8px 4px 0; border-radius: 8px; border: 1px solid light-dark(#868e9c, #6b7686); background: transparent; color: inherit; text-decoration: none; cursor: pointer }
";

/// A page with a heading, a sentence below it, and what it shows.
pub(crate) fn page(title: &str, sentence: &str, shown: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " (stand-in)" }
                style { (PreEscaped(CSS)) (PreEscaped(FIELDS)) }
            }
            body {
                main {
                    h1 { (title) }
                    p class="note" { (sentence) }
                    (shown)
                }
                script { (PreEscaped(REFRESH)) }
            }
        }
    }
}

/// An address that a browser may open from such a page.
pub(crate) fn web(url: &str) -> Option<&str> {
    (url.starts_with("http://") || url.starts_with("https://")).then_some(url)
}

/// The text with its addresses as links.
pub(crate) fn pieces(text: &str) -> Vec<Markup> {
    text.split_inclusive([' ', '\n'])
        .map(|piece| {
            let word = piece.trim_end();
            let rest = &piece[word.len()..];
            match web(word) {
                Some(url) => html! { a href=(url) target="_blank" rel="noreferrer" { (url) } (rest) },
                None => html! { (piece) },
            }
        })
        .collect()
}

/// Fields to write in, and the two sides of a chat.
const FIELDS: &str = "
input { font: inherit; padding: 6px 10px; margin: 4px 8px 4px 0; border-radius: 8px; border: 1px solid light-dark(#868e9c, #6b7686); background: transparent; color: inherit; min-width: 0; max-width: 100% }
section { margin: 24px 0 }
.mine { margin-left: 15% } .theirs { margin-right: 15% }
.gone { opacity: .6 }
";
