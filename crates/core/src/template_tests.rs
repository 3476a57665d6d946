#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;

fn context() -> Json {
    serde_json::json!({
        "ticket": {"title": "Server <down>", "number": "T20261123.0001", "note": null, "lines": "\nfirst\nsecond"},
        "list": (0..1000).collect::<Vec<_>>(),
        "long": "x".repeat(40_000),
    })
}

#[test]
fn fields_filters_and_missing_values() {
    let cases = [
        ("{{ ticket.title }} [{{ ticket.number }}]", "Server <down> [T20261123.0001]"),
        ("a{{ ticket.note }}b", "ab"),
        ("{{ ticket.note | default('none') }}", "none"),
        ("{{ ticket.title | upper }}", "SERVER <DOWN>"),
        ("{{ ticket.title | lower | truncate(5) }}", "serv…"),
        ("{{ ticket.title | replace('<', '(') }}", "Server (down>"),
        ("{{ ticket.lines | first_line }}", "first"),
        ("{{ ticket.title | length }}", "13"),
        ("{% if ticket.note %}yes{% else %}no{% endif %}", "no"),
        ("{% for n in list %}{% if n < 3 %}{{ n }}{% endif %}{% endfor %}", "012"),
        ("  {{ '  ' }} x  ", "x"),
    ];
    for (source, expected) in cases {
        assert_eq!(render(source, &context()).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn mistakes_are_named_with_their_line() {
    let error = |source: &str| render(source, &context()).unwrap_err();
    assert!(matches!(error("a\n{{ ticket.titel }}"), TemplateError::Unknown { line: 2, .. }));
    assert!(matches!(error("{{ tikcet.title }}"), TemplateError::Unknown { .. }));
    assert!(matches!(error("{{ ticket.title | shout }}"), TemplateError::Unknown { .. }));
    assert!(matches!(error("{{ ticket.title "), TemplateError::Syntax { .. }));
    assert!(matches!(error("{% for x in %}"), TemplateError::Syntax { .. }));
    assert!(matches!(error("{% include 'etc' %}"), TemplateError::Failed { .. } | TemplateError::Syntax { .. }));
    assert_eq!(check("{{ ticket.title }}"), Ok(()));
    assert!(check("{{ ticket.title").is_err());
}

#[test]
fn a_template_is_limited_in_length() {
    assert!(render(&"x".repeat(TEMPLATE_BYTES_MAX), &context()).is_ok());
    let longer = "x".repeat(TEMPLATE_BYTES_MAX + 1);
    assert_eq!(render(&longer, &context()), Err(TemplateError::TooLong { bytes: TEMPLATE_BYTES_MAX + 1 }));
    assert_eq!(check(&longer), Err(TemplateError::TooLong { bytes: TEMPLATE_BYTES_MAX + 1 }));
}

#[test]
fn bombs_stop_early() {
    let doubling = format!("{{% set a = long %}}{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(60));
    let bombs = [
        "{% for a in list %}{% for b in list %}{% for c in list %}x{% endfor %}{% endfor %}{% endfor %}".to_owned(),
        doubling,
        "{{ 'x' * 99999999 }}".to_owned(),
        "{{ 'x' * 99999 * 999 }}".to_owned(),
        "{{ long }}{{ long }}".to_owned(),
        "{{ long | replace('x', long) }}".to_owned(),
        "{% for a in list %}{{ long }}{% endfor %}".to_owned(),
        "{% for a in list %}{% set b %}{{ long }}{% endset %}{% endfor %}".to_owned(),
        "{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f(long) }}".to_owned(),
        "{% for a in [long] recursive %}{{ loop([a ~ a]) }}{% endfor %}".to_owned(),
        format!("{}1{}", "{{ ".to_owned() + &"(".repeat(3000), ")".repeat(3000) + " }}"),
        "{% if 1 %}".repeat(700) + &"{% endif %}".repeat(100),
    ];
    for bomb in bombs {
        let error = render(&bomb, &context()).unwrap_err();
        assert!(!matches!(error, TemplateError::Unknown { .. }), "{error} in {}", &bomb[..bomb.len().min(80)]);
    }
}

#[test]
fn the_output_is_limited() {
    let of = |bytes: usize| serde_json::json!({ "text": "x".repeat(bytes) });
    assert_eq!(render("{{ text }}", &of(TEMPLATE_OUTPUT_BYTES_MAX)).unwrap().len(), TEMPLATE_OUTPUT_BYTES_MAX);
    assert_eq!(render("{{ text }}", &of(TEMPLATE_OUTPUT_BYTES_MAX + 1)), Err(TemplateError::TooMuch));
}

#[test]
fn a_broken_template_falls_back_and_says_so() {
    let with = |source| render_or_default(source, "{{ ticket.number }}", "ticket", &context());
    assert_eq!(with(None), Rendered { text: "T20261123.0001".into(), problem: None });
    assert_eq!(with(Some("{{ ticket.title }}")), Rendered { text: "Server <down>".into(), problem: None });
    assert_eq!(with(Some("{{ ticket.note }}")).text, "T20261123.0001", "an empty summary helps nobody");
    let broken = with(Some("{{ ticket.titel }}"));
    assert_eq!(broken.text, "T20261123.0001");
    let said = broken.problem.unwrap().to_string();
    assert!(said.contains("line 1") && said.contains("ticket.titel"), "{said}");
    let both = render_or_default(Some("{{ a"), "{{ b }}", "ticket", &context());
    assert_eq!(both.text, "ticket");
    assert!(matches!(both.problem, Some(TemplateError::Syntax { .. })), "the user's own mistake is the one told");
}
