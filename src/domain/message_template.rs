//! Message templates: Jinja without what makes texts grow.
//!
//! # Why
//!
//! A template comes from the repository, and rendering it must end soon and in little memory.
//! `FUEL` limits the steps, but one step can make a text of any size: `'a' * 3000000000`, or
//! `x ~ x` in a loop. So [`check`] refuses the constructs by which a value can grow from itself, and
//! the filters of [`render`] count the bytes that they read and write.

mod filters;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Spanned, Stmt};
use minijinja::machinery::{Span, parse};
use minijinja::{Environment, Error, UndefinedBehavior, Value};

use filters::exceeded;

/// The longest template in bytes.
const MAX_TEMPLATE: usize = 16_384;
/// The longest text that a template may give, in bytes.
const MAX_OUTPUT: usize = 1_000_000;
/// How many instructions a template may run; a loop over thousands of applications needs fewer.
const FUEL: u64 = 200_000;
/// How many `~` one expression may have.
const MAX_JOINED: usize = 32;

/// The environment that renders templates; it has only filters and functions with limits.
pub fn environment<'t>() -> Environment<'t> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    filters::add(&mut environment);
    environment
}

/// Renders a template over the values.
///
/// # Errors
/// When the template is not valid, or exceeds a limit.
pub fn render(template: &str, values: Value) -> Result<String, Error> {
    check(template)?;
    let environment = environment();
    let mut out = Output(Vec::new());
    let rendered = environment
        .template_from_str(template)?
        .render_captured_to(values, &mut out);
    match rendered {
        Ok(_) => Ok(String::from_utf8_lossy(&out.0).into_owned()),
        Err(_) if out.0.len() > MAX_OUTPUT => Err(exceeded("the text is longer than 1 MB")),
        Err(error) => Err(error),
    }
}

/// The text so far; writing fails above the limit.
struct Output(Vec<u8>);

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend(
            bytes
                .iter()
                .take(MAX_OUTPUT + 1 - self.0.len().min(MAX_OUTPUT)),
        );
        if self.0.len() > MAX_OUTPUT {
            return Err(io::Error::other("the text is too long"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Refuses a template with a construct by which texts or lists grow without a limit.
///
/// # Errors
/// When the template is not valid, too long, or has such a construct.
pub fn check(template: &str) -> Result<(), Error> {
    if template.len() > MAX_TEMPLATE {
        return Err(exceeded("the template is longer than 16 KB"));
    }
    let parsed = parse(
        template,
        "<string>",
        minijinja::syntax::SyntaxConfig::default(),
    )?;
    let mut names = Names::default();
    names.read(std::slice::from_ref(&parsed));
    let check = Check {
        derived: names.derived(),
    };
    check.statements(std::slice::from_ref(&parsed))
}

/// What each name of a template is bound to.
#[derive(Default)]
struct Names<'a> {
    /// The variable that a loop goes over, or `None` for any other binding.
    bound: BTreeMap<&'a str, Vec<Option<&'a str>>>,
}

impl<'a> Names<'a> {
    fn read(&mut self, statements: &[Stmt<'a>]) {
        for statement in statements {
            match statement {
                Stmt::Template(template) => self.read(&template.children),
                Stmt::ForLoop(each) => {
                    self.bind(&each.target, root(&each.iter));
                    self.read(&each.body);
                    self.read(&each.else_body);
                }
                Stmt::IfCond(cond) => {
                    self.read(&cond.true_body);
                    self.read(&cond.false_body);
                }
                Stmt::Set(set) => self.bind(&set.target, None),
                _ => {}
            }
        }
    }

    fn bind(&mut self, target: &Expr<'a>, from: Option<&'a str>) {
        match target {
            Expr::Var(var) => self.bound.entry(var.id).or_default().push(from),
            Expr::List(list) => list.items.iter().for_each(|item| self.bind(item, from)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.bind(item, from)),
            _ => {}
        }
    }

    /// The names that are bound to anything but a part of the template's variables.
    fn derived(&self) -> BTreeSet<&'a str> {
        let mut derived = BTreeSet::new();
        loop {
            let is_derived = |from: Option<&str>| from.is_none_or(|from| derived.contains(from));
            let more: Vec<&str> = self
                .bound
                .iter()
                .filter(|(name, from)| {
                    !derived.contains(*name) && from.iter().copied().any(is_derived)
                })
                .map(|(name, _)| *name)
                .collect();
            if more.is_empty() {
                return derived;
            }
            derived.extend(more);
        }
    }
}

/// The variable of a path such as `app.version.after`.
fn root<'a>(expression: &Expr<'a>) -> Option<&'a str> {
    match expression {
        Expr::Var(var) => Some(var.id),
        Expr::GetAttr(attribute) => root(&attribute.expr),
        _ => None,
    }
}

