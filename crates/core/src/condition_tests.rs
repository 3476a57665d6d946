#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;

fn parse(json: &str) -> Condition<String> {
    serde_json::from_str(json).unwrap()
}

fn look_up(field: &str) -> Vec<Found<'static>> {
    match field {
        "queue" => vec![Found::Number(8)],
        "assigned" => vec![Found::Flag(false)],
        "text" => vec![Found::Text("Server DOWN at Müller"), Found::Text("The disk is full.")],
        "site" => vec![Found::Text(" 5 ")],
        "blank" => vec![Found::Text("  ")],
        _ => vec![],
    }
}

fn holds(json: &str) -> bool {
    parse(json).holds(&|field: &String| look_up(field))
}

#[test]
fn every_operator_compares_as_it_says() {
    let cases = [
        (r#"{"test":{"field":"queue","op":"is","value":8}}"#, true),
        (r#"{"test":{"field":"queue","op":"is","value":[5,8]}}"#, true),
        (r#"{"test":{"field":"queue","op":"is","value":"8"}}"#, true),
        (r#"{"test":{"field":"queue","op":"is_not","value":[5,8]}}"#, false),
        (r#"{"test":{"field":"gone","op":"is_not","value":8}}"#, true),
        (r#"{"test":{"field":"gone","op":"is","value":8}}"#, false),
        (r#"{"test":{"field":"assigned","op":"is","value":false}}"#, true),
        (r#"{"test":{"field":"text","op":"contains","value":"down"}}"#, true),
        (r#"{"test":{"field":"text","op":"contains","value":"MÜLLER"}}"#, true),
        (r#"{"test":{"field":"text","op":"contains_not","value":["disk"]}}"#, false),
        (r#"{"test":{"field":"text","op":"contains_not","value":["tape"]}}"#, true),
        (r#"{"test":{"field":"text","op":"has_word","value":"full"}}"#, true),
        (r#"{"test":{"field":"text","op":"has_word","value":"ful"}}"#, false),
        (r#"{"test":{"field":"text","op":"starts_with","value":"the disk"}}"#, true),
        (r#"{"test":{"field":"text","op":"ends_with","value":"müller"}}"#, true),
        (r#"{"test":{"field":"site","op":"is","value":5}}"#, true),
        (r#"{"test":{"field":"site","op":"is_set"}}"#, true),
        (r#"{"test":{"field":"blank","op":"is_set"}}"#, false),
        (r#"{"test":{"field":"blank","op":"is_not_set"}}"#, true),
        (r#"{"test":{"field":"gone","op":"is_not_set"}}"#, true),
    ];
    for (json, expected) in cases {
        assert_eq!(holds(json), expected, "{json}");
    }
}

#[test]
fn groups_combine_and_empty_groups_hold() {
    let yes = r#"{"test":{"field":"queue","op":"is","value":8}}"#;
    let no = r#"{"test":{"field":"queue","op":"is","value":9}}"#;
    let cases = [
        (format!(r#"{{"all":[{yes},{no}]}}"#), false),
        (format!(r#"{{"all":[{yes},{yes}]}}"#), true),
        (format!(r#"{{"any":[{no},{yes}]}}"#), true),
        (format!(r#"{{"any":[{no},{no}]}}"#), false),
        (format!(r#"{{"none":[{no},{no}]}}"#), true),
        (format!(r#"{{"none":[{no},{yes}]}}"#), false),
        (format!(r#"{{"all":[{yes},{{"none":[{no}]}},{{"any":[]}}]}}"#), true),
        (r#"{"all":[]}"#.into(), true),
        (r#"{"any":[]}"#.into(), true),
        (r#"{"none":[]}"#.into(), true),
        (r#"{"none":[{"all":[]}]}"#.into(), true),
    ];
    for (json, expected) in cases {
        assert_eq!(holds(&json), expected, "{json}");
    }
}

#[test]
fn the_test_that_decided_is_named() {
    let tree = parse(
        r#"{"all":[{"test":{"field":"assigned","op":"is","value":false}},
                  {"none":[{"test":{"field":"queue","op":"is","value":[8]}}]}]}"#,
    );
    let test = tree.why_not(&|field: &String| look_up(field)).unwrap();
    assert_eq!((test.field.as_str(), test.op), ("queue", Op::Is));
}

#[test]
fn limits_are_held() {
    let test = r#"{"test":{"field":"queue","op":"is","value":8}}"#;
    let nested = |levels: usize| parse(&format!("{}{test}{}", r#"{"all":["#.repeat(levels), "]}".repeat(levels)));
    assert_eq!(nested(CONDITION_DEPTH_MAX).validate(), Ok(()));
    assert_eq!(nested(CONDITION_DEPTH_MAX + 1).validate(), Err(ConditionError::TooDeep));

    let wide = |count: usize| parse(&format!(r#"{{"any":[{}]}}"#, vec![test; count].join(",")));
    assert_eq!(wide(CONDITION_TESTS_MAX).validate(), Ok(()));
    assert_eq!(wide(CONDITION_TESTS_MAX + 1).validate(), Err(ConditionError::TooMany));

    let many = |values: usize| parse(&format!(r#"{{"test":{{"field":"q","op":"is","value":{:?}}}}}"#, vec![1; values]));
    assert_eq!(many(CONDITION_VALUES_MAX).validate(), Ok(()));
    assert_eq!(many(CONDITION_VALUES_MAX + 1).validate(), Err(ConditionError::TooManyValues));

    let long =
        |chars: usize| parse(&format!(r#"{{"test":{{"field":"q","op":"contains","value":"{}"}}}}"#, "ä".repeat(chars)));
    assert_eq!(long(CONDITION_TEXT_CHARS_MAX).validate(), Ok(()));
    assert_eq!(long(CONDITION_TEXT_CHARS_MAX + 1).validate(), Err(ConditionError::TooLong));
    assert_eq!(long(0).validate(), Err(ConditionError::NoValue));
    assert_eq!(parse(r#"{"test":{"field":"q","op":"is"}}"#).validate(), Err(ConditionError::NoValue));
    assert_eq!(
        parse(r#"{"test":{"field":"q","op":"is_set","value":1}}"#).validate(),
        Err(ConditionError::NeedlessValue)
    );
}

#[test]
fn a_tree_survives_the_wire_and_strangers_are_refused() {
    let json = r#"{"all":[{"test":{"field":"queue","op":"is","value":8}},{"test":{"field":"a","op":"is_set"}}]}"#;
    assert_eq!(serde_json::to_string(&parse(json)).unwrap(), json);
    for bad in [
        r#"{"test":{"field":"q","op":"regex","value":"a"}}"#,
        r#"{"some":[]}"#,
        r#"{"test":{"field":"q","op":"is","value":1,"not":true}}"#,
    ] {
        assert!(serde_json::from_str::<Condition<String>>(bad).is_err(), "{bad}");
    }
}
