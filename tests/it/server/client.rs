//! The program as a server, and a client that can also send what no browser would.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::world::{Repo, World};

/// How long something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many servers were started.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// A server that ends with the test.
pub struct Server {
    process: Child,
    pub address: SocketAddr,
    log: std::path::PathBuf,
    /// The name of its repository in addresses.
    name: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Serves a repository; it has been read when this returns.
    pub fn start(world: &World, repo: &Repo<'_>, arguments: &[&str]) -> Self {
        Self::start_with(world, repo, arguments, &[])
    }

    /// The same with variables in its environment.
    pub fn start_with(
        world: &World,
        repo: &Repo<'_>,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        Self::of(world, repo, |log| {
            let mut command = command(world, repo, arguments);
            command.envs(variables.iter().copied()).stderr(log);
            command
        })
    }

    /// The same with a command that starts it.
    pub fn of(world: &World, repo: &Repo<'_>, command: impl FnOnce(fs::File) -> Command) -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let log = world.path(&format!("server-{number}.log"));
        let mut command = command(fs::File::create(&log).unwrap());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap()
            .parse();
        let address = address
            .unwrap_or_else(|_| panic!("{line}{}", fs::read_to_string(&log).unwrap_or_default()));
        let name = repo.dir.file_name().unwrap().to_string_lossy().into_owned();
        let server = Self {
            process,
            address,
            log,
            name,
        };
        server.until("ready", |server| server.get("/readyz", &[]).status == 200);
        server
    }

    /// Ends it at once; requests under way get no answer.
    pub fn kill(&self) {
        let id = self.process.id().to_string();
        let status = Command::new("kill").args(["-9", &id]).status().unwrap();
        assert!(status.success());
    }

    /// How much time of the processor it has used.
    #[cfg(target_os = "linux")]
    pub fn cpu_ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }

    /// Waits until something holds.
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < PATIENCE, "not {what}: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// The address of a page of its repository.
    pub fn page(&self, path: &str) -> String {
        format!("/r/{}{path}", self.name)
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.request("GET", path, headers, b"")
    }

    /// The same; `None` if the server ends meanwhile.
    pub fn try_get(&self, path: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        let host = self.address;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        text.contains("\r\n\r\n").then(|| Answer::parse(&text))
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        self.request("POST", path, &[headers, &[form]].concat(), body.as_bytes())
    }

    /// Sends a form as a browser does that got it from the server before.
    pub fn submit(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let page = self.get(&self.page(""), headers);
        let cookie = page.header("set-cookie").unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap();
        let token = cookie.split_once('=').map_or("", |(_, token)| token);
        let origin = format!("http://{}", self.address);
        let own = [
            ("Cookie", cookie),
            ("Origin", &origin),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        let fields = [fields, &[("form-token", token)]].concat();
        self.post(path, &[headers, &own].concat(), &encoded(&fields))
    }

    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            write!(text, "Host: {}\r\n", self.address).unwrap();
        }
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        if !headers.iter().any(|(name, _)| *name == "Transfer-Encoding") {
            write!(text, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        self.send(&[format!("{text}\r\n").as_bytes(), body].concat())
    }

    /// Sends bytes, and reads the answer. Whatever it is, no page can run a script of somebody else.
    pub fn send(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // A server that has answered closes the connection before it has read everything.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let answer = Answer::parse(&String::from_utf8_lossy(&bytes));
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'"), "{answer:?}");
        assert!(policy.contains("script-src 'self';"), "{answer:?}");
        assert!(policy.contains("frame-ancestors 'none'"), "{answer:?}");
        assert!(!policy.contains("unsafe-"), "{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        answer
    }
}

/// The command that serves a repository.
pub fn command(world: &World, repo: &Repo<'_>, arguments: &[&str]) -> Command {
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command.current_dir(&repo.dir).arg("serve");
    if !arguments.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command.args(arguments);
    command
}

/// Fields as a form sends them.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs = fields.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self {
            status: status.parse().unwrap(),
            headers: lines.map(header).collect(),
            body: body.to_owned(),
        }
    }

    /// The value of a header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(own, _)| own == name)?;
        Some(value)
    }

    /// The value of the hidden field with this name.
    pub fn field(&self, name: &str) -> &str {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self
            .body
            .split_once(&start)
            .expect("the page has the field");
        rest.split('"').next().unwrap()
    }

    /// What a browser sends of the page's hidden fields and boxes; the secret of the form is not among it.
    pub fn form(&self) -> Vec<(String, String)> {
        let inputs = self.body.split("<input ").skip(1);
        let inputs = inputs.filter_map(|rest| {
            let (tag, _) = rest.split_once('>')?;
            let attribute = |name: &str| {
                let (_, rest) = tag.split_once(&format!("{name}=\""))?;
                Some(rest.split('"').next()?.to_owned())
            };
            let is_sent = match attribute("type")?.as_str() {
                "hidden" => true,
                "checkbox" => tag.contains(" checked"),
                _ => false,
            };
            let field = (attribute("name")?, attribute("value")?);
            (is_sent && field.0 != "form-token").then_some(field)
        });
        inputs.collect()
    }
}
