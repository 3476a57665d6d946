//! Reads the colours of the style sheet and computes their contrast (WCAG 2.2): text 4.5 to 1, edges and icons 3 to 1.
#![cfg(test)]
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

const TOKENS: &str = include_str!("../assets/css/tokens.css");
const PEOPLE: &str = include_str!("../assets/css/people.css");
const TEXT: f64 = 4.5;
const EDGE: f64 = 3.0;

type Rgb = [f64; 3];

fn hex(text: &str) -> Rgb {
    let part = |at: usize| f64::from(u8::from_str_radix(&text[at..at + 2], 16).unwrap());
    [part(1), part(3), part(5)]
}

/// HSL with hue in degrees, the rest in percent.
fn hsl(hue: f64, saturation: f64, lightness: f64) -> Rgb {
    let (s, l) = (saturation / 100.0, lightness / 100.0);
    let channel = |n: f64| {
        let k = (n + hue / 30.0) % 12.0;
        255.0 * (l - s * l.min(1.0 - l) * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0))
    };
    [channel(0.0), channel(8.0), channel(4.0)]
}

fn luminance(rgb: Rgb) -> f64 {
    let linear =
        |c: f64| if c / 255.0 <= 0.040_45 { c / 255.0 / 12.92 } else { ((c / 255.0 + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2])
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one) + 0.05, luminance(other) + 0.05);
    a.max(b) / a.min(b)
}

/// Every `--name: light-dark(#light, #dark);`
fn tokens() -> HashMap<String, [Rgb; 2]> {
    let line = |line: &'static str| {
        let (name, rest) = line.trim().strip_prefix("--")?.split_once(": light-dark(#")?;
        let (light, dark) = rest.strip_suffix(");")?.split_once(", #")?;
        Some((name.to_owned(), [hex(&format!("#{light}")), hex(&format!("#{dark}"))]))
    };
    TOKENS.lines().filter_map(line).collect()
}

/// Pairs of text and ground.
fn text_pairs() -> Vec<(String, String)> {
    let pair = |text: &str, ground: &str| (text.to_owned(), ground.to_owned());
    let mut pairs = vec![
        pair("accent-ink", "accent"),
        pair("danger-ink", "danger"),
        pair("bg", "ink"),
        pair("accent", "accent-soft"),
    ];
    for ground in ["bg", "surface", "raised", "sunken", "accent-soft"] {
        pairs.extend(["ink", "ink-2"].map(|text| pair(text, ground)));
    }
    pairs.extend(["bg", "surface", "raised", "sunken"].map(|ground| pair("ink-3", ground)));
    pairs.extend(["bg", "surface", "raised"].map(|ground| pair("accent", ground)));
    for state in ["pending", "accepted", "resolved", "snoozed", "maint"] {
        let ink = format!("{state}-ink");
        let soft = format!("{state}-soft");
        pairs.extend(["bg", "surface", "raised", "accent-soft", &soft].map(|ground| pair(&ink, ground)));
    }
    pairs.extend((1..=5).map(|rank| (format!("p{rank}-fg"), format!("p{rank}-bg"))));
    pairs
}

/// Pairs of edge or icon and ground.
fn edge_pairs() -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for ground in ["bg", "surface", "raised"] {
        pairs.extend(
            ["line-strong", "accent", "focus", "pending", "accepted", "resolved", "snoozed", "maint"]
                .map(|edge| (edge.to_owned(), ground.to_owned())),
        );
    }
    pairs
}

fn failures(pairs: &[(String, String)], least: f64) -> Vec<String> {
    let tokens = tokens();
    let check = |(front, ground): &(String, String)| {
        let (front_rgb, ground_rgb) = (tokens[front], tokens[ground]);
        let low = |theme: usize| {
            let found = contrast(front_rgb[theme], ground_rgb[theme]);
            (found < least).then(|| format!("{front} on {ground}, {}: {found:.2}", ["light", "dark"][theme]))
        };
        [low(0), low(1)]
    };
    pairs.iter().flat_map(check).flatten().collect()
}

#[test]
fn text_is_readable_and_edges_are_visible_in_both_themes() {
    assert!(tokens().len() >= 40);
    assert_eq!(failures(&text_pairs(), TEXT), Vec::<String>::new());
    assert_eq!(failures(&edge_pairs(), EDGE), Vec::<String>::new());
}

/// The percentages of `.avatar`: background, text, border, each light and dark, as (saturation, lightness).
fn avatar_tones() -> Vec<(f64, f64)> {
    let tone = |text: &str| {
        let (saturation, rest) = text.trim().split_once("% ")?;
        Some((saturation.parse().ok()?, rest.split_once('%')?.0.parse().ok()?))
    };
    PEOPLE.split("hsl(var(--h)").skip(1).filter_map(tone).collect()
}

#[test]
fn people_are_readable_in_every_hue() {
    let hues: Vec<f64> =
        PEOPLE.split("--h: ").skip(1).map(|rest| rest.split(';').next().unwrap().parse().unwrap()).collect();
    let tones = avatar_tones();
    assert_eq!((hues.len(), tones.len()), (12, 6));
    let surface = tokens()["surface"];
    for (class, hue) in hues.into_iter().enumerate() {
        for theme in 0..2 {
            let tone = |part: usize| hsl(hue, tones[part * 2 + theme].0, tones[part * 2 + theme].1);
            let (ground, text, border) = (tone(0), tone(1), tone(2));
            assert!(contrast(text, ground) >= TEXT, "h{class} text, theme {theme}: {:.2}", contrast(text, ground));
            assert!(
                contrast(border, surface[theme]) >= EDGE,
                "h{class} border, theme {theme}: {:.2}",
                contrast(border, surface[theme])
            );
        }
    }
}

#[test]
fn the_formula_knows_the_known_values() {
    assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 1e-9);
    assert!((contrast(hex("#777777"), [255.0; 3]) - 4.48).abs() < 0.01);
    assert_eq!(hsl(0.0, 100.0, 50.0).map(f64::round), [255.0, 0.0, 0.0]);
}
