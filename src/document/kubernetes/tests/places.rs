//! Where versions are, and what their values look like.

use super::super::VersionField;
use super::versions::field;

fn is(around: &str, want: VersionField) {
    assert_eq!(
        field("values.yaml", around, "1.5.0", "1.4.0"),
        Some(want),
        "{around}"
    );
}

#[test]
fn a_containers_image_is_a_version() {
    is(
        "kind: Pod\nspec:\n  containers:\n  - {name: a, image: 'r.io/a:@'}\n",
        VersionField::Image,
    );
    is(
        "initContainers:\n- {name: a, image: 'a:@'}\n",
        VersionField::Image,
    );
}

#[test]
fn kustomize_images_have_versions() {
    let images = |entry: &str| format!("images:\n- {{name: a, {entry}: '@'}}\n");
    let kustomization = |entry| field("kustomization.yaml", &images(entry), "1.5", "1.4");
    assert_eq!(kustomization("newTag"), Some(VersionField::ImageTag));
    assert_eq!(kustomization("digest"), Some(VersionField::ImageDigest));
    assert_eq!(kustomization("newName"), Some(VersionField::ImageName));
    assert_eq!(kustomization("other"), None);
}

/// A document of a custom resource with these fields in its `spec`.
fn custom(kind: &str, group: &str, spec: &str) -> String {
    format!("apiVersion: {group}/v1\nkind: {kind}\nspec: {spec}\n")
}

#[test]
fn helm_values_and_containers_have_versions() {
    use VersionField::{Image, ImageDigest, ImageTag};
    for (around, want) in [
        // Helm values.
        ("image: {tag: '@'}\n".to_owned(), ImageTag),
        (
            "web:\n  image:\n    repository: a\n    tag: '@'\n".to_owned(),
            ImageTag,
        ),
        ("imageTag: '@'\n".to_owned(), ImageTag),
        ("image_tag: '@'\n".to_owned(), ImageTag),
        ("sidecarImage: {tag: '@'}\n".to_owned(), ImageTag),
        (
            "controller: {repository: a, tag: '@'}\n".to_owned(),
            ImageTag,
        ),
        ("image: {repository: 'a/b:@'}\n".to_owned(), Image),
        ("image: {name: 'a/b:@'}\n".to_owned(), Image),
        ("images: ['a/b:@']\n".to_owned(), Image),
        ("args: ['--web-image=r.io/a/b:@']\n".to_owned(), Image),
        ("image: {digest: '@'}\n".to_owned(), ImageDigest),
        (
            "volumes: [{name: a, image: {reference: 'a/b:@'}}]\n".to_owned(),
            Image,
        ),
    ] {
        is(&around, want);
    }
}

