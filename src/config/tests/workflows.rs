use std::time::Duration;

use insta::assert_snapshot;

use super::sample::SAMPLE;
use super::{faults, settings};
use crate::domain::{GateKind, WorkflowKind};

#[test]
fn every_kind_of_workflow_is_read() {
    let workflows = settings(SAMPLE).workflows;
    let [smoke, e2e, page, migrate] = workflows.as_slice() else {
        panic!("{workflows:?}");
    };
    let WorkflowKind::Run {
        commands,
        variables,
    } = &smoke.kind
    else {
        panic!("{smoke:?}");
    };
    assert_eq!(commands, &["./ci/smoke.sh"]);
    assert_eq!(variables, &["SMOKE_TOKEN"]);
    assert_eq!(smoke.time_limit, Duration::from_secs(3_600));
    assert!(
        matches!(&e2e.kind, WorkflowKind::GitHub { inputs, .. } if inputs["version"] == "{{ version }}")
    );
    let method = |kind: &WorkflowKind| match kind {
        WorkflowKind::Http(call) => call.method.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (method(&page.kind).as_str(), method(&migrate.kind).as_str()),
        ("POST", "PUT")
    );
    // A command and a POST can have any effect each time; what is repeatable else is set.
    let repeatable = [smoke, e2e, page, migrate].map(|workflow| workflow.is_repeatable);
    assert_eq!(repeatable, [false, true, false, true]);
}

#[test]
fn every_kind_of_gate_is_read() {
    let gates = settings(SAMPLE).gates;
    let kinds: Vec<&GateKind> = gates.iter().map(|gate| &gate.kind).collect();
    let [http, soak, window, freeze, statuses, approval] = kinds.as_slice() else {
        panic!("{kinds:?}");
    };
    assert!(matches!(http, GateKind::Http(call) if call.method == "GET"));
    assert!(matches!(soak, GateKind::Soak(time) if time.as_secs() == 1_800));
    assert!(
        matches!(window, GateKind::Window { zone, .. } if zone.iana_name() == Some("Europe/Berlin"))
    );
    assert!(matches!(freeze, GateKind::Freeze { periods, .. } if periods.len() == 1));
    assert!(matches!(statuses, GateKind::Statuses { names, count: 1 } if *names == ["ci/*"]));
    assert!(
        matches!(approval, GateKind::Approval { by, count: 2, .. } if *by == ["@acme/release", "ada"])
    );
}

