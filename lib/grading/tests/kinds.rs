//! Kinds of answers that are written in several ways: each with neighbours that must stay different.

use grading::{Options, equivalent};

fn check(kind: &str, yes: &[(&str, &str)], no: &[(&str, &str)]) {
    let verdict = |p, r| equivalent(p, r, &Options::default());
    for (prediction, reference) in yes {
        let decision = verdict(prediction, reference);
        assert!(
            decision.equivalent,
            "{kind}: {prediction} should equal {reference}: {decision:?}"
        );
    }
    for (prediction, reference) in no {
        let decision = verdict(prediction, reference);
        assert!(
            !decision.equivalent,
            "{kind}: {prediction} should differ from {reference}: {decision:?}"
        );
    }
}

/// The same verdicts with the sides exchanged.
fn check_both_ways(kind: &str, yes: &[(&str, &str)], no: &[(&str, &str)]) {
    fn turned<'t>(pairs: &[(&'t str, &'t str)]) -> Vec<(&'t str, &'t str)> {
        pairs.iter().map(|(p, r)| (*r, *p)).collect()
    }
    check(kind, yes, no);
    check(kind, &turned(yes), &turned(no));
}

#[test]
fn an_equation_says_the_same_from_its_other_end() {
    check_both_ways(
        "equations turned round",
        &[
            ("7 = V(Y)", "V(Y)=7"),
            ("7 = V(Y)", "7"),
            (r"\frac{x(x+1)}{2} = s(x)", r"s(x)=\frac{x(x+1)}{2}"),
            (r"\frac{x(x+1)}{2} = s(x)", r"\frac{x(x+1)}{2}"),
            ("m a(t) = F(t)", "F(t) = m a(t)"),
            ("ma(t) = F(t)", "F(t) = ma(t)"),
            ("5 = x", "x = 5"),
            ("5 = x", "5"),
            ("x^2 = y", "y = x^2"),
            ("v(t) = a(t)", "a(t) = v(t)"),
            ("A = b(h)", "bh = A"),
            ("1 = x, 2 = y", "x = 1, y = 2"),
            ("1 = x or 4 = x", "1, 4"),
            ("5 = 2 + 3 = x", "x = 5"),
            ("(1,2) = (x,y)", "(1,2)"),
            ("12 = |AB|", "|AB| = 12"),
            ("6 = a + b", "a + b = 6"),
            (r"\frac13 = P(A)", r"P(A) = \frac13"),
        ],
        &[
            ("8 = V(Y)", "V(Y)=7"),
            ("7 = V(Y)", "8"),
            (r"\frac{x(x-1)}{2} = s(x)", r"s(x)=\frac{x(x+1)}{2}"),
            ("m a(t) = F(t)", "F(t) = m v(t)"),
            ("5 = x", "6"),
            ("x^2 = y", "x = y^2"),
            ("2 = x, 1 = y", "x = 1, y = 2"),
            ("2x + 3 = f'(x)", "f(x) = 2x + 3"),
            ("A = b(h)", "b = A h"),
            (r"\frac13 = P(A)", r"P(A) = \frac23"),
        ],
    );
    check(
        "an equation that is not solved",
        &[
            ("x = 5", "0 = x - 5"),
            ("0 = x - 5", "x - 5 = 0"),
            ("6 = a + b", "6"),
        ],
        &[
            ("x - 5 = 0", "x = 5"),
            ("0 = x - 5", "x = 5"),
            ("0 = x - 5", "5"),
            ("x^2 = 25", "5"),
            ("25 = x^2", "25"),
            ("0 = x - 5", "0"),
        ],
    );
}

