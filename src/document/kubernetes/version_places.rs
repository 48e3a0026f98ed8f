//! Where versions stand: one table for all tools.
//!
//! # Why
//!
//! In real promotions nearly all changes are versions: an image, a chart, a pinned reference. Each
//! group of places has its source in the documentation of a tool; `classify.rs` checks the values.

use std::sync::LazyLock;

use super::identity::text_at;
use super::place_patterns::PlacePatterns;
use super::versions::VersionField::{
    self, ChartVersion, Image, ImageDigest, ImageName, ImageTag, SoftwareVersion, SourceRevision,
};
use crate::yaml::Node;

/// Places that a tool documents.
struct Group {
    within: Within,
    /// The mapping also has one of these keys, if there are any.
    beside: &'static [&'static str],
    /// Keys without list positions, in the notation of `place_patterns.rs`.
    places: &'static [(&'static str, VersionField)],
}

/// The documents that have a place.
enum Within {
    Any,
    /// Documents without a kind: values of Helm charts and the like.
    Values,
    /// Files with these names, or documents of these kinds (`Kind` or `Kind.group`).
    Files(&'static [&'static str], &'static [&'static str]),
    /// Documents of these kinds: `Kind`, `Kind.group` or `.group`.
    Kinds(&'static [&'static str]),
    /// Objects of an API group that is not one of Kubernetes itself.
    CustomResources,
    /// Settings files such as `.env` and `.tfvars`.
    Settings,
}

