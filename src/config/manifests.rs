//! Entries of `promote.yaml` that come from manifests, and where their values are.

use std::collections::BTreeMap;

use super::codefresh::Converted;
use super::file::{File, ProductEntry};
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;
use crate::yaml::Step;

/// Pairs of a path below an entry, and the path in the manifest that it stands for.
type Paths = &'static [(&'static str, &'static str)];

const PRODUCT: Paths = &[
    ("name", "metadata.name"),
    ("template", "spec.promotionTemplateRef"),
    ("flows", "spec.promotionFlows"),
    ("concurrency", "spec.concurrency"),
];
const FLOW: Paths = &[
    ("name", "metadata.name"),
    ("triggerEnvironment", "spec.triggerEnvironment"),
    ("steps", "spec.steps"),
    ("hooks", "spec.hooks"),
    ("timeout", "spec.promotionTimeoutLimit"),
];
const POLICY: Paths = &[
    ("name", "metadata.name"),
    ("priority", "spec.priority"),
    ("match.kinds", "spec.selector.targetEnvironment.types"),
    (
        "match.environments",
        "spec.selector.targetEnvironment.names",
    ),
    ("match.products", "spec.selector.product.names"),
    ("action", "spec.policy.action"),
    ("preAction", "spec.policy.preAction"),
    ("postAction", "spec.policy.postAction"),
];
const TEMPLATE: Paths = &[
    ("name", "metadata.name"),
    ("version", "spec.versionSource"),
    ("rules", "spec.promotion"),
];
const TEMPLATE_OF_PRODUCT: Paths = &[
    ("name", "metadata.name"),
    ("version", "spec.promotionTemplate.versionSource"),
    ("rules", "spec.promotionTemplate.promotion"),
];

/// The lists that manifests add entries to.
const LISTS: [&str; 4] = ["products", "flows", "policies", "templates"];

/// Where the entries of manifests come from, by the list and the index of the entry.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<(&'static str, usize), Place>);

#[derive(Debug)]
struct Place {
    /// The index of the manifest among all documents.
    document: usize,
    paths: Paths,
    /// Whether the entry is also in `promote.yaml`, which has what `paths` lacks.
    is_shared: bool,
}

impl Places {
    /// Adds what a manifest defines; `document` is its index among all documents.
    pub(super) fn add(
        &mut self,
        file: &mut File,
        converted: Converted,
        document: usize,
        notes: &mut Notes,
    ) {
        let place = |paths| Place {
            document,
            paths,
            is_shared: false,
        };
        match converted {
            Converted::Product(product, template) => {
                if let Some(template) = template {
                    let key = ("templates", file.templates.len());
                    self.0.insert(key, place(TEMPLATE_OF_PRODUCT));
                    file.templates.push(template);
                }
                self.add_product(file, product, document, notes);
            }
            Converted::Flow(flow) => {
                self.0.insert(("flows", file.flows.len()), place(FLOW));
                file.flows.push(flow);
            }
            Converted::Policy(policy) => {
                self.0
                    .insert(("policies", file.policies.len()), place(POLICY));
                file.policies.push(*policy);
            }
            Converted::Template(template) => {
                self.0
                    .insert(("templates", file.templates.len()), place(TEMPLATE));
                file.templates.push(template);
            }
        }
    }

    /// Adds a product. The manifest does not list its applications: `promote.yaml` can, and otherwise it is
    /// the one with the name of the product.
    fn add_product(
        &mut self,
        file: &mut File,
        mut product: ProductEntry,
        document: usize,
        notes: &mut Notes,
    ) {
        let known = file
            .products
            .iter()
            .position(|known| known.name == product.name);
        let own = known.filter(|i| !self.0.contains_key(&("products", *i)));
        let Some(i) = own else {
            let place = Place {
                document,
                paths: PRODUCT,
                is_shared: false,
            };
            self.0.insert(("products", file.products.len()), place);
            product.applications.push(product.name.clone());
            file.products.push(product);
            return;
        };
        let entry = &mut file.products[i];
        if entry.template.is_some() || !entry.flows.is_empty() || entry.concurrency.is_some() {
            let message = format!("product {} is also in `promote.yaml`", quoted(&entry.name));
            let place = Pointer::root().key("metadata").key("name");
            let hint = "only list its `applications` there, or remove this manifest";
            notes.fault(Note::at(place, message).hint(hint));
        }
        product.applications = std::mem::take(&mut entry.applications);
        *entry = product;
        let place = Place {
            document,
            paths: &PRODUCT[1..],
            is_shared: true,
        };
        self.0.insert(("products", i), place);
    }

    /// The document of a value, and the place of the value there.
    pub(super) fn locate(&self, at: &Pointer) -> (usize, Pointer) {
        let found = match at.steps() {
            [Step::Key(list), Step::Index(index), rest @ ..] => {
                let known = LISTS.iter().find(|known| *known == list);
                let place = known.and_then(|list| self.0.get(&(*list, *index)));
                place.map(|place| (place, rest))
            }
            _ => None,
        };
        let Some((place, rest)) = found else {
            return (0, at.clone());
        };
        for (ours, theirs) in place.paths {
            let ours = pointer(ours);
            if rest.starts_with(ours.steps()) {
                // The files of a template are a mapping there.
                let is_list = ours.name() == Some("rules");
                let below = rest[ours.steps().len()..].iter().filter(|_| !is_list);
                let there = below.fold(pointer(theirs), |at, step| at.child(step.clone()));
                return (place.document, there);
            }
        }
        if place.is_shared {
            return (0, at.clone());
        }
        (place.document, pointer("metadata.name"))
    }
}

/// The pointer of keys with dots between them.
fn pointer(path: &str) -> Pointer {
    path.split('.').fold(Pointer::root(), |at, key| at.key(key))
}
