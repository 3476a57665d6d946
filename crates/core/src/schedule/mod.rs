//! Who is on call when. One person at each instant: overrides win over temporary schedules, those over the plan, a lower layer
//! over the layers above it. Civil times in the schedule's zone; spans are half-open.

mod duty;
mod free_days;
mod layer;
mod overlay;
mod plan;
mod prepared;
pub mod restriction;
mod rotation;
mod span;
mod spans;
#[cfg(test)]
mod tests;
mod turns;
mod week;
mod zone;

pub use duty::{Because, Duty, Shift};
pub use plan::{HolidayRule, Layer, Override, Plan, Schedule, StaticShift, Temporary, Version};
pub use prepared::{Holidays, NotReady, Prepared, on_call, shift_at, shifts};
pub use restriction::{Restriction, WeekTime};
pub use rotation::{Rotation, RotationUnit};
pub use span::Span;
pub use zone::Zone;
