//! Words in paths that do not name an application.
//!
//! # Why
//!
//! Repositories share a vocabulary of folders and files that only structure them. A list of these
//! words names an application from its path alone, so that the name is the same in every clone and
//! does not change with the other folders of the repository.

use std::borrow::Cow;

use super::file_pair::FileRole;

/// Whether a folder of this name groups applications or environments, or contains one kind of file.
#[rustfmt::skip]
fn is_folder_word(word: &str) -> bool {
    matches!(
        word,
        "addons" | "applications" | "applicationsets" | "apps" | "appsets" | "base" | "bases" | "chart"
        | "charts" | "ci" | "cluster" | "clusters" | "components" | "conf" | "config" | "configs" | "configuration"
        | "configurations" | "deploy" | "deployment" | "deployments" | "env" | "environment"
        | "environments" | "envs" | "gitops" | "helm" | "helmcharts" | "helmfile" | "helmfiles"
        | "helmreleases" | "infra" | "infrastructure" | "k8s" | "kube" | "kubernetes" | "kustomization"
        | "kustomizations" | "kustomize" | "manifest" | "manifests" | "microservices" | "modules"
        | "namespaces" | "ns" | "overlay" | "overlays" | "projects" | "regions" | "releases" | "rings" | "services"
        | "settings" | "src" | "stacks" | "stages" | "teams" | "tenants" | "terraform" | "values" | "variants"
        | "workloads" | "yaml"
    )
}

/// Whether a word only structures a repository together with others: `app-config`, `image-tags`.
#[rustfmt::skip]
fn is_compound_word(word: &str) -> bool {
    matches!(
        word,
        "app" | "application" | "argo" | "argocd" | "cd" | "d" | "files" | "flux" | "image" | "images" | "of"
        | "repo" | "root" | "sets" | "tag" | "tags" | "version" | "versions"
    )
}

/// Whether a word is the name of a tool, which a folder can be named after as an application or not.
fn is_tool_word(word: &str) -> bool {
    matches!(word, "argo" | "argocd" | "flux" | "fluxcd")
}

/// Whether no file below a folder of this name names an application.
#[rustfmt::skip]
fn is_part_word(word: &str) -> bool {
    matches!(
        word,
        "crds" | "files" | "patches" | "resources" | "secrets" | "templates" | "tests"
    )
}

/// Whether files of this name are in every application.
#[rustfmt::skip]
fn is_file_word(word: &str) -> bool {
    matches!(
        word,
        "addons" | "all" | "app" | "application" | "applications" | "apps" | "appsets" | "autoscaler"
        | "autoscaling" | "base" | "bases" | "chart" | "cluster" | "clusters" | "cm" | "common" | "components"
        | "compose" | "config" | "configmap" | "configmaps" | "cronjob" | "cronjobs" | "daemonset"
        | "default" | "defaults" | "deploy" | "deployment" | "deployments" | "docker" | "env"
        | "environment" | "externalsecret" | "externalsecrets" | "global" | "globals" | "helm"
        | "helmfile" | "helmrelease" | "helmreleases" | "hpa" | "httproute" | "image" | "images" | "index"
        | "infra" | "infrastructure" | "ingress" | "ingresses" | "ingressroute" | "job" | "jobs"
        | "kustomization" | "limitrange" | "lock" | "main" | "namespace" | "namespaces"
        | "networkpolicies" | "networkpolicy" | "ns" | "overrides" | "patch" | "patches" | "pdb"
        | "projects" | "properties" | "pv" | "pvc" | "quota" | "rbac" | "readme"
        | "release" | "releases" | "replicas" | "requirements" | "resource" | "resourcequota"
        | "resources" | "role" | "rolebinding" | "rolebindings" | "roles" | "route" | "routes" | "sa"
        | "sealedsecret" | "sealedsecrets" | "secret" | "secrets" | "service" | "serviceaccount"
        | "serviceaccounts" | "servicemonitor" | "services" | "settings" | "statefulset" | "svc" | "tag"
        | "tags" | "tenants" | "tfvars" | "values" | "variables" | "vars" | "version" | "versions" | "volume"
        | "volumes" | "workloads"
    )
}

/// Whether a word is the role of a file beside the name of an application: `values-orders.yaml`.
#[rustfmt::skip]
fn is_role_word(word: &str) -> bool {
    matches!(
        word,
        "config" | "helmrelease" | "kustomization" | "overrides" | "release" | "secret" | "secrets"
        | "values"
    )
}

