//! Who is on call when. One person at each instant: overrides win over temporary schedules, those over the plan, a lower layer
//! over the layers above it. Civil times in the schedule's zone; spans are half-open.

mod changes;
mod check;
pub mod coverage;
mod duty;
mod edit;
mod free_days;
mod layer;
mod overlay;
mod plan;
mod prepared;
mod replace;
pub mod restriction;
mod rotation;
mod span;
mod spans;
#[cfg(test)]
mod tests;
mod turns;
mod week;
mod zone;

pub use changes::{Changed, changed};
pub use check::{Fault, faults, static_faults};
pub use duty::{Because, Duty, Shift};
pub use edit::{edit, keep_turns};
pub use plan::{HolidayRule, Layer, Override, Plan, Schedule, StaticShift, Temporary, Version};
pub use prepared::{Holidays, NotReady, Prepared, on_call, shift_at, shifts};
pub use replace::{is_in, without_user};
pub use restriction::{Restriction, WeekTime};
pub use rotation::{Rotation, RotationUnit};
pub use span::Span;
pub use zone::Zone;
