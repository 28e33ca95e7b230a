//! A hub of one model on this machine: the few routes and headers that a client uses.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The only name that this hub knows.
pub const NAME: &str = "someone/tiny";
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// How the hub misbehaves.
#[derive(Clone, Default)]
pub struct Manners {
    /// Without this token everything is refused.
    pub token: Option<String>,
    /// Closes the connection in the middle of this file, as often as it is asked for.
    pub breaks_off: Option<String>,
    /// Sends this file again from its beginning although the rest was asked for.
    pub ignores_ranges: bool,
}

pub struct Hub {
    pub endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    /// Serves `files` until the test ends.
    pub fn start(files: BTreeMap<String, Vec<u8>>, manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that goes away in the middle is its own business.
                let _ = answer(stream.unwrap(), &files, &manners, &log);
            }
        });
        Self { endpoint, requests }
    }

    /// Names of the files whose contents were asked for, as they were asked for.
    pub fn downloads(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

struct Request {
    path: String,
    range: Option<String>,
    token: Option<String>,
}

fn read(stream: &TcpStream) -> std::io::Result<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or(Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or("").to_owned();
    let mut request = Request {
        path,
        range: None,
        token: None,
    };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "range" => request.range = Some(value.to_owned()),
            "authorization" => request.token = value.strip_prefix("Bearer ").map(str::to_owned),
            _ => {}
        }
    }
    Ok(request)
}

fn answer(
    mut stream: TcpStream,
    files: &BTreeMap<String, Vec<u8>>,
    manners: &Manners,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let request = read(&stream)?;
    if manners.token.is_some() && request.token != manners.token {
        return status(&mut stream, "401 Unauthorized");
    }
    if request.path == format!("/api/models/{NAME}/revision/main") {
        return listing(&mut stream, files);
    }
    let prefix = format!("/{NAME}/resolve/{COMMIT}/");
    match request
        .path
        .strip_prefix(&prefix)
        .and_then(|file| Some((file, files.get(file)?)))
    {
        Some((file, bytes)) => send(&mut stream, file, bytes, &request, manners, log),
        None => status(&mut stream, "404 Not Found"),
    }
}

fn status(stream: &mut TcpStream, status: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

fn listing(stream: &mut TcpStream, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    let siblings: Vec<_> = files
        .keys()
        .map(|name| serde_json::json!({ "rfilename": name }))
        .collect();
    let body = serde_json::json!({ "id": NAME, "sha": COMMIT, "siblings": siblings }).to_string();
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn send(
    stream: &mut TcpStream,
    file: &str,
    bytes: &[u8],
    request: &Request,
    manners: &Manners,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let (mut first, last) = range(request.range.as_deref(), bytes.len());
    let is_probe = request.range.as_deref() == Some("bytes=0-0");
    if !is_probe {
        log.lock().unwrap().push(file.to_owned());
        if manners.ignores_ranges {
            first = 0;
        }
    }
    let body = &bytes[first..=last];
    let (size, length) = (bytes.len(), body.len());
    write!(
        stream,
        "HTTP/1.1 206 Partial Content\r\nETag: \"{file}-of-{size}\"\r\nX-Repo-Commit: {COMMIT}\r\n\
         Content-Range: bytes {first}-{last}/{size}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    let breaks_off = manners.breaks_off.as_deref() == Some(file) && !is_probe;
    // Always 100 bytes at most, so that a download never gets to its end.
    stream.write_all(if breaks_off {
        &body[..length.min(100) / 2]
    } else {
        body
    })
}

fn range(range: Option<&str>, size: usize) -> (usize, usize) {
    let Some(text) = range.and_then(|range| range.strip_prefix("bytes=")) else {
        return (0, size - 1);
    };
    let (first, last) = text.split_once('-').unwrap();
    (first.parse().unwrap(), last.parse().unwrap_or(size - 1))
}
