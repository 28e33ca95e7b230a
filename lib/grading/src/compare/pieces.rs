//! Disjoint pieces of the real line: joined, intersected, turned inside out.

use crate::read::node::Node;

/// Where a piece begins or ends.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) value: f64,
    pub(super) closed: bool,
    /// What was written; none for infinity.
    pub(super) node: Option<Node>,
}

#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) low: Bound,
    pub(super) high: Bound,
}

pub(super) fn everything() -> Piece {
    let end = |value| Bound {
        value,
        closed: false,
        node: None,
    };
    Piece {
        low: end(f64::NEG_INFINITY),
        high: end(f64::INFINITY),
    }
}

fn is_empty(piece: &Piece) -> bool {
    piece.low.value > piece.high.value
        || (piece.low.value == piece.high.value && !(piece.low.closed && piece.high.closed))
}

/// Sorted, without empty pieces, touching pieces joined.
pub(super) fn normal(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.retain(|piece| !is_empty(piece));
    pieces.sort_by(|a, b| {
        a.low
            .value
            .total_cmp(&b.low.value)
            .then(b.low.closed.cmp(&a.low.closed))
    });
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if touches(&last.high, &piece.low) => {
                if (piece.high.value, piece.high.closed) > (last.high.value, last.high.closed) {
                    last.high = piece.high;
                }
            }
            _ => joined.push(piece),
        }
    }
    joined
}

fn touches(high: &Bound, low: &Bound) -> bool {
    low.value < high.value || (low.value == high.value && (low.closed || high.closed))
}

pub(super) fn intersection(left: &[Piece], right: &[Piece]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for a in left {
        for b in right {
            let later = |a: &Bound, b: &Bound| (b.value, !b.closed) > (a.value, !a.closed);
            let low = if later(&a.low, &b.low) {
                &b.low
            } else {
                &a.low
            };
            let high = if (a.high.value, a.high.closed) > (b.high.value, b.high.closed) {
                &b.high
            } else {
                &a.high
            };
            pieces.push(Piece {
                low: low.clone(),
                high: high.clone(),
            });
        }
    }
    normal(pieces)
}

/// The gaps between the pieces.
pub(super) fn complement(pieces: Vec<Piece>) -> Vec<Piece> {
    let opposite = |bound: &Bound| Bound {
        closed: !bound.closed && bound.node.is_some(),
        ..bound.clone()
    };
    let Piece { mut low, high } = everything();
    let mut gaps = Vec::with_capacity(pieces.len() + 1);
    for piece in normal(pieces) {
        let next = opposite(&piece.high);
        gaps.push(Piece {
            low,
            high: opposite(&piece.low),
        });
        low = next;
    }
    gaps.push(Piece { low, high });
    normal(gaps)
}