#[test]
fn lists_that_go_on() {
    check_both_ways(
        "lists that go on",
        &[
            (r"1, 3, 5, \ldots, 2n-1", r"1,3,5,\dots,(2n-1)"),
            ("1, 3, 5, ..., 2n-1", r"1,3,5,\dots,(2n-1)"),
            (r"1,2,3,\ldots,n", r"1,2,\ldots,n"),
            (r"1,\ldots,n", r"1,2,\ldots,n"),
            (r"1,2,\ldots,n-1,n", r"1,2,\ldots,n"),
            (r"2,4,6,\ldots,2n", r"2,4,\ldots,2n"),
            (r"1,2,4,8,\ldots,2^n", r"1,2,4,\ldots,2^n"),
            ("1,2,3,...", "1,2,3,4,..."),
            (r"\{1,2,\ldots,10\}", r"\{1,2,3,4,5,6,7,8,9,10\}"),
            (r"\{0, 1, \dots, 9\}", r"\{0,1,2,\dots,9\}"),
            (r"\{1, \dots, 5\}", r"\{1,2,3,4,5\}"),
            (r"1, 2, 4, \ldots, 64", "1,2,4,8,16,32,64"),
            (r"n, n-1, \ldots, 1", r"1, 2, \ldots, n"),
            (r"a_1, a_2, \ldots, a_n", r"a_1,a_2,\dots,a_n"),
            (r"(1,2,\ldots,n)", r"(1,2,3,\ldots,n)"),
        ],
        &[
            (r"1, 3, 5, \ldots, 2n+1", r"1,3,5,\dots,(2n-1)"),
            (r"1, 3, 7, \ldots, 2n-1", r"1,3,5,\dots,(2n-1)"),
            (r"1,2,4,\ldots,n", r"1,2,\ldots,n"),
            (r"1,2,3,\ldots,n", r"1,2,\ldots,n-1"),
            (r"1,2,3,\ldots,n", "1,2,3,n"),
            (r"1,\ldots,n", r"1,3,\ldots,n"),
            ("1,2,3,...", "1,2,3"),
            ("1,2,3,...", r"1,2,3,\ldots,n"),
            (r"\{1,2,\ldots,10\}", r"\{1,2,3,4,5,6,7,8,9\}"),
            (r"\{1,2,\ldots,10\}", r"\{1,2,10\}"),
            (r"\{1,\ldots,5\}", r"\{1,3,5\}"),
            (r"1, 2, \ldots, 64", "1,2,4,8,16,32,64"),
            (r"1, 4, 9, \ldots, 100", r"1, 4, \ldots, 100"),
            (r"(n,n-1,\ldots,1)", r"(1,2,\ldots,n)"),
            (r"a_1, a_2, \ldots, a_n", r"a_1,a_2,\dots,a_m"),
        ],
    );
}

#[test]
fn decimals_that_go_on() {
    check_both_ways(
        "decimals that go on",
        &[
            ("0.272727...", "3/11"),
            (r"0.2727\ldots", r"\frac{3}{11}"),
            ("0.333...", "1/3"),
            ("0.33…", "1/3"),
            ("0.3333...", "0.333..."),
            ("0.1666...", "1/6"),
            ("0.142857142857...", "1/7"),
            ("0.0909...", "1/11"),
            ("0.999...", "1"),
            ("-0.333...", "-1/3"),
            ("x = 0.333...", "x = 1/3"),
            ("0.333..., 0.666...", "1/3, 2/3"),
            (r"1.2333\dots", "37/30"),
            ("0.333...", r"0.\overline{3}"),
        ],
        &[
            ("0.27...", "3/11"),
            ("0.3...", "1/3"),
            ("0.343434...", "1/3"),
            ("0.1666...", "1/7"),
            ("0.666..., 0.666...", "1/3, 2/3"),
        ],
    );
    // A few digits of pi are a few digits of pi.
    check(
        "digits left out",
        &[("3.1415926535...", r"\pi"), ("2.718281828...", "e")],
        &[
            ("3.14159...", r"\pi"),
            ("3.14...", r"\pi"),
            ("3.1415...", r"\pi"),
            ("0.333", "1/3"),
            ("0.1428571...", "1/7"),
            ("0.142857...", "1/7"),
            ("1.41421356...", r"\sqrt2"),
            ("2.71828...", "e"),
        ],
    );
}

