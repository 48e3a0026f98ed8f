use serde_json::{Value, json};

use super::*;
use crate::engine::{Allow, OtherCommit, PullRequestChange, PullRequestOutcome, Receipt};
use crate::plan::{Notice, Plan};
use crate::render::sample;

fn as_json(document: &impl Serialize) -> Value {
    let mut out = Vec::new();
    write(&mut out, document, Layout::Compact).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn assert_valid(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(document)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_changed_tag_is_a_changed_type() {
    use crate::plan::Value;
    let mut difference = sample::plan().applications()[0].files[0].differences[0].clone();
    let list = Value::Sequence(difference.after.take().into_iter().collect());
    difference.after = Some(Value::Tagged("!vault".to_owned(), Box::new(list.clone())));
    difference.before = Some(list);
    let difference = as_json(&place::Difference::from(&difference));
    assert_eq!(difference["before"], difference["after"]);
    assert_eq!(difference["after_tags"], json!(["!vault"]));
    assert_eq!(difference["type_changed"], true);
}

#[test]
fn a_type_that_changes_in_yaml_1_1_is_a_changed_type() {
    let mut difference = sample::plan().applications()[0].files[0].differences[0].clone();
    difference.changes_old_type = true;
    let difference = as_json(&place::Difference::from(&difference));
    assert_eq!(difference["before_type"], difference["after_type"]);
    assert_eq!(difference["type_changed"], true);
}

#[test]
fn a_diff_has_the_documented_fields() {
    let diff = as_json(&Diff::from(&sample::plan()));
    assert_eq!(diff["schema"], "git-promote/diff/v1");
    let file = &diff["applications"][0]["files"][0];
    assert_eq!(
        diff["applications"][0]["version"],
        json!({"before": "1.4.2", "after": "1.5.0"})
    );
    assert_eq!(
        file["differences"][0],
        json!({
            "selector": "envs/production/web/deployment.yaml:$.spec.image",
            "path": "$['spec']['image']",
            "document": {"index": 0, "kind": "Deployment", "name": "web"},
            "op": "set",
            "before": "ghcr.io/acme/web:1.4.2",
            "after": "ghcr.io/acme/web:1.5.0",
            "type": "str",
            "before_type": "str",
            "after_type": "str",
            "before_tags": [],
            "after_tags": [],
            "type_changed": false,
            "relation": "behind",
            "versions_between": null,
            "decision": "promote",
            "reason": "image"
        })
    );
    assert_eq!(file["differences"][2]["type"], "int");
    assert_eq!(file["differences"][2]["after"], "1");
    assert_eq!(file["differences"][3]["type"], "map");
    assert_eq!(
        file["differences"][3]["before"],
        json!({"zone": ["a\u{1b}b", "europe-west"]})
    );
    assert_eq!(diff["holds"][0]["guard"], "moving-version");
    assert_eq!(diff["errors"][0]["line"], 3);
    assert_eq!(diff["conflicts"], json!([]));
}

#[test]
fn invisible_characters_and_commands_to_a_runner_are_escaped() {
    let text = "\u{9b}\u{7f}\u{85}\u{202e}\u{2028}\u{feff}\u{e0041}\t::add-mask::x ##vso[y]";
    for layout in [Layout::Compact, Layout::Pretty] {
        let mut out = Vec::new();
        let document = json!({ text: [text, "größe 好 😀"] });
        write(&mut out, &document, layout).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), document);
        let is_hidden = |c| c != '\n' && crate::domain::is_invisible(c);
        assert!(!shown.contains(is_hidden), "{shown:?}");
        assert!(
            !shown.contains("##vso") && shown.contains("größe 好 😀"),
            "{shown}"
        );
    }
}

#[test]
fn a_whole_file_has_neither_path_nor_document_nor_values() {
    let diff = as_json(&Diff::from(&sample::plan()));
    let whole = &diff["applications"][1]["files"][0]["differences"][0];
    assert_eq!(whole["path"], "");
    for name in ["document", "before", "after", "type"] {
        assert_eq!(whole[name], Value::Null, "{name}");
    }
}

#[test]
fn a_diff_matches_the_schema() {
    let schema = diff_schema();
    for plan in [sample::plan(), sample::nothing()] {
        assert_valid(&schema, &as_json(&Diff::from(&plan)));
    }
    let mut wrong = as_json(&Diff::from(&sample::plan()));
    wrong["applications"][0]["files"][0]["differences"][0]["op"] = json!("move");
    assert!(
        !jsonschema::is_valid(&schema, &wrong),
        "the schema accepts anything"
    );
}

