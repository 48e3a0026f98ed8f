//! The promises of the domain's types, one per test.

mod invisible;
mod layout;
mod naming;
mod object;
mod path;
mod selector;
mod settings;
