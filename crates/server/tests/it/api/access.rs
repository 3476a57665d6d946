//! Credentials, roles, and the body of every error.

use serde_json::json;
use watchbell_core::user::Role;
use watchbell_server::auth::roles::{May, rule_of};
use watchbell_server::auth::{begin_session, csrf_of, hash_password};
use watchbell_store::{doors, users};
use watchbell_testkit::http::client;
use watchbell_testkit::{TestApp, both_databases};

fn basic(user: &str, password: &str) -> reqwest::RequestBuilder {
    client().get("http://unset").basic_auth(user, Some(password))
}

/// The status of GET /api/users/current with this header.
async fn current_with(app: &TestApp, authorization: &str) -> u16 {
    let request = client().get(format!("{}/api/users/current", app.url)).header("authorization", authorization);
    request.send().await.unwrap().status().as_u16()
}

async fn current_by_basic(app: &TestApp, user: &str, password: &str) -> u16 {
    let built = basic(user, password).build().unwrap();
    current_with(app, built.headers()["authorization"].to_str().unwrap()).await
}

async fn with_password(app: &mut TestApp, name: &str, password: &str) -> watchbell_core::ids::UserId {
    let id = app.user_of_role(name, Role::User).await.id;
    let hash = hash_password(password.to_owned().into(), [1; 16]).await.unwrap();
    users::set_password_hash(&app.app.db, &app.scope(), id, Some(hash), app.app.clock.now()).await.unwrap();
    id
}

