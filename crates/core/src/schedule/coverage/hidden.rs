//! Where a lower layer hides somebody of an upper one.

use crate::ids::UserId;
use crate::schedule::{Duty, Prepared, Span};

/// A person whom a lower layer hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// When.
    pub span: Span,
    /// Who would be on call.
    pub user: UserId,
    /// In which layer, counted from 0 at the top.
    pub layer: usize,
    /// Who is instead.
    pub by: Duty,
    /// In which layer.
    pub by_layer: usize,
}

/// Where a lower layer hides somebody else of an upper one, by time. With a layer that is meant as what is left over, this is on
/// purpose; it shows a forgotten one as well.
pub fn hidden(schedule: &Prepared, span: Span) -> Vec<Hidden> {
    let mut found = Vec::new();
    for layers in schedule.layers(span) {
        for (nth, upper) in layers.iter().enumerate() {
            for (below, lower) in layers.iter().enumerate().skip(nth + 1) {
                let both = pairs(upper, lower).filter(|(_, above, below)| above.user().is_some() && above != below);
                found.extend(both.filter_map(|(span, above, by)| {
                    Some(Hidden { span, user: above.user()?, layer: nth, by, by_layer: below })
                }));
            }
        }
    }
    found.sort_by_key(|one: &Hidden| (one.span.from, one.layer, one.by_layer));
    joined(found)
}

/// Where two lists of stretches overlap.
fn pairs<'a>(one: &'a [(Span, Duty)], other: &'a [(Span, Duty)]) -> impl Iterator<Item = (Span, Duty, Duty)> + 'a {
    let mut first = 0;
    one.iter().flat_map(move |(span, above)| {
        while other.get(first).is_some_and(|(other, _)| other.until <= span.from) {
            first += 1;
        }
        let within = other[first..].iter().take_while(|(other, _)| other.from < span.until);
        within.filter_map(|(other, below)| Some((span.overlap(other)?, *above, *below)))
    })
}

/// What goes on where it ended is one.
fn joined(found: Vec<Hidden>) -> Vec<Hidden> {
    let mut all: Vec<Hidden> = Vec::new();
    for one in found {
        let same = |last: &&mut Hidden| Hidden { span: last.span, ..one } == **last && last.span.until == one.span.from;
        match all.iter_mut().rev().take(8).find(same) {
            Some(last) => last.span.until = one.span.until,
            None => all.push(one),
        }
    }
    all
}
