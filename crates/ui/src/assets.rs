//! The embedded files: style, scripts, icons. Their addresses carry a hash of the content, so they never change.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(rust_embed::RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The parts of `app.css`, in order. One file on the wire: the first paint is one round trip.
const CSS_PARTS: [&str; 9] = [
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/controls.css",
    "css/parts.css",
    "css/people.css",
    "css/alerts.css",
    "css/schedules.css",
    "css/hours.css",
];

/// One file to serve.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type, for `Content-Type`.
    pub content_type: &'static str,
    /// A strong validator, quotes included, for `ETag`.
    pub etag: String,
    url: String,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let css: Vec<u8> =
        CSS_PARTS.iter().filter_map(|name| Files::get(name)).flat_map(|file| file.data.to_vec()).collect();
    let whole = Files::iter()
        .filter(|name| !name.starts_with("css/"))
        .filter_map(|name| Files::get(&name).map(|file| (name.to_string(), file.data)));
    whole
        .chain([("app.css".to_owned(), Cow::Owned(css))])
        .map(|(name, bytes)| (name.clone(), seal(&name, bytes)))
        .collect()
});

fn seal(name: &str, bytes: Cow<'static, [u8]>) -> Asset {
    let hash = &URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes))[..16];
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    Asset {
        content_type: content_type(extension),
        etag: format!("\"{hash}\""),
        url: format!("/assets/{stem}.{hash}.{extension}"),
        bytes,
    }
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The address of an asset, with its hash (`app.css` becomes `/assets/app.<hash>.css`). An unknown name answers itself below
/// `/assets/`, so that a mistake is a 404 in the browser, never a panic.
pub fn asset_url(name: &str) -> String {
    ASSETS.get(name).map_or_else(|| format!("/assets/{name}"), |asset| asset.url.clone())
}

/// The asset of an address below `/assets/`, without that prefix. Serve it with
/// `Cache-Control: public, max-age=31536000, immutable`. `None`: no such file, or another hash.
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.values().find(|asset| asset.url.strip_prefix("/assets/") == Some(path))
}

/// The asset of a name, for the few that have an address of their own. Their content changes with a new version: serve them with
/// `Cache-Control: no-cache`.
pub fn asset_named(name: &str) -> Option<&'static Asset> {
    ASSETS.get(name)
}

/// What an installed page is called and looks like (<https://www.w3.org/TR/appmanifest/>).
pub fn manifest() -> serde_json::Value {
    let icon = |name: &str, size: &str, purpose: &str| serde_json::json!({"src": asset_url(name), "sizes": size, "type": "image/png", "purpose": purpose});
    serde_json::json!({
        "id": "/",
        "name": "Watchbell",
        "short_name": "Watchbell",
        "description": "Alerts that reach somebody",
        "start_url": "/alerts",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#2f55d4",
        "icons": [
            icon("icons/192.png", "192x192", "any"),
            icon("icons/512.png", "512x512", "any"),
            icon("icons/maskable.png", "512x512", "maskable"),
        ],
    })
}

/// The content security policy that every page is made for.
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_carries_the_hash_and_leads_back_to_the_bytes() {
        let url = asset_url("app.css");
        let asset = asset(url.strip_prefix("/assets/").unwrap()).unwrap();
        assert_eq!(asset.content_type, "text/css; charset=utf-8");
        assert!(url.contains(asset.etag.trim_matches('"')));
        assert!(super::asset("app.css").is_none() && super::asset("../Cargo.toml").is_none());
    }

    #[test]
    fn all_parts_of_the_style_are_in_it_and_the_script_stays_small() {
        let named = |name: &str| ASSETS.get(name).unwrap();
        for part in CSS_PARTS {
            let text = Files::get(part).unwrap().data;
            assert!(named("app.css").bytes.windows(text.len()).any(|window| window == &text[..]), "{part}");
        }
        assert!(named("app.js").bytes.len() + named("theme.js").bytes.len() < 10 * 1024);
        assert!(named("push.js").bytes.len() < 5 * 1024 && named("sw.js").bytes.len() < 5 * 1024);
        assert!(named("schedule.js").bytes.len() < 3 * 1024);
    }

    #[test]
    fn what_the_manifest_names_is_there() {
        let manifest = manifest();
        for icon in manifest["icons"].as_array().unwrap() {
            let asset = asset(icon["src"].as_str().unwrap().strip_prefix("/assets/").unwrap()).unwrap();
            assert_eq!(asset.content_type, "image/png");
            let side = u32::from_be_bytes(asset.bytes[16..20].try_into().unwrap());
            assert_eq!(icon["sizes"], format!("{side}x{side}"));
        }
        assert!(asset_named("sw.js").is_some() && asset_named("icons/badge.png").is_some());
    }

    #[test]
    fn nothing_is_asked_from_outside() {
        for name in ["app.css", "app.js", "push.js", "schedule.js", "sw.js", "theme.js"] {
            let text = String::from_utf8(ASSETS[name].bytes.to_vec()).unwrap();
            assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("url("), "{name}");
        }
    }
}