both_databases! {
    async fn missing_credentials_are_401_and_unknown_ones_403(app: TestApp) {
        let missing = app.http.get("/api/users").await.expect(401);
        assert_eq!(missing.json()["code"], "UNAUTHORIZED");
        assert!(missing.headers.contains_key("www-authenticate"));
        let unknown = app.http.with_key("nobody").get("/api/users").await.expect(403);
        assert_eq!(unknown.json(), json!({"status": 403, "code": "KEY_ERROR", "message": unknown.json()["message"]}));
        assert_eq!(current_with(app, "Digest x").await, 401);
        assert_eq!(current_with(app, "Basic !!!").await, 401);
        assert_eq!(current_with(app, "Bearer").await, 403);
    }

    async fn basic_takes_a_key_or_the_password_and_is_throttled(app: TestApp) {
        with_password(app, "ann", "correct horse").await;
        let key = app.app.ids.token().text();
        let ann = users::find_by_email(&app.app.db, &app.scope(), "ann@example.com").await.unwrap().unwrap();
        let hash = watchbell_server::ids::Token::hash(&key);
        watchbell_store::api_keys::create(&app.app.db, &app.scope(), ann.id, "k".into(), hash, app.app.clock.now()).await.unwrap();
        assert_eq!(current_by_basic(app, "whoever@organization", &key).await, 200);
        assert_eq!(current_by_basic(app, "ANN@example.com", "correct horse").await, 200);
        for _ in 0..5 {
            assert_eq!(current_by_basic(app, "ann@example.com", "wrong horse").await, 401);
        }
        assert_eq!(current_by_basic(app, "ann@example.com", "correct horse").await, 429, "even the right one has to wait");
        app.app.clock.advance(watchbell_testkit::minutes(1));
        assert_eq!(current_by_basic(app, "ann@example.com", "correct horse").await, 200);
        assert_eq!(current_by_basic(app, "nobody@example.com", "wrong horse").await, 401, "the same answer as for a wrong password");
    }

    async fn the_go_clients_user_name_has_the_organization_behind_it(app: TestApp) {
        with_password(app, "ann", "correct horse").await;
        assert_eq!(current_by_basic(app, "ann@example.com@contoso", "correct horse").await, 200);
        assert_eq!(current_by_basic(app, "ann@example.com@contoso", "wrong horse").await, 401);
    }

    async fn behind_a_proxy_the_address_that_guesses_waits_and_not_the_owner(app: TestApp) {
        with_password(app, "ann", "correct horse").await;
        let url = format!("{}/api/users/current", app.url);
        let from = async |forwarded: &str, password: &str| {
            let request = client().get(&url).basic_auth("ann@example.com", Some(password)).header("x-forwarded-for", forwarded);
            request.send().await.unwrap().status().as_u16()
        };
        for n in 0..5 {
            // What the guesser puts in front is not believed.
            assert_eq!(from(&format!("192.0.2.{n}, 203.0.113.7"), "wrong horse").await, 401);
        }
        assert_eq!(from("203.0.113.7", "correct horse").await, 429);
        assert_eq!(from("198.51.100.1", "correct horse").await, 200);
    }

    async fn a_session_reads_and_needs_its_csrf_token_to_write(app: TestApp) {
        let id = with_password(app, "ann", "correct horse").await;
        let scope = doors::signed_link(&app.app.db, doors::ORGANIZATION, id).await.unwrap().unwrap();
        let cookie = begin_session(&app.app, &scope, &Default::default()).await.unwrap();
        let text = cookie.to_string();
        assert!(text.contains("HttpOnly") && text.contains("SameSite=Lax") && !text.contains("Secure"), "{text}");
        let send = |method: reqwest::Method, csrf: Option<&str>| {
            let mut request = client().request(method, format!("{}/api/users/current", app.url)).header("cookie", format!("{}={}", cookie.name(), cookie.value()));
            if let Some(csrf) = csrf {
                request = request.header("x-csrf-token", csrf);
            }
            request.json(&json!({"firstName": "Ann", "lastName": "New", "email": "ann@example.com"})).send()
        };
        assert_eq!(send(reqwest::Method::GET, None).await.unwrap().status(), 200);
        assert_eq!(send(reqwest::Method::PUT, None).await.unwrap().status(), 403);
        assert_eq!(send(reqwest::Method::PUT, Some("guess")).await.unwrap().status(), 403);
        assert_eq!(send(reqwest::Method::PUT, Some(&csrf_of(cookie.value()))).await.unwrap().status(), 200);
        app.app.clock.advance(watchbell_testkit::minutes(31 * 24 * 60));
        assert_eq!(send(reqwest::Method::GET, None).await.unwrap().status(), 401, "it ended");
    }

    async fn every_endpoint_asks_for_the_role_of_the_table(app: TestApp) {
        let other = app.user_of_role("other", Role::Guest).await.id;
        let document = serde_json::to_value(watchbell_server::api::openapi()).unwrap();
        let mut callers = Vec::new();
        for role in Role::ALL {
            let id = app.user_of_role(&format!("a-{role}"), *role).await.id;
            callers.push((*role, app.as_user(id).await));
        }
        let mut walked = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            if path == "/events" {
                continue; // Its proof is the integration key in the body.
            }
            let rule = rule_of(path).unwrap_or_else(|| panic!("{path} is not in the table of roles"));
            let concrete = path.replace("{user-id}", &other.to_string()).replace("{id}", "987654").replace("{level}", "0").replace("{language}", "de").replace("{name}", "nobody").replace("{override-id}", "987654").replace("{temporary-id}", "987654");
            for method in ["get", "post", "put", "delete"].iter().filter(|method| item.get(**method).is_some()) {
                let verb: reqwest::Method = method.to_uppercase().parse().unwrap();
                app.http.send(verb.clone(), &format!("/api{concrete}"), Some(&json!({}))).await.expect(401);
                for (role, caller) in &callers {
                    let needed = match (rule.of_others, path.contains("{user-id}") || path.contains("{id}")) {
                        (Some(of_others), true) => of_others,
                        _ if *method == "get" => rule.read,
                        _ => rule.change,
                    };
                    let status = caller.send(verb.clone(), &format!("/api{concrete}?routing-key=x"), Some(&json!({}))).await.status.as_u16();
                    let may = needed.is_granted_to(*role);
                    assert!(status < 500, "{method} {path} as {role}: {status}");
                    // An empty body may be refused before the question of whose account it is.
                    let refused = status == 403 || (!may && rule.of_others.is_some() && status == 400);
                    assert_eq!(refused, !may, "{method} {path} as {role}: {status}");
                    walked += 1;
                }
            }
        }
        assert!(walked > 300, "{walked}");
        assert!(May::Administer.is_granted_to(Role::Admin));
    }

    async fn every_error_has_the_same_body(app: TestApp) {
        let admin = app.user_of_role("boss", Role::Admin).await.id;
        let boss = app.as_user(admin).await;
        let check = |answer: watchbell_testkit::http::Answer, status: u16| {
            let answer = answer.expect(status);
            let error = answer.json();
            assert_eq!(error["status"], status);
            assert!(error["message"].is_string() && error["code"].is_string(), "{error}");
            assert_eq!(answer.headers["content-type"], "application/json");
            error["message"].as_str().unwrap().to_owned()
        };
        check(boss.get("/api/nowhere").await, 404);
        check(boss.delete("/api/users").await, 405);
        check(boss.get("/api/users/987654").await, 404);
        check(boss.get("/api/alert-sources/abc").await, 400);
        for (body, says) in [
            ("{", "body: "),
            ("", "body: "),
            ("[1]", "body: "),
            (r#"{"name":1}"#, "name: "),
            (r#"{"name":"x","escalationRules":[{"escalationTimeout":"soon"}]}"#, "escalationRules[0].escalationTimeout: "),
            (r#"{"name":"x","escalationRules":[{"escalationTimeout":1e99}]}"#, "escalationRules[0].escalationTimeout: "),
            (r#"{"name":"\ud800","escalationRules":[]}"#, "name: "),
        ] {
            let message = check(boss.send_bytes(reqwest::Method::POST, "/api/escalation-policies", "application/json", body.into()).await, 400);
            assert!(message.starts_with(says), "{body}: {message}");
        }
        let deep = "[".repeat(100_000);
        check(boss.send_bytes(reqwest::Method::POST, "/api/escalation-policies", "application/json", deep.into()).await, 400);
        let keys = (0..100_000).map(|n| format!("\"k{n}\":0")).collect::<Vec<_>>().join(",");
        check(boss.send_bytes(reqwest::Method::POST, "/api/escalation-policies", "application/json", format!("{{{keys}}}").into()).await, 413);
        check(boss.send_bytes(reqwest::Method::POST, "/api/users", "application/json", vec![b' '; 10 * 1024 * 1024]).await, 413);
    }
}