/// Where the value of an expression goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Into the text, a condition or a filter.
    Once,
    /// Into a name, which another expression can use again.
    Bound,
}

struct Check<'a> {
    derived: BTreeSet<&'a str>,
}

impl<'a> Check<'a> {
    fn statements(&self, statements: &[Stmt<'a>]) -> Result<(), Error> {
        statements.iter().try_for_each(|s| self.statement(s))
    }

    fn statement(&self, statement: &Stmt<'a>) -> Result<(), Error> {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(emitted) => self.expression(&emitted.expr, Use::Once),
            Stmt::ForLoop(each) if each.recursive => Err(refused(each, "recursive loops")),
            Stmt::ForLoop(each) => {
                self.expression(&each.iter, Use::Bound)?;
                self.all(each.filter_expr.iter(), Use::Once)?;
                self.statements(&each.body)?;
                self.statements(&each.else_body)
            }
            Stmt::IfCond(cond) => {
                self.expression(&cond.expr, Use::Once)?;
                self.statements(&cond.true_body)?;
                self.statements(&cond.false_body)
            }
            Stmt::Set(set) => self.expression(&set.expr, Use::Bound),
            Stmt::SetBlock(found) => Err(refused(found, "`set` blocks")),
            Stmt::WithBlock(found) => Err(refused(found, "`with`")),
            Stmt::FilterBlock(found) => Err(refused(found, "`filter` blocks")),
            Stmt::AutoEscape(found) => Err(refused(found, "`autoescape`")),
            Stmt::Macro(found) => Err(refused(found, "macros")),
            Stmt::CallBlock(found) => Err(refused(found, "`call` blocks")),
            Stmt::Do(found) => Err(refused(found, "`do`")),
            _ => Err(exceeded(
                "message templates have no blocks, imports and includes",
            )),
        }
    }

