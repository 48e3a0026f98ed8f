//! Matching list items, and placing new ones.

use super::{all, all_of, paths};
use crate::domain::Op;

#[test]
fn containers_are_matched_by_name_in_any_order() {
    assert_eq!(
        paths(
            "containers:\n- {name: web, image: a:2}\n- {name: log, image: b:1}\n",
            "containers:\n- {name: log, image: b:1}\n- {name: web, image: a:1}\n",
        ),
        ["set $.containers[?@.name=='web'].image"]
    );
}

#[test]
fn names_with_the_environment_in_them_are_the_same_item() {
    assert_eq!(
        paths(
            "containers:\n- {name: x}\n- {name: web-staging, image: a:2}\n",
            "containers:\n- {name: web-production, image: a:1}\n- {name: x}\n",
        ),
        [
            "set $.containers[?@.name=='web-production'].name",
            "set $.containers[?@.name=='web-production'].image",
        ]
    );
}

#[test]
fn ports_without_names_are_matched_by_number_and_protocol() {
    assert_eq!(
        paths(
            "ports:\n- {containerPort: 53, protocol: UDP, hostPort: 1}\n\
             - {containerPort: 53, protocol: TCP}\n",
            "ports:\n- {containerPort: 53, protocol: TCP}\n\
             - {containerPort: 53, protocol: UDP, hostPort: 2}\n",
        ),
        ["set $.ports[?@.containerPort==53 && @.protocol=='UDP'].hostPort"]
    );
}

#[test]
fn environment_variables_are_matched_by_name() {
    assert_eq!(
        paths(
            "env:\n- {name: A, value: '1'}\n- {name: B, value: '2'}\n",
            "env:\n- {name: B, value: '3'}\n- {name: A, value: '1'}\n",
        ),
        ["set $.env[?@.name=='B'].value"]
    );
}

#[test]
fn mounts_of_one_volume_are_matched_by_their_path() {
    assert_eq!(
        paths(
            "volumeMounts:\n- {name: v, mountPath: /a, subPath: x}\n- {name: v, mountPath: /b}\n",
            "volumeMounts:\n- {name: v, mountPath: /b}\n- {name: v, mountPath: /a, subPath: y}\n",
        ),
        ["set $.volumeMounts[?@.mountPath=='/a'].subPath"]
    );
}

#[test]
fn json_patches_are_matched_by_operation_and_path() {
    assert_eq!(
        paths(
            "- {op: replace, path: /spec/a, value: 1}\n- {op: add, path: /spec/a, value: 2}\n",
            "- {op: add, path: /spec/a, value: 2}\n- {op: replace, path: /spec/a, value: 0}\n",
        ),
        ["set $[?@.op=='replace' && @.path=='/spec/a'].value"]
    );
}

#[test]
fn patches_with_the_same_file_differ_by_their_target() {
    assert_eq!(
        paths(
            "patches:\n- {path: p.yaml, target: {kind: A}, x: 1}\n- {path: p.yaml, target: {kind: B}, x: 1}\n",
            "patches:\n- {path: p.yaml, target: {kind: A}, x: 1}\n- {path: p.yaml, target: {kind: B}, x: 2}\n",
        ),
        ["set $.patches[?@.path=='p.yaml' && @.target.kind=='B'].x"]
    );
}

#[test]
fn kustomize_images_are_matched_by_name() {
    assert_eq!(
        paths(
            "images:\n- {name: a, newTag: '1'}\n- {name: b, newTag: '2'}\n",
            "images:\n- {name: b, newTag: '1'}\n- {name: a, newTag: '1'}\n",
        ),
        ["set $.images[?@.name=='b'].newTag"]
    );
}

#[test]
fn resources_are_matched_by_their_own_value() {
    assert_eq!(
        paths("resources:\n- b\n- c\n- a\n", "resources:\n- a\n- b\n- d\n"),
        ["remove $.resources[?@=='d']", "add $.resources[?@=='c']"]
    );
}

#[test]
fn a_url_is_the_same_item_whatever_revision_it_pins() {
    assert_eq!(
        paths(
            "resources:\n- https://x/y?ref=2222222b\n- a\n",
            "resources:\n- a\n- https://x/y?ref=1111111a\n",
        ),
        ["set $.resources[?search(@,'^https://x/y[?]')]"]
    );
}

#[test]
fn an_image_in_a_list_is_the_same_item_whatever_its_tag() {
    assert_eq!(
        paths(
            "images:\n- r.io/a:2\n- r.io/a-b:1\n",
            "images:\n- r.io/a-b:1\n- r.io/a:1\n"
        ),
        ["set $.images[?search(@,'^r.io/a[:@]')]"]
    );
}