#[test]
fn argo_cd_helmfile_and_flux_have_versions() {
    use VersionField::{ChartVersion, Image, ImageTag, SoftwareVersion, SourceRevision};
    let flux = |kind: &str, spec: &str| custom(kind, "source.toolkit.fluxcd.io", spec);
    let argo = |kind: &str, spec: &str| custom(kind, "argoproj.io", spec);
    let kustomize = "kustomize.toolkit.fluxcd.io";
    for (around, want) in [
        // Argo CD and helmfile.
        (
            argo("Application", "{source: {targetRevision: '@'}}"),
            SourceRevision,
        ),
        (
            argo(
                "Application",
                "{sources: [{helm: {parameters: [{name: web.image.tag, value: '@'}]}}]}",
            ),
            ImageTag,
        ),
        (
            argo(
                "Application",
                "{source: {kustomize: {images: ['a/b=r.io/b:@']}}}",
            ),
            Image,
        ),
        (
            argo(
                "ApplicationSet",
                "{generators: [{git: {repoURL: a, revision: v@}}]}",
            ),
            SourceRevision,
        ),
        (
            argo(
                "ApplicationSet",
                "{generators: [{list: {elements: [{name: a, chartVersion: '@'}]}}]}",
            ),
            ChartVersion,
        ),
        (
            "releases: [{name: a, chart: a/b, version: '@'}]\n".to_owned(),
            ChartVersion,
        ),
        (
            "releases: [{name: a, set: [{name: 'a\\.b.image.tag', value: '@'}]}]\n".to_owned(),
            ImageTag,
        ),
        // Flux.
        (flux("GitRepository", "{ref: {tag: '@'}}"), SourceRevision),
        (
            flux("GitRepository", "{ref: {semver: '>=@ <9'}}"),
            SourceRevision,
        ),
        (
            flux("GitRepository", "{ref: {commit: '@'}}"),
            SourceRevision,
        ),
        (
            flux("OCIRepository", "{ref: {digest: '@'}}"),
            SourceRevision,
        ),
        (flux("HelmChart", "{version: '@'}"), ChartVersion),
        (
            flux("HelmRelease", "{chart: {spec: {version: '@'}}}"),
            ChartVersion,
        ),
        (flux("HelmRelease", "{chart: {version: '@'}}"), ChartVersion),
        (
            flux("HelmRelease", "{chart: {git: a, ref: '@'}}"),
            SourceRevision,
        ),
        (
            custom(
                "Kustomization",
                kustomize,
                "{images: [{name: a, newTag: '@'}]}",
            ),
            ImageTag,
        ),
        (
            custom(
                "Kustomization",
                kustomize,
                "{postBuild: {substitute: {web_version: '@'}}}",
            ),
            SoftwareVersion,
        ),
    ] {
        is(&around, want);
    }
}

#[test]
fn settings_patches_operators_and_urls_have_versions() {
    use VersionField::{ChartVersion, Image, ImageTag, SoftwareVersion};
    for (around, want) in [
        // Maps of settings.
        (
            "kind: ConfigMap\ndata: {WEB_TAG: '@'}\n".to_owned(),
            ImageTag,
        ),
        (
            "kind: ConfigMap\ndata: {WEB_IMAGE: 'a:@'}\n".to_owned(),
            Image,
        ),
        (
            "kind: Template\nparameters: [{name: IMAGE_TAG, value: '@'}]\n".to_owned(),
            ImageTag,
        ),
        // Patches, and objects in lists.
        (
            "- {op: replace, path: /spec/containers/0/image, value: 'a:@'}\n".to_owned(),
            Image,
        ),
        (
            "- {op: add, path: /spec/chart, value: {spec: {version: '@'}}}\n".to_owned(),
            ChartVersion,
        ),
        (
            "kind: List\nitems:\n- {kind: HelmChart, spec: {version: '@'}}\n".to_owned(),
            ChartVersion,
        ),
        // Operators.
        (
            custom("Prometheus", "monitoring.coreos.com", "{version: v@}"),
            SoftwareVersion,
        ),
        (
            custom("Kibana", "kibana.k8s.elastic.co", "{version: '@'}"),
            SoftwareVersion,
        ),
        (
            custom(
                "Kafka",
                "kafka.strimzi.io",
                "{kafka: {metadataVersion: @-IV0}}",
            ),
            SoftwareVersion,
        ),
        (
            custom("Provider", "pkg.crossplane.io", "{package: 'a/b:@'}"),
            Image,
        ),
        (
            custom("Db", "acme.test", "{image: {version: '@'}}"),
            ImageTag,
        ),
        // URLs.
        (
            "resources:\n- https://x/y//z?ref=@\n".to_owned(),
            VersionField::PinnedUrl,
        ),
        (
            "resources:\n- https://x/y?timeout=1&ref=@\n".to_owned(),
            VersionField::PinnedUrl,
        ),
        (
            "resources:\n- github.com/a/b?version=@\n".to_owned(),
            VersionField::PinnedUrl,
        ),
        (
            "resources:\n- https://github.com/a/b/releases/download/v@/b-@.tgz\n".to_owned(),
            VersionField::PinnedUrl,
        ),
    ] {
        is(&around, want);
    }
}