#[test]
fn columns_without_brackets_have_any() {
    let column = r"\begin{matrix}\frac14\\2\end{matrix}";
    check_both_ways(
        "columns",
        &[
            (column, "[0.25, 2]"),
            (column, "(0.25, 2)"),
            (column, r"\begin{pmatrix}0.25\\2\end{pmatrix}"),
            (column, r"\left[\begin{array}{c}1/4\\2\end{array}\right]"),
            ("Matrix([1, 2])", r"\begin{pmatrix}1\\2\end{pmatrix}"),
            ("Matrix([[1], [2]])", r"\begin{pmatrix}1\\2\end{pmatrix}"),
            (
                "np.array([[1, 2], [3, 4]])",
                r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
            ),
        ],
        &[
            (column, "[2, 0.25]"),
            (column, "[0.25, 2)"),
            (column, "[0.25, 2, 0]"),
            (column, r"\begin{matrix}\frac14&2\end{matrix}"),
            (r"\begin{pmatrix}\frac14\\2\end{pmatrix}", "[0.25, 2]"),
            ("Matrix([1, 2])", r"\begin{pmatrix}1&2\end{pmatrix}"),
        ],
    );
}

#[test]
fn words_for_what_is_no_number() {
    check_both_ways(
        "words",
        &[
            ("Infinite", r"\infty"),
            (r"\text{infinite}", r"\infty"),
            ("infinitely many", r"\infty"),
            ("infinitely many solutions", "infinite"),
            ("negative infinity", r"-\infty"),
            ("undefined", "DNE"),
            (r"\text{undefined}", r"\text{DNE}"),
            ("does not exist", "undefined"),
            ("The limit does not exist", "DNE"),
            ("not defined", "undefined"),
        ],
        &[
            ("infinite", r"-\infty"),
            ("infinite", "0"),
            ("finite", r"\infty"),
            ("infinite", "DNE"),
            ("infinitely many primes", "infinitely many solutions"),
            ("defined", "DNE"),
            ("undefined", "0"),
            ("undefined", r"\infty"),
            ("undefined", "no solution"),
            ("indeterminate", "DNE"),
        ],
    );
}

#[test]
fn exact_predictions_round_to_the_digits_shown() {
    check(
        "exact predictions",
        &[
            ("200/3", "66.7"),
            (r"\frac{200}{3}", "66.67"),
            ("2/3", "0.667"),
            (r"\sqrt{2}", "1.41"),
            (r"40\pi", "125.7"),
            (r"\pi", "3.14"),
            (r"100\sqrt{3}", "173.2"),
            ("-200/3", "-66.7"),
            ("1/700", "0.00143"),
            (r"\frac{1}{3} \times 10^{-5}", r"3.33 \times 10^{-6}"),
            ("2/3", r"66.7\%"),
            ("200/3", r"66.7\%"),
            (r"200/3 \text{ cm}", r"66.7 \text{ cm}"),
            ("(1/3, 2/3)", "(0.333, 0.667)"),
            ("x/3", "0.333x"),
        ],
        &[
            ("200/3", "66.6"),
            ("200/3", "67.0"),
            ("200/3", "-66.7"),
            ("200/3", "67"),
            ("2000/3", "667"),
            ("2/3", "0.67"),
            ("2/3", "0.7"),
            (r"\sqrt{2}", "1.4"),
            (r"\sqrt{2}", "1.42"),
            (r"\pi", "3.1"),
            ("1/7", "1000.0 - 999.9"),
            ("x/7", "1000.0x - 999.9x"),
            ("x/3", "0.33x"),
            ("(1/3, 2/3)", "(0.333, 0.666)"),
            // Literals keep the narrow width, and an exact reference is not rounded.
            ("66.6667", "66.7"),
            ("66.67", "66.7"),
            ("1203", "1.20e3"),
            ("66.7", "200/3"),
            ("0.667", "2/3"),
        ],
    );
    let exact = Options::exact();
    assert!(!equivalent("200/3", "66.7", &exact).equivalent);
}

