//! Who calls, by the three headers, and as whom.

use axum::response::Response;

use super::super::entity::Entity;
use super::super::person::{Actor, ROBOT};
use super::super::world::World;
use super::answer;
use super::call::Call;

/// Checks the credentials. Every fault of theirs is the same 401. Returns as whom the call writes.
pub fn check(world: &mut World, call: &Call) -> Result<Actor, Box<Response>> {
    let api_user = world.find_api_user(call.header("username"));
    let known = api_user.filter(|_| call.header("secret") == world.config.api_secret);
    let code_fits = call.header("apiintegrationcode") == world.config.api_code;
    let Some(id) = known.filter(|_| code_fits && !world.faults.locked) else {
        let World { gate, faults, .. } = world;
        gate.refuse_login(faults);
        let says_code = known.is_some() && !faults.locked && faults.bad_code_is_500;
        let refused = || answer::errors(vec!["IntegrationCode is invalid".to_owned()]);
        return Err(Box::new(if says_code { refused() } else { answer::unauthorized() }));
    };
    let api_user = Actor::resource(id);
    match call.header("impersonationresourceid") {
        "" => Ok(api_user),
        person if call.is_write() => {
            impersonate(world, id, person).map_err(|error| Box::new(answer::errors(vec![error])))
        }
        _ => Ok(api_user),
    }
}

/// Any active resource but the system and API users can be impersonated. The wording is not known from a tenant.
fn impersonate(world: &World, api_user: i64, id: &str) -> Result<Actor, String> {
    let refused =
        || format!("The logged in Resource does not have the adequate permissions to impersonate resource {id}.");
    let id: i64 = id.trim().parse().map_err(|_| refused())?;
    let active = world.tables.get(Entity::Resources, id).is_some_and(|row| row["isActive"] == true);
    if world.faults.deny_impersonation || !active || id == ROBOT || world.is_api_user(id) {
        return Err(refused());
    }
    Ok(Actor { impersonator: Some(api_user), ..Actor::resource(id) })
}