const GROUPS: &[Group] = &[
    // kustomize, https://kubectl.docs.kubernetes.io/references/kustomize/kustomization.
    Group {
        within: Within::Files(
            &["kustomization.yaml", "kustomization.yml", "Kustomization"],
            &["Kustomization", "Component"],
        ),
        beside: &[],
        places: &[
            ("$.images.newTag", ImageTag),
            ("$.images.digest", ImageDigest),
            ("$.images.newName", ImageName),
            ("$.images.name", ImageName),
            ("$.imageTags.newTag", ImageTag),
            ("$.imageTags.digest", ImageDigest),
            ("$.helmCharts.version", ChartVersion),
            ("$.configMapGenerator.literals.*_TAG", ImageTag),
            ("$.configMapGenerator.literals.*_IMAGE", Image),
            ("$.configMapGenerator.literals.*_VERSION", SoftwareVersion),
        ],
    },
    Group {
        within: Within::Kinds(&["HelmChartInflationGenerator"]),
        beside: &[],
        places: &[("$.version", ChartVersion)],
    },
    // Flux, https://fluxcd.io/flux/components: Kustomization, HelmRelease, sources; HelmRelease of
    // version 1 (helm.fluxcd.io).
    Group {
        within: Within::Kinds(&["Kustomization.kustomize.toolkit.fluxcd.io"]),
        beside: &[],
        places: &[
            ("$.spec.images.newTag", ImageTag),
            ("$.spec.images.digest", ImageDigest),
            ("$.spec.images.newName", ImageName),
            ("$.spec.postBuild.substitute.*_TAG", ImageTag),
            ("$.spec.postBuild.substitute.*_IMAGE", Image),
            ("$.spec.postBuild.substitute.*_VERSION", SoftwareVersion),
        ],
    },
    Group {
        within: Within::Kinds(&["HelmRelease"]),
        beside: &[],
        places: &[
            ("$.spec.chart.spec.version", ChartVersion),
            ("$.spec.chart.version", ChartVersion),
            ("$.spec.chart.ref", SourceRevision),
        ],
    },
    Group {
        within: Within::Kinds(&["GitRepository", "OCIRepository", "Bucket"]),
        beside: &[],
        places: &[
            ("$.spec.ref.tag", SourceRevision),
            ("$.spec.ref.semver", SourceRevision),
            ("$.spec.ref.commit", SourceRevision),
            ("$.spec.ref.digest", SourceRevision),
        ],
    },
    // Flux and K3s (helm.cattle.io) both have a HelmChart.
    Group {
        within: Within::Kinds(&["HelmChart"]),
        beside: &[],
        places: &[("$.spec.version", ChartVersion)],
    },
    // Argo CD, https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators:
    // revisions of sources and Git generators, and elements of list generators.
    Group {
        within: Within::Any,
        beside: &[],
        places: &[
            ("targetRevision", SourceRevision),
            ("chartVersion", ChartVersion),
        ],
    },
    Group {
        within: Within::Kinds(&["ApplicationSet"]),
        beside: &[],
        places: &[
            ("git.revision", SourceRevision),
            ("list.elements.revision", SourceRevision),
            ("list.elements.*_TAG", ImageTag),
            ("list.elements.*_VERSION", SoftwareVersion),
        ],
    },
    // Helm, https://helm.sh/docs/topics/charts: `Chart.yaml`, and `requirements.yaml` before Helm 3.
    Group {
        within: Within::Files(&["Chart.yaml"], &[]),
        beside: &[],
        places: &[
            ("$.version", ChartVersion),
            ("$.appVersion", ChartVersion),
            ("$.dependencies.version", ChartVersion),
        ],
    },
    Group {
        within: Within::Files(&["requirements.yaml"], &[]),
        beside: &[],
        places: &[("$.dependencies.version", ChartVersion)],
    },
    // Releases of helmfile (https://helmfile.readthedocs.io), and whatever else names a chart.
    Group {
        within: Within::Any,
        beside: &["chart"],
        places: &[("version", ChartVersion)],
    },
    // Containers and image volumes (https://kubernetes.io/docs/reference/kubernetes-api), custom
    // resources, Compose, and the conventions of Helm charts' values.
    Group {
        within: Within::Any,
        beside: &[],
        places: &[
            ("*image", Image),
            ("*imageName", Image),
            ("images", Image),
            ("volumes.image.reference", Image),
            ("*image.repository", ImageName),
            ("*image.name", ImageName),
            ("*image.tag", ImageTag),
            ("*image.version", ImageTag),
            ("*image.digest", ImageDigest),
            ("*image.sha", ImageDigest),
            ("*imageTag", ImageTag),
            ("imageVersion", ImageTag),
            ("imageDigest", ImageDigest),
            ("imageSha", ImageDigest),
        ],
    },
    Group {
        within: Within::Any,
        beside: &["repository"],
        places: &[
            ("tag", ImageTag),
            ("digest", ImageDigest),
            ("sha", ImageDigest),
        ],
    },
    Group {
        within: Within::Any,
        beside: &["digest"],
        places: &[("tag", ImageTag)],
    },
    Group {
        within: Within::Values,
        beside: &[],
        // Kubernetes objects have no plain `tag`.
        places: &[("tag", ImageTag)],
    },
    // Maps that tools substitute into manifests: Flux's `substituteFrom`, OpenShift's templates.
    Group {
        within: Within::Kinds(&["ConfigMap"]),
        beside: &[],
        places: &[
            ("$.data.*_TAG", ImageTag),
            ("$.data.*_IMAGE", Image),
            ("$.data.*_VERSION", SoftwareVersion),
        ],
    },
    Group {
        within: Within::Kinds(&["Template"]),
        beside: &[],
        places: &[
            ("$.parameters.*_TAG", ImageTag),
            ("$.parameters.*_IMAGE", Image),
            ("$.parameters.*_VERSION", SoftwareVersion),
        ],
    },
    // Settings of programs, Compose (https://docs.docker.com/compose/how-tos/environment-variables) and
    // Terraform.
    Group {
        within: Within::Settings,
        beside: &[],
        places: &[
            ("*_TAG", ImageTag),
            ("*_IMAGE", Image),
            ("*_VERSION", SoftwareVersion),
        ],
    },
    // Operators. Most have `spec.version`: Prometheus and Alertmanager (monitoring.coreos.com), ECK
    // (k8s.elastic.co), KafkaConnect (strimzi.io), MongoDBCommunity, TidbCluster, Grafana, Istio (Sail),
    // RKE plans, machines of the Cluster API.
    Group {
        within: Within::CustomResources,
        beside: &[],
        places: &[("$.spec.version", SoftwareVersion)],
    },
    // Strimzi, https://strimzi.io/docs/operators/latest/configuring
    Group {
        within: Within::Kinds(&["Kafka.kafka.strimzi.io"]),
        beside: &[],
        places: &[
            ("$.spec.kafka.version", SoftwareVersion),
            ("$.spec.kafka.metadataVersion", SoftwareVersion),
        ],
    },
    // K8ssandra, https://docs.k8ssandra.io/reference/crd
    Group {
        within: Within::Kinds(&[".cassandra.datastax.com", ".k8ssandra.io"]),
        beside: &[],
        places: &[
            ("$.spec.serverVersion", SoftwareVersion),
            ("$.spec.cassandra.serverVersion", SoftwareVersion),
        ],
    },
    // ScyllaDB, https://operator.docs.scylladb.com
    Group {
        within: Within::Kinds(&["ScyllaCluster"]),
        beside: &[],
        places: &[("$.spec.agentVersion", SoftwareVersion)],
    },
    // Cluster API, https://cluster-api.sigs.k8s.io
    Group {
        within: Within::Kinds(&[".cluster.x-k8s.io"]),
        beside: &[],
        places: &[
            ("$.spec.topology.version", SoftwareVersion),
            ("$.spec.template.spec.version", SoftwareVersion),
        ],
    },
    // Crossplane, https://docs.crossplane.io/latest/packages
    Group {
        within: Within::Kinds(&[".pkg.crossplane.io"]),
        beside: &[],
        places: &[("$.spec.package", Image)],
    },
    // Istio, https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1
    Group {
        within: Within::Kinds(&["IstioOperator"]),
        beside: &[],
        places: &[("$.spec.tag", ImageTag)],
    },
];

