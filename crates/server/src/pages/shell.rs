//! The page around the content, for whoever looks: name, sections they may open, and what must be said on every page.

use super::{answer, schedules};
use crate::app::App;
use crate::auth::{LoggedIn, May, PageCan, Permission, logged_in};
use crate::engine::hold;
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use watchbell_connect::channels::zone_named;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Role;
use watchbell_store::connectors::{self, ConnectorState};
use watchbell_store::overview::{self, Counted};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{Page, StoreError};
use watchbell_ui::shell::{Banner, Section, Shell, Tone, Viewer, paging_held_banner, public_url_banner};
use watchbell_ui::time::{When, plural};
use watchbell_ui::{Person, routes};

/// Somebody at a page that they may see, and the page around it.
#[derive(Debug)]
pub(super) struct Visit<P> {
    /// Who.
    pub(super) can: PageCan<P>,
    /// What surrounds the content.
    pub(super) shell: Shell,
}

impl<P: Permission> FromRequestParts<App> for Visit<P> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let can = PageCan::<P>::from_request_parts(parts, app).await?;
        let shell = of_session(app, &can.session, can.role).await.map_err(ApiError::into_response)?;
        Ok(Self { shell: Shell { flash: answer::flash(&parts.headers), ..shell }, can })
    }
}

/// The shell of somebody who is logged in.
pub(super) async fn of<P>(app: &App, can: &PageCan<P>) -> Result<Shell, ApiError> {
    of_session(app, &can.session, can.role).await
}

/// The shell of whoever sent a request.
pub(super) async fn of_headers(app: &App, headers: &HeaderMap) -> Result<Shell, ApiError> {
    match logged_in(app, headers).await? {
        Some(session) => {
            let role = session.scope.role.unwrap_or(Role::Stakeholder);
            of_session(app, &session, role).await
        }
        None => Ok(bare(app)),
    }
}

/// The shell of a page without log-in.
pub(super) fn bare(app: &App) -> Shell {
    Shell {
        when: When { now: app.clock.now(), zone: jiff::tz::TimeZone::UTC },
        viewer: None,
        csrf: String::new(),
        banners: Vec::new(),
        on_call: Vec::new(),
        flash: None,
        pending: 0,
    }
}

/// The person as pages print them.
pub(super) fn person(user: &User) -> Person {
    Person::new(user.id, full_name(user))
}

/// First and last name.
pub(super) fn full_name(user: &User) -> String {
    user.name()
}

async fn of_session(app: &App, session: &LoggedIn, role: Role) -> Result<Shell, ApiError> {
    let scope = &session.scope;
    let id = scope.actor.user().ok_or_else(|| ApiError::forbidden("Only users can see pages."))?;
    let user = users::get(&app.db, scope, id).await?;
    let (pending, on_call) = match May::Read.is_granted_to(role) {
        true => {
            (overview::count(&app.db, scope, Counted::PendingAlerts).await?, schedules::on_call_now(app, scope).await?)
        }
        false => (0, Vec::new()),
    };
    Ok(Shell {
        when: When { now: app.clock.now(), zone: zone_named(&user.timezone) },
        viewer: Some(Viewer { person: person(&user), role, sections: sections(role) }),
        csrf: session.csrf.clone(),
        banners: banners(app, scope, role).await?,
        on_call,
        flash: None,
        pending,
    })
}

/// What it takes to open a section.
const fn needed(section: Section) -> May {
    match section {
        Section::Alerts
        | Section::OnCall
        | Section::Schedules
        | Section::Sources
        | Section::Policies
        | Section::SupportHours
        | Section::Maintenance
        | Section::Teams
        | Section::Users => May::Read,
        Section::Accounts => May::Configure,
        Section::Settings | Section::Audit => May::Administer,
        Section::ApiKeys | Section::Profile => May::Own,
    }
}

fn sections(role: Role) -> Vec<Section> {
    Section::LISTED.into_iter().filter(|section| needed(*section).is_granted_to(role)).collect()
}

/// What must be said on every page, most urgent first, to those who can do something about it.
async fn banners(app: &App, scope: &Scope, role: Role) -> Result<Vec<Banner>, StoreError> {
    let (configures, administers) = (May::Configure.is_granted_to(role), May::Administer.is_granted_to(role));
    let mut banners = Vec::new();
    if let Some(hold) = hold::look(app).await? {
        banners.push(paging_held_banner(&hold.reason, administers));
    }
    if configures {
        banners.extend(stopped_accounts(app, scope, administers).await?);
        banners.extend(
            public_url_banner(&app.config.public_url())
                .map(|banner| Banner { link: banner.link.filter(|_| administers), ..banner }),
        );
    }
    if administers {
        let failed = overview::count(&app.db, scope, Counted::GivenUpJobs).await?;
        if failed > 0 {
            let text = format!("{} gave up and waits for somebody.", plural(failed, "piece of work", "pieces of work"));
            banners.push(Banner { tone: Tone::Yellow, text, link: Some((routes::JOBS.into(), "Look at it".into())) });
        }
        if !app.channels.has_smtp() {
            let text = "No mail server is set up: nobody can be reached by e-mail.".into();
            banners.push(Banner {
                tone: Tone::Yellow,
                text,
                link: Some((routes::SETTINGS.into(), "Set it up".into())),
            });
        }
    }
    Ok(banners)
}

/// Accounts that nothing uses any more until somebody acts.
async fn stopped_accounts(app: &App, scope: &Scope, administers: bool) -> Result<Vec<Banner>, StoreError> {
    let accounts = connectors::list(&app.db, scope, Page::first(100)).await?;
    let stopped = accounts.into_iter().filter(|account| account.state == ConnectorState::Red);
    let banner = |account: connectors::Connector| Banner {
        tone: Tone::Red,
        text: format!(
            "The account {} is stopped: {}.",
            account.name,
            account.state_reason.as_deref().unwrap_or("it was refused").trim_end_matches('.')
        ),
        link: match ProviderKind::parse(&account.kind) {
            Some(_) => administers.then(|| (routes::provider(&account.id), "Look at it".into())),
            None => Some((routes::account(&account.id), "Look at it".into())),
        },
    };
    Ok(stopped.map(banner).collect())
}

/// The first page of somebody: the alerts, or their own page where they may not see those.
pub(super) fn home(role: Role) -> &'static str {
    if May::Read.is_granted_to(role) { routes::ALERTS } else { routes::PROFILE }
}
