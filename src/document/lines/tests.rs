//! The promises of this module, each as a sentence.

use super::{LineSides, Lines, LinesError, Numbering, merge};
use crate::document::{Base, Difference, FileContent, Sides, compare, parse_file};
use crate::domain::{Environment, Naming};

pub(super) fn naming() -> Naming {
    let [from, to] = ["staging", "production"].map(Environment::named);
    Naming::new(from, to, [])
}

fn lines(path: &str, text: &str) -> Lines {
    if path == "v.yaml" {
        return Lines::of_template(text.to_owned()).unwrap();
    }
    match parse_file(path, text.as_bytes().to_vec()) {
        FileContent::Lines(lines) => *lines,
        _ => panic!("{path} is not read as lines:\n{text}"),
    }
}

pub(super) fn differences(source: &Lines, target: &Lines, naming: &Naming) -> Vec<Difference> {
    compare(&Sides {
        source: source.outline(),
        target: target.outline(),
        base: Base::Target,
        naming,
        file: "file",
        format: target.format(),
    })
}

/// Each difference as `op path: before -> after (version)`.
fn listed(path: &str, source: &str, target: &str) -> String {
    let (source, target) = (lines(path, source), lines(path, target));
    let found = differences(&source, &target, &naming());
    let line = |d: &Difference| {
        let version = d
            .version
            .map_or(String::new(), |field| format!(" ({})", field.as_str()));
        let value = |value: &Option<crate::yaml::Value>| match value {
            Some(value) => value.to_json().to_string(),
            None => "-".to_owned(),
        };
        format!(
            "{} {}: {} -> {}{version}",
            d.op,
            d.path,
            value(&d.before),
            value(&d.after)
        )
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The target with the differences whose path contains `chosen`.
fn merged(path: &str, source: &str, target: &str, chosen: &str) -> Result<String, LinesError> {
    let (source, target) = (lines(path, source), lines(path, target));
    let naming = naming();
    let found = differences(&source, &target, &naming);
    let promoted: Vec<&Difference> = found.iter().filter(|d| d.path.contains(chosen)).collect();
    assert!(!promoted.is_empty(), "no {chosen} in {found:#?}");
    let sides = LineSides {
        source: &source,
        target: &target,
        naming: &naming,
    };
    merge(&sides, &promoted)
}

fn edited(path: &str, source: &str, target: &str, chosen: &str) -> String {
    merged(path, source, target, chosen).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn settings_differ_by_their_keys() {
    let source = "# Comment\nexport API_TAG=1.5.0\nB='x y' # note\nPROXY=\"a=b\"\nNEW=1\n";
    let target = "PROXY=a=c\nAPI_TAG=\"1.4.2\"\nB=\"x y\"\nOWN=2\n";
    insta::assert_snapshot!(listed(".env", source, target), @r#"
    set $.PROXY: "a=c" -> "a=b"
    set $.API_TAG: "1.4.2" -> "1.5.0" (image tag)
    remove $.OWN: "2" -> -
    add $.NEW: - -> "1"
    "#);
    let source = "[a]\nx = 1\n[b.c] # note\nx: 2\n; x = 0\n";
    let target = "[b.c]\nx: 3 ; note\n[a]\nx = 4\n";
    insta::assert_snapshot!(listed("x.ini", source, target), @r#"
    set $['b.c'].x: "3" -> "2"
    set $.a.x: "4" -> "1"
    "#);
    let source = "a.b = 1\nc: x # y\nd = one \\\n  two\n";
    let target = "a.b = 2\nc: x # z\nd = one \\\n  three\n";
    insta::assert_snapshot!(listed("x.properties", source, target), @r#"
    set $['a.b']: "2" -> "1"
    set $.c: "x # z" -> "x # y"
    set $.d: "one \\\n  three" -> "one \\\n  two"
    "#);
    let source = "a \"x\" {\n  b = 1 // note\n  c = [\n    1,\n  ]\n  d { e = 1 }\n}\n";
    let target = "a \"x\" {\n  b = \"1\"\n  c = [\n    2,\n  ]\n  d { e = 2 }\n}\n";
    insta::assert_snapshot!(listed("x.tf", source, target), @r#"
    set $['a "x"'].b: "1" -> 1
    set $['a "x"'].c: "[\n    2,\n  ]" -> "[\n    1,\n  ]"
    set $['a "x"']['d { e']: "2 }" -> "1 }"
    "#);
    let module = |version| format!("m {{\n  source = \"git::https://a.io/b?ref=v{version}\"\n}}\n");
    insta::assert_snapshot!(listed("x.tf", &module(2), &module(1)), @r#"set $.m.source: "git::https://a.io/b?ref=v1" -> "git::https://a.io/b?ref=v2" (pinned URL)"#);
}

#[test]
fn templates_differ_by_their_keys() {
    let source = "\
image:
  tag: \"1.5.0\" # note
  name: {{ .Values.a }}
{{- if .Values.x }}
hosts:
{{- range .hosts }}
- host: {{ . }}
  tls: 80
{{- end }}
env:
  - name: B
    value: 1
  - name: A
    value: 2
{{- else }}
mode: fast
{{- end }}
{{- with .new }}
new:
  {{- toYaml . | nindent 2 }}
{{- end }}
";
    let target = source
        .replace("1.5.0", "1.4.2")
        .replace("Values.a", "Values.b")
        .replace("tls: 80", "tls: 81")
        .replace("    value: 2", "    value: 3")
        .replace("fast", "safe")
        .replace(
            "{{- with .new }}\nnew:\n  {{- toYaml . | nindent 2 }}\n{{- end }}\n",
            "",
        );
    insta::assert_snapshot!(listed("v.yaml", source, &target), @r#"
    set $.image.tag: "1.4.2" -> "1.5.0" (image tag)
    set $.image.name: "{{ .Values.b }}" -> "{{ .Values.a }}"
    set $['{{- if .Values.x }}'].hosts['{{- range .hosts }}'][?@.host=='{{ . }}'].tls: 81 -> 80
    set $['{{- if .Values.x }}'].env[?@.name=='A'].value: 3 -> 2
    set $['{{- if .Values.x }}']['{{- else }}'].mode: "safe" -> "fast"
    add $['{{- with .new }}']: - -> {"new":{"{{- toYaml . | nindent 2 }}":"{{- toYaml . | nindent 2 }}"}}
    "#);
}

#[test]
fn an_expression_in_the_first_column_does_not_end_what_it_is_in() {
    let source = "\
a:
  b:
{{- if .x }}
{{ toYaml .y }}
    c: 1
{{- end }}
";
    let found = listed("v.yaml", source, &source.replace("c: 1", "c: 2"));
    assert_eq!(found, "set $.a.b['{{- if .x }}'].c: 2 -> 1");
}

#[test]
fn other_texts_differ_by_their_lines() {
    let source = "see https://x/1.5.0/a\nkey: 1\nname = b\nnew\n";
    let target = "key: 2\nown\nsee https://x/1.4.2/a\nname = c\n";
    insta::assert_snapshot!(listed("x.txt", source, target), @r#"
    set $.key: "2" -> "1"
    remove $.own: "own" -> -
    set $['see https://x/*/a']: "see https://x/1.4.2/a" -> "see https://x/1.5.0/a"
    set $.name: "c" -> "b"
    add $.new: - -> "new"
    "#);
    insta::assert_snapshot!(listed("tag", "release-0a1b2c3d\n", "v37\n"), @r#"set $: "v37" -> "release-0a1b2c3d" (version file)"#);
    insta::assert_snapshot!(listed("motto", "be kind\n", "be brave"), @r#"set $: "be brave" -> "be kind""#);
}

#[test]
fn only_the_bytes_of_the_value_change() {
    for (path, source, target, chosen, expected) in [
        (
            ".env",
            "A=2\nB=3",
            "A='1'  # x\r\nB=1",
            "A",
            "A='2'  # x\r\nB=1",
        ),
        (
            ".env",
            "A=\"2 $x\"\n",
            "\tA = \"1\"\n",
            "A",
            "\tA = \"2 $x\"\n",
        ),
        ("x.properties", "a=b # c\n", "a:b\n", "a", "a:b # c\n"),
        (
            "x.toml",
            "[s]\na = 80\n",
            "[s]\na = \"80\"\n",
            "a",
            "[s]\na = 80\n",
        ),
        (
            "x.toml",
            "[s]\na = \"81\"\n",
            "[s]\na = '80'\n",
            "a",
            "[s]\na = '81'\n",
        ),
        (
            "x.tfvars",
            "m = {\n  a = \"2\",\n}\n",
            "m = {\n\ta = \"1\",\n}\n",
            "a",
            "m = {\n\ta = \"2\",\n}\n",
        ),
        (
            "v.yaml",
            "a: {{ .x }}/b:2\nc: {{ .y }}\n",
            "a: '{{ .x }}/b:1' # z\nc: {{ .y }}\n",
            "a",
            "a: '{{ .x }}/b:2' # z\nc: {{ .y }}\n",
        ),
        (
            "x.txt",
            "\nget v1.5.0\nx\n",
            "x\n  get v1.4.2  \n",
            "get",
            "x\n  get v1.5.0  \n",
        ),
        (".env", "A=2\n", "A= # x\n", "A", "A=2 # x\n"),
        (".env", "A=\n", "A='1' # x\r\n", "A", "A='' # x\r\n"),
        (
            "x.toml",
            "a = \"x\"\n",
            "a =  # x\n",
            "a",
            "a = \"x\"  # x\n",
        ),
        ("v.yaml", "a: 2\n", "a:\n", "a", "a: 2\n"),
        ("VERSION.txt", "v38", " v37 \n", "$", " v38 \n"),
        // A key without a separator is a line, which the source's replaces.
        (
            "x.properties",
            "a: \n  a: 1.4\n",
            "a: \n  a\nb: 2\n",
            "a~2",
            "a: \n  a: 1.4\nb: 2\n",
        ),
    ] {
        assert_eq!(edited(path, source, target, chosen), expected, "{path}");
    }
}

#[test]
fn lines_are_added_after_the_same_neighbour() {
    for (path, source, target, chosen, expected) in [
        (
            ".env",
            "A=1\n# New\nB=2\nC=3\n",
            "Z=1\r\nA=1\r\nC=3",
            "B",
            "Z=1\r\nA=1\r\n# New\r\nB=2\r\nC=3",
        ),
        (".env", "A=1\nB=2\n", "A=1", "B", "A=1\nB=2"),
        (".env", "B=2\n", "# Nothing\n", "$", "# Nothing\nB=2\n"),
        (
            "x.ini",
            "a=1\n[s]\nb=2\n",
            "[s]\nb=2\n",
            "a",
            "a=1\n[s]\nb=2\n",
        ),
        (
            "x.ini",
            "[r]\nb=2\n[s]\nx=1\n",
            "[s]\nx=1\n",
            "r",
            "[r]\nb=2\n[s]\nx=1\n",
        ),
        (
            "v.yaml",
            "a:\n  b: {{ .x }}\n  c: staging\n",
            "a:\n    b: {{ .x }}\n    d: 1\n",
            "c",
            "a:\n    b: {{ .x }}\n    d: 1\n    c: production\n",
        ),
        (
            "v.yaml",
            "a: {{ .x }}\n{{- if .y }}\nb:\n  c: 1\n{{- end }}\n",
            "a: {{ .x }}\nz: 1\n",
            "if",
            "a: {{ .x }}\nz: 1\n{{- if .y }}\nb:\n  c: 1\n{{- end }}\n",
        ),
        (
            "v.yaml",
            "env:\n- name: A\n  value: {{ .x }}\n- name: B\n",
            "env:\n  - name: A\n    value: {{ .x }}\n",
            "B",
            "env:\n  - name: A\n    value: {{ .x }}\n  - name: B\n",
        ),
    ] {
        assert_eq!(edited(path, source, target, chosen), expected, "{path}");
    }
}

#[test]
fn lines_are_removed_with_their_comments() {
    for (path, source, target, chosen, expected) in [
        (".env", "A=1\n", "A=1\n# Why\nB=2\n\nC=3", "B", "A=1\n\nC=3"),
        (".env", "A=1\n", "A=1\nB=2", "B", "A=1"),
        (
            "v.yaml",
            "a: {{ .x }}\n",
            "a: {{ .x }}\nb:\n  c: 1\n{{- if .y }}\nd: 1\n{{- end }}\n",
            "b",
            "a: {{ .x }}\n{{- if .y }}\nd: 1\n{{- end }}\n",
        ),
        (
            "v.yaml",
            "a: {{ .x }}\n",
            "a: {{ .x }}\n{{- if .y }}\nd: 1\n{{- end }}\nb: 1\n",
            "if",
            "a: {{ .x }}\nb: 1\n",
        ),
    ] {
        assert_eq!(edited(path, source, target, chosen), expected, "{path}");
    }
}

#[test]
fn an_edit_that_is_not_certain_is_refused() {
    for (path, source, target, chosen, expected) in [
        (
            ".env",
            "A='x $y'\n",
            "A=\"z\"\n",
            "A",
            "the value of `$.A` cannot be written in the quotes that the target uses",
        ),
        (
            "v.yaml",
            "a: {{ .x }}\n",
            "a: {{ .y }}\n",
            "a",
            "`$.a` has a template expression, which is never changed",
        ),
    ] {
        let error = merged(path, source, target, chosen);
        let error = error.map_or_else(|error| error.to_string(), |_| String::new());
        assert_eq!(error, expected, "{path}");
    }
}

#[test]
fn the_same_keys_in_several_blocks_are_numbered() {
    let source = "{{ if .a }}\ntag: 3\n{{ else }}\ntag: 4\n{{ end }}\n";
    let target = "{{ if .a }}\ntag: 1\n{{ else }}\ntag: 2\n{{ end }}\n";
    let (source, target) = (lines("v.yaml", source), lines("v.yaml", target));
    let numbering = Numbering::new(&source, &target);
    let found = differences(&source, &target, &naming());
    let numbers: Vec<Option<usize>> = found.iter().map(|d| numbering.number(d)).collect();
    assert_eq!(numbers, [None, Some(2)]);
}

#[test]
fn a_text_that_is_not_certain_stays_whole() {
    for (path, text) in [
        ("v.yaml", "a: {{ if .x }}b\nc: {{ end }}\n"),
        ("v.yaml", "{{ if .x }}\na: 1\n"),
        ("v.yaml", "a: {{ .x }}\n{{ end }}\n"),
        ("v.yaml", "a: {{ end }}{{ if .x }}b\n"),
        ("x.txt", "\0"),
    ] {
        let content = parse_file(path, text.as_bytes().to_vec());
        assert!(matches!(content, FileContent::Whole), "{text}");
    }
    let inline = "a: {{ if .x }}b{{ else }}c{{ end }}\n".to_owned();
    let content = parse_file("v.yaml", inline.into_bytes());
    assert!(matches!(content, FileContent::Lines(_)));
    let keys = (0..100).map(|depth| " ".repeat(depth) + "a:\n");
    let deep = "{{ .x }}\n".to_owned() + &keys.collect::<String>();
    let content = parse_file("v.gotmpl", deep.into_bytes());
    assert!(matches!(content, FileContent::Whole));
}
