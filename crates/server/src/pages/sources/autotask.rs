//! Autotask sources: the account, then what its tickets mean; the second page is also the settings of a source.

use super::super::accounts::save_new;
use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::query::{Query, address};
use super::super::reader::{Filled, Reader};
use super::super::shell::{self, Visit};
use super::actions::make_key;
use super::api_source;
use super::loudness;
use super::rules::{self, form_of, offers, priority_rows, status_rows};
use crate::accounts::AUTOTASK;
use crate::api::AUTOTASK_TYPE;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, PageCan};
use crate::engine::autotask::{TenantLists, live_in, make_source_live, picklists_of, preset_rules, preview};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use watchbell_core::autotask::{Preset, SourceRules};
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{ConnectorId, PolicyId, SourceId};
use watchbell_core::priority_rule::PriorityRule;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, Connector};
use watchbell_store::sources::{self, Source, SourceIn};
use watchbell_ui::components::{Choice, Tab};
use watchbell_ui::pages::source_autotask::account_step::ZONE_FIND;
use watchbell_ui::pages::source_autotask::rules_step::Preview;
use watchbell_ui::pages::source_autotask::{AccountStepView, RulesStepView, account_step, rules_step};
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::SOURCE_NEW_AUTOTASK, get(choose_account).post(take_account))
        .route(routes::SOURCE_NEW_AUTOTASK_RULES, get(blank).post(make))
        .route("/sources/{id}/settings", get(settings).post(save))
}

async fn choose_account(State(app): State<App>, visit: Visit<Configure>) -> Answer {
    let form = Form::of([("zone", ZONE_FIND), ("name", "Autotask")]);
    answer::page(account_step(&visit.shell, &account_view(&app, &visit.can, form).await?))
}

async fn account_view(app: &App, can: &PageCan<Configure>, form: Form) -> Result<AccountStepView, ApiError> {
    let accounts = connectors::of_kind(&app.db, &can.scope, AUTOTASK).await?;
    Ok(AccountStepView {
        accounts: accounts.into_iter().map(|account| Choice::new(account.id.0, account.name)).collect(),
        form,
    })
}

/// An account that is there, or a new one that is tested first.
async fn take_account(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let chosen = match reader.filled("account") {
        Some(id) => Some(connectors::get(&app.db, &can.scope, &ConnectorId(id)).await?.id),
        None => save_new(&app, &can.scope, &mut reader).await?.map(|saved| saved.id),
    };
    match chosen {
        Some(id) => Ok(answer::to(&address(routes::SOURCE_NEW_AUTOTASK_RULES, &[("account", &id.0)])?)),
        None => {
            answer::refused(account_step(&shell::of(&app, &can).await?, &account_view(&app, &can, reader.form).await?))
        }
    }
}

/// What the second page is about: an account, its lists, and the source where there is one.
struct Step {
    account: Connector,
    lists: TenantLists,
    missing: Option<String>,
    source: Option<Source>,
}

impl Step {
    async fn of(app: &App, can: &PageCan<Configure>, account: &str, source: Option<Source>) -> Result<Self, ApiError> {
        let account = connectors::get(&app.db, &can.scope, &ConnectorId(account.to_owned())).await?;
        if account.kind != AUTOTASK {
            return Err(StoreError::not_found("Autotask account", &account.id).into());
        }
        let (lists, missing) = match picklists_of(app, &can.scope, &account.id).await {
            Ok(lists) => (lists, None),
            Err(why) => (TenantLists::default(), Some(why.trim_end_matches('.').to_owned())),
        };
        Ok(Self { account, lists, missing, source })
    }

    /// The rules as they are kept, renewed by the tenant's lists; or those of a preset. A preset that is asked for fills the tables anew.
    fn rules(&self, wanted: Option<Preset>) -> SourceRules {
        let kept =
            self.source.as_ref().and_then(|source| serde_json::from_str::<SourceRules>(source.rules.as_deref()?).ok());
        let preset = |preset| {
            if self.missing.is_some() { SourceRules::usual(preset) } else { preset_rules(preset, &self.lists) }
        };
        let Some(mut rules) = kept else { return preset(wanted.unwrap_or(Preset::AfterHoursMsp)) };
        rules.adopt(self.lists.of("status"), self.lists.of("priority"), self.lists.of("ticketType"));
        if let Some(wanted) = wanted {
            let fresh = preset(wanted);
            (rules.preset, rules.statuses, rules.priorities) = (wanted, fresh.statuses, fresh.priorities);
        }
        rules
    }

