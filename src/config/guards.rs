//! What policies set for guards.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::domain::{GuardLevel, GuardName, GuardSettings};

/// The level of each guard, by its name.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct GuardsEntry(BTreeMap<String, LevelWord>);

/// The name of a guard.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct GuardWord(String);

/// What the findings of a guard do.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LevelWord {
    /// The guard does not run.
    Off,
    /// They are warnings.
    Warn,
    /// They hold the promotion.
    Hold,
}

/// Reads what a policy sets for guards.
pub(super) fn read(guards: &GuardsEntry, allow: Option<Vec<&GuardWord>>) -> GuardSettings {
    let guard = |name: &str| GuardName::ALL.iter().find(|g| g.as_str() == name).copied();
    let listed = |words: Vec<&GuardWord>| -> BTreeSet<GuardName> {
        words
            .into_iter()
            .filter_map(|word| guard(&word.0))
            .collect()
    };
    let levels = guards.0.iter();
    GuardSettings {
        levels: levels
            .filter_map(|(name, level)| Some((guard(name)?, (*level).into())))
            .collect(),
        allow: allow.map(listed),
    }
}

impl JsonSchema for GuardsEntry {
    fn schema_name() -> Cow<'static, str> {
        "GuardsEntry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let level = generator.subschema_for::<LevelWord>();
        let property = |guard: &GuardName| {
            let mut schema = level.clone();
            let default = guard.default_level().as_str();
            let about = guard.about();
            schema.insert(
                "description".to_owned(),
                format!("{about}; `{default}` if omitted.").into(),
            );
            (guard.to_string(), schema.into())
        };
        let properties: Map<String, Json> = GuardName::ALL.iter().map(property).collect();
        json_schema!({
            "description": "What the findings of each guard do.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false
        })
    }
}

impl JsonSchema for GuardWord {
    fn schema_name() -> Cow<'static, str> {
        "GuardWord".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = GuardName::ALL.iter().map(|guard| guard.as_str()).collect();
        json_schema!({"description": "The name of a guard.", "type": "string", "enum": names})
    }
}

impl From<LevelWord> for GuardLevel {
    fn from(level: LevelWord) -> Self {
        match level {
            LevelWord::Off => Self::Off,
            LevelWord::Warn => Self::Warn,
            LevelWord::Hold => Self::Hold,
        }
    }
}
