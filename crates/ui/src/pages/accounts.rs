//! Accounts of outside tools: the credentials that sources and actions share.

use crate::components::badge::tag;
use crate::components::{Paging, button, empty, head, icon, pager};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use jiff::Timestamp;
use maud::{Markup, html};

/// How an account does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountState {
    /// Its last call was answered.
    Green,
    /// Works, but not well: why ("limit of the tenant reached, by all vendors together").
    Yellow(String),
    /// Nothing is asked of it until somebody acts: why ("user name, secret, integration code or zone refused").
    Red(String),
    /// Never asked.
    Untested,
}

impl AccountState {
    /// Badge with the word.
    pub fn badge(&self) -> Markup {
        match self {
            AccountState::Green => tag("tone-green", "circle-check", "Works"),
            AccountState::Yellow(_) => tag("tone-yellow", "triangle-alert", "Slow"),
            AccountState::Red(_) => tag("tone-red", "circle-x", "Stopped"),
            AccountState::Untested => tag("st-plain", "hourglass", "Not tested"),
        }
    }

    /// The reason, where there is one.
    pub fn reason(&self) -> Option<&str> {
        match self {
            AccountState::Yellow(reason) | AccountState::Red(reason) => Some(reason),
            AccountState::Green | AccountState::Untested => None,
        }
    }
}

/// One account.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its tool ("Autotask").
    pub kind: String,
    /// Where it is ("America East 2 [14]", or an address).
    pub place: String,
    /// How it does.
    pub state: AccountState,
    /// Sources that use it.
    pub sources: i64,
    /// Since when it is in this state.
    pub since: Option<Timestamp>,
}

/// The page.
pub fn accounts(shell: &Shell, rows: &[AccountRow], paging: &Paging, may_edit: bool) -> Markup {
    let new = html! { @if may_edit { (button::link_primary(routes::ACCOUNT_NEW, "plus", "New account")) } };
    layout::page(
        shell,
        Section::Accounts,
        "Accounts",
        Main::default(),
        html! {
            (head("Accounts", new))
            section.panel aria-label="Accounts" {
                @if rows.is_empty() {
                    (empty("shield-check", "No account yet", "An account holds the credentials of an outside tool, so that several sources can share them.",
                        may_edit.then_some((routes::SOURCE_NEW_AUTOTASK, "Connect Autotask"))))
                } @else { ul.list { @for row in rows { (account_row(row, shell)) } } }
                (pager(paging))
            }
        },
    )
}

fn account_row(row: &AccountRow, shell: &Shell) -> Markup {
    html! {
        li {
            div.main {
                a.title href=(routes::account(&row.id)) { (row.name) }
                div.sub {
                    span { (icon("plug")) (row.kind) ", " (row.place) }
                    span.num { "used by " (plural(row.sources, "source", "sources")) }
                    @if let Some(reason) = row.state.reason() { span.bad { (reason) } }
                }
            }
            (row.state.badge())
            @if let Some(since) = row.since { span.when { "since " (shell.when.at(since)) } }
        }
    }
}
