//! Turns Codefresh's manifests into entries of `promote.yaml`.

use std::collections::BTreeMap;

use super::expressions::{below_application, json_path, wildcard_glob, wildcard_regex};
use super::manifest::{
    Action, Concurrency, EnvironmentType, FlowSpec, Manifest, PolicyFields, PolicySpec,
    ProductFlow, ProductSpec, SelectorKey, SelectorOperator, Step, TemplateFields,
};
use crate::config::choices::{ActionWord, ConcurrencyWord, KindWord, PromoteWord};
use crate::config::file::{
    MatchEntry, PolicyEntry, ProductEntry, PromoteEntry, RuleEntry, TemplateEntry, VersionEntry,
};
use crate::config::flow_file::{
    ConditionEntry, FlowChoiceEntry, FlowEntry, StepEntry, StepPolicyEntry,
};
use crate::config::notes::{Note, Notes};
use crate::config::one_or_many::OneOrMany;
use crate::config::pointer::Pointer;
use crate::config::words::quoted;

/// A product, and its own template if it has one.
pub(super) fn product(
    manifest: Manifest<ProductSpec>,
    notes: &mut Notes,
) -> (ProductEntry, Option<TemplateEntry>) {
    let Manifest { metadata, spec, .. } = manifest;
    let at = Pointer::root().key("spec");
    if spec.template_ref.is_some() && spec.template.is_some() {
        let message = "`promotionTemplateRef` has no effect beside `promotionTemplate`";
        notes.warning(Note::at(at.key("promotionTemplateRef"), message).hint("remove one of them"));
    }
    let own = format!("of product {}", metadata.name);
    let own = spec
        .template
        .map(|fields| template(own, &fields, &at.key("promotionTemplate"), notes));
    let flows = spec.flows.into_iter().enumerate();
    let product = ProductEntry {
        name: metadata.name,
        applications: Vec::new(),
        template: (own.as_ref().map(|own| own.name.clone())).or(spec.template_ref),
        flows: flows
            .map(|(i, flow)| flow_choice(flow, &at.key("promotionFlows").index(i), notes))
            .collect(),
        concurrency: spec.concurrency.map(|concurrency| match concurrency {
            Concurrency::Queue => ConcurrencyWord::Queue,
            Concurrency::Terminate => ConcurrencyWord::Replace,
        }),
    };
    (product, own)
}

/// A flow of a product.
fn flow_choice(flow: ProductFlow, at: &Pointer, notes: &mut Notes) -> FlowChoiceEntry {
    let mut patterns: BTreeMap<(SelectorKey, SelectorOperator), Vec<String>> = BTreeMap::new();
    for (i, selector) in flow.selectors.into_iter().enumerate() {
        let key = (selector.key, selector.operator);
        if selector.operator == SelectorOperator::In && patterns.contains_key(&key) {
            // Each must match, and one list of patterns would match if any of them does.
            let at = at.key("gitTriggerSelectors").index(i);
            let note = Note::at(at, "a selector with this `key` and `In` is already there");
            notes.fault(note.hint("list all values in one selector"));
        }
        let values = selector.values.iter().map(|value| {
            let pattern = match selector.key {
                SelectorKey::CommitMessage => wildcard_regex(value),
                SelectorKey::GitRevision => wildcard_glob(value),
            };
            match selector.operator {
                SelectorOperator::In => pattern,
                SelectorOperator::NotIn => format!("!{pattern}"),
            }
        });
        patterns.entry(key).or_default().extend(values);
    }
    let mut of_key = |key| {
        let all = [SelectorOperator::In, SelectorOperator::NotIn];
        let all = all
            .into_iter()
            .filter_map(|operator| patterns.remove(&(key, operator)));
        OneOrMany::Many(all.flatten().collect())
    };
    FlowChoiceEntry {
        name: flow.name,
        when: ConditionEntry {
            messages: of_key(SelectorKey::CommitMessage),
            branches: of_key(SelectorKey::GitRevision),
            ..ConditionEntry::default()
        },
    }
}