#[test]
fn a_flag_is_the_same_item_whatever_its_value() {
    assert_eq!(
        paths(
            "args: [--level=2, --quiet]\n",
            "args: [--quiet, --level=1]\n"
        ),
        ["set $.args[?search(@,'^--level=')]"]
    );
}

#[test]
fn operands_of_a_command_line_are_known_by_their_neighbours() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("[run2.sh]", "[run.sh]", &["set $.args[?@=='run.sh']"]),
        (
            "[serve, --port, '81', --quiet]",
            "[serve, --port, '80', --quiet]",
            &["set $.args[?@=='80']"],
        ),
        // Between the same neighbours, but not as many; and options, which have names.
        (
            "[serve, a, b]",
            "[serve, c]",
            &[
                "remove $.args[?@=='c']",
                "add $.args[?@=='a']",
                "add $.args[?@=='b']",
            ],
        ),
        (
            "[serve, --one]",
            "[serve, --two]",
            &["remove $.args[?@=='--two']", "add $.args[?@=='--one']"],
        ),
        // In another order.
        (
            "[a, x, b]",
            "[b, y, a]",
            &["remove $.args[?@=='y']", "add $.args[?@=='x']"],
        ),
    ];
    for (source, target, want) in cases {
        let list = |key: &str, items: &str| format!("{key}: {items}\n");
        assert_eq!(
            paths(&list("args", source), &list("args", target)),
            *want,
            "{source} -> {target}"
        );
    }
    assert_eq!(
        paths("finalizers: [b]\n", "finalizers: [a]\n"),
        ["remove $.finalizers[?@=='a']", "add $.finalizers[?@=='b']"]
    );
}

#[test]
fn no_version_identifies_an_item() {
    for (source, target, want) in [
        (
            "literals: [LOG=a, APP_VERSION=2.1.0]\n",
            "literals: [APP_VERSION=2.0.0, LOG=a]\n",
            "set $.literals[?search(@,'^APP_VERSION=')]",
        ),
        (
            "images: [a/side=r.io/side:2]\n",
            "images: [a/side=r.io/side:1]\n",
            "set $.images[?search(@,'^a/side=')]",
        ),
        (
            "resources: ['https://x/y?a=1&ref=v2']\n",
            "resources: ['https://x/y?ref=v1&b=2']\n",
            "set $.resources[?search(@,'^https://x/y[?]')]",
        ),
        (
            "- https://x/v1.3.0/a-1.3.0.tgz\n",
            "- https://x/v1.2.0/a-1.2.0.tgz\n",
            "set $[?search(@,'^https://x/')]",
        ),
        (
            "images:\n- {name: 'a/b:v2', newTag: '1'}\n",
            "images:\n- {name: 'a/b:v1', newTag: '1'}\n",
            "set $.images[?search(@.name,'^a/b[:@]')].name",
        ),
    ] {
        assert_eq!(paths(source, target), [want]);
    }
}

#[test]
fn names_that_look_like_images_stay_different() {
    let subjects = |name: &str| format!("subjects:\n- {{kind: Group, name: 'system:{name}'}}\n");
    assert_eq!(paths(&subjects("nodes"), &subjects("masters")).len(), 2);
    assert_eq!(paths("- 8080:80\n", "- 8080:81\n").len(), 2);
}

#[test]
fn items_without_a_key_are_paired_with_the_most_similar() {
    for (source, target, want) in [
        // An unnamed container: its image identifies it.
        (
            "- {image: 'a/x:2', args: [b]}\n- {image: 'a/y:1', args: [b]}\n",
            "- {image: 'a/y:1', args: [b]}\n- {image: 'a/x:1', args: [b]}\n",
            vec!["set $[1].image"],
        ),
        (
            "generators:\n- git: {repoURL: g, revision: v2, files: [a]}\n- clusters: {}\n",
            "generators:\n- clusters: {}\n- git: {repoURL: g, revision: v1, files: [a]}\n",
            vec!["set $.generators[1].git.revision"],
        ),
        // The best pair wins, whichever comes first.
        (
            "- {a: 1, b: 1, c: 1, d: 1}\n- {a: 1, b: 1, c: 2, d: 2}\n",
            "- {a: 1, b: 1, c: 2, d: 3}\n",
            vec!["set $[0].d", "add $[?@.c==1]"],
        ),
        // One has much that the other lacks.
        (
            "- {title_: a, text: b, more: {c: 1, d: 2, e: 3, f: 4}}\n",
            "- {title_: a, text: b}\n",
            vec!["add $[0].more"],
        ),
        // The only two items, which have a version at the same place.
        (
            "values:\n- {image: {tag: 2.1.0}, replicas: 1}\n",
            "values:\n- {image: {tag: 2.0.0}, replicas: 5}\n",
            vec!["set $.values[0].image.tag", "set $.values[0].replicas"],
        ),
        (
            "sources:\n- {repoURL: 'https://x/a', rev: 2.0, path: p}\n",
            "sources:\n- {repoURL: 'https://x/b', rev: 1.0, chart: c}\n",
            vec![
                "remove $.sources[0]",
                "add $.sources[?@.repoURL=='https://x/a']",
            ],
        ),
    ] {
        assert_eq!(paths(source, target), want, "{source}");
    }
}

