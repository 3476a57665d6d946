//! Wrong arguments and settings: the complaint names what is wrong, and nothing is made.

use crate::program::{Directory, run};

#[tokio::test]
async fn the_parser_names_what_is_wrong() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "Usage: watchbell <COMMAND>"),
        (&["server"], "unrecognized subcommand 'server'"),
        (&["serve", "--port", "80"], "unexpected argument '--port'"),
        (&["user", "create", "--name", "Ann"], "--email <EMAIL>"),
        (&["user", "create", "--email", "a@x", "--name", "A", "--role", "KING"], "invalid value 'KING'"),
        (&["api-key", "create", "--user", "a@x"], "--name <NAME>"),
        (&["sim", "autotask", "--listen", "here"], "invalid value 'here'"),
        (&["sim", "autotask", "--callout", "not a url"], "invalid value 'not a url'"),
        (&["sim", "smtp", "--user", "ann"], "--password <PASSWORD>"),
        (&["backup"], "<FILE>"),
    ];
    for (words, complaint) in cases {
        let outcome = run(&[], words, "").await;
        assert_eq!(outcome.code, 2, "{words:?} {outcome:#?}");
        assert!(outcome.stderr.contains(complaint), "{words:?}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{words:?}");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_refused_in_words_wherever_it_comes_from() {
    let directory = Directory::new("settings");
    let data_dir = directory.file("data");
    let cases: &[(&str, &str, &str)] = &[
        ("WATCHBELL_LISTEN", "8080", "WATCHBELL_LISTEN: must be an address such as 127.0.0.1:8080, not \"8080\""),
        ("WATCHBELL_TRUSTED_PROXY", "proxy", "WATCHBELL_TRUSTED_PROXY: must be addresses such as 127.0.0.1"),
        ("WATCHBELL_PUBLIC_URL", "bell.example.com", "public_url must be an http or https address"),
        ("WATCHBELL_DATABASE_URL", "mysql://localhost/x", "must start with postgres://"),
        ("WATCHBELL_SMTP_URL", "mail.example.com", "smtp_url"),
        ("WATCHBELL_SEAL_KEY", "abc", "64 hexadecimal digits"),
        ("WATCHBELL_LOG_JSON", "perhaps", "LOG_JSON"),
    ];
    for (name, value, complaint) in cases {
        let complained = run(&[("WATCHBELL_DATA_DIR", &data_dir), (name, value)], &["serve"], "").await.refused();
        assert!(complained.contains(complaint), "{name}: {complained}");
    }
    let option = run(&[("WATCHBELL_DATA_DIR", &data_dir)], &["serve", "--listen", "here"], "").await.refused();
    assert!(option.contains("--listen: must be an address such as 127.0.0.1:8080, not \"here\""), "{option}");
    let missing = run(&[], &["serve", "--config", "/nowhere/watchbell.toml"], "").await.refused();
    assert!(missing.contains("/nowhere/watchbell.toml"), "{missing}");
}

#[tokio::test]
async fn a_misspelt_setting_in_the_file_is_refused() {
    let directory = Directory::new("misspelt");
    let file = directory.file("watchbell.toml");
    std::fs::write(&file, "lissten = \"127.0.0.1:0\"\n").unwrap();
    let said = run(&[], &["serve", "--config", &file], "").await.refused();
    assert!(
        said.contains(&file) && said.contains("there is no setting \"lissten\"") && said.contains("listen"),
        "{said}"
    );
    std::fs::write(&file, "listen = \n").unwrap();
    let said = run(&[], &["serve", "--config", &file], "").await.refused();
    assert!(said.contains(&file), "{said}");
}

#[tokio::test]
async fn an_empty_variable_is_not_set_and_a_directory_may_be_a_number() {
    let env = [
        ("WATCHBELL_DATABASE_URL", ""),
        ("WATCHBELL_PUBLIC_URL", " "),
        ("WATCHBELL_LISTEN", "localhost:1"),
        ("WATCHBELL_TRUSTED_PROXY", "127.0.0.1, 10.0.0.0/8"),
        ("WATCHBELL_LOG_JSON", "1"),
        ("WATCHBELL_DATA_DIR", "2026"),
    ];
    let outcome = run(&env, &["doctor"], "").await;
    assert!(outcome.stdout.contains("there is none at 2026/watchbell.db"), "{outcome:#?}");
}

#[tokio::test]
async fn the_option_wins_over_the_variable_and_the_variable_over_the_file() {
    let directory = Directory::new("layers");
    let file = directory.file("watchbell.toml");
    std::fs::write(&file, "listen = \"not an address\"\ndata_dir = \"/nowhere/at/all\"\n").unwrap();
    let from_file =
        run(&[("WATCHBELL_DATA_DIR", &directory.file("data"))], &["doctor", "--config", &file], "").await.refused();
    assert!(from_file.contains("listen") && from_file.contains(&file), "{from_file}");
    let env = [
        ("WATCHBELL_CONFIG", file.as_str()),
        ("WATCHBELL_LISTEN", "127.0.0.1:1"),
        ("WATCHBELL_DATA_DIR", "/nowhere/else"),
    ];
    let chosen = directory.file("chosen");
    let outcome = run(&env, &["doctor", "--data-dir", &chosen], "").await;
    assert!(outcome.stdout.contains(&format!("there is none at {chosen}/watchbell.db")), "{outcome:#?}");
}

#[tokio::test]
async fn every_command_explains_itself() {
    for words in [
        "",
        "serve",
        "user create",
        "api-key create",
        "doctor",
        "backup",
        "restore",
        "resume",
        "sim",
        "sim autotask",
        "sim smtp",
        "sim ntfy",
        "sim hook",
    ] {
        let help: Vec<&str> = words.split_whitespace().chain(["--help"]).collect();
        let text = run(&[], &help, "").await.ok().stdout;
        assert!(text.contains("Usage: watchbell") && text.lines().count() > 5, "{words}: {text}");
    }
}
