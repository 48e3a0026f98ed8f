//! Whether the settings give a person a right.

use super::{Matter, Permission, Person, Right, Settings};

impl Settings {
    /// Whether a person may do something.
    pub fn may(&self, person: &Person, right: Right, matter: Matter<'_>) -> bool {
        let is_right = |permission: &&Permission| permission.may.contains(&right);
        let is_person = |permission: &&Permission| permission.who.iter().any(|who| who.is(person));
        let mut permissions = self.permissions.iter().filter(is_right).filter(is_person);
        permissions.any(|permission| self.is_about(permission, matter))
    }

    /// Whether a permission is about something.
    fn is_about(&self, permission: &Permission, matter: Matter<'_>) -> bool {
        let products = &permission.products;
        let is_product = products.is_empty()
            || (matter.product).is_some_and(|name| products.iter().any(|own| own == name));
        let environments = &permission.environments;
        let is_same = |word: &str, name: &str| match self.environment(name) {
            Some(environment) => self.environment(word) == Some(environment),
            None => word == name,
        };
        let is_environment = environments.is_empty()
            || (matter.environment)
                .is_some_and(|name| environments.iter().any(|own| is_same(own, name)));
        is_product && is_environment
    }
}