    fn presets(&self, current: Preset) -> Result<Vec<Tab>, ApiError> {
        let all = [
            (Preset::AfterHoursMsp, "After-hours MSP", "after_hours_msp"),
            (Preset::LikeIlert, "Like ilert", "like_ilert"),
        ];
        let tab = |(preset, text, word): (Preset, &str, &str)| {
            let href = match &self.source {
                Some(source) => address(&routes::source_do(source.id, "settings"), &[("preset", word)])?,
                None => {
                    address(routes::SOURCE_NEW_AUTOTASK_RULES, &[("account", &self.account.id.0), ("preset", word)])?
                }
            };
            Ok(Tab { word: text.into(), href, count: None, hot: false, current: preset == current })
        };
        all.into_iter().map(tab).collect()
    }

    async fn view(
        &self,
        app: &App,
        can: &PageCan<Configure>,
        (rules, form): (&SourceRules, Form),
    ) -> Result<RulesStepView, ApiError> {
        let policies = choices::policies(app, &can.scope).await?;
        let offers = offers(&self.lists, policies.clone(), rules.write_back.note_type);
        let confirms = self.source.is_none() && self.missing.is_none();
        Ok(RulesStepView {
            id: self.source.as_ref().map(|source| source.id),
            account: (self.account.id.to_string(), self.account.name.clone()),
            form,
            presets: self.presets(rules.preset)?,
            policies,
            hours: choices::support_hours(app, &can.scope).await?,
            statuses: status_rows(rules, confirms),
            priorities: priority_rows(rules, confirms),
            status_choices: offers.statuses,
            priority_choices: offers.priorities,
            filter_choices: offers.filter,
            publish_choices: offers.publish,
            note_type_choices: offers.note_types,
            preview: None,
            picklists_missing: self.missing.clone(),
        })
    }

    /// The page with what the templates make of the last ticket.
    async fn preview(&self, app: &App, can: &PageCan<Configure>, (rules, reader): (&SourceRules, Reader)) -> Answer {
        let source = self.source.as_ref().map(|source| source.id);
        let shown = preview(app, &can.scope, &self.account.id, source, rules::templates(&reader)).await;
        let view =
            RulesStepView { preview: Some(to_preview(shown)), ..self.view(app, can, (rules, reader.form)).await? };
        answer::page(rules_step(&shell::of(app, can).await?, &view))
    }

    async fn refused(&self, app: &App, can: &PageCan<Configure>, (rules, reader): (&SourceRules, Reader)) -> Answer {
        let view = self.view(app, can, (rules, reader.form)).await?;
        answer::refused(rules_step(&shell::of(app, can).await?, &view))
    }
}

fn to_preview(shown: Result<crate::engine::autotask::Preview, String>) -> Preview {
    match shown {
        Err(why) => Preview { ticket: "none".into(), summary: Err(why), details: Ok(String::new()) },
        Ok(shown) => {
            let problem =
                |word: &str| shown.problems.iter().find(|problem| problem.to_lowercase().contains(word)).cloned();
            Preview {
                ticket: shown.ticket_number,
                summary: problem("summary").map_or(Ok(shown.summary), Err),
                details: problem("details").map_or(Ok(shown.details), Err),
            }
        }
    }
}

fn preset_of(word: &str) -> Option<Preset> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

async fn blank(State(app): State<App>, visit: Visit<Configure>, query: Query) -> Answer {
    if query.0.value("account").is_empty() {
        return Ok(answer::to(routes::SOURCE_NEW_AUTOTASK));
    }
    let step = Step::of(&app, &visit.can, query.0.value("account"), None).await?;
    let rules = step.rules(preset_of(query.0.value("preset")));
    let form = form_of(&rules, &step.lists).with("name", step.account.name.clone()).with("priority", "HIGH");
    answer::page(rules_step(&visit.shell, &step.view(&app, &visit.can, (&rules, form)).await?))
}

