//! Chromium without a window: opens a page and says what a script sees in it.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

pub struct Browser {
    program: PathBuf,
    profile: tempfile::TempDir,
}

impl Browser {
    /// None, with the reason, where there is no Chromium.
    pub fn find() -> Option<Browser> {
        let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
        let program = named.unwrap_or_else(|| PathBuf::from("chromium"));
        let works = Command::new(&program).arg("--version").output();
        if !works.is_ok_and(|output| output.status.success()) {
            let name = program.display();
            eprintln!(
                "skipped: {name} cannot be run (Debian's package chromium, or CHROMIUM=PROGRAM)"
            );
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        Some(Browser { program, profile })
    }

    /// Opens the page, runs `script` at its end and gives what it returns.
    pub fn ask(&self, page: &str, flags: &[&str], script: &str) -> Value {
        let path = self.profile.path().join("asked.html");
        let answer = "const answer = document.createElement('pre'); answer.id = 'answer'; \
            answer.textContent = JSON.stringify(await (async () => {SCRIPT})()); document.body.append(answer);";
        let asking = format!(
            "<script type=\"module\">{}</script></body>",
            answer.replace("SCRIPT", script)
        );
        fs_err::write(&path, page.replace("</body>", &asking)).unwrap();
        let output = Command::new(&self.program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--virtual-time-budget=5000",
                "--dump-dom",
            ])
            .arg(format!(
                "--user-data-dir={}",
                self.profile.path().join("profile").display()
            ))
            .args(flags)
            .arg(format!("file://{}", path.display()))
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        let answer = shown
            .split("<pre id=\"answer\">")
            .nth(1)
            .unwrap_or_else(|| panic!("no answer: {shown:.500}"));
        let answer = answer.split("</pre>").next().unwrap();
        let answer = answer
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        serde_json::from_str(&answer).unwrap()
    }
}
