//! Names that two sides write differently: `AB` is a segment or the product of A and B, whichever the other side makes
//! of it, and `x'` is `dx/dt` without its variable.

use crate::read::node::Node;
use crate::read::token::Constant;

/// Longest name that may be a product.
const LONGEST: usize = 4;

/// Both sides with the names that only one of them has as products of their letters.
pub(super) fn spelled_apart(p: &Node, r: &Node) -> Option<(Node, Node)> {
    let bare = |node: &Node| matches!(node, Node::Symbol(_) | Node::Text(_));
    if bare(p) && bare(r) {
        return None;
    }
    if let ([_], []) | ([], [_]) = (&variables(p)[..], &variables(r)[..]) {
        return Some((without_variable(p), without_variable(r)));
    }
    let (p_names, r_names) = (long_names(p), long_names(r));
    if p_names == r_names {
        return None;
    }
    let spelled = |node: &Node, others: &[&str]| {
        node.rebuilt(&|node| match node {
            Node::Symbol(name) if is_long(name) && !others.contains(&name.as_str()) => {
                let letters = name.chars().map(|letter| Node::Symbol(letter.to_string()));
                Some(Node::Product(letters.collect()))
            }
            _ => None,
        })
    };
    Some((spelled(p, &r_names), spelled(r, &p_names)))
}

/// `E**2` is a power of Euler's number as programs print it, unless the other side speaks of an E: it must be raised, or
/// the only name.
pub(super) fn read_euler(p: &mut Node, r: &mut Node, printed: [bool; 2]) {
    let is_e = |node: &Node| matches!(node, Node::Symbol(name) if name == "E");
    let speaks = |node: &Node| node.any(&is_e);
    let raised = |node: &Node| matches!(node, Node::Power(base, _) if is_e(base));
    let means = |node: &Node| {
        let mut names = Vec::new();
        node.names(&mut names);
        speaks(node) && (node.any(&raised) || names.iter().all(|name| *name == "E"))
    };
    let euler = |node: &Node| node.substituted("E", &Node::Constant(Constant::E));
    let (of_p, of_r) = (speaks(p), speaks(r));
    if printed[0] && !of_r && means(p) {
        *p = euler(p);
    } else if printed[1] && !of_p && means(r) {
        *r = euler(r);
    }
}

/// By what derivatives are taken, each once.
fn variables(node: &Node) -> Vec<&str> {
    let says = |node: &Node| matches!(node, Node::Symbol(name) if name.contains("/d"));
    if !node.any(&says) {
        return Vec::new();
    }
    let mut names = Vec::new();
    node.names(&mut names);
    let variable = |name: &'_ str| name.find("/d").map(|at| at + 2);
    let mut variables: Vec<&str> = names
        .into_iter()
        .filter_map(|name| Some(&name[variable(name)?..]))
        .collect();
    variables.sort_unstable();
    variables.dedup();
    variables
}

fn without_variable(node: &Node) -> Node {
    node.rebuilt(&|node| match node {
        Node::Symbol(name) if name.contains('\'') => {
            let bare = name.split("/d").next().unwrap_or_default();
            Some(Node::Symbol(bare.to_owned()))
        }
        _ => None,
    })
}

fn is_long(name: &str) -> bool {
    (2..=LONGEST).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase())
}

fn long_names(node: &Node) -> Vec<&str> {
    if !node.any(&|node| matches!(node, Node::Symbol(name) if is_long(name))) {
        return Vec::new();
    }
    let mut names = Vec::new();
    node.names(&mut names);
    names.retain(|name| is_long(name));
    names.sort_unstable();
    names.dedup();
    names
}
