//! Percent signs, units, currency and degree signs around a value.

use num_rational::BigRational;

use super::Comparison;
use crate::read::node::{Node, Number};
use crate::read::units::{self, Measure};
use crate::{Decision, Reason};

/// A value without its wrapping, and the wrapping.
struct Peeled<'n> {
    core: &'n Node,
    percent: bool,
    unit: Option<Measure>,
}

impl Comparison<'_> {
    /// Compares single values, their units and percent signs by the policy.
    pub(super) fn wrapped(&self, p: &Node, r: &Node) -> Decision {
        let (left, right) = (peeled(p), peeled(r));
        if !self.options.units_optional && (left.unit.is_some() != right.unit.is_some()) {
            return Decision::no(Reason::DifferentUnit, || {
                "only one side has a unit".to_owned()
            });
        }
        if let (Some(a), Some(b)) = (&left.unit, &right.unit) {
            if a.dimension != b.dimension {
                return Decision::no(Reason::DifferentUnit, || {
                    format!("{}, not {}", a.dimension, b.dimension)
                });
            }
            if a.size != b.size {
                return self.values(&converted(left.core, a, b), right.core);
            }
        }
        let decision = self.percentages(&left, &right);
        if decision.equivalent || !self.options.percent_factor {
            return decision;
        }
        let signless = self.values(left.core, right.core);
        if signless.equivalent {
            return signless;
        }
        let hundred = Node::integer(100);
        let up = self.values(
            left.core,
            &Node::Product(vec![right.core.clone(), hundred.clone()]),
        );
        if up.equivalent {
            up
        } else {
            self.or(
                decision,
                left.core,
                &Node::quotient(right.core.clone(), hundred),
            )
        }
    }

    fn percentages(&self, p: &Peeled<'_>, r: &Peeled<'_>) -> Decision {
        match (p.percent, r.percent) {
            (false, false) | (true, true) => self.values(p.core, r.core),
            (true, false) => self.values(&Node::Percent(Box::new(p.core.clone())), r.core),
            (false, true) => {
                let hundredth = self.values(p.core, &Node::Percent(Box::new(r.core.clone())));
                if hundredth.equivalent || !self.options.percent_sign_optional {
                    return hundredth;
                }
                self.values(p.core, r.core)
            }
        }
    }

    fn or(&self, decision: Decision, p: &Node, r: &Node) -> Decision {
        let other = self.values(p, r);
        if other.equivalent { other } else { decision }
    }
}

fn peeled(node: &Node) -> Peeled<'_> {
    let mut peeled = Peeled {
        core: node,
        percent: false,
        unit: None,
    };
    loop {
        peeled.core = match peeled.core {
            Node::Percent(inner) => {
                peeled.percent = true;
                inner
            }
            Node::Money(inner) => {
                peeled.unit = units::measure("dollars");
                inner
            }
            Node::Degrees(inner) => {
                peeled.unit = units::measure("degrees");
                inner
            }
            Node::Quantity(inner, unit) => {
                peeled.unit = peeled.unit.or_else(|| units::measure(unit));
                inner
            }
            Node::Negative(inner)
                if matches!(
                    **inner,
                    Node::Percent(_) | Node::Degrees(_) | Node::Quantity(..) | Node::Money(_)
                ) =>
            {
                return signed(peeled, inner, node);
            }
            _ => return peeled,
        };
    }
}

/// `-5%`: the sign stays with the value; evaluation knows what a wrapped value is, except for dropped percent signs.
fn signed<'n>(outer: Peeled<'n>, inner: &'n Node, whole: &'n Node) -> Peeled<'n> {
    match inner {
        Node::Percent(_) => Peeled {
            core: whole,
            ..outer
        },
        _ => Peeled {
            unit: self::peeled(inner).unit,
            core: whole,
            percent: outer.percent,
        },
    }
}

/// The prediction's value in the reference's unit.
fn converted(core: &Node, from: &Measure, to: &Measure) -> Node {
    let ratio = BigRational::new(from.size.0.into(), from.size.1.into())
        / BigRational::new(to.size.0.into(), to.size.1.into());
    let ratio = Node::Number(Number {
        value: ratio,
        decimal: false,
        places: 0,
        significant: 1,
    });
    Node::Product(vec![core.clone(), ratio])
}
