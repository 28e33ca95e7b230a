//! Elements parted by commas and conjunctions: lists, alternatives, solutions of several unknowns, side conditions.

use super::node::Node;
use super::parser::{Parser, ReadError, is_order};
use super::token::{Bracket, Lexeme, Sign};

impl Parser<'_> {
    /// Relations parted by commas and conjunctions.
    pub(super) fn list(&mut self) -> Result<Node, ReadError> {
        let mut items = self.item()?;
        // Where a group of items ends: `p=5, q=2; p=7, q=2`.
        let mut ends = Vec::new();
        let mut alternatives = false;
        while let Some(Lexeme::Sign(
            sign @ (Sign::Comma | Sign::Semicolon | Sign::And | Sign::Or),
        )) = self.peek()
        {
            alternatives |= *sign == Sign::Or;
            if matches!(sign, Sign::Semicolon | Sign::Or) {
                ends.push(items.len());
            }
            self.at += 1;
            if matches!(
                self.peek(),
                None | Some(
                    Lexeme::Sign(Sign::Ampersand | Sign::NewRow | Sign::Dot) | Lexeme::End(_)
                )
            ) {
                break;
            }
            if !matches!(
                self.peek(),
                Some(Lexeme::Sign(
                    Sign::Comma | Sign::Semicolon | Sign::And | Sign::Or
                ))
            ) {
                items.append(&mut self.item()?);
            }
        }
        if items.len() == 1 {
            return Ok(items.swap_remove(0));
        }
        if let Some(groups) = solutions(&items, &ends) {
            return Ok(Node::List(groups));
        }
        let compares = |item: &Node| matches!(item, Node::Relation(_, signs) if signs.iter().all(|s| is_order(*s)));
        let equates =
            |item: &Node| matches!(item, Node::Relation(_, signs) if signs == &[Sign::Equal]);
        let ranges =
            items.iter().any(compares) && items.iter().all(|item| compares(item) || equates(item));
        Ok(if alternatives && ranges {
            Node::Union(items)
        } else {
            Node::List(items)
        })
    }

    /// One element, and the condition in brackets behind it: `k\pi (k \in \mathbb{Z})`.
    fn item(&mut self) -> Result<Vec<Node>, ReadError> {
        let item = self.relation()?;
        Ok(side_condition(&item).unwrap_or_else(|| vec![item]))
    }
}

/// An element that ends in `(k \in Z)`, in two.
fn side_condition(item: &Node) -> Option<Vec<Node>> {
    let condition = |node: &Node| matches!(node, Node::Relation(_, signs) if signs == &[Sign::In]);
    match item {
        Node::Product(factors) => match factors.split_last()? {
            (last, rest) if condition(last) => {
                Some(vec![Node::product(rest.to_vec()), last.clone()])
            }
            _ => None,
        },
        Node::Sum(terms) => {
            let (last, rest) = terms.split_last()?;
            let mut parts = side_condition(last)?;
            let value = rest.iter().cloned().chain([parts.remove(0)]);
            Some(vec![Node::Sum(value.collect()), parts.pop()?])
        }
        _ => None,
    }
}

/// `x=1, y=2; x=3, y=4`: two solutions of two equations each.
fn solutions(items: &[Node], ends: &[usize]) -> Option<Vec<Node>> {
    let size = *ends.first()?;
    let even = size > 1
        && items.len() == size * (ends.len() + 1)
        && ends
            .iter()
            .enumerate()
            .all(|(at, end)| *end == size * (at + 1));
    let equation =
        |item: &Node| matches!(item, Node::Relation(_, signs) if signs == &[Sign::Equal]);
    (even && items.iter().all(equation)).then(|| {
        items
            .chunks(size)
            .map(|group| Node::Group(Bracket::Round, Bracket::Round, group.to_vec()))
            .collect()
    })
}
