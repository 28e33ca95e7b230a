//! Which names are whole numbers by custom: n in `(-1)^n`, k in `\cos k\pi`.

use crate::read::node::Node;
use crate::read::token::{Constant, Function};

/// Names that are given to whole numbers, where they stand in a power of -1, in a floor, or with π in an angle or an
/// exponent.
pub(super) fn whole_names<'n>(node: &'n Node, names: &mut Vec<&'n str>) {
    let minus_one =
        |base: &Node| matches!(base, Node::Negative(inner) if **inner == Node::integer(1));
    match node {
        Node::Power(base, exponent) if minus_one(base) => custom_names(exponent, names),
        Node::Power(_, exponent) => with_pi(exponent, names),
        Node::Apply(Function::Floor | Function::Ceiling, arguments) => {
            let mut own = Vec::new();
            arguments
                .iter()
                .for_each(|argument| argument.names(&mut own));
            if own.iter().all(|name| is_custom(name)) {
                names.append(&mut own);
            }
        }
        Node::Apply(Function::Sin | Function::Cos | Function::Tan, arguments) => {
            arguments
                .iter()
                .for_each(|argument| with_pi(argument, names));
        }
        _ => {}
    }
    for child in node.children() {
        whole_names(child, names);
    }
}

/// The names in products with π.
fn with_pi<'n>(node: &'n Node, names: &mut Vec<&'n str>) {
    let is_pi = |node: &Node| *node == Node::Constant(Constant::Pi);
    match node {
        Node::Product(_) | Node::Quotient(..) if node.any(&is_pi) => custom_names(node, names),
        node => {
            for child in node.children() {
                with_pi(child, names);
            }
        }
    }
}

fn custom_names<'n>(node: &'n Node, names: &mut Vec<&'n str>) {
    let mut own = Vec::new();
    node.names(&mut own);
    names.extend(own.into_iter().filter(|name| is_custom(name)));
}

fn is_custom(name: &str) -> bool {
    let letter = name.split('_').next().unwrap_or(name);
    matches!(letter, "n" | "m" | "k" | "j" | "l" | "N" | "M" | "K")
}