#[test]
fn all_ways_to_write_null_are_equal() {
    for (source, target) in [
        ("a: ~\n", "a: null\n"),
        ("a:\n", "a: ~\n"),
        ("- null\n- a\n", "- a\n- ~\n"),
        ("- {name: a, b: ~}\n", "- {name: a, b: null}\n"),
        ("- {b: ~, c: 1}\n", "- {b: , c: 1}\n"),
    ] {
        assert_eq!(paths(source, target), [""; 0], "{source}");
    }
    assert_eq!(paths("a: ''\n", "a: ~\n"), ["set $.a"]);
    assert_eq!(
        paths("- ''\n", "- ~\n"),
        ["remove $[?@==null]", "add $[?@=='']"]
    );
}

#[test]
fn an_item_with_a_key_is_never_matched_by_position() {
    let target = "containers:\n- {name: old, image: a:1}\n";
    let source = "containers:\n- {name: new, image: b:2}\n";
    assert_eq!(
        paths(source, target),
        [
            "remove $.containers[?@.name=='old']",
            "add $.containers[?@.name=='new']",
        ]
    );
}

#[test]
fn items_without_a_key_are_paired_by_similarity() {
    assert_eq!(
        paths(
            "rules:\n- {verbs: [get], groups: [x], more: 1}\n- {verbs: [list], groups: [y], more: 2}\n",
            "rules:\n- {verbs: [list], groups: [y], more: 3}\n- {verbs: [get], groups: [x], more: 1}\n",
        ),
        ["set $.rules[0].more"]
    );
}

#[test]
fn a_new_item_follows_its_neighbour_of_the_source() {
    assert_eq!(all("- a\n- new\n- b\n", "- b\n- a\n"), "- b\n- a\n- new\n");
}

#[test]
fn what_is_first_or_last_in_the_source_becomes_it_in_the_target() {
    let with_additions = |source, target| all_of(source, target, |d| d.op == Op::Add);
    for (source, target, expected) in [
        (
            "- a\n- new\n- b\n",
            "- a\n- own\n- b\n",
            "- a\n- new\n- own\n- b\n",
        ),
        ("- new\n- a\n- b\n", "- b\n- a\n", "- new\n- b\n- a\n"),
        ("- new\n- a\n", "- own\n- a\n", "- new\n- own\n- a\n"),
        ("- a\n- c\n- d\n", "- a\n- own\n", "- a\n- own\n- c\n- d\n"),
        ("new: 1\na: 1\n", "own: 1\na: 1\n", "new: 1\nown: 1\na: 1\n"),
        ("a: 1\nnew: 1\n", "a: 1\nown: 1\n", "a: 1\nown: 1\nnew: 1\n"),
        ("new: 1\n", "own: 1\n", "own: 1\nnew: 1\n"),
    ] {
        assert_eq!(with_additions(source, target), expected, "{source}");
    }
}

#[test]
fn a_new_key_follows_its_neighbour_of_the_source() {
    assert_eq!(
        all("a: 1\nb: 2\nc: 3\n", "c: 3\na: 1\n"),
        "c: 3\na: 1\nb: 2\n"
    );
    assert_eq!(all("new: 1\na: 1\n", "x: 0\na: 1\n"), "new: 1\na: 1\n");
}

#[test]
fn a_new_key_goes_where_a_sorted_mapping_has_it() {
    let mapping = |keys: &str| {
        let lines = keys.chars().map(|key| format!("{key}: 1\n"));
        lines.collect::<String>()
    };
    for (source, target, expected) in [
        ("abmcdefgh", "abcdefgh", "abcdefghm"),
        ("bacdefghi", "bcdefghi", "abcdefghi"),
        // One key is out of order.
        ("abicxdefghj", "abcxdefghj", "abcxdefghij"),
        // Without an order, and in short mappings, the source has the place.
        ("amhgfedcb", "ahgfedcb", "amhgfedcb"),
        ("amcd", "acd", "amcd"),
    ] {
        let (source, target) = (mapping(source), mapping(target));
        assert_eq!(all(&source, &target), mapping(expected));
    }
}