/// Whether the end of a file's name states its format.
#[rustfmt::skip]
fn is_extension(word: &str) -> bool {
    matches!(
        word,
        "age" | "cfg" | "conf" | "config" | "cue" | "enc" | "env" | "gotmpl" | "gpg" | "hcl" | "ini" | "j2"
        | "jinja" | "jinja2" | "json" | "json5" | "jsonnet" | "libsonnet" | "lock" | "mustache" | "properties"
        | "sops" | "tf" | "tfvars" | "tmpl" | "toml" | "tpl" | "txt" | "xml" | "yaml" | "yml"
    )
}

/// Whether a file without an extension is for the people who work on the repository.
#[rustfmt::skip]
fn is_file_of_developers(name: &str) -> bool {
    matches!(
        name,
        "changelog" | "codeowners" | "dockerfile" | "jenkinsfile" | "justfile" | "license" | "makefile"
        | "owners" | "procfile" | "readme" | "taskfile"
    )
}

/// Whether a word belongs to the names of regions, data centres and clusters.
#[rustfmt::skip]
fn is_region_word(word: &str) -> bool {
    matches!(
        word,
        "af" | "aks" | "ap" | "apac" | "asia" | "australia" | "aws" | "az" | "azure" | "ca" | "central"
        | "cluster" | "dc" | "dr" | "east" | "eks" | "emea" | "eu" | "europe" | "gcp" | "gke" | "gov" | "me" | "na"
        | "north" | "northeast" | "northwest" | "region" | "sa" | "south" | "southeast" | "southwest" | "uk"
        | "us" | "west" | "zone"
    )
}

/// Characters between the words of a name.
const SEPARATORS: [char; 3] = ['-', '.', '_'];

/// What a file is for.
///
/// Folders of documentation and of tools (`.github`) have files of the same formats, but those are not
/// deployed to an environment.
pub(super) fn role(path: &str) -> FileRole {
    let mut folders = path.split('/');
    let file = folders.next_back().unwrap_or(path);
    let file = if file.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(file.to_ascii_lowercase())
    } else {
        Cow::Borrowed(file)
    };
    let is_deployed = match file.rsplit_once('.') {
        // `.env.production`
        Some(_) if file.starts_with(".env.") => true,
        Some((_, extension)) => is_extension(extension),
        None => !is_file_of_developers(&file),
    };
    if folders.any(|folder| folder == "docs" || folder.starts_with('.')) {
        FileRole::Unrelated
    } else if is_deployed {
        FileRole::Deployed
    } else {
        FileRole::Attached
    }
}

/// Whether a folder only structures the repository.
pub(super) fn is_structure(folder: &str) -> bool {
    let folder = folder.to_ascii_lowercase();
    let is_compound = folder.contains(SEPARATORS);
    words(&folder).all(|word| is_folder_word(word) || is_compound && is_compound_word(word))
}

/// Whether a folder is only an application's if its path names no other: one of a deployment tool, a
/// region, a cluster or a host.
pub(super) fn is_qualifier(folder: &str) -> bool {
    is_region(folder) || is_tool_word(&folder.to_ascii_lowercase().replace(SEPARATORS, ""))
}

/// Whether a folder at the root of a repository groups applications, while others are applications.
pub(super) fn is_group(folder: &str) -> bool {
    matches!(
        folder,
        "core" | "live" | "platform" | "products" | "system" | "systems"
    )
}

/// Whether an environment's usual name is also one of applications: `components/integration/staging`.
pub(super) fn is_ordinary_noun(word: &str) -> bool {
    matches!(
        word,
        "acceptance" | "canary" | "demo" | "integration" | "performance" | "preview" | "sandbox"
    )
}

/// Whether a folder contains parts of one application.
pub(super) fn is_part(folder: &str) -> bool {
    is_part_word(&folder.to_ascii_lowercase())
}

