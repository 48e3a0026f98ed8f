use super::{accept, settings};
use crate::domain::{
    Action, ApplicationName, ApplicationTemplates, EnvironmentKind, Mode, Promote,
};

pub(super) const SAMPLE: &str = r#"
version: 1
environments:
  - {name: staging,    kind: non-production, aliases: [stg, stage]}
  - {name: production, kind: production,     aliases: [prod]}
layout:
  - "components/{app}/{env}/**"          # one part
  - "charts/{app}/values-{env}.yaml"
products:
  - name: loans
    applications: [api, web]
    template: default
    flows:
      - {name: to-production, when: {branches: [main], messages: ['\[promote\]', '!wip'], paths: ["apps/**"], authors: []}}
    concurrency: replace
templates:
  - name: default
    version: {file: values.yaml, path: $.image.tag}
    rules:                               # the first match wins
      - {files: "**/values-*.yaml", promote: [versions, "$.features"], keep: ["$..replicas", "$..host"]}
      - {files: "config/**",        promote: all}
      - {files: "**",               promote: versions}
policies:
  - {name: production, priority: 1, match: {kinds: [production]}, action: pull-request, gates: {before: [office-hours], after: [healthy]}}
flows:
  - name: to-production
    triggerEnvironment: stage
    steps:
      - environment: prod
        dependsOn: [staging]
        from: stg
        policy: {action: commit, preAction: smoke, gates: {after: [settled, sign-off, ci, christmas]}}
        hooks: {onFail: page}
    hooks: {onStart: migrate, onSuccess: e2e, onFail: page}
    timeout: 24h
workflows:
  - {name: smoke, run: ["./ci/smoke.sh"], env: [SMOKE_TOKEN], timeout: 1h}
  - {name: e2e, github: {workflow: e2e.yaml, ref: main, inputs: {version: "{{ version }}"}}, repeatable: true}
  - {name: page, http: {url: "https://example.com/page", body: "{{ release | tojson }}", headers: {Content-Type: application/json}}}
  - {name: migrate, http: {url: "https://example.com/jobs/{{ release }}", method: PUT}}
gates:
  - {name: healthy, http: {url: "https://{{ application }}.example.com/healthz"}}
  - {name: settled, soak: 30m}
  - {name: office-hours, window: {allow: ["Mon-Fri 09:00-16:00"], zone: Europe/Berlin}}
  - {name: christmas, freeze: {periods: [{from: 2026-12-20, to: 2027-01-02T12:00}]}}
  - {name: ci, statuses: ["ci/*"]}
  - {name: sign-off, approval: {by: ["@acme/release", ada], count: 2}}
messages: {title: "promote {{ product }} to {{ to }}", body: "{% for a in applications %}{{ a.name }} {{ a.version.after }}{% endfor %}"}
"#;

#[test]
fn every_part_of_the_format_is_read() {
    let settings = settings(SAMPLE);
    let production = settings.environment("prod").unwrap();
    assert_eq!(production.name, "production");
    assert_eq!(production.kind, Some(EnvironmentKind::Production));
    assert_eq!(settings.layout[0].as_str(), "components/{app}/{env}/**");
    assert_eq!(
        settings.product("loans").unwrap().applications,
        ["api", "web"]
    );
    let templates = ApplicationTemplates::new(&settings, &[]);
    let template = templates.of(&ApplicationName("shop/api".into())).unwrap();
    assert_eq!(template.version.as_ref().unwrap().file, "values.yaml");
    let rule = &template.rules[0];
    assert!(matches!(
        rule.promote.as_slice(),
        [Promote::Mode(Mode::Versions), Promote::Path(_)]
    ));
    assert_eq!(rule.keep.len(), 2);
    assert!(matches!(
        template.rules[1].promote.as_slice(),
        [Promote::Mode(Mode::All)]
    ));
    assert!(matches!(
        template.rules[2].promote.as_slice(),
        [Promote::Mode(Mode::Versions)]
    ));
    let (action, policy) = settings.action_for(production, &["loans"]).unwrap();
    assert_eq!(
        (action, policy.name.as_str()),
        (Action::PullRequest, "production")
    );
    assert!(settings.messages.commit.title.is_some() && settings.messages.commit.body.is_some());
}

#[test]
fn an_empty_file_is_an_empty_configuration_with_a_warning() {
    for text in ["", "\n", "# nothing yet\n", "---\n", "---\n# x\n...\n"] {
        let read = accept(text);
        assert!(read.settings.environments.is_empty(), "{text:?}");
        let [warning] = read.warnings.as_slice() else {
            panic!("{text:?}: {:?}", read.warnings);
        };
        assert_eq!(warning.message, "the file is empty, so the defaults apply");
    }
    assert!(settings("{}\n").environments.is_empty());
}

#[test]
fn a_key_without_a_value_says_nothing() {
    let settings = settings("environments:\nlayout:\npolicies: ~\n");
    assert!(settings.environments.is_empty() && settings.layout.is_empty());
}

#[test]
fn lists_of_one_may_be_written_without_brackets() {
    let settings = settings(
        "templates:\n  - {name: t, rules: [{files: '**', promote: $.a, keep: $.b}]}\n\
         policies:\n  - {name: p, match: {kinds: production}, action: none}\n",
    );
    let rule = &settings.templates[0].rules[0];
    assert!(matches!(rule.promote.as_slice(), [Promote::Path(_)]));
    assert_eq!(rule.keep.len(), 1);
    assert_eq!(
        settings.policies[0].matches.kinds,
        [EnvironmentKind::Production]
    );
}

#[test]
fn anchors_and_aliases_of_yaml_are_read() {
    let settings = settings(
        "products:\n  - {name: a, applications: &all [api, web]}\n  - {name: b, applications: *all}\n",
    );
    assert_eq!(settings.products[1].applications, ["api", "web"]);
}

#[test]
fn windows_line_endings_and_a_byte_order_mark_are_no_faults() {
    let settings = settings("\u{feff}version: 1\r\nenvironments:\r\n  - name: dev\r\n");
    assert_eq!(settings.environments[0].name, "dev");
}

#[test]
fn the_strongest_policy_comes_first() {
    let text = "policies:\n  - {name: weak, priority: 9, action: none}\n  - {name: strong, priority: -1, action: commit}\n";
    let read = accept(text);
    let names: Vec<_> = read.settings.policies.iter().map(|p| &p.name).collect();
    assert_eq!(names, ["strong", "weak"]);
}
