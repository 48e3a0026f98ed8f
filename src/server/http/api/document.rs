//! The `OpenAPI` document, made from the same types as the answers.

use axum::response::Response;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::bodies::{ApproveBody, EmptyBody, PromotionBody, RetryBody, StartBody};
use super::problem::{FAULT, READ_AT};
use super::read::{Repositories, Repository};
use super::write::{ChangedAnswer, DoneBefore, PlanAnswer, StartedAnswer};
use crate::release::Release;
use crate::render::json_v1::{
    FlowList, Log, Policy, Problem, Promotion, ReleaseLog, Releases, Status,
};

/// Where all of it is.
pub const ROOT: &str = "/api/v1";

pub(super) async fn openapi() -> Response {
    super::problem::json(&document())
}

/// What can be asked, and what is answered.
fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut paths = Paths {
        schemas: settings.into_generator(),
        paths: Map::new(),
    };
    paths.add();
    let Paths { mut schemas, paths } = paths;
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "git-promote",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Promotions between the environments of GitOps repositories. The documents are those \
                            that the command line prints with `--output json`.",
        },
        "servers": [{"url": ROOT}],
        "paths": paths,
        "components": {"schemas": schemas.take_definitions(true)},
    })
}

struct Paths {
    schemas: SchemaGenerator,
    paths: Map<String, Value>,
}

/// A parameter of a path or a query.
struct Parameter {
    name: &'static str,
    place: &'static str,
    about: &'static str,
    is_required: bool,
}

const fn path(name: &'static str, about: &'static str) -> Parameter {
    Parameter {
        name,
        place: "path",
        about,
        is_required: true,
    }
}

const fn query(name: &'static str, about: &'static str) -> Parameter {
    Parameter {
        name,
        place: "query",
        about,
        is_required: false,
    }
}

const REPOSITORY: Parameter = path("repository", "The name of the repository.");
const ID: Parameter = path("id", "The id of the release, such as `loans-42`.");

impl Paths {
    fn add(&mut self) {
        let of = |rest: &str| format!("/repositories/{{repository}}{rest}");
        self.get::<Repositories<'_>>("/repositories", "The repositories", &[]);
        let about = "When a repository was last read, and why not since";
        self.get::<Repository<'_>>(&of(""), about, &[REPOSITORY]);
        self.get::<Status<'_>>(&of("/status"), "Versions by environment", &[REPOSITORY]);
        self.get::<FlowList<'_>>(&of("/flows"), "The flows", &[REPOSITORY]);
        let required = |name, about| Parameter {
            is_required: true,
            ..query(name, about)
        };
        let parameters = [
            REPOSITORY,
            required("product", "The product."),
            required("environment", "The target environment."),
            query("flow", "The flow, if the promotion is a step of one."),
        ];
        self.get::<Policy<'_>>(&of("/policy"), "The settings of a promotion", &parameters);
        let parameters = [
            REPOSITORY,
            query("from", "The source environment."),
            query("to", "The target environment."),
            query("service", "An application."),
            query("product", "A product."),
            query("limit", "How many, at most 1000."),
        ];
        self.get::<Log<'_>>(&of("/log"), "Past promotions, newest first", &parameters);
        self.get::<Releases<'_>>(
            &of("/releases"),
            "All releases, newest first",
            &[REPOSITORY],
        );
        self.get::<Release>(&of("/releases/{id}"), "A release", &[REPOSITORY, ID]);
        let log = of("/releases/{id}/log");
        self.get::<ReleaseLog<'_>>(&log, "What happened to a release", &[REPOSITORY, ID]);
        self.post::<StartBody, Changed<'_>>(&of("/releases"), "Start a flow", &[REPOSITORY]);
        let steps = [REPOSITORY, ID];
        self.post::<ApproveBody, Changed<'_>>(
            &of("/releases/{id}/approve"),
            "Approve a step",
            &steps,
        );
        self.post::<RetryBody, Changed<'_>>(
            &of("/releases/{id}/retry"),
            "Retry a failed release",
            &steps,
        );
        self.post::<EmptyBody, Changed<'_>>(
            &of("/releases/{id}/terminate"),
            "End a release",
            &steps,
        );
        self.post::<PromotionBody, PlanAnswer<'_>>(
            &of("/plans"),
            "Plan a promotion",
            &[REPOSITORY],
        );
        let plan = [REPOSITORY, path("id", "The id of the plan.")];
        self.post::<PromotionBody, Applied<'_>>(
            &of("/plans/{id}"),
            "Apply a plan, if it is still the same",
            &plan,
        );
    }

    fn get<T: JsonSchema>(&mut self, path: &str, about: &str, parameters: &[Parameter]) {
        let operation = self.operation::<T>(about, parameters);
        self.insert(path, "get", operation);
    }

    fn post<B: JsonSchema, T: JsonSchema>(
        &mut self,
        path: &str,
        about: &str,
        parameters: &[Parameter],
    ) {
        let mut operation = self.operation::<T>(about, parameters);
        let body = self.schemas.subschema_for::<B>();
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": body}}});
        self.insert(path, "post", operation);
    }

    fn insert(&mut self, path: &str, method: &str, operation: Value) {
        let entry = self
            .paths
            .entry(path.to_owned())
            .or_insert_with(|| json!({}));
        entry[method] = operation;
    }

    fn operation<T: JsonSchema>(&mut self, about: &str, parameters: &[Parameter]) -> Value {
        let answer = self.schemas.subschema_for::<T>();
        let problem = self.schemas.subschema_for::<Problem>();
        let parameters: Vec<Value> = parameters
            .iter()
            .map(|parameter| {
                json!({
                    "name": parameter.name,
                    "in": parameter.place,
                    "required": parameter.is_required,
                    "description": parameter.about,
                    "schema": {"type": "string"},
                })
            })
            .collect();
        json!({
            "summary": about,
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": "Done.",
                    "headers": headers(),
                    "content": {"application/json": {"schema": answer}},
                },
                "default": {"description": "Why not.", "content": {"application/json": {"schema": problem}}},
            },
        })
    }
}

/// The headers of what is made from the last reading of a repository.
fn headers() -> Value {
    let header = |about: &str| json!({"description": about, "schema": {"type": "string"}});
    json!({
        READ_AT.as_str(): header(
            "When the repository was read that the answer is made from. It is missing where the answer is made \
             from the repository itself."
        ),
        FAULT.as_str(): header(
            "Why the repository could not be read since. The answer may be out of date if it is there."
        ),
    })
}

/// What applying a plan answers.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(
    dead_code,
    clippy::large_enum_variant,
    reason = "it only describes what is answered"
)]
enum Applied<'a> {
    /// It has become a release.
    Started(StartedAnswer<'a>),
    /// It was applied, or could not be.
    Promotion(Promotion<'a>),
    /// It was applied before.
    Before(DoneBefore),
}

/// What changing a release answers.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes what is answered")]
enum Changed<'a> {
    /// The release as it is now.
    Now(Releases<'a>),
    /// It could not be read again.
    Unread(ChangedAnswer<'a>),
}