/// The document that a field belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Owner<'a> {
    /// A document without a kind.
    Values,
    /// An object of this kind and API group.
    Object { kind: &'a str, group: &'a str },
    /// An object of any kind, because a patch does not name it.
    Unknown,
    /// A settings file.
    Settings,
    /// A text that is neither YAML nor settings.
    Text,
}

impl<'a> Owner<'a> {
    /// The owner of a document's fields, by its root.
    pub(super) fn of(root: &'a Node) -> Self {
        let Some(kind) = text_at(root, "kind") else {
            return Self::Values;
        };
        let api = text_at(root, "apiVersion").unwrap_or_default();
        Self::Object {
            kind,
            group: api.rsplit_once('/').map_or("", |(group, _)| group),
        }
    }

    pub(super) fn is_secret(self) -> bool {
        matches!(self, Self::Object { kind, .. } if matches!(kind, "Secret" | "SealedSecret"))
    }

    fn is_one_of(self, names: &[&str]) -> bool {
        let Self::Object { kind, group } = self else {
            return self == Self::Unknown;
        };
        names.iter().any(|name| match name.split_once('.') {
            Some(("", of)) => is_in_group(group, of),
            Some((wanted, of)) => kind == wanted && is_in_group(group, of),
            None => kind == *name,
        })
    }
}

/// Whether an API group is `of`, or one below it; the group of a document may be left out.
fn is_in_group(group: &str, of: &str) -> bool {
    group
        .strip_suffix(of)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The kind of version that a place should contain.
pub(super) fn field_at(
    file: &str,
    owner: Owner<'_>,
    keys: &[String],
    parent: Option<&Node>,
) -> Option<VersionField> {
    let has = |names: &[&str]| parent.is_some_and(|p| names.iter().any(|n| p.entry(n).is_some()));
    let is_here = |group: &Group| {
        (match group.within {
            Within::Any => true,
            Within::Values => owner == Owner::Values,
            Within::Files(names, kinds) => names.contains(&file) || owner.is_one_of(kinds),
            Within::Kinds(kinds) => owner.is_one_of(kinds),
            Within::Settings => owner == Owner::Settings,
            Within::CustomResources => match owner {
                Owner::Object { group, .. } => {
                    group.contains('.')
                        && (!group.ends_with(".k8s.io") || group.ends_with(".x-k8s.io"))
                }
                Owner::Unknown => true,
                Owner::Values | Owner::Settings | Owner::Text => false,
            },
        }) && (group.beside.is_empty() || has(group.beside))
    };
    // Few keys are those of a version, so the places are looked at first.
    let mut places = PLACES.matching(keys);
    places
        .find(|(group, _)| is_here(group))
        .map(|(_, field)| *field)
}

/// Whether a manifest with these keys can have any of the places.
pub(super) fn can_be_among(keys: &[&str]) -> bool {
    let has = |name: &&str| keys.contains(name);
    PLACES.among(keys).any(|(group, _)| {
        let is_settings = matches!(group.within, Within::Settings);
        !is_settings && (group.beside.is_empty() || group.beside.iter().any(has))
    })
}

/// All places, in the order of the table.
static PLACES: LazyLock<PlacePatterns<(&'static Group, VersionField)>> = LazyLock::new(|| {
    let places = GROUPS.iter().flat_map(|group| {
        let of_group = move |(path, field): &(&'static str, VersionField)| (*path, (group, *field));
        group.places.iter().map(of_group)
    });
    places.collect()
});
