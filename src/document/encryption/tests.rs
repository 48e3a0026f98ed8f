//! What counts as encrypted, as tables.

use super::Encryption::{File, Signed, Values};
use super::*;

fn is(want: Option<Encryption>, cases: &[(&str, &str)]) {
    for (path, text) in cases {
        assert_eq!(encryption(path, text.as_bytes()), want, "{path}: {text}");
    }
}

const PW: &str = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]";

#[test]
fn sops_signs_all_values_of_a_file() {
    let of = |text: &str| text.replace("PW", PW);
    for (path, text) in [
        ("a.yaml", "tag: 1\npw: PW\nsops:\n  mac: PW\n"),
        ("a.yaml", "\"tag\": 1\n\"sops\": {\"mac\": \"PW\"}\n"),
        ("a.yaml", "\"\\x73ops\": {lastmodified: '2026'}\n"),
        ("a.yaml", "{tag: 1, 'sops': {age: [{recipient: x}]}}\n"),
        ("a.yaml", "? sops\n: kms: []\n"),
        ("a.yaml", "!!str sops: !!map {pgp: null}\n"),
        ("a.yaml", "x: &s {mac: 'PW'}\nsops: *s\n"),
        ("a.yaml", "x: &k sops\n*k : {mac: 'PW'}\n"),
        ("a.yaml", "x: &s {sops: {mac: 'PW'}}\n<<: *s\n"),
        ("a.yaml", "x: &s {sops: {mac: 'PW'}}\n<<: [{a: 1}, *s]\n"),
        ("a.yaml", "x: &m {mac: 'PW'}\nsops: {<<: *m}\n"),
        ("a.yaml", "a: 1\n---\nsops: {mac: 'PW'}\n"),
        ("a.yaml", "sops: {mac: 'PW'}\n---\na: 1\n"),
        ("a.yaml", "\u{feff}sops: {mac: 'PW'}\n"),
        (
            "a.json",
            "{\n\t\"tag\": \"1\",\n\t\"sops\": {\"kms\": null, \"mac\": \"PW\"}\n}",
        ),
        ("a.enc", "{\"data\": \"PW\", \"sops\": {\"mac\": \"PW\"}}"),
        // The signature may be elsewhere.
        ("a.yaml", "tag: 1\npw: PW\n"),
        ("a.yaml", "config.yaml: |\n  pw: PW\n"),
        // What cannot be parsed counts as signed.
        ("a.yaml", "tag: [1\npw: PW\nsops:\n  mac: PW\n"),
        ("a.env", "TAG=1\nPW=PW\nsops_mac=PW\n"),
        ("a.env", "TAG=1\nsops_version=3.9.0\n"),
        ("a.ini", "[a]\npw = PW\n\n[sops]\nmac = PW\n"),
        ("a.ini", "[a]\ntag = 1\n\n[sops]\nversion = 3.9.0\n"),
        (
            "a.tpl",
            "{{ if x }}\ntag: 1\n{{ end }}\nsops:\n  version: 3.9.0\n",
        ),
        ("a.tpl", "{{ if x }}\npw: PW\n{{ end }}\n"),
    ] {
        is(Some(Signed), &[(path, &of(text))]);
    }
}

#[test]
fn a_signature_of_encrypted_values_leaves_the_others_free() {
    let of = |text: &str| text.replace("PW", PW);
    let only = "tag: 1\npw: 'PW'\nsops: {mac: 'PW', mac_only_encrypted: true}\n";
    is(Some(Values), &[("a.yaml", &of(only))]);
    let every = format!("{only}---\n{only}");
    is(Some(Values), &[("a.yaml", &of(&every))]);
    for doubtful in [
        only.replace("true", "false"),
        only.replace("true", "'true'"),
        format!("{only}---\nsops: {{mac: 'PW'}}\n"),
    ] {
        is(Some(Signed), &[("a.yaml", &of(&doubtful))]);
    }
}

#[test]
fn encrypted_values_without_a_signature() {
    is(
        Some(Values),
        &[
            ("a.yaml", "kind: SealedSecret\nspec: {}\n"),
            (
                "a.json",
                "{\"spec\": {\"encryptedData\": {\"pw\": \"Ag\"}}}",
            ),
            ("a.yaml", "kind: List\nitems: [{kind: SealedSecret}]\n"),
            ("a.yaml", "pw: ENC[PKCS7,MII=]\n"),
            ("a.yaml", "pw: ENC(c2FsdA==)\n"),
            (
                "a.yaml",
                "pw: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3162\n",
            ),
            (
                "a.yaml",
                "pw: |\n  -----BEGIN AGE ENCRYPTED FILE-----\n  YWdl\n",
            ),
            ("a.yaml", "pw: |\n  -----BEGIN PGP MESSAGE-----\n\n  hQ\n"),
            ("a.yaml", "tag: 1\npw: U2FsdGVkX1+abc\n"),
            ("a.tpl", "{{ if x }}\nkind: SealedSecret\n"),
        ],
    );
}

#[test]
fn files_that_are_ciphertext() {
    is(
        Some(File),
        &[
            ("a.yaml", "\0GITCRYPT\0\u{1}\u{2}"),
            ("a.yaml", "$ANSIBLE_VAULT;1.1;AES256\n31623334\n"),
            ("a.yaml", "\u{feff}\n$ANSIBLE_VAULT;1.1;AES256\n31623334\n"),
            ("a.yaml", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n"),
            ("a.yaml", "age-encryption.org/v1\n-> X25519 abc\n\u{1}"),
            ("a.json", "-----BEGIN PGP MESSAGE-----\n\nhQ\n"),
            ("a.yaml", "Salted__\u{1}\u{2}"),
            ("a.yaml", "U2FsdGVkX1+abc\n"),
        ],
    );
}

#[test]
fn words_about_encryption_are_not_encryption() {
    is(
        None,
        &[
            ("a.yaml", "# sops: {mac: ENC[x]}\ntag: 1\n"),
            ("a.yaml", "sops: {image: x, version: 3.9.0}\n"),
            ("a.yaml", "sops: [mac]\n"),
            ("a.yaml", "sops:\n"),
            ("a.yaml", "a: {sops: mac}\nb: ENCODED\n"),
            ("a.yaml", "kind: Secret\ndata: {pw: cHc=}\n"),
            ("a.txt", "-----BEGIN CERTIFICATE-----\nMII\n"),
        ],
    );
}

#[test]
fn metadata_is_found_through_many_merge_keys() {
    let level = |i: usize| {
        let list = vec![format!("*a{}", i - 1); 8].join(", ");
        format!("x{i}: &a{i} {{<<: [{list}]}}\n")
    };
    let levels: String = (1..5).map(level).collect();
    let text = |root: &str| format!("x0: &a0 {root}\n{levels}<<: *a4\n");
    is(Some(Signed), &[("a.yaml", &text("{sops: {mac: x}}"))]);
    is(None, &[("a.yaml", &text("{a: 1}"))]);
}
