//! What a notice says that is about no alert, for one reader.

use super::said;
use crate::app::App;
use jiff::Timestamp;
use watchbell_connect::channels::{Message, Notice, Reader, zone_named};
use watchbell_core::auditor::Finding;
use watchbell_core::ids::ScheduleId;
use watchbell_core::language::Language;
use watchbell_core::moment::{soon, zone_name};
use watchbell_store::deliveries::Outgoing;
use watchbell_store::news::{self, CoverNews, CoverStep, News};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, handoff, schedules};
use watchbell_ui::pages::delivery::channel_name;
use watchbell_ui::routes;

/// The message of a notice; `None` when what it is about is gone.
pub(super) async fn message(app: &App, scope: &Scope, outgoing: &Outgoing) -> Result<Option<Message>, StoreError> {
    let reader = Reader::of(&outgoing.timezone, &outgoing.language);
    let language = reader.language;
    let notice = |(title, text): (String, String), path: Option<&str>, reader| {
        let url = path.map(|path| format!("{}{path}", app.config.public_url()));
        Some(Notice { title, text, url, at: app.clock.now(), needs_you: true, reader })
    };
    let notice = match news::read(outgoing.about.as_deref()) {
        Some(News::Plain { title, text, path }) => notice((title, text), path.as_deref(), reader),
        Some(News::Cover(cover)) => notice(say_cover(&cover, language), Some(routes::ON_CALL), reader),
        Some(News::Faults { findings }) => notice(say_faults(&findings, language), Some(routes::HEALTH), reader),
        Some(News::Answer { title, text, path }) => {
            notice((title, text), path.as_deref(), reader).map(|notice| Notice { needs_you: false, ..notice })
        }
        Some(News::ContactRefused { channel, target, why, user }) => {
            let title = said::contact_refused_title(language).to_owned();
            let text = said::contact_refused(language, &channel.shown(&target), channel_name(channel), &why);
            notice((title, text), Some(&format!("/users/{user}")), reader)
        }
        Some(News::Shift { schedule, from, until }) => {
            shift(app, scope, (ScheduleId(schedule), from, until), reader).await?
        }
        None => None,
    };
    Ok(notice.map(Message::Notice))
}

/// Title and text of what happened to a cover request.
fn say_cover(news: &CoverNews, language: Language) -> (String, String) {
    let CoverNews { whose, schedule, by, .. } = news;
    let (when, by) = (span(news, language), by.as_deref().unwrap_or("?"));
    match news.step {
        CoverStep::Asked => {
            let asked = said::cover_asked(language, whose, schedule, &when);
            let parts = [Some(asked), news.message.clone(), Some(said::cover_stays(language, whose))];
            let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
            (said::cover_asked_title(language, whose), text)
        }
        CoverStep::Accepted => (
            said::cover_accepted_title(language, by, whose),
            said::cover_accepted(language, by, whose, schedule, &when),
        ),
        CoverStep::Declined => {
            (said::cover_declined_title(language).into(), said::cover_declined(language, by, schedule, &when))
        }
        CoverStep::DeclinedByAll => {
            (said::cover_declined_title(language).into(), said::cover_declined_by_all(language, schedule, &when))
        }
        CoverStep::Withdrawn => {
            (said::cover_withdrawn_title(language, whose), said::cover_withdrawn(language, whose, schedule, &when))
        }
        CoverStep::GivenBack => (
            said::cover_given_back_title(language, by, whose),
            said::cover_given_back(language, by, whose, schedule, &when),
        ),
        CoverStep::Expired => {
            (said::cover_expired_title(language).into(), said::cover_expired(language, whose, schedule, &when))
        }
    }
}

/// When a duty is, on the clocks of its schedule: `Mon 5 Jan 09:00 to Tue 6 Jan 09:00 (Europe/Berlin)`.
fn span(news: &CoverNews, language: Language) -> String {
    let zone = zone_named(&news.zone);
    let both = said::span(language, &soon(news.from, &zone, language), &soon(news.until, &zone, language));
    format!("{both} ({})", news.zone)
}

fn say_faults(findings: &[Finding], language: Language) -> (String, String) {
    let text: Vec<String> = findings.iter().map(|finding| finding.sentence(language)).collect();
    (said::faults_title(language).to_owned(), text.join("\n"))
}

async fn shift(
    app: &App,
    scope: &Scope,
    (id, from, until): (ScheduleId, Timestamp, Option<Timestamp>),
    reader: Reader,
) -> Result<Option<Notice>, StoreError> {
    let (now, language) = (app.clock.now(), reader.language);
    let moment = |at| format!("{} ({})", soon(at, &reader.zone, language), zone_name(&reader.zone));
    let Some(schedule) = schedules::get_many(&app.db, scope, &[id], now).await?.pop() else { return Ok(None) };
    let end = match until {
        Some(until) => said::until(language, &moment(until)),
        None => said::as_long_as_seen(language).to_owned(),
    };
    let from = moment(from);
    let mut text = said::shift_text(language, &schedule.name, &from, &end);
    if let Some(note) = handoff::open(&app.db, scope, id).await? {
        text.push_str(&format!("\n\n{}", said::left_for_you(language, &note.text)));
    }
    Ok(Some(Notice {
        title: said::shift_title(language, &schedule.name, &from),
        text,
        url: Some(format!("{}{}", app.config.public_url(), routes::ON_CALL)),
        at: now,
        needs_you: false,
        reader,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_step_of_a_cover_request_is_told_in_both_languages() {
        let at = |text: &str| text.parse().unwrap();
        let news = |step| CoverNews {
            step,
            whose: "Ann Lee".into(),
            by: Some("Bob Ray".into()),
            schedule: "Netz".into(),
            zone: "Europe/Berlin".into(),
            from: at("2026-01-05T08:00:00Z"),
            until: at("2026-01-06T08:00:00Z"),
            message: Some("Zahnarzt".into()),
        };
        use CoverStep::{Accepted, Asked, Declined, DeclinedByAll, Expired, GivenBack, Withdrawn};
        for step in [Asked, Accepted, Declined, DeclinedByAll, Withdrawn, GivenBack, Expired] {
            let [english, german] =
                [Language::English, Language::German].map(|language| say_cover(&news(step), language));
            assert!(english.1.contains("Mon 5 Jan 09:00 to Tue 6 Jan 09:00 (Europe/Berlin)"), "{english:?}");
            assert!(german.1.contains("Mo 5. Jan. 09:00 bis Di 6. Jan. 09:00 (Europe/Berlin)"), "{german:?}");
            assert!(english.0 != german.0 && english.1 != german.1, "{german:?}");
        }
        let (title, text) = say_cover(&news(Asked), Language::German);
        assert_eq!(title, "Ann Lee bittet um Vertretung");
        assert_eq!(
            text,
            "Ann Lee bittet Sie um Bereitschaft für Netz, Mo 5. Jan. 09:00 bis Di 6. Jan. 09:00 (Europe/Berlin).\n\nZahnarzt\n\n\
             Der Dienst bleibt bei Ann Lee, bis ihn jemand übernimmt."
        );
    }
}
