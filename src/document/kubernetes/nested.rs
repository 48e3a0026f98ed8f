//! Parts of a document that stand for something else: a parameter for a value of a chart, a JSON patch
//! for a field of an object, an item of a `List` for an object.

use super::identity::text_at;
use super::secrets::secret_part;
use super::version_places::Owner;
use crate::yaml::Node;

/// The object and the keys in it that a part of a document stands for.
pub(super) struct Nested<'a> {
    pub owner: Owner<'a>,
    pub keys: Vec<String>,
}

/// The object that a mapping at these keys is: an item of a `List`, one of a `Template`, or a secret
/// anywhere, such as in the `extraObjects` of a chart.
pub(super) fn object<'a>(keys: &[String], mapping: &'a Node) -> Option<Nested<'a>> {
    let is_in_list = || matches!(keys, [list] if matches!(list.as_str(), "items" | "objects"));
    let is_secret = || {
        let names = ["data", "stringData", "spec"];
        let is_filled = names.iter().any(|name| mapping.entry(name).is_some());
        is_filled && secret_part(Owner::of(mapping), &[]).is_some()
    };
    let is_object = mapping.entry("kind").is_some() && (is_in_list() || is_secret());
    is_object.then(|| Nested {
        owner: Owner::of(mapping),
        keys: Vec::new(),
    })
}

/// What the entry `key` of a list item stands for: `value` in a parameter of Argo CD, of helmfile or of
/// a `Template`, and in an operation of a JSON patch; `patch` in a patch of a `Secret`.
pub(super) fn value<'a>(
    owner: Owner<'a>,
    keys: &[String],
    item: &'a Node,
    key: &str,
) -> Option<Nested<'a>> {
    let target = || text_at(item.entry("target")?, "kind");
    if key == "patch" && target() == Some("Secret") {
        // Which parts of the patch are secret depends on its form.
        return Some(Nested {
            owner: Owner::Object {
                kind: "Secret",
                group: "",
            },
            keys: vec!["data".to_owned()],
        });
    }
    if key != "value" {
        return None;
    }
    if let (Some(_), Some(path)) = (text_at(item, "op"), text_at(item, "path")) {
        return Some(Nested {
            owner: Owner::Unknown,
            keys: pointer(path),
        });
    }
    let name = text_at(item, "name")?;
    match keys {
        [.., helm, list] if helm == "helm" && list == "parameters" => Some(Nested {
            owner: Owner::Values,
            keys: parameter(name),
        }),
        [.., list] if list == "set" => Some(Nested {
            owner: Owner::Values,
            keys: parameter(name),
        }),
        [list] if list == "parameters" => Some(Nested {
            owner,
            keys: vec![list.clone(), name.to_owned()],
        }),
        _ => None,
    }
}

/// The keys of a JSON pointer (RFC 6901), without list positions.
fn pointer(path: &str) -> Vec<String> {
    let is_position = |part: &&str| *part == "-" || part.bytes().all(|b| b.is_ascii_digit());
    let keys = path.split('/').filter(|part| !is_position(part));
    keys.map(|key| key.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// The keys of a parameter of Helm, such as `web.image.tag` or `containers[0].image`.
fn parameter(name: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut characters = name.chars();
    while let Some(c) = characters.next() {
        match (c, keys.last_mut()) {
            ('.', _) => keys.push(String::new()),
            ('[', _) => {
                let _ = characters.by_ref().find(|c| *c == ']');
            }
            ('\\', Some(key)) => key.extend(characters.next()),
            (c, Some(key)) => key.push(c),
            (_, None) => {}
        }
    }
    keys
}