/// Whether a folder is named after a region, a cluster or a host: `eu-west-1`, `eu1`, `live.acme.org`.
fn is_region(folder: &str) -> bool {
    let folder = folder.to_ascii_lowercase();
    if folder.matches('.').count() > 1 {
        return true;
    }
    let letters = |word: &str| {
        word.trim_end_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    let is_word = |word: &str| {
        let word = letters(word);
        is_region_word(&word)
            || (1..word.len())
                .filter(|at| word.is_char_boundary(*at))
                .any(|at| is_region_word(&word[..at]) && is_region_word(&word[at..]))
    };
    // `1`, `a` and `1a` count zones, but are no regions alone.
    let is_count = |word: &str| word.trim_start_matches(|c: char| c.is_ascii_digit()).len() < 2;
    words(&folder).any(is_word) && words(&folder).all(|word| is_word(word) || is_count(word))
}

/// What a file's name states besides its format and its role; `None` if that is nothing.
pub(super) fn name_in_file(file: &str) -> Option<&str> {
    let mut stem = file;
    while let Some((head, end)) = stem.rsplit_once('.') {
        if !is_extension(&end.to_ascii_lowercase()) {
            break;
        }
        stem = head;
    }
    loop {
        // Without its format and role, a name can end in a separator.
        stem = stem.trim_matches(SEPARATORS);
        let lower = stem.to_ascii_lowercase();
        if words(&lower).all(is_role_of_file) {
            return None;
        }
        let role = |word: &&str| is_role_word(&word.to_ascii_lowercase());
        let first = words(stem).next().filter(role);
        let last = words(stem).next_back().filter(role);
        // A dot separates a name from its role, while `-` is also within names: `auth-service`.
        let after_dot = stem
            .rsplit_once('.')
            .filter(|(_, end)| is_role_of_file(&end.to_ascii_lowercase()));
        stem = match (first, last, after_dot) {
            (_, _, Some((head, _))) => head,
            (Some(word), ..) => &stem[word.len()..],
            (None, Some(word), None) => &stem[..stem.len() - word.len()],
            (None, None, None) => return Some(stem),
        };
    }
}

fn is_role_of_file(word: &str) -> bool {
    is_file_word(word) || word.bytes().all(|b| b.is_ascii_digit())
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(SEPARATORS).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_is_made_of_structure_words_only() {
        let table = [
            ("apps", true),
            ("argo-cd-apps", true),
            ("app-config", true),
            ("image-tags", true),
            ("helmfile.d", true),
            ("Kubernetes", true),
            ("app", false),
            ("orders", false),
            ("config-server", false),
            ("catalog", false),
            ("argocd", false),
        ];
        for (folder, expected) in table {
            assert_eq!(is_structure(folder), expected, "{folder}");
        }
    }

    #[test]
    fn what_a_file_is_for() {
        use FileRole::{Attached, Deployed, Unrelated};
        let table = [
            ("apps/prod/orders/values.yaml", Deployed),
            ("image-tags/prod/account-api", Deployed),
            ("env/prod/orders.values.yaml.gotmpl", Deployed),
            ("env/prod/.env", Deployed),
            ("charts/prod/Chart.lock", Deployed),
            ("apps/prod/README.md", Attached),
            ("apps/prod/Makefile", Attached),
            ("apps/prod/migrate.sh", Attached),
            (".github/workflows/deploy-prod.yaml", Unrelated),
            ("docs/prod/example.yaml", Unrelated),
        ];
        for (path, expected) in table {
            assert_eq!(role(path), expected, "{path}");
        }
    }

    #[test]
    fn regions_are_known_by_their_words() {
        let table = [
            ("eu-west-1", true),
            ("us-east1", true),
            ("eu1", true),
            ("westeurope", true),
            ("cluster-a", true),
            ("live.acme.example.org", true),
            ("dr", true),
            ("web1", false),
            ("a", false),
            ("1", false),
            ("orders", false),
            ("us-orders", false),
        ];
        for (folder, expected) in table {
            assert_eq!(is_region(folder), expected, "{folder}");
        }
    }

    #[test]
    fn a_files_name_without_its_format_and_role() {
        let table = [
            ("orders.yaml", Some("orders")),
            ("orders.values.yaml.gotmpl", Some("orders")),
            ("values-orders.yaml", Some("orders")),
            ("orders-values.yaml", Some("orders")),
            ("orders.deployment.yaml", Some("orders")),
            ("auth-service.yaml", Some("auth-service")),
            ("values.yaml", None),
            ("deployment.yaml", None),
            ("01-namespace.yaml", None),
            ("apps.yaml", None),
            (".env", None),
            ("Chart.yaml", None),
            ("account-api", Some("account-api")),
            ("argocd.values.yaml", Some("argocd")),
        ];
        for (file, expected) in table {
            assert_eq!(name_in_file(file), expected, "{file}");
        }
    }
}
