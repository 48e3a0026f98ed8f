//! The templates in requests and inputs of workflows and gates.
//!
//! | in a template | value |
//! |---|---|
//! | `version`, `environment`, `commit_sha`, ... | the variable of that name in capitals |
//! | `failed_environments`, `promotion_context` | the list and the mapping that these variables hold |
//! | `release` | the release's id; `release \| tojson` is a document with all variables |
//! | `env.NAME` | a variable of the environment, for tokens; it is never shown |

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use serde_json::Value as Json;
use thiserror::Error;

use super::message_template;
use super::{HttpCall, SecretValues};

/// Reads a variable of the environment.
type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A template that could not be rendered.
#[derive(Debug, Error)]
#[error("the template of `{place}` cannot be rendered")]
pub struct CallTemplateError {
    /// The setting with the template.
    pub place: String,
    /// Why.
    #[source]
    source: minijinja::Error,
}

/// Renders templates over the variables of one attempt.
pub struct CallTemplates {
    values: Value,
    environment: Arc<EnvironmentValues>,
}

impl CallTemplates {
    /// Templates over these variables, whose names are in capitals.
    pub fn new(variables: &BTreeMap<String, String>, lookup: Lookup) -> Self {
        let environment = Arc::new(EnvironmentValues {
            lookup,
            used: Mutex::default(),
        });
        let mut values: BTreeMap<String, Value> = variables
            .iter()
            .map(|(name, text)| (name.to_lowercase(), value(name, text)))
            .collect();
        if let Some(id) = variables.get("RELEASE") {
            let mut fields = values.clone();
            fields.remove("release");
            fields.insert("id".to_owned(), Value::from(id.as_str()));
            let id = id.clone();
            let release = Value::from_object(ReleaseValue { id, fields });
            values.insert("release".to_owned(), release);
        }
        let shared = Arc::clone(&environment);
        values.insert("env".to_owned(), Value::from_dyn_object(shared));
        Self {
            values: Value::from_pairs(values),
            environment,
        }
    }

    /// A request without templates.
    ///
    /// # Errors
    /// When a template is not valid, or names a variable that does not exist.
    pub fn request(&self, call: &HttpCall) -> Result<HttpCall, CallTemplateError> {
        Ok(HttpCall {
            url: self.render("url", &call.url)?,
            method: call.method.clone(),
            headers: self.texts("headers", &call.headers)?,
            body: match &call.body {
                Some(body) => Some(self.render("body", body)?),
                None => None,
            },
        })
    }

    /// Texts by name, without templates; `place` is the setting that has them.
    ///
    /// # Errors
    /// As for [`CallTemplates::request`].
    pub fn texts(
        &self,
        place: &str,
        templates: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, CallTemplateError> {
        let rendered = templates.iter().map(|(name, template)| {
            let text = self.render(&format!("{place}.{name}"), template)?;
            Ok((name.clone(), text))
        });
        rendered.collect()
    }

    /// The values of the environment that were used so far.
    pub fn secrets(&self) -> SecretValues {
        let used = &self.environment.used;
        let used = used.lock().unwrap_or_else(PoisonError::into_inner);
        SecretValues::new(used.iter().cloned())
    }

    fn render(&self, place: &str, template: &str) -> Result<String, CallTemplateError> {
        let rendered = message_template::render(template, self.values.clone());
        rendered.map_err(|source| CallTemplateError {
            place: place.to_owned(),
            source,
        })
    }
}

/// The variables that hold documents.
const DOCUMENTS: [&str; 2] = ["FAILED_ENVIRONMENTS", "PROMOTION_CONTEXT"];

/// The value of a variable.
fn value(name: &str, text: &str) -> Value {
    let document = DOCUMENTS.contains(&name);
    match document.then(|| serde_json::from_str(text)) {
        Some(Ok(document)) => of_json(document),
        _ => Value::from(text),
    }
}

fn of_json(document: Json) -> Value {
    match document {
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::from(integer),
            (None, Some(real)) => Value::from(real),
            (None, None) => Value::from(number.to_string()),
        },
        Json::String(text) => Value::from(text),
        Json::Array(items) => items.into_iter().map(of_json).collect(),
        Json::Object(fields) => {
            let fields = fields.into_iter();
            Value::from_pairs(fields.map(|(name, value)| (name, of_json(value))))
        }
    }
}

/// A release: its id as a text, all variables as a mapping.
#[derive(Debug)]
struct ReleaseValue {
    id: String,
    fields: BTreeMap<String, Value>,
}

impl Object for ReleaseValue {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.fields.get(key.as_str()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(
            self.fields
                .keys()
                .map(|key| Value::from(key.as_str()))
                .collect(),
        )
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// The variables of the environment, looked up when a template names them.
struct EnvironmentValues {
    lookup: Lookup,
    used: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for EnvironmentValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnvironmentValues")
    }
}

impl Object for EnvironmentValues {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        // Its values are not listed, so no template prints all of them.
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let value = (self.lookup)(key.as_str()?)?;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(value.clone());
        Some(Value::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates() -> CallTemplates {
        let variables = [
            ("RELEASE", "loans-42"),
            ("VERSION", "1.2"),
            ("ERROR_MESSAGE", "no \"quotes\"\n"),
            ("PROMOTION_CONTEXT", r#"{"ticket": "OPS-1"}"#),
            ("FAILED_ENVIRONMENTS", r#"[{"name": "eu"}]"#),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let lookup = |name: &str| (name == "TOKEN").then(|| "sesame".to_owned());
        CallTemplates::new(&BTreeMap::from(variables), Arc::new(lookup))
    }

    #[test]
    fn variables_the_release_and_the_environment_can_be_named() {
        for (template, expected) in [
            (
                "{{ version }} of {{ release }}, {{ release.id }}",
                "1.2 of loans-42, loans-42",
            ),
            ("{{ promotion_context.ticket }}", "OPS-1"),
            (
                "{% for failed in failed_environments %}{{ failed.name }}{% endfor %}",
                "eu",
            ),
            ("Bearer {{ env.TOKEN }}", "Bearer sesame"),
            ("{{ error_message | tojson }}", r#""no \"quotes\"\n""#),
            (
                "{{ release | tojson }}",
                r#"{"error_message": "no \"quotes\"\n", "failed_environments": [{"name": "eu"}], "id": "loans-42", "promotion_context": {"ticket": "OPS-1"}, "version": "1.2"}"#,
            ),
            ("{{ env }}", "EnvironmentValues"),
        ] {
            let rendered = templates().render("body", template);
            let rendered = rendered.unwrap_or_else(|e| panic!("{template}: {:?}", e.source));
            assert_eq!(
                rendered.trim_matches(|c| "<>".contains(c)),
                expected,
                "{template}"
            );
        }
    }

    #[test]
    fn a_missing_variable_is_an_error_that_names_the_setting() {
        for template in [
            "{{ nothing }}",
            "{{ env.NOTHING }}",
            "{{ release.nothing }}",
        ] {
            let headers = BTreeMap::from([("X-Key".to_owned(), template.to_owned())]);
            let error = templates().texts("headers", &headers).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the template of `headers.X-Key` cannot be rendered"
            );
        }
    }

    #[test]
    fn values_of_the_environment_are_secrets_once_they_are_used() {
        let templates = templates();
        assert!(templates.secrets().is_empty());
        templates.render("url", "{{ env.TOKEN }}").unwrap();
        assert_eq!(templates.secrets().redacted("a sesame"), "a ***");
    }
}
