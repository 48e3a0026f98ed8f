//! The work on one large file of manifests, compared with reading it.

use std::fmt::Write as _;
use std::hint::black_box;

use git_promote::document::{Base, Format, Sides, compare, merge};
use git_promote::domain::{Environment, Naming};
use git_promote::yaml::Stream;

use crate::measure::interleaved;
use crate::table::Table;

/// The size of the definitions of a large operator.
const SIZE: usize = 2_400_000;

/// Comparing two texts of which one scalar differs, writing it, and proving the result, beside parsing
/// one of them.
///
/// Both sides and the result must be parsed, which makes three of the parses.
pub fn one_scalar(table: &mut Table) {
    let source = definitions("v0.18.1");
    let target = definitions("v0.17.2");
    let naming = Naming::new(
        Environment::named("staging"),
        Environment::named("production"),
        [],
    );
    let parse = |text: &str| Stream::parse(text).expect("valid YAML");
    let promote = || {
        let (source, target) = (parse(&source), parse(&target));
        let sides = Sides {
            source: &source,
            target: &target,
            base: Base::Target,
            naming: &naming,
            file: "crds.yaml",
            format: Format::Yaml,
        };
        let differences = compare(&sides);
        let promoted: Vec<_> = differences.iter().collect();
        assert_eq!(promoted.len(), 1, "one scalar differs");
        merge(&sides, &promoted).expect("an edit that can be proven")
    };
    assert_eq!(promote(), source);
    let times = interleaved(
        || drop(black_box(promote())),
        || drop(black_box(parse(&target))),
    );
    let about = format!("one file of {} kB", SIZE / 1000);
    table.ratio("compare, edit and prove / one parse", &about, times, 5.0);
}

/// Definitions of custom resources; the version stands in an annotation of the last one.
fn definitions(version: &str) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < SIZE {
        definition(&mut text, number, "v0.17.2");
        number += 1;
    }
    definition(&mut text, number, version);
    text
}

fn definition(text: &mut String, number: usize, version: &str) {
    let _ = write!(
        text,
        "---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    controller-gen.kubebuilder.io/version: {version}
  name: monitors{number}.example.com
spec:
  group: example.com
  names: {{kind: Monitor{number}, plural: monitors{number}}}
  scope: Namespaced
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        description: Monitor{number} defines what is watched.
        type: object
        properties:
"
    );
    for field in 0..200 {
        let _ = write!(
            text,
            "          field{field}:
            description: |-
              The setting with number {field}, which is described in
              more than one line, as such settings are.
            items:
              type: string
              minLength: 1
            type: array
            x-kubernetes-list-type: atomic
"
        );
    }
}
