#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn say(form: Form, source: &str, facts: &Facts) -> Rendered {
    Templates::default().with(form, Some(source)).render(facts)
}

#[test]
fn every_variable_that_is_listed_can_be_named() {
    for form in Form::ALL {
        for (name, _) in form.variables() {
            let said = render(*form, &format!("{{{{ {name} }}}}"), &Facts::sample());
            assert!(said.is_ok_and(|said| !said.is_empty()), "{form} {name}");
            assert_eq!(check(*form, &format!("{{{{ {name} }}}}")), Ok(()), "{form} {name}");
        }
    }
}

#[test]
fn a_call_can_name_no_number() {
    for name in ["number", "headline", "alert"] {
        let problem = check(Form::Spoken, &format!("\n{{{{ {name} }}}}")).unwrap_err();
        assert!(problem.to_string().contains(name) && problem.to_string().contains("line 2"), "{problem}");
    }
    let said = say(Form::Spoken, "{{ customer }}! {{ summary }}", &Facts::sample());
    assert_eq!(said.spoken.as_deref(), Some("Contoso! Disk full on SRV-01"));
}

#[test]
fn the_problem_stands_without_customer_and_number() {
    for (summary, expected) in [
        ("Contoso: Disk full [T1]", "Disk full"),
        ("CONTOSO - Disk full (T1)", "Disk full"),
        ("T1: Disk full", "Disk full"),
        ("Disk full", "Disk full"),
        ("Disk full at Contoso", "Disk full at Contoso"),
        ("Contoso disk full", "Contoso disk full"),
        ("Contoso:", "Contoso:"),
        ("[T1]", "[T1]"),
        ("İstanbul: x", "İstanbul: x"),
    ] {
        assert_eq!(problem(summary, Some("Contoso"), Some("T1")), expected, "{summary}");
    }
}

#[test]
fn the_defaults_work_and_are_no_texts_of_ones_own() {
    for form in Form::ALL {
        assert_eq!(check(*form, form.default_source()), Ok(()));
        assert!(Templates::default().with(*form, Some(form.default_source())).is_empty());
        assert!(Templates::default().with(*form, Some(" \n ")).is_empty());
    }
    let said = render(Form::Spoken, Form::Spoken.default_source(), &Facts::sample());
    assert_eq!(said.as_deref(), Ok("Contoso. Disk full on SRV-01"));
}

#[test]
fn a_template_is_limited_in_length() {
    assert_eq!(check(Form::Body, &"x".repeat(TEXT_TEMPLATE_CHARS_MAX)), Ok(()));
    let longer = "ä".repeat(TEXT_TEMPLATE_CHARS_MAX + 1);
    assert_eq!(check(Form::Body, &longer), Err(TextProblem::TooLong { chars: TEXT_TEMPLATE_CHARS_MAX + 1 }));
    assert_eq!(check(Form::Body, &"ä".repeat(TEXT_TEMPLATE_CHARS_MAX)), Ok(()), "counted in characters");
}

#[test]
fn a_template_that_fails_leaves_its_form_to_watchbell_and_says_why() {
    let hidden = "{% if customer == 'Fabrikam' %}{{ nobody }}{% endif %}{{ customer }} calls";
    assert_eq!(check(Form::Title, hidden), Ok(()), "what only one customer meets is not seen when it is saved");
    assert_eq!(say(Form::Title, hidden, &Facts::sample()).title.as_deref(), Some("Contoso calls"));
    let facts = Facts { customer: Some("Fabrikam".into()), ..Facts::sample() };
    let failed =
        Templates::default().with(Form::Body, Some("{{ summary }}")).with(Form::Title, Some(hidden)).render(&facts);
    assert_eq!((failed.title, failed.body.is_some()), (None, true));
    assert!(matches!(failed.problems.as_slice(), [(Form::Title, TemplateError::Unknown { line: 1, .. })]));
    let nothing = say(Form::Title, "{% if number %}{{ number }}{% endif %}", &Facts::default());
    assert_eq!(nothing, Rendered::default(), "an empty title helps nobody");
}

#[test]
fn each_language_has_its_own_templates() {
    let german = Templates::default().with(Form::Title, Some("Alarm: {{ problem }}"));
    let texts = Texts::default().with(Language::German, german.clone());
    assert_eq!((texts.of(Language::German), texts.of(Language::English)), (Some(&german), None));
    assert_eq!(texts.with(Language::German, Templates::default()), Texts::default());
}

proptest! {
    #[test]
    fn text_from_outside_is_never_code_and_survives_as_it_is(outside in r#"(?s)[\{\}%#a-z "'|<>\n\u{5d0}-\u{5ea}\u{1f469}\u{200d}\u{1f4bb}]{0,80}|\{\{ [a-z.]{1,9} \}\}|\{% raw %\}|.{0,80}"#) {
        let facts = Facts {
            customer: Some(outside.clone()), summary: outside.clone(), details: outside.clone(), headline: outside.clone(),
            caller: [Some(outside.clone()), None, None], ..Facts::sample()
        };
        let kept = format!("<{}>", outside.replace('\0', ""));
        for name in ["customer", "summary", "details", "headline", "caller.name"] {
            let said = say(Form::Body, &format!("<{{{{ {name} }}}}>"), &facts);
            prop_assert_eq!(said.body.as_deref(), Some(kept.as_str()));
            prop_assert!(said.problems.is_empty());
        }
        for form in Form::ALL {
            prop_assert!(render(*form, form.default_source(), &facts).is_ok());
        }
    }

    #[test]
    fn any_template_is_kept_or_refused_in_words(source in "(?s).{0,200}|(\\{\\{|\\}\\}|\\{%|%\\}|[a-z .|()]){0,40}") {
        for form in Form::ALL {
            if let Err(problem) = check(*form, &source) {
                prop_assert!(!problem.to_string().is_empty());
            }
        }
    }

    #[test]
    fn a_problem_is_never_nothing(summary in "\\PC{1,60}", customer in "\\PC{0,20}", number in "\\PC{0,10}") {
        prop_assume!(!summary.trim().is_empty());
        prop_assert!(!problem(&summary, Some(&customer), Some(&number)).is_empty());
    }
}