/// Name and policy, which are the source's own.
fn read_basics(reader: &mut Reader) -> Option<(String, PolicyId)> {
    let name = reader.name("name");
    let policy: Option<PolicyId> = reader.form.value("policy").parse().ok();
    if policy.is_none() {
        reader.form.error("policy", "Choose one.");
    }
    name.zip(policy)
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let step = Step::of(&app, &can, reader.form.value("account"), None).await?;
    let base = step.rules(preset_of(reader.form.value("preset")));
    if reader.form.has("do", "preview") {
        return step.preview(&app, &can, (&base, reader)).await;
    }
    let basics = read_basics(&mut reader);
    let loudness = loudness::read(&mut reader, Some(PriorityRule::High));
    let rules = rules::read(&mut reader, base, &step.lists);
    if let (Some((name, policy)), Some(loudness), false) = (basics, loudness, reader.form.is_refused()) {
        let new = SourceIn {
            name,
            integration_type: AUTOTASK_TYPE.into(),
            policy,
            active: true,
            grouping: Grouping::ByKey,
            grouping_window_s: None,
            priority_rule: loudness.rule,
            support_hours: loudness.hours,
            auto_raise: loudness.auto_raise,
            auto_resolve_s: None,
            connector: Some(step.account.id.clone()),
            settings: serde_json::json!({}),
            rules: Some(serde_json::to_string(&rules).map_err(ApiError::internal)?),
        };
        match create(&app, &can, new).await {
            Ok(source) => {
                return answer::done(
                    &routes::source(source),
                    "The source is live. Follow the steps below, and edit any ticket.",
                );
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    step.refused(&app, &can, (&rules, reader)).await
}

/// The source and its first poll, in one unit.
async fn create(app: &App, can: &PageCan<Configure>, new: SourceIn) -> Result<SourceId, watchbell_store::StoreError> {
    let (scope, key, now) = (can.scope.clone(), make_key(app)?, app.clock.now());
    let made = app.db.write(move |tx| {
        Box::pin(async move {
            let source = sources::create_in(tx, &scope, new, key, now).await?;
            if let Some(connector) = &source.connector {
                live_in(tx, &scope, source.id, connector, now).await?;
            }
            Ok(source.id)
        })
    });
    let id = made.await?;
    app.wake.notify_one();
    Ok(id)
}

async fn settings(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Configure>, query: Query) -> Answer {
    let source = sources::get(&app.db, &visit.can.scope, SourceId(id)).await?;
    let Some(account) = source.connector.clone() else { return api_source::settings(&app, &visit.can, &source).await };
    let step = Step::of(&app, &visit.can, &account.0, Some(source.clone())).await?;
    let rules = step.rules(preset_of(query.0.value("preset")));
    let form = loudness::fill(form_of(&rules, &step.lists), &source);
    let form = form.with("name", source.name).with("policy", source.policy.to_string());
    answer::page(rules_step(&visit.shell, &step.view(&app, &visit.can, (&rules, form)).await?))
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let source = sources::get(&app.db, &can.scope, SourceId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    let Some(account) = source.connector.clone() else { return api_source::save(&app, &can, &source, reader).await };
    let step = Step::of(&app, &can, &account.0, Some(source.clone())).await?;
    let kept = step.rules(None);
    // The preset of the tables that were shown: it says what statuses get that Autotask adds later.
    let base = SourceRules { preset: preset_of(reader.form.value("preset")).unwrap_or(kept.preset), ..kept };
    if reader.form.has("do", "preview") {
        return step.preview(&app, &can, (&base, reader)).await;
    }
    let basics = read_basics(&mut reader);
    let loudness = loudness::read(&mut reader, Some(PriorityRule::High));
    let rules = rules::read(&mut reader, base, &step.lists);
    if let (Some((name, policy)), Some(loudness), false) = (basics, loudness, reader.form.is_refused()) {
        let rules = Some(serde_json::to_string(&rules).map_err(ApiError::internal)?);
        let (rule, hours) = (loudness.rule, loudness.hours);
        let by_hours = SourceIn {
            priority_rule: rule,
            support_hours: hours,
            auto_raise: loudness.auto_raise,
            ..SourceIn::from(source)
        };
        let new = SourceIn { name, policy, rules, ..by_hours };
        match sources::update(&app.db, &can.scope, SourceId(id), new, app.clock.now()).await {
            Ok(source) => {
                app.source_keys.forget_all();
                make_source_live(&app, &can.scope, source.id, &account).await?;
                return answer::done(&routes::source(source.id), "Saved.");
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    step.refused(&app, &can, (&rules, reader)).await
}
