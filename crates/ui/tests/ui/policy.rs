//! What holds on every page: the content security policy, the token of every form, unique ids, assets that exist.

use super::{alert, autotask_form, now, policies, sample, settings, sources, user};
use std::collections::HashSet;
use watchbell_ui::components::Paging;
use watchbell_ui::pages;

fn every_page() -> Vec<(&'static str, String)> {
    let (shell, bare, t) = (sample::shell(now()), sample::bare_shell(now()), now());
    let paging = Paging::of(2, 300, |page| format!("?page={page}"));
    let mut list = vec![
        ("alerts", pages::alerts::alerts(&shell, &sample::alerts(t))),
        ("alert", pages::alert::alert(&shell, &alert::alert(t))),
        ("confirm", pages::confirm::confirm(&bare, &alert::confirm(t, pages::confirm::LinkState::Ask))),
        ("sources", pages::sources::sources(&shell, &sources::sources(t), &paging, true)),
        ("source", pages::source::source(&shell, &sources::source_autotask(t))),
        ("source api", pages::source::source(&shell, &sources::source_api(t))),
        ("account step", pages::source_autotask::account_step(&shell, &autotask_form::account_step())),
        ("rules step", pages::source_autotask::rules_step(&shell, &autotask_form::rules_step())),
        ("accounts", pages::accounts::accounts(&shell, &sources::accounts(t), &paging, true)),
        ("account", pages::account::account(&shell, &sources::account(t))),
        ("policies", pages::policies::policies(&shell, &policies::policies(), &paging, true)),
        ("policy", pages::policy::policy(&shell, &policies::policy())),
        ("users", pages::users::users(&shell, &settings::users(), &paging, true)),
        ("user", pages::user::user(&shell, &user::user(t))),
        ("profile", pages::profile::profile(&shell, &user::user(t), &watchbell_ui::Form::default())),
        ("telegram", pages::telegram::telegram(&shell, &Ok("https://t.me/bell_bot?start=word".into()))),
        ("api keys", pages::api_keys::api_keys(&shell, &settings::api_keys(t))),
        ("settings", pages::settings::settings(&shell, &settings::settings())),
        ("texts", pages::texts::texts(&shell, &settings::texts())),
        ("audit", pages::audit::audit(&shell, &settings::audit(t))),
        ("paging", pages::paging::paging(&shell, &settings::paging(t))),
        ("more", pages::more::more(&shell)),
    ];
    list.extend(settings::setup_steps(t).iter().map(|(name, step)| (*name, pages::setup::setup(&bare, step))));
    list.into_iter().map(|(name, page)| (name, page.into_string())).collect()
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.match_indices(&start).map(|(at, _)| html[at + start.len()..].split('"').next().unwrap()).collect()
}

#[test]
fn no_page_has_inline_script_or_style() {
    for (name, html) in every_page() {
        for forbidden in [" style=\"", "<style", " onclick=", " onsubmit=", " onchange=", "javascript:alert(1)\""] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
        let scripts = html.matches("<script").count();
        assert_eq!(scripts, html.matches("<script src=\"/assets/").count(), "{name}");
    }
}

#[test]
fn every_post_form_carries_the_token() {
    for (name, html) in every_page() {
        for form in
            html.split("<form").skip(1).filter(|form| form.split('>').next().unwrap().contains(r#"method="post""#))
        {
            let form = form.split("</form>").next().unwrap();
            if form.contains(r#"action="/l/"#) {
                continue; // no session stands behind it: the signed link is the token
            }
            assert!(form.contains(r#"name="csrf" value="sample-token""#), "{name}: {}", &form[..form.len().min(120)]);
        }
    }
}

#[test]
fn ids_are_unique_and_labels_lead_somewhere() {
    for (name, html) in every_page() {
        let ids = values(&html, "id");
        let unique: HashSet<&str> = ids.iter().copied().collect();
        let twice: Vec<&&str> = ids.iter().filter(|id| ids.iter().filter(|other| other == id).count() > 1).collect();
        assert_eq!(unique.len(), ids.len(), "{name}: {twice:?}");
        for target in ["for", "aria-labelledby"].into_iter().flat_map(|attribute| values(&html, attribute)) {
            assert!(unique.contains(target), "{name}: {target}");
        }
    }
}

#[test]
fn every_icon_and_asset_exists() {
    let sprite = include_str!("../../assets/icons.svg");
    for (name, html) in every_page() {
        for href in values(&html, "href")
            .into_iter()
            .chain(values(&html, "src"))
            .filter_map(|href| href.strip_prefix("/assets/"))
        {
            let (path, symbol) = href.split_once('#').map_or((href, None), |(path, symbol)| (path, Some(symbol)));
            assert!(watchbell_ui::asset(path).is_some(), "{name}: {path}");
            if let Some(symbol) = symbol {
                assert!(sprite.contains(&format!("<symbol id=\"{symbol}\"")), "{name}: icon {symbol}");
            }
        }
    }
}
