//! Settings of test runs: the one place where tests read the environment.

/// A setting; an empty one counts as none.
#[expect(clippy::disallowed_methods, reason = "settings of tests are read here")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says loudly that something is not tested. Errors: nothing may be skipped in this run.
#[expect(clippy::print_stderr, reason = "a test that was left out has to be heard")]
pub fn skip(what: &str) -> anyhow::Result<()> {
    let may_skip = setting("WATCHBELL_TEST_NOTHING_SKIPPED").is_none_or(|value| value == "0");
    anyhow::ensure!(may_skip, "{what}, and nothing may be skipped");
    eprintln!("#### NOT TESTED: {what}");
    Ok(())
}