#[test]
fn a_workflow_or_gate_has_exactly_one_kind() {
    assert_snapshot!(faults(
        "policies: [{name: p, preAction: a, postAction: b, gates: {before: [c, d]}}]\n\
         workflows:\n\
         - {name: a}\n\
         - {name: b, run: x, http: {url: 'https://x'}}\n\
         gates:\n\
         - {name: c}\n\
         - {name: d, soak: 1h, statuses: x}\n"
    ), @"
    3:3 workflows[0]: workflow `a` has no kind
      hint: set exactly one of `run`, `http` or `github`
    4:3 workflows[1]: workflow `b` has several kinds: `run`, `http`
      hint: set exactly one of `run`, `http` or `github`
    6:3 gates[0]: gate `c` has no kind
      hint: set exactly one of `soak`, `window`, `freeze`, `statuses`, `approval`, `http` or `run`
    7:3 gates[1]: gate `d` has several kinds: `soak`, `statuses`
      hint: set exactly one of `soak`, `window`, `freeze`, `statuses`, `approval`, `http` or `run`
    ");
}

#[test]
fn keys_for_commands_need_commands() {
    assert_snapshot!(faults(
        "policies: [{name: p, preAction: a, postAction: b, gates: {before: [c]}}]\n\
         workflows:\n\
         - {name: a, http: {url: 'https://x'}, env: [TOKEN]}\n\
         - {name: b, run: [' '], env: ['A=b']}\n\
         gates:\n\
         - {name: c, soak: 1h, timeout: 10m}\n"
    ), @"
    3:39 workflows[0].env: `env` is for the commands of `run`
    4:19 workflows[1].run[0]: a command is empty or has a null character
    4:31 workflows[1].env[0]: `A=b` is not the name of a variable
    6:23 gates[0].timeout: `timeout` is for the commands of `run`
    ");
}

#[test]
fn times_that_cannot_be_read_are_faults() {
    assert_snapshot!(faults(
        "policies: [{name: p, preAction: w, gates: {before: [a, b, c]}}]\n\
         workflows: [{name: w, run: x, timeout: 10}]\n\
         gates:\n\
         - {name: a, soak: 90}\n\
         - {name: b, window: {allow: [Mo-Fr 09:00-16:00, 'Mon 9-16'], zone: Europe/Berlim}}\n\
         - {name: c, freeze: {periods: [{from: 2026-12-20, to: 2026-12-10}, {from: soon, to: 2026-12-10}]}}\n"
    ), @r#"
    2:40 workflows[0].timeout: expected text, found a whole number `10`
      hint: add a unit: `10s`, `10m`, `10h` or `10d`
    4:19 gates[0].soak: expected text, found a whole number `90`
      hint: add a unit: `90s`, `90m`, `90h` or `90d`
    5:30 gates[1].window.allow[0]: `Mo-Fr 09:00-16:00` is not a time of the week: a day is not one of Mon, Tue, Wed, Thu, Fri, Sat and Sun
      hint: write days, times or both, such as `Mon-Fri 09:00-16:00`
    5:49 gates[1].window.allow[1]: `Mon 9-16` is not a time of the week: a time is not of the form 09:00-16:00
      hint: write days, times or both, such as `Mon-Fri 09:00-16:00`
    5:68 gates[1].window.zone: no time zone is named `Europe/Berlim`
      hint: write the name of the IANA database, such as `Europe/Berlin` or `UTC`
    6:32 gates[2].freeze.periods[0]: not a period: it ends before it starts
    6:68 gates[2].freeze.periods[1]: not a period: its start is not of the form 2026-12-20 or 2026-12-20T18:00
    "#);
}

#[test]
fn addresses_and_templates_are_checked() {
    assert_snapshot!(faults(
        "policies: [{name: p, preAction: a, postAction: b, gates: {before: [c]}}]\n\
         workflows:\n\
         - {name: a, http: {url: 'ftp://x', headers: {'A B': x, C: '{{ produkt }}'}, body: '{{ release'}}\n\
         - {name: b, github: {workflow: .github/workflows/e2e.yaml, inputs: {version: '{{ versio }}'}}}\n\
         gates:\n\
         - {name: c, http: {url: 'https://{{ promotion_context.host }}/', method: post}}\n"
    ), @"
    3:25 workflows[0].http.url: `ftp://x` is not an address
      hint: an address starts with `https://` or `http://`
    3:46 workflows[0].http.headers['A B']: `A B` is not the name of a header
    3:59 workflows[0].http.headers.C: unknown variable `produkt`, did you mean `product`?
      hint: known variables: `product`, `application`, `environment`, `from`, `version`, `commit_sha`, `pull_request`, `release`, `release_url`, `failed_environments`, `error_message`, `promotion_context`, `promote_attempt`, `env`
    3:83 workflows[0].http.body: not a valid template: syntax error, unexpected end of input, expected end of variable block
    4:32 workflows[1].github.workflow: `.github/workflows/e2e.yaml` is not the name of a file
      hint: write the name of a file in `.github/workflows`, such as `e2e.yaml`
    4:78 workflows[1].github.inputs.version: unknown variable `versio`, did you mean `version`?
      hint: known variables: `product`, `application`, `environment`, `from`, `version`, `commit_sha`, `pull_request`, `release`, `release_url`, `failed_environments`, `error_message`, `promotion_context`, `promote_attempt`, `env`
    6:74 gates[0].http.method: unknown value `post` for `method`, did you mean `POST`?
      hint: allowed: `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`
    ");
}

#[test]
fn approvals_that_can_never_be_given_are_faults() {
    assert_snapshot!(faults(
        "policies: [{name: p, gates: {before: [a, b, c]}}]\n\
         gates:\n\
         - {name: a, approval: {by: [ada, acme/release, '@acme'], count: 4}}\n\
         - {name: b, approval: {count: 0}}\n\
         - {name: c, approval: {by: ['@acme/release'], count: 9}}\n"
    ), @"
    3:34 gates[0].approval.by[1]: `acme/release` is not the name of a person or team
      hint: write people as `ada`, and teams as `@org/team`
    3:48 gates[0].approval.by[2]: `@acme` is not the name of a person or team
      hint: write people as `ada`, and teams as `@org/team`
    3:65 gates[0].approval.count: 4 approvals are needed, but `by` lists 3
    4:31 gates[1].approval.count: at least 1 approval is needed
      hint: to need none, remove the gate
    ");
}

#[test]
fn free_keys_have_values_of_their_type() {
    assert_snapshot!(faults(
        "policies: [{name: p, preAction: a}]\n\
         workflows: [{name: a, github: {workflow: x.yaml, inputs: {count: 3, list: [a]}}}]\n"
    ), @r#"
    2:66 workflows[0].github.inputs.count: expected text, found a whole number `3`
      hint: put it in quotes: "3"
    2:75 workflows[0].github.inputs.list: expected text, found a list
    "#);
}
