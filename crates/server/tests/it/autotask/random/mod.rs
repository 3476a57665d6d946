//! Both sides at once, at random: people edit tickets in Autotask and act on alerts here while things break, the program is cut
//! off, and time goes by. Whatever happened, at the end both sides agree.
//!
//! A run that fails names its seed. `WATCHBELL_TEST_SEED` repeats it, `WATCHBELL_TEST_STEPS` makes it longer, and with
//! `WATCHBELL_TEST_SHORTEN=1` steps are left out for as long as it still fails.

pub mod agreement;
pub mod ledger;
pub mod step;
pub mod trouble;
pub mod world;

use step::{Step, choose};
use watchbell_core::autotask::Preset;
use watchbell_testkit::TestApp;
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::dice::Dice;
use watchbell_testkit::environment::setting;
use world::World;

/// Steps of a run, unless said otherwise.
const STEPS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_agree_in_the_end_on_sqlite() {
    both_sides_agree(async || Some(TestDatabase::sqlite().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_agree_in_the_end_on_postgres() {
    both_sides_agree(async || TestDatabase::postgres().await.unwrap()).await;
}

async fn both_sides_agree(database: impl AsyncFn() -> Option<TestDatabase>) {
    let mut dice = Dice::new();
    let seed = dice.seed();
    let count = setting("WATCHBELL_TEST_STEPS").and_then(|count| count.parse().ok()).unwrap_or(STEPS);
    let steps = choose(&mut dice, count);
    let Some(first) = database().await else { return };
    let mut broken = run(first, seed, &steps).await;
    if broken.is_empty() {
        return;
    }
    let mut kept = steps;
    if setting("WATCHBELL_TEST_SHORTEN").is_some() {
        (kept, broken) = shorten(&database, seed, (kept, broken)).await;
        panic!("WATCHBELL_TEST_SEED={seed}: {} steps are enough: {kept:#?}\n{}", kept.len(), broken.join("\n"));
    }
    panic!("WATCHBELL_TEST_SEED={seed} WATCHBELL_TEST_STEPS={count}\n{}", broken.join("\n"));
}

/// What does not hold after these steps.
async fn run(database: TestDatabase, seed: u64, steps: &[Step]) -> Vec<String> {
    let mut app = TestApp::on(database).await;
    let preset = if seed.is_multiple_of(2) { Preset::AfterHoursMsp } else { Preset::LikeIlert };
    let mut world = World::new(&mut app, preset).await;
    for step in steps {
        world.take(*step).await;
    }
    world.come_to_rest().await;
    let broken = agreement::broken(&world).await;
    drop(world);
    app.expect_any_mails();
    if broken.is_empty() {
        app.finish().await;
    }
    broken
}

/// Leaves out parts, the larger ones first, for as long as something does not hold.
async fn shorten(
    database: &impl AsyncFn() -> Option<TestDatabase>,
    seed: u64,
    (mut kept, mut broken): (Vec<Step>, Vec<String>),
) -> (Vec<Step>, Vec<String>) {
    let mut part = kept.len() / 2;
    while part > 0 {
        let mut at = 0;
        while at < kept.len() {
            let without: Vec<Step> = kept
                .iter()
                .enumerate()
                .filter(|(nth, _)| !(at..at + part).contains(nth))
                .map(|(_, step)| *step)
                .collect();
            let Some(fresh) = database().await else { return (kept, broken) };
            let now = run(fresh, seed, &without).await;
            if now.is_empty() {
                at += part;
            } else {
                (kept, broken) = (without, now);
            }
        }
        part /= 2;
    }
    (kept, broken)
}
