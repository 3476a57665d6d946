//! Who is affected when a schedule is changed.

use super::{Duty, Prepared, Span, shifts};

/// A span in which somebody else is on call than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// When.
    pub span: Span,
    /// Who was to be on call.
    pub from: Duty,
    /// Who is now.
    pub to: Duty,
}

/// Where two schedules differ in a span, by time: what a preview shows before anything is saved.
pub fn changed(before: &Prepared, after: &Prepared, span: Span) -> Vec<Changed> {
    let (was, is) = (shifts(before, span), shifts(after, span));
    let (mut was, mut is) = (was.iter().peekable(), is.iter().peekable());
    let mut found: Vec<Changed> = Vec::new();
    while let (Some(old), Some(new)) = (was.peek(), is.peek()) {
        if let Some(both) = old.span.overlap(&new.span).filter(|_| old.duty != new.duty) {
            push(&mut found, Changed { span: both, from: old.duty, to: new.duty });
        }
        if old.span.until <= new.span.until {
            was.next();
        } else {
            is.next();
        }
    }
    found
}

fn push(found: &mut Vec<Changed>, next: Changed) {
    match found.last_mut() {
        Some(last) if last.span.until == next.span.from && (last.from, last.to) == (next.from, next.to) => {
            last.span.until = next.span.until;
        }
        _ => found.push(next),
    }
}
