use serde_json::Value;

use super::super::schema;

#[test]
fn it_has_a_title_and_names_its_draft() {
    let schema = schema();
    assert_eq!(schema["title"], "promote.yaml");
    assert!(schema["$schema"].as_str().unwrap().contains("2020-12"));
}

#[test]
fn every_mapping_is_closed_and_every_key_is_described() {
    let schema = schema();
    let definitions = schema["$defs"].as_object().unwrap().values();
    for mapping in definitions.chain([&schema]) {
        let Some(keys) = mapping.get("properties").and_then(Value::as_object) else {
            continue;
        };
        assert_eq!(mapping["additionalProperties"], false, "{mapping}");
        for (name, key) in keys {
            assert!(key["description"].is_string(), "{name}");
        }
    }
}

#[test]
fn it_names_every_key_of_the_format() {
    let schema = schema();
    let keys: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "version",
            "environments",
            "layout",
            "product",
            "products",
            "templates",
            "policies",
            "flows",
            "workflows",
            "gates",
            "permissions",
            "releases",
            "messages"
        ]
    );
}
