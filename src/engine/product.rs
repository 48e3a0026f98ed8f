//! The product that a promotion means without naming it.
//!
//! # Why
//!
//! People who work in the folder of one product, or whose repository configures one, would otherwise
//! promote all applications whenever they forget `--product`.

use super::request::{DefaultProduct, Request};
use crate::domain::{ApplicationName, Product, RepoPath, Settings};
use crate::inventory::{EnvironmentPair, InventoryError};
use crate::plan::{Notice, ProductOrigin};

/// The request with its product; with a notice if the product was not requested by name.
pub(super) fn with_product(
    request: &Request,
    settings: &Settings,
    environments: &EnvironmentPair<'_>,
) -> Result<(Request, Option<Notice>), InventoryError> {
    let mut request = request.clone();
    if !request.applications.is_empty() || !request.products.is_empty() {
        return Ok((request, None));
    }
    let of_folder = match &request.default_product {
        DefaultProduct::Ignored => return Ok((request, None)),
        DefaultProduct::OfFolder(folder) => product_of(folder, settings, environments)?,
        DefaultProduct::Configured => None,
    };
    let configured = settings.default_product.as_ref();
    let found = (of_folder.map(|product| (&product.name, ProductOrigin::Folder)))
        .or_else(|| configured.map(|name| (name, ProductOrigin::Configuration)));
    let Some((product, origin)) = found else {
        return Ok((request, None));
    };
    request.products.push(product.clone());
    let product = product.clone();
    Ok((request, Some(Notice::ProductByDefault { product, origin })))
}

/// The product that has all applications with files in a folder, if there is exactly one.
fn product_of<'s>(
    folder: &RepoPath,
    settings: &'s Settings,
    environments: &EnvironmentPair<'_>,
) -> Result<Option<&'s Product>, InventoryError> {
    if settings.products.is_empty() {
        return Ok(None);
    }
    let applications = environments.applications_in(folder)?;
    let has_all = |product: &&Product| {
        let has = |name: &ApplicationName| {
            let mut words = product.applications.iter();
            words.any(|word| name.matches(word))
        };
        applications.iter().all(has)
    };
    let mut products = settings.products.iter().filter(has_all);
    let only = products.next().filter(|_| !applications.is_empty());
    Ok(only.filter(|_| products.next().is_none()))
}
