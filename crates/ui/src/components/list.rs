//! Lists: tabs, pages, and what an empty list says.

use super::icon;
use maud::{Markup, html};

/// One tab: a link with a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its word.
    pub word: String,
    /// Where it leads.
    pub href: String,
    /// How many it holds.
    pub count: Option<i64>,
    /// Red where it holds any.
    pub hot: bool,
    /// Whether it is open.
    pub current: bool,
}

/// Tabs as links; `id` lets a stream replace them.
pub fn tabs(id: &str, label: &str, tabs: &[Tab], live: bool) -> Markup {
    html! {
        nav.tabs #(id) aria-label=(label) hx-swap-oob=[live.then_some("true")] {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.word)
                    @if let Some(number) = tab.count { (super::count(number, tab.hot)) }
                }
            }
        }
    }
}

/// Where a list stands: rows `first` to `last` of `total`, and the addresses of its neighbours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// Number of the page, from 1.
    pub page: i64,
    /// First row shown, from 1; 0 where there is none.
    pub first: i64,
    /// Last row shown.
    pub last: i64,
    /// All rows.
    pub total: i64,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl Paging {
    /// Pages of 50 (`core::limits::PAGE_ROWS`). `href` is given a page's number.
    pub fn of(page: i64, total: i64, href: impl Fn(i64) -> String) -> Self {
        let size = watchbell_core::limits::PAGE_ROWS;
        let page = page.clamp(1, ((total + size - 1) / size).max(1));
        let last = (page * size).min(total);
        Self {
            page,
            first: if total == 0 { 0 } else { (page - 1) * size + 1 },
            last,
            total,
            previous: (page > 1).then(|| href(page - 1)),
            next: (last < total).then(|| href(page + 1)),
        }
    }
}

/// Links to the neighbouring pages; nothing where everything fits on one.
pub fn pager(paging: &Paging) -> Markup {
    html! {
        @if paging.previous.is_some() || paging.next.is_some() {
            nav.pager aria-label="Pages" {
                @match &paging.previous {
                    Some(href) => a.button href=(href) rel="prev" { (icon("chevron-left")) "Previous" },
                    None => span {},
                }
                span.num { (paging.first) " to " (paging.last) " of " (paging.total) }
                @match &paging.next {
                    Some(href) => a.button href=(href) rel="next" { "Next" (icon("chevron-right")) },
                    None => span {},
                }
            }
        }
    }
}

/// What an empty list says: what it is for, and the one next step.
pub fn empty(symbol: &str, title: &str, text: &str, next: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            (icon(symbol))
            b { (title) }
            p.prose { (text) }
            @if let Some((href, word)) = next { a.button.primary href=(href) { (word) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_fifty() {
        let of = |page, total| Paging::of(page, total, |n| format!("?page={n}"));
        assert_eq!((of(1, 0).first, of(1, 0).last, of(1, 0).next), (0, 0, None));
        assert_eq!((of(1, 50).last, of(1, 50).next), (50, None));
        assert_eq!(
            of(2, 120),
            Paging {
                page: 2,
                first: 51,
                last: 100,
                total: 120,
                previous: Some("?page=1".into()),
                next: Some("?page=3".into())
            }
        );
        assert_eq!((of(99, 120).page, of(-4, 120).page), (3, 1));
    }
}
