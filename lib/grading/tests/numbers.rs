//! How numbers, quantities and the words around them are written: each rule with pairs that must be equal and
//! neighbours that must differ.

use grading::{Options, equivalent};

type Pairs = &'static [(&'static str, &'static str)];

fn check(rule: &str, yes: Pairs, no: Pairs) {
    let options = Options::default();
    let mut wrong = Vec::new();
    for (pairs, expected) in [(yes, true), (no, false)] {
        for (prediction, reference) in pairs {
            let decision = equivalent(prediction, reference, &options);
            if decision.equivalent != expected {
                wrong.push(format!("{prediction} ~ {reference}: {decision:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

#[test]
fn scale_words_are_factors() {
    check(
        "scale words",
        &[
            ("3 million", "3,000,000"),
            ("2.5 million", "2500000"),
            (r"\$3 \text{ million}", "3000000"),
            ("5 thousand people", "5000"),
            ("2 dozen", "24"),
            ("two dozen eggs", "24"),
            ("a dozen", "12"),
            ("1/2 million", "500000"),
            ("3 tenths", "0.3"),
            ("5 hundred", "500"),
            ("5‰", "0.005"),
            ("1.5 billion", r"1.5 \times 10^9"),
            (r"\frac{1}{2} \text{ million}", "500000"),
        ],
        &[
            ("3 million", "3"),
            ("3", "3 million"),
            ("3 million", "3 billion"),
            ("2 dozen", "2"),
            ("3 tenths", "3"),
            ("5 thousand", "5 million"),
            ("5‰", "5"),
            ("5‰", "0.05"),
        ],
    );
}

#[test]
fn words_say_signs_fractions_and_powers() {
    check(
        "spoken",
        &[
            ("two thirds", r"\frac{2}{3}"),
            ("two-thirds", "2/3"),
            ("three-fourths", "3/4"),
            (r"\text{one half}", "0.5"),
            ("one fifth", "1/5"),
            ("half", "1/2"),
            ("negative five", "-5"),
            ("minus 3", "-3"),
            ("three and a half", "3.5"),
            ("two and three quarters", "11/4"),
            ("5 squared", "25"),
            ("2 cubed", "8"),
            ("the square root of 2", r"\sqrt{2}"),
            ("cube root of 8", "2"),
            ("twenty-one", "21"),
            ("21 (twenty-one)", "21"),
            ("one hundred and five", "105"),
            ("plus or minus 3", r"\pm 3"),
            ("fifth", "5th"),
            (r"5^{\text{th}}", "5th"),
            ("5^{th}", "5"),
        ],
        &[
            ("two thirds", "2"),
            ("11 (twelve)", "11"),
            ("two thirds", "3/2"),
            ("one half", "1"),
            ("negative five", "5"),
            ("three and a half", "3"),
            ("5 squared", "5"),
            ("square root of 2", "2"),
            ("one third", "1/4"),
            ("5th", "6th"),
            ("5 seconds", "5/2"),
        ],
    );
}

#[test]
fn units_in_letters_words_and_text() {
    check(
        "units",
        &[
            ("20 m/s", r"20 \text{ m/s}"),
            ("5 s", "5 seconds"),
            ("v = 20 m/s", r"20 \text{ m/s}"),
            ("3 L", "3 liters"),
            ("100 N", r"100 \text{ newtons}"),
            ("300 K", "300 kelvin"),
            ("25°C", "25"),
            (r"25^\circ C", r"25^{\circ}\mathrm{C}"),
            ("25 degrees Celsius", "25°C"),
            ("25 degrees", "25°C"),
            ("45^o", r"45^\circ"),
            (r"45 \deg", "45"),
            ("24 sq. cm", r"24\text{ cm}^2"),
            ("24 square centimeters", "24 cm^2"),
            (r"3.2 \mu m", r"3.2\ \mu\text{m}"),
            (r"5\,\Omega", "5 ohms"),
            (r"4.5\ \AA", "4.5"),
            ("60 km/h", "60 kilometers per hour"),
            ("9.8 meters per second squared", "9.8 m/s^2"),
            (r"9.8\,\mathrm{m\,s^{-2}}", r"9.8 \text{ m/s}^2"),
            (r"6.67\times 10^{-11} \mathrm{N\,m^2/kg^2}", "6.67e-11"),
            ("12 g", r"12 \text{ gm}"),
            ("20 sq units", r"20 \text{ sq units}"),
            ("864 sq. in.", r"864 \mbox{ inches}^2"),
            ("7 h", r"7\text{ hours}"),
            ("36 km/h", "10 m/s"),
            ("-5", r"-5^\circ"),
            ("-8", r"-8\%"),
            (r"-5^\circ", "-5"),
        ],
        &[
            ("2m", "2"),
            ("2", "2m"),
            ("20 m/s", "20 m/s^2"),
            (r"20 m", r"20 \text{ cm}"),
            ("5 s", "5 minutes"),
            ("25°C", "25°F"),
            ("12 kg", r"12 \text{ gm}"),
            ("12 m", r"12 \text{ gm}"),
            ("24 sq cm", r"24\text{ cm}"),
            ("60 km/h", "60 m/s"),
            (r"\frac{3GM^2}{R}", r"\frac{3}{R}"),
            ("9ma", "9"),
            ("5^\\circ", "-5^\\circ"),
            ("5 x", r"5 \text{ seconds}"),
        ],
    );
}

#[test]
fn prefixes_of_units() {
    check(
        "prefixes",
        &[
            (r"5\text{ MeV}", r"5000\text{ keV}"),
            (r"2.5\text{ GHz}", r"2500\text{ MHz}"),
            (r"1\text{ kcal}", r"4184\text{ J}"),
            (r"5\text{ MeV}", "5"),
        ],
        &[
            (r"5\text{ MeV}", r"5\text{ eV}"),
            (r"5\text{ GHz}", r"5\text{ MHz}"),
            (r"5\text{ mmol}", r"5\text{ mol}"),
            (r"5\text{ kpc}", r"5\text{ pc}"),
            (r"5\text{ erg}", r"5\text{ J}"),
            (r"5\text{ decades}", r"5\text{ years}"),
            (r"5\text{ °C}", r"5\text{ °F}"),
        ],
    );
}

#[test]
fn quantities_of_several_parts() {
    check(
        "parts",
        &[
            ("6 ft 2 in", "6 feet 2 inches"),
            ("6 ft 2 in", "74 inches"),
            ("2 hours and 30 minutes", "2 hours 30 minutes"),
            ("2 h 30 min", "2 hours 30 minutes"),
            ("2 hours, 30 minutes", "2.5 hours"),
            ("150 minutes", "2 hours and 30 minutes"),
            ("3 wins 2 losses", "3 wins 2 losses"),
            ("5 units up", "5"),
            ("5 apples left", "5 more apples"),
        ],
        &[
            ("6 ft 2 in", "2 ft 6 in"),
            ("30 hours 2 minutes", "2 hours 30 minutes"),
            ("5 lb 3 oz", "3 lb 5 oz"),
            ("3 wins 2 losses", "2 wins 3 losses"),
            ("5 units up", "5 units down"),
            ("\\$5 profit", "\\$5 loss"),
            ("5 units left", "5 units right"),
            ("6 ft 2 in", "6 ft"),
        ],
    );
}

#[test]
fn ratios_and_shares_in_words() {
    check(
        "ratios",
        &[
            ("3 to 4", "3:4"),
            (r"3 \text{ to } 4", "3:4"),
            ("6 to 8", "3 to 4"),
            ("1 out of 4", "1/4"),
            ("1 in 4", "0.25"),
            ("3 to 4 hours", "3 to 4 hrs"),
        ],
        &[
            ("3 to 4", "4 to 3"),
            ("6 to 8 hours", "3 to 4 hours"),
            ("3 out of 4", "4 out of 3"),
            ("1 in 4", "1 in 5"),
            ("3 to 4", "3"),
        ],
    );
}

#[test]
fn number_bases() {
    check(
        "bases",
        &[
            ("0x1F", "31"),
            ("0xff", "255"),
            ("0b101", "101_2"),
            ("0o17", "17_8"),
            ("1F_{16}", "0x1F"),
            ("2A3_{16}", "2a3_{16}"),
            ("(A2F)_{16}", "A2F_{16}"),
            ("1E0_{16}", "(1E0)_{16}"),
            ("101 base 2", "101_2"),
            ("101 (base two)", "101_{2}"),
            ("101_{(2)}", "101_2"),
            ("(152A)_{11}", "152A_{11}"),
            (r"152A_{\text{eleven}}", "152A_{11}"),
            (r"\text{A5}_{11}", "A5_{11}"),
            (r"2A_{11}+3A_{12}", r"3A_{12}+2A_{11}"),
        ],
        &[
            ("0x1F", "0x2F"),
            ("0x1F", "0"),
            ("0b101", "0b110"),
            ("0b101", "101"),
            ("101 base 2", "101 base 3"),
            ("2A3_{16}", "2A4_{16}"),
            (r"152\cdot A_{11}", "152A_{11}"),
            ("101", "101 base 2"),
        ],
    );
}

#[test]
fn currencies() {
    check(
        "currencies",
        &[
            ("€5", "5 euros"),
            ("£5", "5 pounds"),
            ("50¢", "50 cents"),
            ("50¢", "50"),
            ("50¢", r"\$0.50"),
            ("Rs. 500", "₹500"),
            ("USD 12.50", r"\$12.50"),
            (r"US\$12.50", r"\$12.50"),
            ("5", "€5"),
            ("€5", "5"),
        ],
        &[
            (r"\$5", "€5"),
            ("€5", "£5"),
            ("5 dollars", "5 euros"),
            ("¥500", "₹500"),
            (r"\$12,345", "12.345"),
            ("50¢", r"\$50"),
        ],
    );
}

#[test]
fn residues() {
    check(
        "residues",
        &[
            ("17 mod 5", "2"),
            (r"2^{10} \bmod 7", "2"),
            (r"x \equiv 3 \pmod 7", r"3 \pmod{7}"),
            ("x ≡ 3 (mod 7)", r"x \equiv 3 \pmod{7}"),
            (r"x \equiv 10 \pmod 7", r"x \equiv 3 \pmod 7"),
            (r"3 \pmod 7", "3"),
            ("3", r"x \equiv 3 \pmod 7"),
            (r"3 \ (\text{mod } 7)", r"3 \pmod 7"),
        ],
        &[
            ("17 mod 5", "17"),
            (r"3 \pmod 7", r"3 \pmod 5"),
            (r"x \equiv 3 \pmod 7", r"x \equiv 3 \pmod{17}"),
            (r"x \equiv 3 \pmod 7", r"x \equiv 4 \pmod 7"),
            (r"2^{10} \bmod 7", "1024"),
            (r"5 \pmod 7", "3"),
        ],
    );
}

#[test]
fn separators_and_decimal_commas() {
    check(
        "separators",
        &[
            ("1.234,56", "1234.56"),
            ("1,5·10³", "1500"),
            ("0,125", "0.125"),
            (r"1{,}5 \cdot 10^3", "1500"),
            ("1_000_000", "1000000"),
            ("1'000'000", "1000000"),
            (r"1\text{,}000", "1000"),
            ("1，234", "1234"),
            ("1.5x10^-3", "0.0015"),
            (r"11,\! 111,\! 111,\! 100", "11111111100"),
            (r"111, \! 111, \! 111", "111111111"),
            ("27, 54, 108, 135", "27,54,108,135"),
            ("100, 200", "100,200"),
            ("7p+4e", "4e+7p"),
            ("1e+20", r"10^{20}"),
            ("1~000~000", "1000000"),
            ("45,00", "45"),
            ("82{,}0", "82.0"),
            (r"\, 1e-8", "1e-8"),
            ("1.24e−8", "1.24e-8"),
            ("1.24e–8", "1.24e-8"),
            (r"5\text{.}", "5"),
        ],
        &[
            ("1,234", "1.234"),
            ("5,0", "5"),
            ("0,125", "125"),
            ("12,345", "12.345"),
            ("1.234,56", "1.23456"),
            (r"111, \! 111, \! 111", "111"),
            ("27,54,108", "2754108"),
            ("4e+7p", "40000000p"),
            ("1_000", "1"),
            ("45,00", "4500"),
            ("82{,}000", "82"),
            (r"2e-3\pi", r"0.002\pi"),
            ("2000", "2E+3"),
        ],
    );
}

#[test]
fn combinations_and_permutations() {
    check(
        "combinations",
        &[
            ("_5C_2", "10"),
            ("^5C_2", "10"),
            (r"{}_{10}C_{3}", "120"),
            (r"{}^{10}\mathrm{C}_3 \cdot 2", "240"),
            (r"C_8^3", "56"),
            ("C(10,3)", "120"),
            (r"{}^5P_2", "20"),
            ("_nC_k", r"\binom{n}{k}"),
            (r"{}_nP_k", r"\frac{n!}{(n-k)!}"),
        ],
        &[
            ("_5C_2", "20"),
            (r"{}^5P_2", "10"),
            ("_5C_2", r"5C_2"),
            (r"{}^{14}C", "14"),
        ],
    );
}

#[test]
fn repeating_decimals() {
    check(
        "repeating",
        &[
            ("0.(3)", "1/3"),
            ("0.1(6)", "1/6"),
            (r"0.\dot{3}", "1/3"),
            (r"0.\dot1\dot2", "4/33"),
            (r"0.\dot{1}4285\dot{7}", "1/7"),
            (r".\overline{36}", "4/11"),
        ],
        &[
            ("0.(3)", "0"),
            ("0.(3)", "0.3"),
            (r"0.\dot1\dot2", "0.12"),
            (r"0.\dot12", "4/33"),
        ],
    );
}

#[test]
fn marks_behind_mixed_numbers() {
    check(
        "mixed",
        &[
            (r"62\frac12\%", r"62.5\%"),
            ("33 1/3%", "1/3"),
            (r"141\frac{3}{7}^\circ", r"\frac{990}{7}^\circ"),
            ("50 per cent", "0.5"),
            (r"{2}\frac{1}{3}", "7/3"),
            (r"2{\frac13}", "7/3"),
        ],
        &[
            (r"62\frac12\%", r"62.005\%"),
            ("33 1/3%", "33"),
            (r"2\frac{1}{3}", r"\frac{2}{3}"),
        ],
    );
}

#[test]
fn code_forms() {
    check(
        "code",
        &[
            ("3 + 4*I", "3+4i"),
            ("3+4j", "3+4i"),
            ("pow(2, 10)", "1024"),
            ("[1,2;3,4]", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}"),
            ("42xsqrt(5x)", r"42x\sqrt{5x}"),
            ("Rational(1, 2)", "1/2"),
            ("Fraction(3, 4)", "3/4"),
            ("float('inf')", r"\infty"),
            ("-float(\"inf\")", r"-\infty"),
            ("sqrt(2)*I/2", r"\frac{\sqrt2 i}{2}"),
        ],
        &[
            ("3 + 4*I", "3+4"),
            ("3+4j", "3+4k"),
            ("pow(2, 10)", "20"),
            ("Rational(1, 2)", "2"),
            ("A+I", "A+i"),
            ("I_1*j", "ij"),
            ("[1,2;3,4]", "[1,2,3,4]"),
            ("xsin(y)", r"\sin(xy)"),
            ("float('inf')", r"-\infty"),
        ],
    );
}

#[test]
fn macros() {
    check(
        "macros",
        &[
            (r"\nicefrac{1}{2}", "1/2"),
            (r"\sfrac{1}{2}", "0.5"),
            (r"{\large 5}", "5"),
            (r"\textcolor{red}{5}", "5"),
            (r"\color{blue} 5", "5"),
            (r"2\operatorname{cis}\frac{\pi}{3}", r"1+\sqrt{3}i"),
            (r"\text{LCM}(4,6)", "12"),
            (
                r"\begin{pmatrix} 1 & -1 \\ 1 & 1 \end{pmatrix}",
                r"\begin{pmatrix} 1 & -1 \\ 1 & \phantom -1 \end{pmatrix}",
            ),
        ],
        &[
            (r"\nicefrac{1}{2}", "2"),
            (r"2\operatorname{cis}\frac{\pi}{3}", r"2\cos\frac{\pi}{3}"),
            (
                r"\begin{pmatrix} 1 & -1 \\ 1 & -1 \end{pmatrix}",
                r"\begin{pmatrix} 1 & -1 \\ 1 & \phantom -1 \end{pmatrix}",
            ),
        ],
    );
}

#[test]
fn times_of_day_and_dates() {
    check(
        "times",
        &[
            ("8:34 p.m.", r"8\!:\!34 \text{ p.m.}"),
            ("8:34pm", r"\text{8:34 p.m.}"),
            ("8:34", "8:34 PM"),
            ("16:30", "4:30 p.m."),
            (r"4:30 \text{ p.m.}", r"\text{4:30 p.m.}"),
            (r"4\!:\!51\!:\!06 \text{ p.m.}", r"\text{4:51:06 PM}"),
            ("9:00", r"9\text{ a.m.}"),
            ("9 AM", r"9\text{ a.m.}"),
            ("5 p.m.", r"05\!:\!00"),
            ("9am", "9 a.m."),
            ("9am", "9ma"),
            ("12:00 noon", "12 pm"),
            ("9:24 a.m.", "9:24"),
            ("20:34:00", "20:34"),
            ("Oct 30", r"\text{October 30}"),
            (r"\text{October } 30^{\text{th}}", r"\text{October 30}"),
            ("30 October", r"\text{October 30}"),
            ("May 5th, 2024", "5 May 2024"),
        ],
        &[
            ("9 p.m.", r"9\text{ a.m.}"),
            ("9pm", "9 a.m."),
            ("2(5am)", "10ap"),
            ("3:8", "9:24"),
            ("8:34 a.m.", r"8\!:\!34 \text{ p.m.}"),
            ("4:30", "16:30"),
            ("12:00 noon", "12:00 midnight"),
            ("8:34 p.m.", "8:43 p.m."),
            ("October 30", "October 31"),
            ("October 30", "November 30"),
            ("May 5, 2023", "May 5, 2024"),
        ],
    );
}

#[test]
fn choices_with_text_and_lists_of_letters() {
    check(
        "choices",
        &[
            (r"\textbf{(A)}\ 5", "A"),
            ("A) 5", "A"),
            ("A. 5", "A"),
            ("A: 5", "A"),
            (r"\text{(C) } \frac{1}{3}", "C"),
            ("AC", "A, C"),
            ("A, C", "AC"),
            ("C,B", r"\text{B,C}"),
            (r"B \text{ and } C", r"\text{B,C}"),
            ("(B),(C)", r"\text{B,C}"),
            (r"F, C, \text{ and } A", r"\text{A,C,F}"),
            (r"\text{B}, \text{C}", "B, C"),
        ],
        &[
            ("A) 5", "B"),
            (r"\textbf{(A)}\ 5", "5A"),
            ("AC", "A, B"),
            ("A, C", "A, C, F"),
            ("CA", "A, D"),
        ],
    );
}

#[test]
fn announcements_and_articles() {
    check(
        "prefixes",
        &[
            ("The answer is $5$.", "5"),
            ("The final answer is: 5", "5"),
            ("**Answer:** 5", "5"),
            (r"\text{Answer: } 5", "5"),
            ("Answer is C", "C"),
            ("an ellipse", "ellipse"),
            ("ellipse", "the ellipse"),
        ],
        &[
            ("The answer is 5", "6"),
            ("an ellipse", "a circle"),
            ("a", "an ellipse"),
        ],
    );
}