#[test]
fn files_of_kustomize_and_helm_have_versions() {
    for (file, around, want) in [
        (
            "Chart.yaml",
            "dependencies:\n- {name: a, version: '@'}\n",
            Some(VersionField::ChartVersion),
        ),
        (
            "Chart.yaml",
            "version: '@'\n",
            Some(VersionField::ChartVersion),
        ),
        ("values.yaml", "version: '@'\n", None),
        (
            "kustomization.yaml",
            "helmCharts:\n- {name: a, version: '@'}\n",
            Some(VersionField::ChartVersion),
        ),
        (
            "kustomization.yaml",
            "imageTags:\n- {name: a, newTag: '@'}\n",
            Some(VersionField::ImageTag),
        ),
        (
            "kustomization.yaml",
            "images:\n- {name: a, newName: 'a/b:@'}\n",
            Some(VersionField::Image),
        ),
        (
            "kustomization.yaml",
            "configMapGenerator:\n- {name: a, literals: [APP_VERSION=@]}\n",
            Some(VersionField::SoftwareVersion),
        ),
        (
            "kustomization.yaml",
            "secretGenerator:\n- {name: a, literals: [APP_VERSION=@]}\n",
            None,
        ),
    ] {
        assert_eq!(
            field(file, around, "2.0.0", "1.0.0"),
            want,
            "{file}: {around}"
        );
    }
}

#[test]
fn a_branch_is_no_version() {
    let around = custom(
        "GitRepository",
        "source.toolkit.fluxcd.io",
        "{ref: {branch: '@'}}",
    );
    assert_eq!(field("a.yaml", &around, "release-2", "release-1"), None);
}

#[test]
fn a_value_must_look_like_what_its_place_should_have() {
    for (around, source, target) in [
        ("image: @\n", "/assets/dark-2.png", "/assets/dark-1.png"),
        ("image: @\n", "logo-dark.png", "logo-light.png"),
        ("image: @\n", "ami-0abc1234", "ami-0def5678"),
        ("image: '@'\n", "aGVsbG8gd29ybGQ=", "aGVsbG8gYWxsIQ=="),
        ("image: {tag: @}\n", "false", "2.0.0"),
        ("image: {tag: @}\n", "2.1.0", "~"),
        ("image: {tag: @}\n", "2.1.0", "''"),
        ("image: {tag: '@'}\n", "{{ .Values.tag }}", "2.0.0"),
        ("image: {repository: @}\n", "a/c", "a/b"),
        (
            "kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nspec: {chart: {spec: {version: @}}}\n",
            "next release",
            "2.0.0",
        ),
        ("kind: ConfigMap\ndata: {CONVERSION: '@'}\n", "2.0", "1.0"),
        (
            "kind: ConfigMap\ndata: {BIND_VERSION: @}\n",
            "10.0.0.2",
            "10.0.0.1",
        ),
        (
            "apiVersion: a.test/v1\nkind: Db\nspec: {version: @}\n",
            "2",
            "1",
        ),
        ("- https://x/y?a=@&ref=v1\n", "2", "1"),
        ("url: https://x/@?ref=v1\n", "b", "a"),
        ("url: https://api.x/v@/users\n", "2.0", "1.0"),
    ] {
        let found = field("values.yaml", around, source, target);
        assert_eq!(found, None, "{around} {source} {target}");
    }
}

#[test]
fn replicas_ports_numbers_and_booleans_are_not_versions() {
    for (around, source, target) in [
        ("spec: {replicas: @}\n", "3", "2"),
        ("ports:\n- {name: a, port: @}\n", "81", "80"),
        ("enabled: @\n", "true", "false"),
        ("level: @\n", "1", "2"),
        ("kind: Thing\nspec: {version: @}\n", "2", "1"),
        ("apiVersion: @\n", "v2", "v1"),
        ("host: @\n", "b.example.com", "a.example.com"),
    ] {
        assert_eq!(
            field("values.yaml", around, source, target),
            None,
            "{around}"
        );
    }
}