/// A template: its files are below the folder of an application, and all others are kept.
pub(super) fn template(
    name: String,
    fields: &TemplateFields,
    at: &Pointer,
    notes: &mut Notes,
) -> TemplateEntry {
    let version = fields.version.as_ref().map(|version| VersionEntry {
        file: below_application(&version.file),
        path: json_path(&version.json_path),
    });
    let rule = |files: String, promote, keep| RuleEntry {
        files,
        promote: Some(promote),
        keep,
        automation: None,
    };
    let all = || OneOrMany::One(PromoteEntry::Word(PromoteWord::All));
    if fields.promotion.is_empty() {
        let rules = vec![rule("**".to_owned(), all(), OneOrMany::default())];
        return TemplateEntry {
            name,
            version,
            rules,
        };
    }
    let mut files: Vec<_> = fields.promotion.iter().collect();
    // The first match wins, so that names come before patterns.
    files.sort_by_key(|(file, _)| file.contains('*'));
    let rules = files.into_iter().map(|(file, promoted)| {
        let paths = &promoted.json_paths;
        let at = at.key("promotion").key(file).key("jsonPaths");
        for (i, path) in paths.iter().enumerate() {
            if path != "*" && !path.starts_with('$') {
                let message = format!("{} is not a JSONPath", quoted(path));
                let note = Note::at(at.index(i), message);
                notes.fault(note.hint("a JSONPath starts with `$`; `*` is the whole file"));
            }
        }
        let promote = if paths.iter().any(|path| path == "*" || path == "$") {
            all()
        } else {
            let paths = paths.iter().filter(|path| path.starts_with('$'));
            let paths = paths.map(|path| PromoteEntry::Path(json_path(path)));
            OneOrMany::Many(paths.collect())
        };
        rule(below_application(file), promote, OneOrMany::default())
    });
    let others = rule(
        "**".to_owned(),
        OneOrMany::One(PromoteEntry::Word(PromoteWord::Versions)),
        OneOrMany::One("$".to_owned()),
    );
    TemplateEntry {
        name,
        version,
        rules: rules.chain([others]).collect(),
    }
}

/// A flow.
pub(super) fn flow(manifest: Manifest<FlowSpec>) -> FlowEntry {
    let Manifest { metadata, spec, .. } = manifest;
    FlowEntry {
        name: metadata.name,
        trigger_environment: spec.trigger_environment,
        steps: spec.steps.into_iter().map(step).collect(),
        hooks: spec.hooks,
        timeout: spec.timeout_minutes.map(|minutes| format!("{minutes}m")),
    }
}

/// A step; its source is the first environment that it depends on.
fn step(step: Step) -> StepEntry {
    let PolicyFields {
        action,
        pre_action,
        post_action,
    } = step.policy;
    StepEntry {
        environment: step.environment,
        depends_on: OneOrMany::Many(step.depends_on),
        from: None,
        policy: StepPolicyEntry {
            action: action.map(ActionWord::from),
            pre_action,
            post_action,
            ..StepPolicyEntry::default()
        },
        hooks: step.hooks,
    }
}

/// A policy; `None` if it selects by tags, which nothing has here.
pub(super) fn policy(manifest: Manifest<PolicySpec>, notes: &mut Notes) -> Option<PolicyEntry> {
    let Manifest { metadata, spec, .. } = manifest;
    let selector = spec.selector;
    if !selector.product.tags.is_empty() || !selector.environment.tags.is_empty() {
        let place = Pointer::root().key("spec").key("selector");
        let message = "the policy has no effect, because it selects by tags";
        let hint = "select products and environments by `names` or `types`";
        notes.warning(Note::at(place, message).hint(hint));
        return None;
    }
    let listed = |names: Vec<String>| (!names.is_empty()).then_some(OneOrMany::Many(names));
    let kinds = selector.environment.types.iter().map(|kind| match kind {
        EnvironmentType::Production => KindWord::Production,
        EnvironmentType::NonProduction => KindWord::NonProduction,
    });
    let kinds: Vec<KindWord> = kinds.collect();
    Some(PolicyEntry {
        name: metadata.name,
        priority: spec.priority,
        r#match: MatchEntry {
            kinds: (!kinds.is_empty()).then_some(OneOrMany::Many(kinds)),
            environments: listed(selector.environment.names),
            products: listed(selector.product.names),
        },
        action: spec.policy.action.map(ActionWord::from),
        pre_action: spec.policy.pre_action,
        post_action: spec.policy.post_action,
        ..PolicyEntry::default()
    })
}

impl From<Action> for ActionWord {
    fn from(action: Action) -> Self {
        match action {
            Action::Commit => Self::Commit,
            Action::Pr => Self::PullRequest,
            Action::None => Self::None,
        }
    }
}
