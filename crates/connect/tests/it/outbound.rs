//! The HTTP client: where it goes and where it does not, how long it waits, how much it reads.

use std::time::Duration;

use watchbell_connect::http::{HttpClient, HttpError, OutboundPolicy, Reach};
use watchbell_sim::hook::{Hook, HookAnswer, HookSimConfig};

fn client(allow_private: bool) -> HttpClient {
    HttpClient::new(OutboundPolicy { allow_private }).unwrap()
}

#[tokio::test]
async fn metadata_and_link_local_addresses_are_refused_however_they_are_written() {
    let open = client(true);
    for url in [
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254:80/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://0251.0376.0251.0376/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/latest/",
        "http://100.100.100.200/",
        "http://0.0.0.0/",
        "http://[::]/",
    ] {
        assert!(matches!(open.check(url), Err(HttpError::Refused { .. })), "{url}");
        assert!(matches!(open.get(url), Err(HttpError::Refused { .. })), "{url}");
        assert!(open.client_for(url).is_err(), "{url}");
    }
    for url in
        ["", "bell.example", "ftp://bell.example", "file:///etc/passwd", "http://", "gopher://x", "javascript:alert(1)"]
    {
        assert!(matches!(open.check(url), Err(HttpError::BadUrl(_))), "{url}");
    }
    assert!(matches!(open.check(&format!("https://bell.example/{}", "x".repeat(4_000))), Err(HttpError::BadUrl(_))));
}

#[tokio::test]
async fn private_addresses_are_closed_by_the_setting_before_and_after_the_name_is_resolved() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    let by_name = format!("http://localhost:{}/", hook.addr().port());
    assert_eq!(client(true).get(&by_name).unwrap().send().await.unwrap().status, 200);
    assert_eq!(client(true).get(&hook.url()).unwrap().send().await.unwrap().status, 200);
    hook.clear();

    let closed = client(false);
    assert!(matches!(closed.get(&hook.url()), Err(HttpError::Refused { reach: Reach::Loopback, .. })));
    assert!(matches!(closed.get("http://10.0.0.1/"), Err(HttpError::Refused { reach: Reach::Private, .. })));
    let fault = closed.get(&by_name).unwrap().send().await.unwrap_err();
    assert!(matches!(fault, HttpError::Refused { reach: Reach::Loopback, .. }), "{fault:?}");
    assert_eq!(fault.to_string(), "localhost is this machine itself, which may not be reached from here");
    assert!(hook.received().is_empty());
}

#[tokio::test]
async fn an_answer_is_read_to_its_limit() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    hook.answer(HookAnswer { body: "x".repeat(1_000), ..HookAnswer::default() });
    let read = async |limit| client(true).get(&hook.url()).unwrap().answer_bytes_max(limit).send().await;
    assert_eq!(read(1_000).await.unwrap().body.len(), 1_000);
    assert!(matches!(read(999).await, Err(HttpError::TooLarge { status: 200, bytes_max: 999 })));
}

#[tokio::test]
async fn a_request_ends_at_its_deadline() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    hook.answer(HookAnswer { hang: true, ..HookAnswer::default() });
    let fault = client(true).get(&hook.url()).unwrap().deadline(Duration::from_millis(200)).send().await.unwrap_err();
    assert!(matches!(fault, HttpError::Late(_)) && fault.is_transient(), "{fault:?}");
}

#[tokio::test]
async fn faults_are_told_apart() {
    let refused = client(true).get("http://127.0.0.1:1/").unwrap().send().await.unwrap_err();
    assert!(matches!(refused, HttpError::Unreachable(_)) && refused.is_transient(), "{refused:?}");
    let unknown = client(true).get("http://nobody.invalid/").unwrap().send().await.unwrap_err();
    assert!(matches!(unknown, HttpError::Unresolved { .. }) && unknown.is_transient(), "{unknown:?}");
    let unsendable = client(true).get("http://127.0.0.1:1/").unwrap().header("X: y", "z").send().await.unwrap_err();
    assert!(matches!(unsendable, HttpError::Unsendable(_)) && !unsendable.is_transient(), "{unsendable:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    hook.answer(HookAnswer {
        headers: [("Location".to_owned(), "http://169.254.169.254/".to_owned())].into(),
        ..302.into()
    });
    let answer = client(true).get(&hook.url()).unwrap().send().await.unwrap();
    assert_eq!((answer.status, answer.header("location")), (302, Some("http://169.254.169.254/")));
    assert_eq!(hook.received().len(), 1);
}
