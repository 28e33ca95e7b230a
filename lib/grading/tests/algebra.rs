//! Algebra and structures: each rule with answers that mean the same and a neighbour that does not.

use grading::{Options, equivalent};

/// Pairs that are equal, then pairs that are not.
type Rule<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)]);

fn check(rules: &[Rule<'_>]) {
    let options = Options::default();
    for (rule, equal, different) in rules {
        for (expected, pairs) in [(true, equal), (false, different)] {
            for (prediction, reference) in *pairs {
                let decision = equivalent(prediction, reference, &options);
                assert_eq!(
                    decision.equivalent, expected,
                    "{rule}: {prediction} for {reference}: {decision:?}"
                );
            }
        }
    }
}

#[test]
fn names_and_formulas() {
    check(&[
        (
            "letter runs are products in a formula",
            &[
                (r"\frac{GMm}{r^2}", r"\frac{G M m}{r^2}"),
                ("RTn", "nRT"),
                ("V = I \\cdot R", "V=IR"),
                (r"\frac{1}{12}mL^2", r"\frac{mL^2}{12}"),
                ("Ce^{-2t}", "C e^{-2 t}"),
                (r"\left(-1\right) 2 x", "-2x"),
                (r"72{}^\circ", r"72^{\circ}"),
            ],
            &[("Ax^2", "(Ax)^2"), ("LQSX", "LQXS"), ("qvb", "qvB")],
        ),
        (
            "names that are whole numbers by custom",
            &[
                (r"\binom{n}{k}", r"\binom{n}{n-k}"),
                (r"\binom{n+1}{k}", r"\binom nk+\binom n{k-1}"),
                (r"\cos(n\pi)", "(-1)^n"),
                (r"(-1)^{2n}", "1"),
                ("(-1)^{n^2}", "(-1)^n"),
                (r"\sin^2(n\pi/2)", r"\frac{1-(-1)^n}{2}"),
                (r"\cos(n\pi+x)", r"(-1)^n\cos x"),
                (r"e^{i\pi n}", r"\cos(n\pi)"),
                (r"\lfloor \frac{n+1}{2}\rfloor", r"\lceil \frac n2\rceil"),
                (
                    r"\frac{1-(-1)^n}{n\pi}\sin(nx)",
                    r"\frac{1-\cos n\pi}{n\pi}\sin nx",
                ),
            ],
            &[
                (r"\binom{n}{k}", r"\binom{n}{k+1}"),
                (r"\sin(x\pi)", "0"),
                ("(-1)^{2x}", "1"),
                ("(-1)^{n/2}", "(-1)^{-n/2}"),
                (r"(-1)^n\sqrt{x^2}", "(-1)^n x"),
                (r"\lfloor\frac{n}{2}\rfloor+1", r"\lceil\frac{n}{2}\rceil"),
                (r"\lfloor\log_2 n\rfloor+1", r"\lceil\log_2 n\rceil"),
                (r"\frac{1-(-1)^n}{n}", r"\frac{1+\cos n\pi}{n}"),
                (r"(-1)^n", r"\cos n"),
            ],
        ),
        (
            "parameters that are whole numbers",
            &[
                (
                    r"x = \frac{\pi}{4} + n\pi, n \in \mathbb{Z}",
                    r"\frac{\pi}{4}+n\pi",
                ),
                (r"12k, k\in\mathbb{Z}", "12k"),
                (r"12k, k\in\mathbb{Z}", r"12k, k\in\mathbb{Z}"),
            ],
            &[
                (r"12k, n\in\mathbb{Z}", "12k"),
                (r"12k, k\in\mathbb{R}", "12k"),
                (r"12k, k\in\mathbb{Z}", r"12k, k\in\mathbb{N}"),
            ],
        ),
        (
            "transposed rows",
            &[(r"[1,2]^T", r"\begin{pmatrix}1\\2\end{pmatrix}")],
            &[(r"[1,2]", r"\begin{pmatrix}1\\2\end{pmatrix}")],
        ),
        (
            "marks and subscripts belong to a name",
            &[(r"\dot x_0", r"\dot{x}_0"), ("m_pc^2", "m_p c^2")],
            &[(r"\dot{\theta}", r"\ddot{\theta}"), (r"\bar{x}", "x")],
        ),
        (
            "a half-read argument is not lost",
            &[
                (r"n(n+\frac12)", r"n(n+\frac{1}{2})"),
                (r"a(\frac12+v)", r"a(v+\frac{1}{2})"),
                (r"33\frac13\%", r"\frac{1}{3}"),
            ],
            &[(r"a(\frac12+v)", r"a(\frac{2}{v})")],
        ),
        (
            "derivatives are names",
            &[
                (r"\frac{dx}{dt}=kx-a", r"\frac{d x}{d t}=kx-a"),
                (r"\dot{x}=kx-a", r"\frac{dx}{dt}=kx-a"),
                (r"2\frac{d}{dt} x=kx-a", r"2\frac{dx}{dt}=kx-a"),
                ("m\\dot{v}+bv=f", "m\\frac{dv}{dt}+bv=f"),
            ],
            &[
                (r"\frac{x}{t}=kx-a", r"\frac{dx}{dt}=kx-a"),
                (
                    r"\frac{\partial f}{\partial y}",
                    r"\frac{\partial f}{\partial x}",
                ),
            ],
        ),
        (
            "bound names mean nothing",
            &[
                (r"\int_a^b f(t)\,dt", r"\int_a^b f(x)\,dx"),
                (r"\sum_{j=1}^{n} a_j", r"\sum_{i=1}^{n} a_i"),
                (r"\sum_{k=1}^{n} k", r"\frac{n(n+1)}{2}"),
            ],
            &[
                (
                    r"\int_0^1\int_0^x f(x,y)\,dx\,dy",
                    r"\int_0^1\int_0^x f(x,y)\,dy\,dx",
                ),
                (r"\sum_{k=1}^{n} k", r"\frac{n(n-1)}{2}"),
                (r"\sum_{k=1}^{n} a_k", r"\sum_{k=1}^{n-1} a_k"),
            ],
        ),
        (
            "functions with marks",
            &[
                ("2", "f'(0)=2"),
                ("2", "g^{-1}(4)=2"),
                ("6", "f^{(3)}(0)=6"),
            ],
            &[
                ("f'(0)=-2", "f'(0)=2"),
                ("f''(0)=2", "f'(0)=2"),
                (r"g\circ f", r"f\circ g"),
            ],
        ),
        (
            "binomials",
            &[
                (r"\frac{n(n-1)}{2}", r"\binom{n}{2}"),
                ("C(8,3)", r"\binom{8}{3}"),
                ("C_8^3", r"{8 \choose 3}"),
                (r"\frac{(2n)!}{(n!)^2}", r"{2n \choose n}"),
            ],
            &[
                (r"\frac{n(n+1)}{2}", r"\binom{n}{2}"),
                ("C_8^3", r"\binom{8}{4}"),
            ],
        ),
        (
            "absolute values are seen on both sides",
            &[("|3-x|", "|x-3|"), (r"\sqrt{(x-5)^2}", "|x-5|")],
            &[
                ("3-x", "|x-3|"),
                ("x+2", r"\sqrt{(x+2)^2}"),
                ("10-2x", "|x-4|+|x-6|"),
            ],
        ),
    ]);
}

#[test]
fn equations_and_systems() {
    check(&[
        (
            "chains link by link",
            &[
                ("x=y=z", "x=z=y"),
                ("x = 2 + 3 = 5", "x = 5"),
                (
                    r"\frac{x-1}{2}=\frac{y+3}{-1}=\frac{z}{4}",
                    r"\frac{y+3}{-1}=\frac{x-1}{2}=\frac{z}{4}",
                ),
            ],
            &[
                ("a=-2b=3c", "a=2b=3c"),
                ("f(1)=-f(2)=0", "f(1)=f(2)=0"),
                (
                    r"\frac{x+1}{2}=\frac{y-3}{-1}=\frac{z}{4}",
                    r"\frac{x-1}{2}=\frac{y+3}{-1}=\frac{z}{4}",
                ),
            ],
        ),
        (
            "a reference that is an equation asks for one",
            &[
                ("2x + z - 1 = 0", "2x + z = 1"),
                ("a+b=7", "7"),
                ("y=\\frac{4}{x}", "xy=4"),
            ],
            &[("1", "2x + z = 1"), ("11a+c", "7 = 11a+c")],
        ),
        (
            "coordinates by name",
            &[
                ("y=-1, x=5", "(5,-1)"),
                ("q=-7, p=3", "(p,q)=(3,-7)"),
                ("(x,y,z)=(2,-1,4)", "x=2, y=-1, z=4"),
            ],
            &[("y=5, x=-1", "(5,-1)"), ("p=-7, q=3", "(p,q)=(3,-7)")],
        ),
        (
            "solutions of several unknowns",
            &[
                ("(0,1),(1,0)", r"x=0, y=1 \text{ or } x=1, y=0"),
                ("p=5,q=2;p=7,q=2", "(5,2),(7,2)"),
            ],
            &[(
                r"x=0, y=0 \text{ or } x=1, y=1",
                r"x=0, y=1 \text{ or } x=1, y=0",
            )],
        ),
        (
            "functions by cases",
            &[
                (
                    r"\begin{cases} x, & \text{if } x\ge0 \\ -x, & \text{if } x<0 \end{cases}",
                    r"\begin{cases} -x & x<0 \\ x & x\ge0 \end{cases}",
                ),
                (
                    r"\begin{cases} x & \text{if } x\ge 0 \\ -x & \text{otherwise} \end{cases}",
                    r"\begin{cases} x & x\ge0 \\ -x & x<0 \end{cases}",
                ),
            ],
            &[
                (
                    r"\begin{cases} 0 & n \text{ even} \\ 2 & n \text{ odd} \end{cases}",
                    r"\begin{cases} 2 & n \text{ even} \\ 0 & n \text{ odd} \end{cases}",
                ),
                (
                    r"\begin{cases} x & x>0 \\ -x & x\le 0 \end{cases}",
                    r"\begin{cases} x & x\ge0 \\ -x & x<0 \end{cases}",
                ),
            ],
        ),
        (
            "directions",
            &[(r"B\supseteq A", r"A\subseteq B"), ("3 > x", "x < 3")],
            &[
                (r"B\subset A", r"A\subset B"),
                (r"q\to p", r"p\to q"),
                (r"p\vee q", r"p\wedge q"),
                (r"a\equiv 3\pmod{8}", r"a \equiv 3 \pmod{7}"),
            ],
        ),
        (
            "labels that measure",
            &[
                ("7:32", "S_{MBCN}:S=7:32"),
                (r"\frac{1}{\sqrt{6}}", r"\frac{NO}{BO}=\frac{1}{\sqrt{6}}"),
                (r"\frac38", r"P(X=2)=\frac{3}{8}"),
            ],
            &[("32:7", "S_{MBCN}:S=7:32")],
        ),
    ]);
}

#[test]
fn sets_vectors_and_matrices() {
    check(&[
        (
            "distances are intervals",
            &[
                ("|x|<3", "(-3,3)"),
                ("(-1,5)", "|x-2|<3"),
                ("|x|>5", r"(-\infty,-5)\cup(5,\infty)"),
                (
                    r"z \in [-\frac32,-1]\cup[1,\frac32]",
                    r"1\leq|z|\leq\frac{3}{2}",
                ),
            ],
            &[("|x|<3", "[-3,3]"), ("(-1,5)", "|x+2|<3")],
        ),
        (
            "sets in other words",
            &[
                (r"x \in \{1,2\}", r"x=1 \text{ or } x=2"),
                (r"\{x : x \ge 2\}", r"[2,\infty)"),
                (r"\mathbb{R}-\{0\}", r"(-\infty,0)\cup(0,\infty)"),
                (r"x<0 \text{ or } x=1", r"(-\infty, 0)\cup\{1\}"),
                ("]0,1]", "(0,1]"),
                (r"0<f(x)<1", "(0,1)"),
            ],
            &[(r"\{\varnothing\}", r"\varnothing"), ("]0,1]", "[0,1]")],
        ),
        (
            "vectors",
            &[
                (r"\hat{i}+2\hat{j}", r"\langle 1,2\rangle"),
                (
                    r"3\mathbf{i}-\mathbf{j}+2\mathbf{k}",
                    r"\begin{pmatrix}3\\-1\\2\end{pmatrix}",
                ),
                (r"\vec{a}+\vec{b}", r"\mathbf{a}+\mathbf{b}"),
                ("t(3,-1,1)+(1,0,2)", "(1+3t,-t,2+t)"),
            ],
            &[
                (r"\vec{b}\times\vec{a}", r"\vec{a}\times\vec{b}"),
                (r"\vec{a}\cdot\vec{b}", r"\vec{a}\times\vec{b}"),
                (r"\hat{i}-2\hat{j}", r"\langle 1,2\rangle"),
            ],
        ),
        (
            "matrix arithmetic",
            &[
                (
                    r"\frac{1}{2}\begin{pmatrix} 4 & -2 \\ -3 & 1 \end{pmatrix}",
                    r"\begin{pmatrix} 2 & -1 \\ -\frac32 & \frac12 \end{pmatrix}",
                ),
                (
                    "[[1,2],[3,4]]",
                    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
                ),
                (
                    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}0&1\\1&0\end{pmatrix}",
                    r"\begin{pmatrix}2&1\\4&3\end{pmatrix}",
                ),
                (r"\begin{vmatrix} 3 & 1 \\ 2 & 5 \end{vmatrix}", "13"),
            ],
            &[
                (
                    r"\begin{pmatrix}0&1\\1&0\end{pmatrix}\begin{pmatrix}1&2\\3&4\end{pmatrix}",
                    r"\begin{pmatrix}2&1\\4&3\end{pmatrix}",
                ),
                (
                    "[[1,3],[2,4]]",
                    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
                ),
            ],
        ),
    ]);
}
