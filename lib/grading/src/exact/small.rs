//! Rational numbers of machine size: most answers are no more than that.

use num_integer::Integer;
use num_traits::ToPrimitive;

use crate::read::node::Node;

/// A fraction in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Small {
    top: i128,
    bottom: i128,
}

impl Small {
    /// The value of a node that is plain arithmetic on small numbers.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        match node {
            Node::Number(number) => Self::new(
                i128::from(number.value.numer().to_i64()?),
                i128::from(number.value.denom().to_i64()?),
            ),
            Node::Negative(inner) => Self::of(inner).map(|value| Self {
                top: -value.top,
                ..value
            }),
            Node::Quotient(a, b) => {
                let (a, b) = (Self::of(a)?, Self::of(b)?);
                Self::new(a.top.checked_mul(b.bottom)?, a.bottom.checked_mul(b.top)?)
            }
            Node::Product(all) => {
                all.iter()
                    .try_fold(Self { top: 1, bottom: 1 }, |product, factor| {
                        let factor = Self::of(factor)?;
                        Self::new(
                            product.top.checked_mul(factor.top)?,
                            product.bottom.checked_mul(factor.bottom)?,
                        )
                    })
            }
            Node::Sum(all) => all
                .iter()
                .try_fold(Self { top: 0, bottom: 1 }, |sum, term| {
                    let term = Self::of(term)?;
                    let top = sum
                        .top
                        .checked_mul(term.bottom)?
                        .checked_add(term.top.checked_mul(sum.bottom)?)?;
                    Self::new(top, sum.bottom.checked_mul(term.bottom)?)
                }),
            Node::Percent(inner) => {
                let value = Self::of(inner)?;
                Self::new(value.top, value.bottom.checked_mul(100)?)
            }
            _ => None,
        }
    }

    fn new(top: i128, bottom: i128) -> Option<Self> {
        if bottom == 0 || top == i128::MIN || bottom == i128::MIN {
            return None;
        }
        let divisor = top.gcd(&bottom) * bottom.signum();
        Some(Self {
            top: top / divisor,
            bottom: bottom / divisor,
        })
    }

    /// `|self - reference| / |reference|`, rounded.
    pub(crate) fn distance(self, reference: Self) -> f64 {
        let value = |small: Self| small.top as f64 / small.bottom as f64;
        let crossed = self
            .top
            .checked_mul(reference.bottom)
            .zip(reference.top.checked_mul(self.bottom));
        let apart = crossed.and_then(|(a, b)| a.checked_sub(b)).map_or_else(
            || value(self) - value(reference),
            |numerator| numerator as f64 / (self.bottom as f64 * reference.bottom as f64),
        );
        if reference.top == 0 {
            f64::INFINITY
        } else {
            (apart / value(reference)).abs()
        }
    }
}