    fn all<'e>(
        &self,
        mut expressions: impl Iterator<Item = &'e Expr<'a>>,
        how: Use,
    ) -> Result<(), Error>
    where
        'a: 'e,
    {
        expressions.try_for_each(|e| self.expression(e, how))
    }

    fn expression(&self, expression: &Expr<'a>, how: Use) -> Result<(), Error> {
        match expression {
            Expr::Var(_) | Expr::Const(_) => Ok(()),
            Expr::Slice(slice) => {
                self.expression(&slice.expr, how)?;
                let bounds = [&slice.start, &slice.stop, &slice.step];
                self.all(bounds.into_iter().flatten(), Use::Once)
            }
            Expr::UnaryOp(unary) => self.expression(&unary.expr, how),
            Expr::BinOp(binary) => {
                match binary.op {
                    BinOpKind::Mul | BinOpKind::Pow => return Err(refused(binary, "`*`")),
                    BinOpKind::Add if !is_number(&binary.left) && !is_number(&binary.right) => {
                        return Err(refused(binary, "`+` between texts or lists"));
                    }
                    BinOpKind::Concat => {
                        if joined(expression) > MAX_JOINED {
                            return Err(refused(binary, "more than 32 `~` in one expression"));
                        }
                        self.grows(expression, how)?;
                    }
                    _ => {}
                }
                self.expression(&binary.left, how)?;
                self.expression(&binary.right, how)
            }
            Expr::Compare(compare) => {
                self.expression(&compare.expr, Use::Once)?;
                self.all(compare.ops.iter().map(|op| &op.expr), Use::Once)
            }
            Expr::IfExpr(cond) => {
                self.expression(&cond.test_expr, Use::Once)?;
                self.expression(&cond.true_expr, how)?;
                self.all(cond.false_expr.iter(), how)
            }
            Expr::Filter(filter) => {
                self.all(filter.expr.iter(), how)?;
                self.arguments(&filter.args, how)
            }
            Expr::Test(test) => {
                self.expression(&test.expr, Use::Once)?;
                self.arguments(&test.args, Use::Once)
            }
            Expr::GetAttr(attribute) => self.expression(&attribute.expr, how),
            Expr::GetItem(item) => {
                self.expression(&item.expr, how)?;
                self.expression(&item.subscript_expr, Use::Once)
            }
            Expr::Call(call) => {
                self.expression(&call.expr, how)?;
                self.grows(expression, how)?;
                self.arguments(&call.args, how)
            }
            Expr::List(list) => {
                self.grows(expression, how)?;
                self.all(list.items.iter(), how)
            }
            Expr::Tuple(tuple) => {
                self.grows(expression, how)?;
                self.all(tuple.items.iter(), how)
            }
            Expr::Map(map) => {
                self.grows(expression, how)?;
                self.all(map.keys.iter().chain(&map.values), how)
            }
        }
    }

    fn arguments(&self, arguments: &[CallArg<'a>], how: Use) -> Result<(), Error> {
        self.all(arguments.iter().map(argument), how)
    }

    /// Refuses to bind a value that is made of bound values: it could double with each step.
    fn grows(&self, expression: &Expr<'a>, how: Use) -> Result<(), Error> {
        if how == Use::Bound && self.has_derived(expression) {
            let what = "values that are made of values that the template sets";
            return Err(at(expression.span(), what));
        }
        Ok(())
    }

    fn has_derived(&self, expression: &Expr<'a>) -> bool {
        let any = |expressions: &[Expr<'a>]| expressions.iter().any(|e| self.has_derived(e));
        let in_arguments =
            |arguments: &[CallArg<'a>]| arguments.iter().any(|a| self.has_derived(argument(a)));
        match expression {
            Expr::Var(var) => self.derived.contains(var.id),
            Expr::Slice(slice) => self.has_derived(&slice.expr),
            Expr::UnaryOp(unary) => self.has_derived(&unary.expr),
            Expr::BinOp(binary) => {
                self.has_derived(&binary.left) || self.has_derived(&binary.right)
            }
            // The last two are booleans.
            Expr::Const(_) | Expr::Compare(_) | Expr::Test(_) => false,
            Expr::IfExpr(cond) => {
                self.has_derived(&cond.true_expr)
                    || cond.false_expr.iter().any(|e| self.has_derived(e))
            }
            Expr::Filter(filter) => {
                filter.expr.iter().any(|e| self.has_derived(e)) || in_arguments(&filter.args)
            }
            Expr::GetAttr(attribute) => self.has_derived(&attribute.expr),
            Expr::GetItem(item) => self.has_derived(&item.expr),
            Expr::Call(call) => in_arguments(&call.args),
            Expr::List(list) => any(&list.items),
            Expr::Tuple(tuple) => any(&tuple.items),
            Expr::Map(map) => any(&map.keys) || any(&map.values),
        }
    }
}

fn argument<'e, 'a>(argument: &'e CallArg<'a>) -> &'e Expr<'a> {
    match argument {
        CallArg::Pos(value)
        | CallArg::Kwarg(_, value)
        | CallArg::PosSplat(value)
        | CallArg::KwargSplat(value) => value,
    }
}

/// How many `~` a chain has.
fn joined(expression: &Expr<'_>) -> usize {
    match expression {
        Expr::BinOp(binary) if matches!(binary.op, BinOpKind::Concat) => {
            1 + joined(&binary.left) + joined(&binary.right)
        }
        _ => 0,
    }
}

fn is_number(expression: &Expr<'_>) -> bool {
    matches!(expression, Expr::Const(constant) if constant.value.is_number())
}

fn refused<T>(found: &Spanned<T>, what: &str) -> Error {
    at(found.span(), what)
}

fn at(span: Span, what: &str) -> Error {
    let line = span.start_line;
    let place = if line > 1 {
        format!(" (line {line} of the template)")
    } else {
        String::new()
    };
    exceeded(format!("message templates have no {what}{place}"))
}

#[cfg(test)]
mod tests;
