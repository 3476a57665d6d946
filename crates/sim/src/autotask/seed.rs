//! The small MSP that a tenant begins with.

use serde_json::{Value, json};

use super::entity::Entity;
use super::person::{By, ROBOT};
use super::picklist::Language;
use super::row::{Row, set, stamp};
use super::rule::{Condition, Event, On, Rule};
use super::tables::blank;
use super::udf::{Udf, UdfKind};
use super::world::World;

/// The category of tickets that name none.
pub const STANDARD_CATEGORY: i64 = 3;
/// The licence of API users.
pub const API_LICENSE: i64 = 7;
/// The resource of the configured API user.
pub const API_USER: i64 = 29_682_950;
/// The resource of another vendor's API user: the RMM.
pub const RMM_USER: i64 = 29_682_951;
/// Technicians: Anna (level I), Ben (levels I and II), Carla (level II).
pub const ANNA: i64 = 29_682_885;
/// Ben, levels I and II.
pub const BEN: i64 = 29_682_886;
/// Carla, level II.
pub const CARLA: i64 = 29_682_887;
/// The roles.
pub const LEVEL_1: i64 = 29_682_834;
/// Level II engineer.
pub const LEVEL_2: i64 = 29_682_835;
/// The customers.
pub const BAKERY: i64 = 29_683_511;
/// The law firm.
pub const LAW_FIRM: i64 = 29_683_512;
/// The hospital, whose ward is its child company.
pub const HOSPITAL: i64 = 29_683_513;
/// A contact of the bakery.
pub const BAKER: i64 = 30_682_901;

