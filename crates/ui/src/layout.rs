//! The page around the content: navigation, banners, toast, dialogs that every page has.

use crate::assets::asset_url;
use crate::components::{banner, button, dialog, icon};
use crate::on_call_strip::strip;
use crate::routes;
use crate::shell::{Section, Shell, Viewer};
use maud::{DOCTYPE, Markup, html};

/// Settings of htmx: no style element, no eval, so that the content security policy holds; errors are swapped in as well,
/// because a refused form (422) is the form again.
const HTMX_CONFIG: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"historyCacheSize":0,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}"#;

/// What the content area has beside its content.
#[derive(Debug, Clone, Default)]
pub struct Main {
    /// Address of the live stream of this page.
    pub stream: Option<String>,
    /// Whether the page is fetched again when the stream comes back (a list); others get their fragments from the stream.
    pub refetch: bool,
}

/// A page with navigation.
pub fn page(shell: &Shell, section: Section, title: &str, main: Main, content: Markup) -> Markup {
    document(
        title,
        "",
        shell.viewer.as_ref(),
        html! {
            a.skip href="#main" { "Skip to content" }
            div.app {
                (side(shell, section))
                main #main tabindex="-1" data-stream=[main.stream] data-refetch[main.refetch] data-pending=(shell.pending) data-flash=[shell.flash.as_deref()] {
                    (flash(shell))
                    (banners(shell))
                    (strip(&shell.on_call, &shell.when))
                    (content)
                }
            }
            (tabbar(shell, section))
            div.toast #toast role="status" aria-live="polite" {}
            div.sr #summary role="status" aria-live="polite" {}
            (keys_dialog())
        },
    )
}

/// A page without navigation: log-in, first start, links in messages, errors for strangers.
pub fn bare_page(shell: &Shell, title: &str, wide: bool, content: Markup) -> Markup {
    document(
        title,
        if wide { "bare wide" } else { "bare" },
        None,
        html! {
            header.brand { (brand()) }
            main #main tabindex="-1" data-flash=[shell.flash.as_deref()] {
                (flash(shell))
                (banners(shell))
                (content)
            }
            div.toast #toast role="status" aria-live="polite" {}
        },
    )
}

fn document(title: &str, class: &str, viewer: Option<&Viewer>, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content=(HTMX_CONFIG);
                title { (title) " · Watchbell" }
                script src=(asset_url("theme.js")) {}
                link rel="stylesheet" href=(asset_url("app.css"));
                link rel="icon" type="image/svg+xml" href=(asset_url("icon.svg")) data-calm=(asset_url("icon.svg")) data-hot=(asset_url("icon-pending.svg"));
                link rel="manifest" href=(routes::MANIFEST);
                link rel="apple-touch-icon" href=(asset_url("icons/maskable.png"));
                script src=(asset_url("vendor/htmx.min.js")) defer {}
                script src=(asset_url("app.js")) defer {}
                @if let Some(viewer) = viewer { script src=(asset_url("push.js")) defer data-user=(viewer.person.id) {} }
            }
            body class=[(!class.is_empty()).then_some(class)] { (body) }
        }
    }
}

fn brand() -> Markup {
    html! { img src=(asset_url("icon.svg")) width="28" height="28" alt=""; "Watchbell" }
}

fn side(shell: &Shell, section: Section) -> Markup {
    html! {
        header.side {
            a.brand href=(routes::ALERTS) { (brand()) }
            @if let Some(viewer) = &shell.viewer {
                nav.nav aria-label="Main" {
                    @for entry in Section::LISTED.into_iter().filter(|entry| viewer.sections.contains(entry)) {
                        @let (name, _, symbol, href) = entry.entry();
                        a href=(href) aria-current=[(entry == section).then_some("page")] {
                            (icon(symbol)) (name)
                            @if entry == Section::Alerts { (pending_count(shell)) }
                        }
                    }
                }
                (foot(shell, viewer))
            }
        }
    }
}

fn foot(shell: &Shell, viewer: &Viewer) -> Markup {
    html! {
        div.side-foot {
            a.me href=(routes::PROFILE) { (viewer.person.avatar()) span { b { (viewer.person.name) } (role_name(viewer.role)) } }
            (button::theme())
            (logout(shell))
            span.hint data-script hidden { "Press " kbd { "?" } " for shortcuts" }
        }
    }
}

/// The form that logs out.
pub fn logout(shell: &Shell) -> Markup {
    html! {
        form method="post" action=(routes::LOGOUT) { (csrf(shell)) (button::submit_quiet("log-out", "Log out")) }
    }
}

/// A role as people say it.
pub fn role_name(role: watchbell_core::user::Role) -> &'static str {
    use watchbell_core::user::Role;
    match role {
        Role::Stakeholder => "Stakeholder",
        Role::Guest => "Guest",
        Role::Responder => "Responder",
        Role::User => "User",
        Role::Admin => "Administrator",
    }
}

fn tabbar(shell: &Shell, section: Section) -> Markup {
    let Some(viewer) = &shell.viewer else { return html! {} };
    let first = [Section::Alerts, Section::OnCall, Section::Schedules, Section::Policies];
    html! {
        nav.tabbar aria-label="Main, phone" {
            @for entry in first.into_iter().filter(|entry| viewer.sections.contains(entry)) {
                @let (_, short, symbol, href) = entry.entry();
                a href=(href) aria-current=[(entry == section).then_some("page")] {
                    (icon(symbol)) (short)
                    @if entry == Section::Alerts { (pending_count(shell)) }
                }
            }
            a href=(routes::MORE) aria-current=[(!first.contains(&section)).then_some("page")] { (icon("ellipsis")) "More" }
        }
    }
}

/// The count beside "Alerts". Live: its classes are the same on every page, so a stream may replace its text.
fn pending_count(shell: &Shell) -> Markup {
    html! { @if shell.pending > 0 { span.count.hot { (shell.pending) span.sr { " pending" } } } }
}

fn banners(shell: &Shell) -> Markup {
    html! { @for one in &shell.banners { (banner(one)) } }
}

/// Without script the flash is a line of its own; with script it is also a toast.
fn flash(shell: &Shell) -> Markup {
    html! { @if let Some(text) = &shell.flash { p.banner.tone-green { (icon("circle-check")) span { (text) } } } }
}

/// The hidden field against forged forms.
pub fn csrf(shell: &Shell) -> Markup {
    html! { input type="hidden" name="csrf" value=(shell.csrf); }
}

fn keys_dialog() -> Markup {
    let keys = [
        ("j", "Next alert"),
        ("k", "Previous alert"),
        ("o", "Open it"),
        ("x", "Select it"),
        ("a", "Accept"),
        ("r", "Resolve"),
        ("e", "Escalate"),
        ("/", "Search"),
        ("Esc", "Clear the selection"),
        ("?", "This help"),
    ];
    dialog(
        "keys",
        "Keyboard shortcuts",
        html! {
            dl.keys { @for (key, does) in keys { dt { kbd { (key) } } dd { (does) } } }
            p.muted { "Single keys can be switched off on your " a.link href=(routes::PROFILE) { "profile" } "." }
            div.actions { button.button type="button" data-close { "Close" } }
        },
    )
}
