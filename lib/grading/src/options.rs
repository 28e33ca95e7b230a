//! The policy of equality, clause by clause, and its named profiles.

use crate::extract::Rules;

/// How equality is decided. The default is the strict policy; each field is one clause of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// A reference with decimals is taken as rounded: a prediction that rounds to it is right.
    pub rounded_reference: bool,
    /// ... unless it is farther away than this share of the value: 12.7127 is not 12.7.
    pub rounded_reference_width: f64,
    /// ... except an exact prediction (a fraction, a root, a multiple of pi), where the reference shows at least so
    /// many digits: 200/3 is 66.7.
    pub rounded_exact_digits: Option<u32>,
    /// A decimal prediction is right when it agrees with an exact reference to this many significant digits.
    pub agreeing_digits: Option<u32>,
    /// Any two numbers this close (relative) are equal. None: exact.
    pub relative_tolerance: Option<f64>,
    /// A percent reference may be answered without the sign: 25 for 25%.
    pub percent_sign_optional: bool,
    /// Slips by a factor of 100 are forgiven.
    pub percent_factor: bool,
    /// Units, currency and degree signs may be dropped or added.
    pub units_optional: bool,
    /// Comma lists have no order.
    pub unordered_lists: bool,
    /// Every element of a comma list counts, not only the first.
    pub whole_lists: bool,
    /// `(0,1)` is not `[0,1]`.
    pub bracket_types: bool,
    /// An inequality, `x \in S` and an interval are the same set.
    pub relations_are_sets: bool,
    /// An inequality points somewhere.
    pub relation_directions: bool,
    /// An equation equals a rescaled or rearranged one.
    pub rescaled_equations: bool,
    /// A solved reference (`x=5`) may not be answered by an unsolved equation (`x-5=0`).
    pub solved_equations: bool,
    /// `x=`, `f(x)=`, `(x,y)=` before a value are ignored.
    pub ignore_labels: bool,
    /// A number in a base must name the base.
    pub base_required: bool,
    /// A base that only the prediction names is one that the question named.
    pub base_in_question: bool,
    /// A prediction may write 1,5 for 1.5, and the reference where the prediction has the same digits around a point.
    pub decimal_comma: bool,
    /// A column vector may be written as a tuple or in angle brackets.
    pub vectors_as_tuples: bool,
    /// The reference tells what was asked for: `(D) 5/9` may be answered by its letter or its value, `9:24` is a time
    /// where no ratio would be left unreduced, and `x = 2` does not say all of `x = y = 2`.
    pub reference_asks: bool,
    /// Steps that one comparison may take; about 20 nanoseconds each.
    pub steps: u64,
    /// Which extraction rules may find the answer in a response.
    pub rules: Rules,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounded_reference: true,
            rounded_reference_width: 2e-4,
            rounded_exact_digits: Some(3),
            agreeing_digits: Some(10),
            relative_tolerance: None,
            percent_sign_optional: true,
            percent_factor: false,
            units_optional: true,
            unordered_lists: true,
            whole_lists: true,
            bracket_types: true,
            relations_are_sets: true,
            relation_directions: true,
            rescaled_equations: true,
            solved_equations: true,
            ignore_labels: true,
            base_required: true,
            base_in_question: true,
            decimal_comma: true,
            vectors_as_tuples: true,
            reference_asks: true,
            steps: 60_000,
            rules: Rules::BOXED,
        }
    }
}

impl Options {
    /// The looser rules of the Qwen2.5-Math evaluation, for comparison with published scores: relative tolerance
    /// 1e-4, factors of 100 and added percent signs forgiven, lists cut at their first element, brackets and the
    /// direction of inequalities ignored, bases ignored.
    pub fn qwen() -> Self {
        Self {
            relative_tolerance: Some(1e-4),
            percent_factor: true,
            whole_lists: false,
            bracket_types: false,
            relation_directions: false,
            base_required: false,
            solved_equations: false,
            ..Self::default()
        }
    }

    /// Exact and symmetric: no clause that treats the two sides differently.
    pub fn exact() -> Self {
        Self {
            rounded_reference: false,
            rounded_exact_digits: None,
            agreeing_digits: None,
            percent_sign_optional: false,
            solved_equations: false,
            base_in_question: false,
            decimal_comma: false,
            reference_asks: false,
            ..Self::default()
        }
    }

    /// A profile by its name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "strict" => Some(Self::default()),
            "qwen" => Some(Self::qwen()),
            "exact" => Some(Self::exact()),
            _ => None,
        }
    }

    /// The name of the profile that this policy is, whatever its extraction rules; `custom` where it is none.
    pub fn profile(&self) -> &'static str {
        let is = |name: &&str| {
            let named = Self::named(name).map(|options| options.with_rules(self.rules));
            named.as_ref() == Some(self)
        };
        let mut names = ["strict", "qwen", "exact"].into_iter();
        names.find(is).unwrap_or("custom")
    }

    /// The same policy with other extraction rules.
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }
}