fn found() -> PullRequestOutcome {
    PullRequestOutcome {
        number: 7,
        url: "https://forge.example/7".into(),
        change: PullRequestChange::Opened,
    }
}

fn proposed(plan: &Plan, pull_request: Option<PullRequestOutcome>) -> Receipt {
    Receipt::Proposed {
        commit: plan.source(),
        branch: "promote/x".into(),
        base: "main".into(),
        remote: None,
        pull_request,
        applications: plan.changed_applications().cloned().collect(),
        plan: Box::new(plan.clone()),
        notices: Vec::new(),
    }
}

#[test]
fn a_proposal_names_its_branch_and_its_pull_request() {
    let plan = sample::plan();
    let receipt = proposed(&plan, Some(found()));
    let result = as_json(&Promotion::of(&receipt, &plan, "main", &Allow::default()));
    assert_eq!(result["branch"], "promote/x");
    let expected = json!({"number": 7, "url": "https://forge.example/7"});
    assert_eq!(result["pull_request"], expected);
}

#[test]
fn every_result_matches_the_schema() {
    let schema = result_schema();
    let plan = sample::plan();
    let receipts = [
        (
            Receipt::NothingToPromote {
                notices: Vec::new(),
            },
            "nothing-to-promote",
        ),
        (Receipt::Planned, "planned"),
        (Receipt::PreviewOnly, "planned"),
        (Receipt::Stopped { by: "eu".into() }, "planned"),
        (Receipt::Held(plan.findings().to_vec()), "held"),
        (
            Receipt::Moved {
                plan: Box::new(sample::plan()),
            },
            "moved",
        ),
        (
            Receipt::Committed {
                commit: plan.source(),
                branch: "main".into(),
                remote: None,
                applications: plan.changed_applications().cloned().collect(),
                plan: Box::new(sample::plan()),
                notices: vec![Notice::UnreadableNames { count: 1 }],
            },
            "committed",
        ),
        (proposed(&plan, Some(found())), "pull-request-open"),
        (proposed(&plan, None), "branch-pushed"),
        (
            Receipt::Withdrawn {
                branch: "promote/x".into(),
                is_deleted: true,
                pull_request: Some(found()),
                notices: vec![Notice::AutoMergeNotNeeded {
                    base: "main".into(),
                }],
            },
            "nothing-to-promote",
        ),
        (
            Receipt::Rejected {
                branch: "promote/x".into(),
                pull_request: found(),
            },
            "held",
        ),
        (
            Receipt::Conflict {
                branch: "promote/x".into(),
                commits: vec![OtherCommit {
                    id: plan.source(),
                    title: "mine".into(),
                }],
            },
            "conflict",
        ),
    ];
    for (receipt, status) in receipts {
        let result = as_json(&Promotion::of(&receipt, &plan, "main", &Allow::default()));
        assert_valid(&schema, &result);
        assert_eq!(result["status"], status);
        assert_eq!(result["promotion_id"], plan.id());
    }
}

#[test]
fn a_failure_matches_the_schema() {
    let problem = Problem {
        message: "m".into(),
        causes: vec!["c".into()],
        hint: None,
        code: 1,
    };
    let plan = sample::plan();
    let result = as_json(&Promotion::failed("production", problem, plan.faults()));
    assert_valid(&result_schema(), &result);
    assert_eq!(result["error"]["code"], 1);
}

#[test]
fn several_targets_match_their_schemas() {
    let plans = [sample::plan(), sample::nothing()];
    assert_valid(&diffs_schema(), &as_json(&Diffs::from(&plans[..])));
    let receipts = [
        Receipt::Stopped {
            by: "production".into(),
        },
        Receipt::Held(plans[0].findings().to_vec()),
    ];
    let allow = Allow::default();
    let result = |(receipt, plan)| Promotion::of(receipt, plan, "main", &allow);
    let results = receipts.iter().zip(&plans).map(result).collect();
    let groups = vec![vec!["production"], vec!["test"]];
    let results = as_json(&Results::of(results, groups, &receipts));
    assert_valid(&results_schema(), &results);
    assert_eq!(results["stopped_by"], "production");
}
