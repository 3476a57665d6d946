//! The OpenAPI document, in the shape that ilert's command line reads: `/api` as the server and paths without it, no operation ids,
//! the first tag as the command group, `application/json` only.

use crate::error::ErrorOut;
use utoipa::PartialSchema as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Schema, ServerBuilder,
};

const ERROR_SCHEMA: &str = "RestError";
const BEARER: &str = "apiKey";

/// Schemas that stand for what is sent as well as for what is answered, as ilert has it: what a request has to have.
const REQUIRED: [(&str, &[&str]); 16] = [
    ("AlertAction", &["connectorType", "name"]),
    ("AlertActionTrigger", &["alertActionId"]),
    ("Connector", &["name", "type"]),
    ("EscalationPolicy", &["name", "escalationRules"]),
    ("EscalationRule", &["escalationTimeout"]),
    ("Schedule", &[]),
    ("ScheduleLayerConfig", &["rotation", "startsOn", "users"]),
    ("ScheduleLayerRestriction", &["from", "to"]),
    ("ScheduleRel", &[]),
    ("Shift", &[]),
    ("ShiftRel", &[]),
    ("Team", &["name"]),
    ("TeamMember", &["user"]),
    ("TemporarySchedule", &["start", "end", "shifts"]),
    ("TimeOfWeek", &["dayOfWeek", "time"]),
    ("User", &["firstName", "lastName", "email"]),
];

/// Gives the collected document its head, its errors and its security, and takes away what must not be in it.
pub fn finish(mut document: OpenApi) -> OpenApi {
    let about = "Alerting, on-call and incident response. The paths are those of ilert's API.";
    document.info =
        InfoBuilder::new().title("Watchbell API").version(env!("CARGO_PKG_VERSION")).description(Some(about)).build();
    document.servers = Some(vec![ServerBuilder::new().url("/api").build()]);
    document.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(ERROR_SCHEMA.to_owned(), ErrorOut::schema());
    for (name, fields) in REQUIRED {
        if let Some(RefOr::T(Schema::Object(schema))) = components.schemas.get_mut(name) {
            schema.required = fields.iter().map(|field| (*field).to_owned()).collect();
        }
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key of a user.")).build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(finish_operation);
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.delete, &mut item.head]
        .into_iter()
        .filter_map(Option::as_mut)
}

fn finish_operation(operation: &mut Operation) {
    operation.operation_id = None;
    let error = ContentBuilder::new().schema(Some(Ref::from_schema_name(ERROR_SCHEMA))).build();
    let response =
        ResponseBuilder::new().description("What is wrong and what to do.").content("application/json", error).build();
    operation.responses.responses.insert("default".to_owned(), response.into());
}
