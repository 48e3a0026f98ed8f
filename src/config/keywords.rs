//! The JSON Schema keywords that the configuration's schema uses.

use serde_json::Value as Json;

/// The `$defs` of a schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definitions<'s> {
    list: Option<&'s Json>,
}

impl<'s> Definitions<'s> {
    /// Takes the definitions from the root of a schema.
    pub(super) fn of(schema: &'s Json) -> Self {
        Self {
            list: schema.get("$defs"),
        }
    }

    /// Follows a `$ref`; any other schema is returned as it is.
    pub(super) fn resolved(self, schema: &'s Json) -> &'s Json {
        let name = schema
            .get("$ref")
            .and_then(Json::as_str)
            .and_then(|reference| reference.strip_prefix("#/$defs/"));
        name.and_then(|name| self.list?.get(name)).unwrap_or(schema)
    }

    fn branches(self, schema: &'s Json) -> Vec<&'s Json> {
        ["anyOf", "oneOf"]
            .into_iter()
            .filter_map(|key| schema.get(key)?.as_array())
            .flatten()
            .map(|branch| self.resolved(branch))
            .collect()
    }

    /// All types that a schema allows.
    pub(super) fn types(self, schema: &'s Json) -> Vec<&'s str> {
        let mut found: Vec<&str> = match schema.get("type") {
            Some(Json::String(name)) => vec![name],
            Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        for branch in self.branches(schema) {
            found.extend(self.types(branch));
        }
        found
    }

    /// The first branch of that type, or the schema itself.
    pub(super) fn branch(self, schema: &'s Json, name: &str) -> &'s Json {
        let of_type = |branch: &&'s Json| self.types(branch).contains(&name);
        match self.branches(schema).into_iter().find(of_type) {
            Some(branch) => self.branch(branch, name),
            None => schema,
        }
    }

    /// The values that a scalar may have; `None` if any is allowed.
    pub(super) fn words(self, schema: &'s Json) -> Option<Vec<String>> {
        let text = |json: &Json| {
            json.as_str()
                .map_or_else(|| json.to_string(), ToOwned::to_owned)
        };
        if let Some(words) = schema.get("enum").and_then(Json::as_array) {
            return Some(words.iter().map(text).collect());
        }
        if let Some(word) = schema.get("const") {
            return Some(vec![text(word)]);
        }
        let mut words = Vec::new();
        for branch in self.branches(schema) {
            let types = self.types(branch);
            if types
                .iter()
                .all(|t| matches!(*t, "array" | "object" | "null"))
            {
                continue;
            }
            words.extend(self.words(branch)?);
        }
        (!words.is_empty()).then_some(words)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_choice_allows_the_words_of_all_branches() {
        let schema = json!({
            "oneOf": [{"type": "string", "const": "a"}, {"$ref": "#/$defs/B"}],
            "$defs": {"B": {"type": "string", "enum": ["b", "c"]}},
        });
        let words = Definitions::of(&schema).words(&schema);
        assert_eq!(words.unwrap(), ["a", "b", "c"]);
    }

    #[test]
    fn a_choice_with_free_text_has_no_words() {
        let schema = json!({"anyOf": [{"type": "string", "const": "a"}, {"type": "string"}]});
        assert_eq!(Definitions::of(&schema).words(&schema), None);
    }

    #[test]
    fn a_choice_allows_the_types_of_all_branches() {
        let schema = json!({"anyOf": [{"type": ["string", "null"]}, {"type": "array"}]});
        let types = Definitions::of(&schema).types(&schema);
        assert_eq!(types, ["string", "null", "array"]);
    }
}
