//! Every clause of the policy is an option: what it decides changes with it.

use grading::{Options, equivalent};

/// A clause, the options with it flipped, and a pair whose verdict it decides: equal by default, or not.
struct Clause {
    name: &'static str,
    flipped: Options,
    pair: (&'static str, &'static str),
    by_default: bool,
}

/// The default with one field changed.
macro_rules! clause {
    ($name:ident = $value:expr, $prediction:literal, $reference:literal, $by_default:literal) => {
        Clause {
            name: stringify!($name),
            flipped: Options {
                $name: $value,
                ..Options::default()
            },
            pair: ($prediction, $reference),
            by_default: $by_default,
        }
    };
}

#[test]
fn each_option_decides_its_clause() {
    let clauses = [
        clause!(rounded_reference = false, "3.14159", "3.1416", true),
        clause!(rounded_reference_width = 1e-2, "12.7127", "12.7", false),
        clause!(rounded_exact_digits = None, "200/3", "66.7", true),
        clause!(rounded_exact_digits = Some(2), "2/3", "0.67", false),
        clause!(agreeing_digits = None, "3.1415926536", r"\pi", true),
        clause!(agreeing_digits = Some(5), "3.1416", r"\pi", false),
        clause!(relative_tolerance = Some(1e-3), "1000.5", "1000", false),
        clause!(percent_sign_optional = false, "25", r"25\%", true),
        clause!(percent_factor = true, "2500", r"25\%", false),
        clause!(units_optional = false, "5", r"5\text{ cm}", true),
        clause!(units_optional = false, "5 apples", "5", true),
        clause!(units_optional = false, r"\$5", "5", true),
        clause!(unordered_lists = false, "1,2", "2,1", true),
        clause!(whole_lists = false, "1,3", "1,2", false),
        clause!(bracket_types = false, "[0,1]", "(0,1)", false),
        clause!(relations_are_sets = false, "x>3", r"(3,\infty)", true),
        clause!(relation_directions = false, "x<3", "x>3", false),
        clause!(rescaled_equations = false, "2x+2y=4", "x+y=2", true),
        clause!(solved_equations = false, "x-5=0", "x=5", false),
        clause!(ignore_labels = false, "5", "x=5", true),
        clause!(ignore_labels = false, "x=1, y=2", "(1,2)", true),
        clause!(ignore_labels = false, "x=1, x=2", "1,2", true),
        clause!(base_required = false, "2516", "2516_8", false),
        clause!(base_in_question = false, "2516_8", "2516", true),
        clause!(decimal_comma = false, "1,5", "1.5", true),
        clause!(
            vectors_as_tuples = false,
            r"\begin{pmatrix}1\\2\end{pmatrix}",
            "(1,2)",
            true
        ),
        clause!(reference_asks = false, r"\frac59", r"(D) \frac59", true),
        clause!(reference_asks = false, "3:8", "9:24", false),
        clause!(reference_asks = false, "x=y=2", "x=2", true),
        clause!(steps = 20, "(x+1)^3", "x^3+3x^2+3x+1", true),
    ];
    for clause in &clauses {
        let (prediction, reference) = clause.pair;
        let verdict = |options| equivalent(prediction, reference, options);
        let (usual, flipped) = (verdict(&Options::default()), verdict(&clause.flipped));
        assert_eq!(
            usual.equivalent, clause.by_default,
            "{}: {usual:?}",
            clause.name
        );
        assert_eq!(
            flipped.equivalent, !clause.by_default,
            "{} flipped: {flipped:?}",
            clause.name
        );
    }
    // A new field does not compile here: it wants a row above, but for the rules, which `extract` decides by.
    let Options {
        rounded_reference: _,
        rounded_reference_width: _,
        rounded_exact_digits: _,
        agreeing_digits: _,
        relative_tolerance: _,
        percent_sign_optional: _,
        percent_factor: _,
        units_optional: _,
        unordered_lists: _,
        whole_lists: _,
        bracket_types: _,
        relations_are_sets: _,
        relation_directions: _,
        rescaled_equations: _,
        solved_equations: _,
        ignore_labels: _,
        base_required: _,
        base_in_question: _,
        decimal_comma: _,
        vectors_as_tuples: _,
        reference_asks: _,
        steps: _,
        rules: _,
    } = Options::default();
}