/// The user-defined fields of tickets.
pub fn udfs() -> Vec<Udf> {
    let udf = |name: &str, kind, values: &[&str]| Udf {
        name: name.to_owned(),
        kind,
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    vec![
        udf("Alert Id", UdfKind::Text, &[]),
        udf("After Hours", UdfKind::List, &["Yes", "No"]),
        udf("Affected Users", UdfKind::Number, &[]),
        udf("Maintenance Until", UdfKind::Date, &[]),
    ]
}

/// Plants companies, contacts, resources, roles, categories, configuration items, and two example rules that are not active.
pub fn plant(world: &mut World) {
    plant_resources(world);
    plant_companies(world);
    plant_categories(world);
    plant_example_rules(world);
}

fn put(world: &mut World, entity: Entity, id: i64, values: Value) {
    let mut row = blank(entity);
    if let Value::Object(values) = values {
        row.extend(values);
    }
    let now = stamp(world.clock.now());
    for field in ["createDate", "lastActivityDate"] {
        if row.contains_key(field) {
            set(&mut row, field, now.clone());
        }
    }
    world.tables.insert(entity, id, row);
}

fn plant_resources(world: &mut World) {
    let api_user = world.config.api_user.clone();
    let people = [
        (ROBOT, "Autotask", "Administrator", "", "administrator", 1, 11),
        (ANNA, "Anna", "Keller", "anna@msp.example", "akeller", 1, 10),
        (BEN, "Ben", "Ortiz", "ben@msp.example", "bortiz", 1, 10),
        (CARLA, "Carla", "Ruiz", "carla@msp.example", "cruiz", 1, 10),
        (API_USER, "Watchbell", "API", api_user.as_str(), api_user.as_str(), API_LICENSE, 9),
        (RMM_USER, "RMM", "API", "rmm-api@msp.example", "rmm-api@msp.example", API_LICENSE, 9),
    ];
    for (id, first, last, email, user, license, kind) in people {
        put(
            world,
            Entity::Resources,
            id,
            json!({
                "firstName": first, "lastName": last, "email": email, "userName": user, "isActive": true,
                "licenseType": license, "userType": kind, "resourceType": "Employee",
                "officePhone": "+1 518 555 0100", "mobilePhone": "+1 518 555 0199",
                "defaultServiceDeskRoleID": if id == CARLA { LEVEL_2 } else { LEVEL_1 },
            }),
        );
    }
    for (id, name) in [(LEVEL_1, "Level I Engineer"), (LEVEL_2, "Level II Engineer"), (29_683_460, "Administrator")] {
        let role = json!({"name": name, "description": "", "isActive": true, "hourlyFactor": 1.0, "hourlyRate": 120.0, "isSystemRole": false, "roleType": 0});
        put(world, Entity::Roles, id, role);
    }
    let held = [
        (1, ANNA, LEVEL_1, 29_682_833),
        (2, BEN, LEVEL_1, 29_682_833),
        (3, BEN, LEVEL_2, 29_683_487),
        (4, CARLA, LEVEL_2, 29_683_487),
    ];
    for (id, resource, role, queue) in held {
        let held = json!({"resourceID": resource, "roleID": role, "queueID": queue, "isActive": true});
        put(world, Entity::ResourceRoles, id, held);
    }
}

fn plant_companies(world: &mut World) {
    let companies = [
        (0, "Northbell IT Services", "+1 518 555 0100", None),
        (BAKERY, "Crumb & Crust Bakery", "+1 518 555 0111", None),
        (LAW_FIRM, "Harper Lindqvist LLP", "+1 518 555 0122", None),
        (HOSPITAL, "St. Ansgar Hospital", "+49 30 5550133", None),
        (29_683_514, "St. Ansgar Hospital, North Ward", "+49 30 5550134", Some(HOSPITAL)),
    ];
    for (id, name, phone, parent) in companies {
        let company = json!({
            "companyName": name, "companyNumber": id.to_string(), "companyType": 1, "phone": phone, "isActive": true,
            "parentCompanyID": parent, "ownerResourceID": ANNA, "city": "Albany", "countryID": 237,
        });
        put(world, Entity::Companies, id, company);
    }
    let contacts = [
        (BAKER, BAKERY, "Greta", "Crumb", "greta@bakery.example", "+1 518 555 0112", "+1 518 555 0113"),
        (30_682_902, LAW_FIRM, "Nils", "Lindqvist", "nils@law.example", "+1 518 555 0123", ""),
        (30_682_903, HOSPITAL, "Dr. Ada", "Weiß", "ada@hospital.example", "+49 30 5550135", "+49 170 5550136"),
        (30_682_904, HOSPITAL, "Night", "Desk", "night@hospital.example", "", "+49 170 5550137"),
    ];
    for (id, company, first, last, email, phone, mobile) in contacts {
        let contact = json!({
            "companyID": company, "firstName": first, "lastName": last, "emailAddress": email, "phone": phone,
            "mobilePhone": mobile, "isActive": 1, "primaryContact": true,
        });
        put(world, Entity::Contacts, id, contact);
    }
    for (id, company, title, serial) in [(501, BAKERY, "OVEN-PC", "SN-0501"), (502, HOSPITAL, "SRV-PACS-1", "SN-0502")]
    {
        let item = json!({"companyID": company, "referenceTitle": title, "serialNumber": serial, "productID": 1, "isActive": true, "rmmDeviceID": id, "rmmDeviceUID": format!("rmm-{id}")});
        put(world, Entity::ConfigurationItems, id, item);
    }
}

fn plant_categories(world: &mut World) {
    let german = world.config.language == Language::De;
    let categories = [
        (2, "RMM Alert", "RMM-Alarm"),
        (STANDARD_CATEGORY, "Standard", "Standard"),
        (4, "Change Request", "Änderungsanfrage"),
        (5, "Dispatch (strict)", "Disposition (streng)"),
    ];
    for (id, english, in_german) in categories {
        let name = if german { in_german } else { english };
        let category = json!({"name": name, "nickname": name, "isActive": true, "isGlobalDefault": id == STANDARD_CATEGORY, "isApiOnly": false, "displayColorRGB": 5});
        put(world, Entity::TicketCategories, id, category);
    }
}

fn plant_example_rules(world: &mut World) {
    let is = |field: &str, op: &str, value: i64| Condition {
        field: field.to_owned(),
        op: op.to_owned(),
        value: json!(value),
        udf: false,
    };
    let status = |value: i64| Row::from_iter([("status".to_owned(), json!(value))]);
    let example = |name: &str, event, by, conditions, updates| Rule {
        id: 0,
        name: name.to_owned(),
        active: false,
        on: vec![On { event, by }],
        conditions,
        updates,
        callouts: Vec::new(),
        delay_ms: 0,
    };
    let dispatch =
        example("New tickets wait for dispatch", Event::Created, By::Anyone, vec![is("status", "eq", 1)], status(21));
    let reply = example(
        "Customer answers a completed ticket",
        Event::NoteAdded,
        By::Contact,
        vec![is("status", "eq", 5)],
        status(19),
    );
    world.put_rule(dispatch);
    world.put_rule(reply);
}
