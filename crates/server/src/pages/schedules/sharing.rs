//! How a schedule is shared out, as its page prints it.

use super::Names;
use watchbell_core::schedule::coverage::{Hidden, Zones, coverage};
use watchbell_core::schedule::{Duty, Prepared, Span, Zone};
use watchbell_ui::pages::schedule::coverage::{CoverageView, ShareRow};

/// The figures of a span. Nights and weekends are those of each person's own zone, as in the API: it is they who lose sleep.
pub(super) fn sharing(prepared: &Prepared, names: &Names, span: Span, zone: &str) -> Option<CoverageView> {
    let zones = Zones { other: Zone::named(zone)?, of: names.zones() };
    let found = coverage(prepared, span, &zones);
    let mut shares: Vec<ShareRow> = found
        .shares
        .iter()
        .map(|share| ShareRow {
            person: names.person(share.user),
            seconds: share.seconds,
            nights: share.nights,
            weekends: share.weekends,
        })
        .collect();
    shares.sort_by(|one, other| (other.seconds, &one.person.name).cmp(&(one.seconds, &other.person.name)));
    Some(CoverageView {
        span,
        shares,
        back_to_back: found.night_runs.iter().map(|run| (names.person(run.user), run.first, run.nights)).collect(),
        hidden: found.hidden.iter().map(|one| (names.person(one.user), by(names, one), one.span)).collect(),
        covered: found.score.covered,
        balanced: found.score.balanced,
    })
}

fn by(names: &Names, one: &Hidden) -> String {
    match one.by {
        Duty::User(user) => names.person(user).name,
        Duty::Attended => "nobody, by rule".into(),
        Duty::Nobody => "nobody".into(),
    }
}
