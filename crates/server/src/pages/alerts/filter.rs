//! What the address of the list asks for.

use super::super::query::{Query, address};
use crate::app::App;
use crate::error::ApiError;
use watchbell_core::alert::{Priority, Status};
use watchbell_store::StoreError;
use watchbell_store::alert_search::{self, AlertSearch};
use watchbell_store::scope::Scope;
use watchbell_ui::components::Tab;
use watchbell_ui::{Form, routes};

/// A tab of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Pending and accepted.
    Open,
    /// Nobody has them.
    Pending,
    /// Somebody has them.
    Accepted,
    /// Over.
    Resolved,
}

impl View {
    const ALL: [View; 4] = [View::Open, View::Pending, View::Accepted, View::Resolved];

    /// The word in the address; the first tab has none.
    const fn word(self) -> &'static str {
        match self {
            View::Open => "",
            View::Pending => "PENDING",
            View::Accepted => "ACCEPTED",
            View::Resolved => "RESOLVED",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            View::Open => "Open",
            View::Pending => "Pending",
            View::Accepted => "Accepted",
            View::Resolved => "Resolved",
        }
    }

    fn states(self) -> Vec<Status> {
        match self {
            View::Open => vec![Status::Pending, Status::Accepted],
            View::Pending => vec![Status::Pending],
            View::Accepted => vec![Status::Accepted],
            View::Resolved => vec![Status::Resolved],
        }
    }
}

/// The list that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    view: View,
    /// What the store looks for.
    pub(super) search: AlertSearch,
    /// The page, from 1.
    pub(super) page: i64,
}

impl Filter {
    /// Of an address; words that mean nothing count as none.
    pub(super) fn of(query: &Query) -> Self {
        let word = query.text("state").to_uppercase();
        let view = View::ALL.into_iter().find(|view| view.word() == word).unwrap_or(View::Open);
        let search = AlertSearch {
            states: view.states(),
            source: query.0.value("source").parse().ok(),
            priority: Priority::parse(&query.text("priority").to_uppercase()),
            text: query.text("q"),
        };
        Self { view, search, page: query.page() }
    }

    /// Whether anything but the tab narrows the list.
    pub(super) fn is_narrowed(&self) -> bool {
        self.search.source.is_some() || self.search.priority.is_some() || !self.search.text.is_empty()
    }

    /// As the filter form shows it.
    pub(super) fn form(&self) -> Form {
        Form::of([
            ("q", self.search.text.clone()),
            ("source", self.search.source.map(|id| id.to_string()).unwrap_or_default()),
            ("priority", self.search.priority.map(|priority| priority.to_string()).unwrap_or_default()),
            ("state", self.view.word().to_owned()),
        ])
    }

    /// The address of the same list at `path`, on another tab or page.
    fn address(&self, path: &str, view: View, page: i64) -> Result<String, ApiError> {
        let source = self.search.source.map(|id| id.to_string()).unwrap_or_default();
        let priority = self.search.priority.map_or("", Priority::as_str);
        let page = if page > 1 { page.to_string() } else { String::new() };
        address(
            path,
            &[
                ("state", view.word()),
                ("q", &self.search.text),
                ("source", &source),
                ("priority", priority),
                ("page", &page),
            ],
        )
    }

    /// This page of this list.
    pub(super) fn here(&self) -> Result<String, ApiError> {
        self.address(routes::ALERTS, self.view, self.page)
    }

    /// Another page of this list.
    pub(super) fn at_page(&self, page: i64) -> String {
        self.address(routes::ALERTS, self.view, page).unwrap_or_else(|_| routes::ALERTS.to_owned())
    }

    /// The stream of this list.
    pub(super) fn stream(&self) -> Result<String, ApiError> {
        self.address(routes::ALERTS_STREAM, self.view, self.page)
    }

    /// The tabs with counts. Resolved alerts are not counted: there are years of them.
    pub(super) async fn tabs(&self, app: &App, scope: &Scope) -> Result<Vec<Tab>, ApiError> {
        let counts = alert_search::open_counts(&app.db, scope, &self.search).await?;
        let tab = |view: View| {
            let count = match view {
                View::Open => Some(counts.pending + counts.accepted),
                View::Pending => Some(counts.pending),
                View::Accepted => Some(counts.accepted),
                View::Resolved => None,
            };
            let href = self.address(routes::ALERTS, view, 1)?;
            Ok(Tab { word: view.title().into(), href, count, hot: view == View::Pending, current: view == self.view })
        };
        View::ALL.into_iter().map(tab).collect()
    }

    /// Which of these alerts belong to the list.
    pub(super) async fn among(&self, app: &App, scope: &Scope, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
        alert_search::among(&app.db, scope, &self.search, ids.to_vec()).await
    }
}
