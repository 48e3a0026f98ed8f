//! The versions that an application's files show.

use crate::document::{StreamVersion, VersionField, own_name};
use crate::domain::{ApplicationName, Naming, VersionPlace};
use crate::engine::application_version::VERSION_FIELDS;
use crate::engine::decide::Rules;

/// An application in an environment.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Cell<'a> {
    pub application: &'a ApplicationName,
    /// Where its template has the version.
    pub place: Option<&'a VersionPlace>,
    pub naming: &'a Naming,
}

/// The applications in all environments.
pub(super) struct Cells<'a> {
    pub applications: Vec<ApplicationName>,
    /// The names of each environment alone.
    pub namings: Vec<Naming>,
    pub rules: &'a Rules<'a>,
}

impl Cells<'_> {
    /// An application in an environment, by their positions.
    pub(super) fn of(&self, application: usize, environment: usize) -> Cell<'_> {
        let application = &self.applications[application];
        Cell {
            application,
            place: self.place(application),
            naming: &self.namings[environment],
        }
    }

    /// Whether an application's template has a place of the version.
    pub(super) fn has_place(&self, application: &ApplicationName) -> bool {
        self.place(application).is_some()
    }

    fn place(&self, application: &ApplicationName) -> Option<&VersionPlace> {
        self.rules.template(application)?.version.as_ref()
    }
}

/// The versions in the strongest fields, each once: those of images that are named like the application,
/// if there are any.
pub(super) fn strongest(cell: Cell<'_>, found: &[StreamVersion]) -> Vec<String> {
    let in_fields = |fields: &&[VersionField]| -> Vec<&StreamVersion> {
        found.iter().filter(|v| fields.contains(&v.field)).collect()
    };
    let mut groups = VERSION_FIELDS.iter().map(in_fields);
    let mut strongest = groups.find(|group| !group.is_empty()).unwrap_or_default();
    // One version needs no choice.
    if strongest.len() > 1 {
        let application = own_name(&cell.application.0, cell.naming);
        let is_own = |version: &StreamVersion| {
            let image = version.image.as_deref();
            image.is_some_and(|image| own_name(image, cell.naming) == application)
        };
        if strongest.iter().any(|version| is_own(version)) {
            strongest.retain(|version| is_own(version));
        }
    }
    let mut versions: Vec<String> = strongest.iter().map(|v| v.version.clone()).collect();
    versions.sort();
    versions.dedup();
    versions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Environment;

    #[test]
    fn an_application_has_the_version_of_its_own_image() {
        use VersionField::{ChartVersion, Image, ImageTag, PinnedUrl};

        let naming = Naming::new(Environment::named("a"), Environment::named("b"), &[]);
        let application = ApplicationName("shop/web".to_owned());
        let cell = Cell {
            application: &application,
            place: None,
            naming: &naming,
        };
        for (found, expected) in [
            (&[(Image, "1", "acme/web"), (Image, "2", "envoy")][..], "1"),
            (&[(ImageTag, "1", ""), (ImageTag, "2", "")], "1 2"),
            (&[(ImageTag, "1", ""), (Image, "1", "acme/api")], "1"),
            (&[(ChartVersion, "3", ""), (ImageTag, "1", "")], "1"),
            (&[(ChartVersion, "3", ""), (PinnedUrl, "1", "")], "3"),
            (&[(PinnedUrl, "1", "")], ""),
        ] {
            let found: Vec<StreamVersion> = found
                .iter()
                .map(|(field, version, image)| StreamVersion {
                    field: *field,
                    version: (*version).to_owned(),
                    image: Some((*image).to_owned()).filter(|image| !image.is_empty()),
                })
                .collect();
            assert_eq!(strongest(cell, &found).join(" "), expected, "{found:?}");
        }
    }
}
