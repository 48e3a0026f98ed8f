//! Which template decides for which application.

use std::collections::HashMap;

use super::{ApplicationName, Product, Settings, Template};

/// The templates of applications by the words that products write for them.
///
/// # Why
///
/// Every file needs its template and there may be thousands of products, so they are indexed once.
pub struct ApplicationTemplates<'a> {
    /// The product of each word, with its rank.
    products: HashMap<&'a str, (usize, &'a Product)>,
    templates: HashMap<&'a str, &'a Template>,
}

impl<'a> ApplicationTemplates<'a> {
    /// The templates of `settings` when `requested` products were named.
    pub fn new(settings: &'a Settings, requested: &[String]) -> Self {
        let is_requested = |product: &&Product| requested.contains(&product.name);
        let (first, last): (Vec<_>, Vec<_>) = settings.products.iter().partition(is_requested);
        let mut products = HashMap::new();
        for (rank, product) in first.into_iter().chain(last).enumerate() {
            for word in &product.applications {
                products.entry(word.as_str()).or_insert((rank, product));
            }
        }
        let mut templates = HashMap::new();
        for template in &settings.templates {
            templates.entry(template.name.as_str()).or_insert(template);
        }
        Self {
            products,
            templates,
        }
    }

    /// The template of an application.
    ///
    /// It is the template of the application's product: of the first requested one if it is in several,
    /// else of the first. Without a product, or where the product has no template, it is `default`.
    pub fn of(&self, application: &ApplicationName) -> Option<&'a Template> {
        let products = application
            .words()
            .filter_map(|word| self.products.get(word));
        let product = products.min_by_key(|(rank, _)| rank);
        let name = product.and_then(|(_, product)| product.template.as_deref());
        let template = self.templates.get(name.unwrap_or(Template::DEFAULT));
        template.copied()
    }
}