#[test]
fn what_programs_print() {
    check_both_ways(
        "printed forms",
        &[
            ("E**2", "e^2"),
            ("2*E", "2e"),
            ("E**x", "e^x"),
            ("x*E**x + 1", "xe^x+1"),
            ("E**2", "E^2"),
            ("q*E", "qE"),
            ("Interval(0, 1)", "[0,1]"),
            ("Interval.open(0, 1)", "(0,1)"),
            ("Interval.Lopen(0, 1)", "(0,1]"),
            ("Interval.Ropen(0, 1)", "[0,1)"),
            ("Interval(0, 1, True, False)", "(0,1]"),
            ("Interval(0, oo)", r"[0, \infty)"),
            ("Interval(0, oo)", r"x \ge 0"),
            ("Interval(-oo, 3)", r"(-\infty, 3]"),
            ("Union(Interval(0, 1), Interval(2, 3))", r"[0,1] \cup [2,3]"),
            ("FiniteSet(1, 2)", r"\{1,2\}"),
            ("Eq(x, 2)", "x = 2"),
        ],
        &[
            ("2E", "2e"),
            ("E^2", "e^2"),
            ("E**3", "e^2"),
            ("q*E", "qe"),
            ("Interval(0, 1)", "(0,1)"),
            ("Interval(0, 1)", "[0,2]"),
            ("Interval.open(0, 1)", "[0,1]"),
            ("Interval.Ropen(0, 1)", "(0,1]"),
            ("Union(Interval(0, 1), Interval(2, 4))", r"[0,1] \cup [2,3]"),
            ("FiniteSet(1, 2)", r"\{1,3\}"),
            ("Eq(x, 2)", "x = 3"),
            ("Interval (0, 1)", "[0,1]"),
        ],
    );
}

#[test]
fn only_a_bare_number_stands_for_a_percentage() {
    check(
        "percentages",
        &[
            ("25", r"25\%"),
            ("0.25", r"25\%"),
            ("-25", r"-25\%"),
            ("25 percent", r"25\%"),
            (r"25 \text{ percentage points}", r"25\%"),
            (r"25\% \text{ of the students}", r"25\%"),
            (r"0.25 \text{ of the students}", r"25\%"),
            (r"0.25 \text{ probability}", r"25\%"),
            ("250‰", r"25\%"),
            ("2.5‰", "0.0025"),
            (r"2.5\%", r"25 \text{ per mille}"),
            ("25 per mille", "0.025"),
            ("25 promille", "0.025"),
            (r"25 \text{ per hundred}", r"25\%"),
            ("25 basis points", r"0.25\%"),
            (r"25 \text{ basis points}", "0.0025"),
            ("300 ppm", "0.0003"),
            ("(3/4) per mille", "0.00075"),
        ],
        &[
            ("25 km", r"25\%"),
            ("25 hours", r"25\%"),
            (r"\$25", r"25\%"),
            ("25 degrees", r"25\%"),
            (r"25^\circ", r"25\%"),
            (r"25 \text{ cm}^2", r"25\%"),
            (r"25 \text{ students}", r"25\%"),
            (r"25 \text{ per day}", r"25\%"),
            (r"25 \text{ dozen}", r"25\%"),
            (r"25 \text{ tenths}", r"25\%"),
            ("25‰", r"25\%"),
            ("25 promille", r"25\%"),
            ("25 per mil", r"25\%"),
            (r"25\%", r"25 \text{ per mille}"),
            ("25 per mille", "25"),
            ("25 basis points", "25"),
            ("25 basis points", r"25\%"),
            ("300 ppm", "300"),
            (r"25\%", "25"),
            (r"25\%", r"0.25 \text{ m}"),
            (r"\$0.25", r"25\%"),
            ("-25 m", r"-25\%"),
        ],
    );
}
